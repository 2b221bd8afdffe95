"""Traces: where the time of a request goes, sent to a collector by OTLP over HTTP, and nothing of anybody.

A request's span has the name of its operation, its status and its request id; a statement's span has the
statement without its parameters. FastAPI's own telemetry stays off, because its spans hold the address with
its ids and the query; and OpenTelemetry's instrumentation of SQLAlchemy is not used, because it puts what the
database says of a statement that failed into the span, and with that what was sent.
"""

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from sqlalchemy import Connection, Engine, ExceptionContext, event
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.metrics import NO_OPERATION

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

SEND_SECONDS = 5
"""How long one attempt to reach the collector may take."""
SPAN = "span"
"""Where a connection keeps the span of the statement that it is at."""
FAULTS = 500


def sent_to(endpoint: str) -> "TracerProvider":
    """What makes spans and sends them to an endpoint, in a thread of its own."""
    # Only who wants traces has these installed.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    resource = Resource.create({"service.name": "ras", "service.version": version("ras")})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=endpoint, timeout=SEND_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


class Traced:
    """Makes a span of every request. What it says of it, it takes from the route and from the answer."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app, self._tracer = app, tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._tracer.start_as_current_span(
            NO_OPERATION,
            context=_caller_of(Headers(scope=scope)),
            kind=SpanKind.SERVER,
            record_exception=False,  # its text may hold what was sent
            set_status_on_exception=False,
        ) as span:

            async def seen(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _say(span, message)
                await send(message)

            await self._app(scope, receive, seen)
            span.update_name(getattr(scope.get("route"), "name", NO_OPERATION))


def trace_statements(engines: Sequence[Engine], tracer: Tracer) -> None:
    """Make a span of every statement of a request that is traced."""
    for engine in engines:
        event.listen(engine, "after_cursor_execute", _end)
        event.listen(engine, "handle_error", _fail)

        @event.listens_for(engine, "before_cursor_execute")
        def _begin(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
            if not get_current_span().is_recording():
                return
            connection.info[SPAN] = tracer.start_span(
                statement.split(maxsplit=1)[0],
                kind=SpanKind.CLIENT,
                attributes={"db.system.name": connection.dialect.name, "db.query.text": statement},
            )


def _end(connection: Connection, *_: object) -> None:
    span: Span | None = connection.info.pop(SPAN, None)
    if span is not None:
        span.end()


def _fail(failure: ExceptionContext) -> None:
    """End the span of a statement that failed, without the database's words."""
    connection = failure.connection
    span: Span | None = connection.info.pop(SPAN, None) if connection is not None else None
    if span is not None:
        span.set_status(StatusCode.ERROR)
        span.end()


def _say(span: Span, start: Message) -> None:
    span.set_attribute("http.response.status_code", start["status"])
    span.set_attribute("ras.request_id", Headers(raw=start["headers"])["x-request-id"])
    if start["status"] >= FAULTS:
        span.set_status(StatusCode.ERROR)


def _caller_of(headers: Headers) -> Context:
    """The caller's span. Of what a caller sends only its numbers are taken: the rest is free text."""
    sent: dict[str, Any] = {"traceparent": headers.get("traceparent", "")}
    return TraceContextTextMapPropagator().extract(sent)
