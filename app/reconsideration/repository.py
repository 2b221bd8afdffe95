"""Reconsiderations' SQL. What budgets are derived from is read in `app.budget.repository`."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.budget.derive import ReconsiderationAct
from app.budget.repository import Reconsideration
from app.budget.tables import ReconsiderationEventRow, ReconsiderationRow
from app.errors import NotFound
from app.policy.tables import PolicyRevisionRow
from app.reconsideration.schemas import ReconsiderationsQuery

Found = tuple[Reconsideration, PolicyRevisionRow]
"""A reconsideration, and the policy that was in force on the day it was written down."""

_FOUND = select(ReconsiderationRow, PolicyRevisionRow).join(
    PolicyRevisionRow, PolicyRevisionRow.id == ReconsiderationRow.policy_revision_id
)


def get_reconsideration(session: Session, reconsideration_id: UUID) -> Found:
    """A reconsideration.

    Raises:
        NotFound: there is none.
    """
    row = session.execute(_FOUND.where(ReconsiderationRow.id == reconsideration_id)).one_or_none()
    if row is None:
        raise NotFound
    return _with_events(session, row[0]), row[1]


def list_reconsiderations(
    session: Session, query: ReconsiderationsQuery, *, seen: Select[UUID] | None
) -> list[Found]:
    """A page of reconsiderations and one more, oldest first."""
    wanted = _FOUND.order_by(ReconsiderationRow.id).limit(query.limit + 1)
    if query.person_id is not None:
        wanted = wanted.where(ReconsiderationRow.person_id == query.person_id)
    if query.decision_id is not None:
        wanted = wanted.where(ReconsiderationRow.decision_id == query.decision_id)
    if seen is not None:
        wanted = wanted.where(ReconsiderationRow.person_id.in_(seen))
    if query.after is not None:
        wanted = wanted.where(ReconsiderationRow.id > query.after)
    return [(_with_events(session, row[0]), row[1]) for row in session.execute(wanted).all()]


def list_open(session: Session) -> list[Found]:
    """Every reconsideration whose answer was not served."""
    served = select(ReconsiderationEventRow.reconsideration_id).where(
        ReconsiderationEventRow.kind == ReconsiderationAct.SERVED
    )
    wanted = _FOUND.where(ReconsiderationRow.id.not_in(served))
    return [(_with_events(session, row[0]), row[1]) for row in session.execute(wanted).all()]


def add_reconsideration(session: Session, row: ReconsiderationRow) -> None:
    """Add a reconsideration."""
    session.add(row)
    session.flush()


def add_event(session: Session, row: ReconsiderationEventRow) -> None:
    """Add what happened to one."""
    session.add(row)
    session.flush()


def _with_events(session: Session, row: ReconsiderationRow) -> Reconsideration:
    wanted = select(ReconsiderationEventRow).where(ReconsiderationEventRow.reconsideration_id == row.id)
    events = session.scalars(wanted.order_by(ReconsiderationEventRow.sequence))
    return Reconsideration(row, tuple(events))
