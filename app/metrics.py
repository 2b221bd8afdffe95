"""What is counted, for Prometheus: of each request its operation, never its address, and nothing of anybody.

It is given out on a port of its own, so that whoever may use the service need not be able to read it.
docs/observability.md says what each metric means.
"""

from http import HTTPStatus

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.registry import Collector

from app.errors import ServiceError

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
OTHER = "other"
"""A method that is none of these: a caller can make one up, and so put anything into it."""
NO_OPERATION = "none"
"""What an address is counted under that is no operation's."""
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""The upper ends of the classes of duration."""


class Metrics:
    """What one application has counted since it was made, and what collectors know besides."""

    def __init__(self, *collectors: Collector) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # each counter would come twice, with the moment it was made
        self.registry = CollectorRegistry()
        self.in_progress = Gauge(
            "ras_http_requests_in_progress", "Requests being handled now.", registry=self.registry
        )
        self._requests = Counter(
            "ras_http_requests",
            "Requests, by operation, method and class of status.",
            ("operation", "method", "status"),
            registry=self.registry,
        )
        self._duration = Histogram(
            "ras_http_request_duration_seconds",
            "How long requests took, by operation.",
            ("operation",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._refusals = Counter(
            "ras_refusals", "Requests that were refused, by problem code.", ("code",), registry=self.registry
        )
        self._replays = Counter(
            "ras_replays",
            "Assessments worked out again, by whether the bytes were the same.",
            ("result",),
            registry=self.registry,
        )
        # An alert on a rise sees the first one only where there was a 0 before it.
        for code in _codes_of_faults():
            self._refusals.labels(code)
        for result in ("equal", "different"):
            self._replays.labels(result)
        ProcessCollector(registry=self.registry)
        for collector in collectors:
            self.registry.register(collector)

    def count_request(
        self, *, operation: str | None, method: str, status: int, seconds: float, problem: str | None
    ) -> None:
        """Count one request.

        Args:
            operation: The name of its route; None where it has none.
            method: As `method_of` says it.
            status: The HTTP status; 0 where nothing was answered.
            seconds: How long it took.
            problem: The code of the problem that it was refused with, if it was.
        """
        named = operation or NO_OPERATION
        self._requests.labels(named, method, f"{status // 100}xx").inc()
        self._duration.labels(named).observe(seconds)
        if problem is not None:
            self._refusals.labels(problem).inc()

    def count_replay(self, *, equal: bool) -> None:
        """Count an assessment that was worked out again."""
        self._replays.labels("equal" if equal else "different").inc()


def method_of(sent: str) -> str:
    """A request's method, or that it is another one.

    >>> method_of("GET"), method_of("ZEBEDEE")
    ('GET', 'other')
    """
    return sent if sent in METHODS else OTHER


def _codes_of_faults() -> list[str]:
    """The codes of what is the service's own trouble, not the caller's."""
    return [
        error.code
        for error in ServiceError.__subclasses__()
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    ]
