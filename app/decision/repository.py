"""Decisions' SQL. What budgets are derived from is read in `app.budget.repository`."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.budget.tables import DecisionRow
from app.decision.schemas import DecisionsQuery
from app.errors import NotFound
from app.policy.tables import PolicyRevisionRow

Decision = tuple[DecisionRow, PolicyRevisionRow]
"""A decision, and the policy in force on the day it was made."""

_DECISIONS = select(DecisionRow, PolicyRevisionRow).join(
    PolicyRevisionRow, PolicyRevisionRow.id == DecisionRow.policy_revision_id
)


def get_decision(session: Session, decision_id: UUID) -> Decision:
    """A decision.

    Raises:
        NotFound: there is none.
    """
    row = session.execute(_DECISIONS.where(DecisionRow.id == decision_id)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def list_decisions(session: Session, query: DecisionsQuery, *, seen: Select[UUID] | None) -> list[Decision]:
    """A page of decisions and one more, oldest first."""
    wanted = _DECISIONS.order_by(DecisionRow.id).limit(query.limit + 1)
    if query.person_id is not None:
        wanted = wanted.where(DecisionRow.person_id == query.person_id)
    if seen is not None:
        wanted = wanted.where(DecisionRow.person_id.in_(seen))
    if query.after is not None:
        wanted = wanted.where(DecisionRow.id > query.after)
    return [(row[0], row[1]) for row in session.execute(wanted)]


def add_decision(session: Session, row: DecisionRow) -> None:
    """Add a decision."""
    session.add(row)
    session.flush()
