"""What happens to every request and answer: a request id, a log line, and safe headers."""

import time
from re import fullmatch
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import pages
from app.operations import documentation

log = structlog.get_logger()

PUBLIC_PREFIX = "/local-offer/"


class Envelope:
    """Gives every answer its request id and safe headers, and writes one log line for it.

    The log names the route's template, never the address itself, the query, a body or a person.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(Headers(scope=scope))
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(MutableHeaders(scope=message), scope["path"], request_id)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            route = scope.get("route")
            log.info(
                "request",
                method=scope["method"],
                operation=getattr(route, "name", None),
                status=status,
                milliseconds=int((time.perf_counter() - started) * 1000),
                request_id=request_id,
            )


def _request_id(headers: Headers) -> str:
    sent = headers.get("x-request-id", "")
    return sent if fullmatch(r"[A-Za-z0-9._-]{1,64}", sent) else uuid4().hex


def _add_headers(headers: MutableHeaders, path: str, request_id: str) -> None:
    headers["X-Request-Id"] = request_id
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers.setdefault("Cache-Control", "no-store")
    is_docs = path == "/docs"
    headers["Content-Security-Policy"] = (
        documentation.CONTENT_SECURITY_POLICY if is_docs else pages.CONTENT_SECURITY_POLICY
    )


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
