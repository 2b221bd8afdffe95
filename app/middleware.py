"""What happens to every request and answer: a request id, a log line, and safe headers."""

import time
import traceback
from pathlib import Path
from re import fullmatch
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Fault, LengthInDoubt
from app.headers import safe_headers
from app.metrics import Metrics, method_of
from app.problems import PROBLEM, answer

log = structlog.get_logger()

PUBLIC_PREFIX = "/local-offer/"


class Envelope:
    """Gives every answer its request id and safe headers, writes one log line for it and counts it.

    Both name the operation, never the address, the query, a body or a person.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(Headers(scope=scope))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status = 0
        self._metrics.in_progress.inc()

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(MutableHeaders(scope=message), scope["path"], request_id)
            await send(message)

        try:
            if _has_two_lengths(Headers(scope=scope)):
                await answer(LengthInDoubt())(scope, receive, send_with_headers)
                return
            await self._app(scope, receive, send_with_headers)
        except Exception as error:  # noqa: BLE001  the last place before the server, which would log its text
            log.error("fault", kind=type(error).__name__, where=_where(error))  # noqa: TRY400  text is data
            if not status:
                await answer(Fault())(scope, receive, send_with_headers)
        finally:
            operation, method = getattr(scope.get("route"), "name", None), method_of(scope["method"])
            seconds = time.perf_counter() - started
            self._metrics.in_progress.dec()
            self._metrics.count_request(
                operation=operation,
                method=method,
                status=status,
                seconds=seconds,
                problem=scope.get(PROBLEM),
            )
            log.info(
                "request",
                method=method,
                operation=operation,
                status=status,
                milliseconds=int(seconds * 1000),
            )


def _has_two_lengths(headers: Headers) -> bool:
    """Whether a body says its length in two ways: a proxy in front may go by the other (RFC 9112 6.1)."""
    return "content-length" in headers and "transfer-encoding" in headers


def _where(error: Exception) -> str:
    """The line that raised an error. Its text stays out of the log: it may hold what was sent."""
    *_, last = traceback.extract_tb(error.__traceback__)
    return f"{Path(last.filename).name}:{last.lineno} in {last.name}"


def _request_id(headers: Headers) -> str:
    """The caller's own id where it is a UUID or as long: anything freer could be somebody's name."""
    sent = headers.get("x-request-id", "").lower()
    return sent if fullmatch(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", sent) else uuid4().hex


def _add_headers(headers: MutableHeaders, path: str, request_id: str) -> None:
    headers["X-Request-Id"] = request_id
    headers.setdefault("Cache-Control", "no-store")
    headers.update(safe_headers(is_docs=path == "/docs", is_public=path.startswith(PUBLIC_PREFIX)))


class PublicAnywhere:
    """Lets any website ask the public side (CORS), without credentials; no other part."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._public = CORSMiddleware(
            app, allow_origins=["*"], allow_methods=["GET", "POST"], allow_headers=["Content-Type"]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        is_public = scope["type"] == "http" and scope["path"].startswith(PUBLIC_PREFIX)
        await (self._public if is_public else self._app)(scope, receive, send)
