"""The policies' SQL, and the policies read from it, each once for each hash."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.policy.schemas import PolicyState
from app.policy.tables import PolicyAnswerRow, PolicyEventRow, PolicyRevisionRow, PolicyRow
from ras.dates import Period
from ras.policy.checker import PolicyReport, check_policy
from ras.policy.configuration import PolicyConfiguration
from ras.policy.document import policy_as_kept
from ras.policy.register import Published
from ras.reading import read_json

_WITHDRAWN = select(PolicyEventRow.policy_id).where(PolicyEventRow.kind == PolicyState.WITHDRAWN)
_PUBLISHED = (
    select(PolicyRow, PolicyRevisionRow)
    .join(PolicyEventRow, PolicyEventRow.policy_id == PolicyRow.id)
    .join(PolicyRevisionRow, PolicyRevisionRow.id == PolicyEventRow.revision_id)
    .where(PolicyEventRow.kind == PolicyState.PUBLISHED, PolicyRow.id.not_in(_WITHDRAWN))
)
_READ: dict[str, PolicyConfiguration] = {}
"""Policies by their hash: a council has a handful, and none ever changes."""
_REPORTS: dict[str, PolicyReport] = {}
"""What was found in them, by the same hash."""

Of = TypeVar("Of", PolicyRevisionRow, PolicyEventRow)


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy and everything written about it.

    Attributes:
        row: The policy.
        revisions: Its documents, oldest first.
        events: What was done with it, in order.
    """

    row: PolicyRow
    revisions: tuple[PolicyRevisionRow, ...]
    events: tuple[PolicyEventRow, ...]

    @property
    def latest(self) -> PolicyRevisionRow:
        """The latest document."""
        return self.revisions[-1]

    @property
    def state(self) -> PolicyState:
        """Derived from what was done: an approval counts only for the document it was given to."""
        if not self.events:
            return PolicyState.DRAFT
        last = self.events[-1]
        if last.kind == PolicyState.APPROVED and last.revision_id != self.latest.id:
            return PolicyState.DRAFT
        return PolicyState(last.kind)

    @property
    def etag_revision(self) -> int:
        """Counts everything written about it."""
        return len(self.revisions) + len(self.events)

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.row.code} {self.row.version}"


def get_policy(session: Session, policy_id: UUID) -> Policy:
    """A policy.

    Raises:
        NotFound: there is none.
    """
    found = _policies(session, select(PolicyRow).where(PolicyRow.id == policy_id))
    if not found:
        raise NotFound
    return found[0]


def find_policy(session: Session, *, authority: str, code: str, version: str) -> Policy | None:
    """The policy with that identity."""
    wanted = select(PolicyRow).where(
        PolicyRow.authority == authority, PolicyRow.code == code, PolicyRow.version == version
    )
    found = _policies(session, wanted)
    return found[0] if found else None


def list_policies(session: Session) -> list[Policy]:
    """Every policy, oldest first: a council has a handful."""
    return _policies(session, select(PolicyRow).order_by(PolicyRow.id))


def list_published(session: Session) -> list[Published[PolicyRevisionRow]]:
    """The published policies: when each is in force, and the revision published."""
    return [
        Published(
            name=f"{row[0].code} {row[0].version}",
            in_force=Period(row[1].valid_from, row[1].valid_before),
            key=row[1],
        )
        for row in session.execute(_PUBLISHED)
    ]


def policy_in(revision: PolicyRevisionRow) -> PolicyConfiguration:
    """The policy that a revision holds, read once for each hash in the life of the process."""
    if revision.sha256 not in _READ:
        _READ[revision.sha256] = policy_as_kept(read_json(revision.document))
    return _READ[revision.sha256]


def list_answers(session: Session, policy_id: UUID) -> list[PolicyAnswerRow]:
    """The written answers to what was found in a policy, oldest first."""
    wanted = select(PolicyAnswerRow).where(PolicyAnswerRow.policy_id == policy_id)
    return list(session.scalars(wanted.order_by(PolicyAnswerRow.id)))


def report_on(revision: PolicyRevisionRow) -> PolicyReport:
    """What the checker finds in a revision, looked for once for each hash in the life of the process."""
    if revision.sha256 not in _REPORTS:
        _REPORTS[revision.sha256] = check_policy(policy_in(revision))
    return _REPORTS[revision.sha256]


def add_answer(session: Session, row: PolicyAnswerRow) -> None:
    """Add a written answer."""
    session.add(row)
    session.flush()


def add_policy(session: Session, row: PolicyRow) -> None:
    """Add a policy."""
    session.add(row)
    session.flush()


def add_revision(session: Session, row: PolicyRevisionRow) -> None:
    """Add a document."""
    session.add(row)
    session.flush()


def add_event(session: Session, row: PolicyEventRow) -> None:
    """Add something that was done."""
    session.add(row)
    session.flush()


def _policies(session: Session, wanted: Select[PolicyRow]) -> list[Policy]:
    rows = list(session.scalars(wanted))
    ids = [row.id for row in rows]
    revisions = _by_policy(
        session.scalars(
            select(PolicyRevisionRow)
            .where(PolicyRevisionRow.policy_id.in_(ids))
            .order_by(PolicyRevisionRow.revision)
        )
    )
    events = _by_policy(
        session.scalars(
            select(PolicyEventRow).where(PolicyEventRow.policy_id.in_(ids)).order_by(PolicyEventRow.sequence)
        )
    )
    return [Policy(row, tuple(revisions.get(row.id, ())), tuple(events.get(row.id, ()))) for row in rows]


def _by_policy(rows: Iterable[Of]) -> dict[UUID, list[Of]]:
    gathered: dict[UUID, list[Of]] = {}
    for row in rows:
        gathered.setdefault(row.policy_id, []).append(row)
    return gathered
