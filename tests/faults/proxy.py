"""A network between the service and PostgreSQL, on this machine, that can be slow, swallow or cut."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from types import TracebackType
from typing import Self

BLOCK = 65536


class Proxy:
    """Passes on what comes to a port of this machine to the server's socket, and back."""

    def __init__(self, socket: str) -> None:
        self.port = 0
        self._socket = socket
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._open: set[asyncio.StreamWriter] = set()
        self._swallows = False
        self._delay_seconds = 0.0

    def __enter__(self) -> Self:
        listening = asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self._server = self._loop.run_until_complete(listening)
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        """Pass on until it is stopped, and leave nothing open."""
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._server.close()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()

    @contextmanager
    def swallowing(self) -> Iterator[None]:
        """Take everything and pass nothing on. What was taken is lost, and so are its connections."""
        self._swallows = True
        try:
            yield
        finally:
            self.cut()
            self._swallows = False

    @contextmanager
    def slow(self, *, seconds: float) -> Iterator[None]:
        """Pass everything on so much later."""
        self._delay_seconds = seconds
        try:
            yield
        finally:
            self._delay_seconds = 0.0

    def cut(self) -> None:
        """End every connection."""
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result()

    async def _cut(self) -> None:
        for each in self._open:
            each.close()
        self._open.clear()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self._socket)
        self._open |= {writer, back}
        await asyncio.gather(self._one_way(reader, back), self._one_way(there, writer))

    async def _one_way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(OSError):
            while block := await reader.read(BLOCK):
                if self._swallows:
                    continue
                await asyncio.sleep(self._delay_seconds)
                writer.write(block)
                await writer.drain()
