"""Proposals' SQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.budget.tables import DecisionRow
from app.errors import NotFound
from app.proposal.schemas import ProposalsQuery
from app.proposal.tables import ProposalRow

Proposal = tuple[ProposalRow, UUID | None]
"""A proposal and the first decision made on it, if there is one."""

_DECISION = (
    select(DecisionRow.id)
    .where(DecisionRow.proposal_id == ProposalRow.id)
    .order_by(DecisionRow.number)
    .limit(1)
    .scalar_subquery()
)
_PROPOSALS = select(ProposalRow, _DECISION)


def get_proposal(session: Session, proposal_id: UUID) -> Proposal:
    """A proposal.

    Raises:
        NotFound: there is none.
    """
    row = session.execute(_PROPOSALS.where(ProposalRow.id == proposal_id)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def proposers_of(session: Session, person_id: UUID, *, proposal_id: UUID | None) -> set[str]:
    """Who proposed what is not decided yet about a person, and who wrote one proposal."""
    wanted = select(ProposalRow.written_by).where(
        ProposalRow.person_id == person_id, or_(_DECISION.is_(None), ProposalRow.id == proposal_id)
    )
    return set(session.scalars(wanted))


def list_proposals(session: Session, query: ProposalsQuery, *, seen: Select[UUID] | None) -> list[Proposal]:
    """A page of proposals and one more, oldest first."""
    wanted = _PROPOSALS.order_by(ProposalRow.id).limit(query.limit + 1)
    if query.person_id is not None:
        wanted = wanted.where(ProposalRow.person_id == query.person_id)
    if query.addressed_to is not None:
        wanted = wanted.where(ProposalRow.addressed_to == query.addressed_to)
    if seen is not None:
        wanted = wanted.where(ProposalRow.person_id.in_(seen))
    if query.after is not None:
        wanted = wanted.where(ProposalRow.id > query.after)
    return [(row[0], row[1]) for row in session.execute(wanted)]


def waiting_proposals(session: Session) -> tuple[int, datetime | None]:
    """How many proposals nothing was decided on, and when the oldest of them was written."""
    decided = select(DecisionRow.proposal_id).where(DecisionRow.proposal_id.is_not(None))
    wanted = select(func.count(), func.min(ProposalRow.written_at)).where(ProposalRow.id.not_in(decided))
    row = session.execute(wanted).one()
    return row[0], row[1]


def add_proposal(session: Session, row: ProposalRow) -> None:
    """Add a proposal."""
    session.add(row)
    session.flush()
