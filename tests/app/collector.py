"""A collector of traces for tests: it takes them by OTLP over HTTP on this machine and keeps them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@dataclass
class Collector:
    """What it was sent.

    Attributes:
        url: Where it takes traces.
        bodies: What was sent, as it came.
    """

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)

    @property
    def spans(self) -> list[Span]:
        return [span for body in self.bodies for span in spans_in(body)]


def spans_in(body: bytes) -> list[Span]:
    """The spans that were sent in one go."""
    sent = ExportTraceServiceRequest.FromString(body)
    return [span for of in sent.resource_spans for scope in of.scope_spans for span in scope.spans]


def attributes(span: Span) -> dict[str, str | int]:
    """What a span says, by name."""
    return {
        each.key: each.value.string_value if each.value.HasField("string_value") else each.value.int_value
        for each in span.attributes
    }


@contextmanager
def collector() -> Iterator[Collector]:
    """Let a collector take traces on a free port of this machine."""
    made = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/v1/traces"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
