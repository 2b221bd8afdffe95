"""The server that the service runs in: uvicorn, with a time for a connection to say what it wants."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from app.settings import Settings

HEAD_SECONDS = 10
"""How long a connection may take until the headers of its next request have come."""
HEAD_BYTES = 32_000
"""How long a request's headers may be together."""


class Prompt(H11Protocol):
    """Closes a connection that does not come to the point: uvicorn by itself would wait for ever."""

    _waits: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def on_response_complete(self) -> None:
        """Wait for the next one."""
        super().on_response_complete()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._wait_no_longer()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._wait_no_longer()
        self._waits = self.loop.call_later(HEAD_SECONDS, self._close_unless_asked)

    def _wait_no_longer(self) -> None:
        if self._waits is not None:
            self._waits.cancel()

    def _close_unless_asked(self) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete:
            self.transport.close()


def options(settings: Settings) -> dict[str, Any]:
    """How uvicorn serves the service."""
    return {
        "host": settings.host,
        "port": settings.port,
        "http": Prompt,
        "h11_max_incomplete_event_size": HEAD_BYTES,
        "forwarded_allow_ips": settings.trusted_proxies,
        "server_header": False,
        "log_config": None,
        "access_log": False,
    }
