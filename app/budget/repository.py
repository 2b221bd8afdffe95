"""The SQL of what budgets are derived from."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BindParameter, Uuid, bindparam, select
from sqlalchemy.orm import Session

from app.budget.tables import (
    DecisionRow,
    NoticeEventRow,
    NoticeRow,
    ReconsiderationEventRow,
    ReconsiderationRow,
)
from app.policy.tables import PolicyRevisionRow


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice, what happened to it in order, and the policy it was issued under."""

    row: NoticeRow
    events: tuple[NoticeEventRow, ...]
    policy: PolicyRevisionRow


@dataclass(frozen=True, slots=True)
class Reconsideration:
    """A reconsideration and what happened to it in order."""

    row: ReconsiderationRow
    events: tuple[ReconsiderationEventRow, ...]


@dataclass(frozen=True, slots=True)
class Records:
    """All that a person's budget is derived from, in the order in which it was written."""

    decisions: tuple[DecisionRow, ...] = ()
    notices: tuple[Notice, ...] = ()
    reconsiderations: tuple[Reconsideration, ...] = ()

    @property
    def revision(self) -> int:
        """Counts every record: part of the budget's ETag."""
        happened = [len(each.events) for each in self.notices]
        happened += [len(each.events) for each in self.reconsiderations]
        return 1 + len(self.decisions) + len(happened) + sum(happened)

    def decision(self, decision_id: UUID) -> DecisionRow:
        """One of the decisions."""
        return next(row for row in self.decisions if row.id == decision_id)

    def notices_of(self, decision_id: UUID) -> tuple[Notice, ...]:
        """The notices of a decision."""
        return tuple(notice for notice in self.notices if notice.row.decision_id == decision_id)

    def reconsiderations_of(self, decision_id: UUID) -> tuple[Reconsideration, ...]:
        """The reconsiderations of a decision."""
        return tuple(each for each in self.reconsiderations if each.row.decision_id == decision_id)


_DECISIONS = select(DecisionRow).order_by(DecisionRow.person_id, DecisionRow.number)
_NOTICES = (
    select(NoticeRow, PolicyRevisionRow)
    .join(PolicyRevisionRow, PolicyRevisionRow.id == NoticeRow.policy_revision_id)
    .order_by(NoticeRow.id)
)
_NOTICE_EVENTS = (
    select(NoticeEventRow)
    .join(NoticeRow, NoticeRow.id == NoticeEventRow.notice_id)
    .order_by(NoticeEventRow.notice_id, NoticeEventRow.sequence)
)
_RECONSIDERATIONS = select(ReconsiderationRow).order_by(ReconsiderationRow.id)
_RECONSIDERATION_EVENTS = (
    select(ReconsiderationEventRow)
    .join(ReconsiderationRow, ReconsiderationRow.id == ReconsiderationEventRow.reconsideration_id)
    .order_by(ReconsiderationEventRow.reconsideration_id, ReconsiderationEventRow.sequence)
)
# Its kind is said: a foreign key's column has none until the table it points to is imported.
_ONE: BindParameter[UUID] = bindparam("person_id", type_=Uuid())
_DECISIONS_OF_ONE = _DECISIONS.where(DecisionRow.person_id == _ONE)
_NOTICES_OF_ONE = _NOTICES.where(NoticeRow.person_id == _ONE)
_NOTICE_EVENTS_OF_ONE = _NOTICE_EVENTS.where(NoticeRow.person_id == _ONE)
_RECONSIDERATIONS_OF_ONE = _RECONSIDERATIONS.where(ReconsiderationRow.person_id == _ONE)
_RECONSIDERATION_EVENTS_OF_ONE = _RECONSIDERATION_EVENTS.where(ReconsiderationRow.person_id == _ONE)


def records_of(session: Session, person_id: UUID) -> Records:
    """All that one person's budget is derived from. It takes as long however many others there are."""
    one = {"person_id": person_id}
    decisions = tuple(session.scalars(_DECISIONS_OF_ONE, one))
    if not decisions:
        return Records()
    found = _gathered(
        decisions,
        [(row[0], row[1]) for row in session.execute(_NOTICES_OF_ONE, one)],
        session.scalars(_NOTICE_EVENTS_OF_ONE, one),
        session.scalars(_RECONSIDERATIONS_OF_ONE, one),
        session.scalars(_RECONSIDERATION_EVENTS_OF_ONE, one),
    )
    return found[person_id]


def records_of_everyone(session: Session) -> dict[UUID, Records]:
    """All that everyone's budgets are derived from, by person."""
    return _gathered(
        session.scalars(_DECISIONS),
        [(row[0], row[1]) for row in session.execute(_NOTICES)],
        session.scalars(_NOTICE_EVENTS),
        session.scalars(_RECONSIDERATIONS),
        session.scalars(_RECONSIDERATION_EVENTS),
    )


def _gathered(
    decisions: Iterable[DecisionRow],
    notices: Iterable[tuple[NoticeRow, PolicyRevisionRow]],
    notice_events: Iterable[NoticeEventRow],
    reconsiderations: Iterable[ReconsiderationRow],
    reconsideration_events: Iterable[ReconsiderationEventRow],
) -> dict[UUID, Records]:
    decided: dict[UUID, list[DecisionRow]] = defaultdict(list)
    for decision in decisions:
        decided[decision.person_id].append(decision)
    happened: dict[UUID, list[NoticeEventRow]] = defaultdict(list)
    for event in notice_events:
        happened[event.notice_id].append(event)
    noticed: dict[UUID, list[Notice]] = defaultdict(list)
    for row, policy in notices:
        noticed[row.person_id].append(Notice(row, tuple(happened[row.id]), policy))
    followed: dict[UUID, list[ReconsiderationEventRow]] = defaultdict(list)
    for answer in reconsideration_events:
        followed[answer.reconsideration_id].append(answer)
    asked: dict[UUID, list[Reconsideration]] = defaultdict(list)
    for each in reconsiderations:
        asked[each.person_id].append(Reconsideration(each, tuple(followed[each.id])))
    return {
        person: Records(tuple(rows), tuple(noticed[person]), tuple(asked[person]))
        for person, rows in decided.items()
    }
