"""What operators look at: how much waits, for how long, and what will run out.

It is read from the database when Prometheus asks, over a connection of its own, so that no request waits for
it; what was read counts for a while. A database that cannot be read fails nothing here: `ras_database_up` is
0 then, and what is not known is left out rather than made up.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from math import inf
from threading import Lock

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from app.access import Caller
from app.budget.derive import NoticeState
from app.clock import Clock, london_day, steady_seconds
from app.db import Database
from app.event.repository import count_events
from app.idempotency import count_kept
from app.ids import new_id
from app.notice.service import list_open_notices
from app.policy.service import revision_in_force
from app.proposal.repository import waiting_proposals
from app.reconsideration.schemas import ReconsiderationState
from app.reconsideration.service import list_open_reconsiderations
from app.review.service import count_due
from app.settings import Settings
from app.tokens import KeySource, RemoteKeys
from app.work import Work
from ras.errors import NoPolicyInForce

log = structlog.get_logger()

Samples = Mapping[str, Mapping[str, float]]
"""What was read: of each metric its values, by the value of its label ("" where it has none)."""

BUSY_SECONDS = 2
"""How long a look waits for the database: Prometheus itself waits for 10 seconds at most."""
HELD_SECONDS = 5
"""How long a look waits for another that is under way."""

OF_DATABASE: Mapping[str, tuple[str, str]] = {
    "ras_reviews_overdue": ("Reviews that were to be held by yesterday or earlier.", ""),
    "ras_reviews_due_soon": ("Reviews to be held by a day from today to 28 days ahead.", ""),
    "ras_notices": ("Notices that have not ended and were not withdrawn, by state.", "state"),
    "ras_notices_oldest_age_seconds": ("For how long the oldest has been so, drafted or issued.", "state"),
    "ras_reconsiderations": ("Reconsiderations whose answer was not served, by state.", "state"),
    "ras_reconsiderations_oldest_age_days": ("Days since the oldest one without an answer came.", ""),
    "ras_reconsiderations_overdue": ("Those without an answer on the day after the policy's last.", ""),
    "ras_proposals_waiting": ("Proposals on which nothing was decided.", ""),
    "ras_proposals_oldest_age_seconds": ("The age of the oldest of them.", ""),
    "ras_policy_in_force": ("1 where a policy is in force today, else 0.", ""),
    "ras_audit_acts": ("Acts in the audit log.", ""),
    "ras_idempotency_keys": ("Idempotency keys whose answers are kept.", ""),
}
"""What is read from the database: of each metric its meaning, and the name of its label."""


class Measures(Collector):
    """The measures of one application."""

    def __init__(self, settings: Settings, clock: Clock, *, serving: Database, keys: KeySource) -> None:
        """Connect to nothing yet.

        Args:
            settings: What the installation sets.
            clock: Says what time it is.
            serving: The database as requests use it, whose lines are looked at.
            keys: Where the keys that verify tokens come from.
        """
        self._clock, self._serving, self._keys = clock, serving, keys
        self._days, self._fresh_seconds = settings.working_days, settings.metrics_fresh_seconds
        self._database = Database(settings.sqlalchemy_url, busy_seconds=BUSY_SECONDS)
        self._lock = Lock()
        self._read_at = -inf
        self._known: Samples | None = None

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing, so that the database is not read before somebody asks."""
        yield from ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Everything, as it is now or was a moment ago."""
        now = self._clock()
        known = self._lately_read(now)
        yield _gauge(
            "ras_database_up", "1 where the database could be read, else 0.", {"": known is not None}
        )
        for name, (said, label) in OF_DATABASE.items():
            yield _gauge(name, said, (known or {}).get(name, {}), label)
        yield _gauge(
            "ras_database_waiting", "Requests in line for a connection.", self._serving.waiting, "line"
        )
        days_left = (self._days.listed_until - london_day(now)).days
        yield _gauge(
            "ras_bank_holidays_days_left", "Days until the list of bank holidays ends.", {"": days_left}
        )
        yield from self._of_keys(now)

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def _of_keys(self, now: datetime) -> Iterator[GaugeMetricFamily]:
        age, up = {}, {}
        if isinstance(self._keys, RemoteKeys):
            if self._keys.answered_at is not None:
                age[""] = (now - self._keys.answered_at).total_seconds()
            if self._keys.is_answering is not None:
                up[""] = self._keys.is_answering
        yield _gauge("ras_jwks_keys_age_seconds", "The age of the identity provider's keys.", age)
        yield _gauge("ras_jwks_up", "1 where the identity provider gave keys when last asked, else 0.", up)

    def _lately_read(self, now: datetime) -> Samples | None:
        """What was read a moment ago, or is read now; None where it cannot be."""
        # A look that hangs on a frozen database holds up no other for long.
        if not self._lock.acquire(timeout=HELD_SECONDS):
            return None
        try:
            if steady_seconds() - self._read_at >= self._fresh_seconds:
                self._known, self._read_at = self._read(now), steady_seconds()
            return self._known
        finally:
            self._lock.release()

    def _read(self, now: datetime) -> Samples | None:
        try:
            with self._database.read() as session:
                operator = Caller.operator()
                return dict(_read(Work(session, operator, now, new_id, working_days=self._days)))
        except Exception as error:  # noqa: BLE001  no record that cannot be read may fail the scrape
            log.warning("measures not read", kind=type(error).__name__)
            return None


def _read(work: Work) -> Iterator[tuple[str, Mapping[str, float]]]:
    overdue, due = count_due(work)
    yield "ras_reviews_overdue", {"": overdue}
    yield "ras_reviews_due_soon", {"": due}
    yield from _notices(work)
    yield from _reconsiderations(work)
    waiting, oldest = waiting_proposals(work.session)
    yield "ras_proposals_waiting", {"": waiting}
    yield "ras_proposals_oldest_age_seconds", {"": _age(work, [oldest] if oldest else [])}
    yield "ras_policy_in_force", {"": _is_policy_in_force(work)}
    yield "ras_audit_acts", {"": count_events(work.session)}
    yield "ras_idempotency_keys", {"": count_kept(work.session)}


def _notices(work: Work) -> Iterator[tuple[str, Mapping[str, float]]]:
    since: dict[NoticeState, list[datetime]] = {
        state: [] for state in (NoticeState.DRAFT, NoticeState.ISSUED, NoticeState.RUNNING)
    }
    for each in list_open_notices(work):
        since[each.state].append(each.since)
    yield "ras_notices", {state: len(moments) for state, moments in since.items()}
    del since[NoticeState.RUNNING]
    yield "ras_notices_oldest_age_seconds", {state: _age(work, each) for state, each in since.items()}


def _reconsiderations(work: Work) -> Iterator[tuple[str, Mapping[str, float]]]:
    found = list_open_reconsiderations(work)
    counted = Counter(each.state for each in found)
    states = set(ReconsiderationState) - {ReconsiderationState.SERVED}
    yield "ras_reconsiderations", {state: counted[state] for state in sorted(states)}
    pending = [each for each in found if each.state is not ReconsiderationState.ANSWERED]
    oldest = min((each.received_on for each in pending), default=work.today)
    yield "ras_reconsiderations_oldest_age_days", {"": (work.today - oldest).days}
    overdue = sum(each.aimed_by is not None and each.aimed_by < work.today for each in pending)
    yield "ras_reconsiderations_overdue", {"": overdue}


def _is_policy_in_force(work: Work) -> bool:
    try:
        revision_in_force(work, work.today)
    except NoPolicyInForce:
        return False
    return True


def _age(work: Work, since: Iterable[datetime]) -> float:
    """For how long the oldest has been, in seconds; 0 where there is none."""
    return (work.now - min(since, default=work.now)).total_seconds()


def _gauge(name: str, said: str, samples: Mapping[str, float], label: str = "") -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, said, labels=[label] if label else [])
    for value, number in samples.items():
        gauge.add_metric([value] if label else [], float(number))
    return gauge
