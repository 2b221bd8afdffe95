"""Findings' SQL."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.finding.schemas import FindingsQuery
from app.finding.tables import FindingRow


def get_finding(session: Session, finding_id: UUID) -> FindingRow:
    """A finding.

    Raises:
        NotFound: there is none.
    """
    row = session.get(FindingRow, finding_id)
    if row is None:
        raise NotFound
    return row


def list_findings(session: Session, query: FindingsQuery, *, seen: Select[UUID] | None) -> list[FindingRow]:
    """A page of findings and one more, oldest first."""
    wanted = select(FindingRow).order_by(FindingRow.id).limit(query.limit + 1)
    if query.person_id is not None:
        wanted = wanted.where(FindingRow.person_id == query.person_id)
    if seen is not None:
        wanted = wanted.where(FindingRow.person_id.in_(seen))
    if query.after is not None:
        wanted = wanted.where(FindingRow.id > query.after)
    return list(session.scalars(wanted))


def list_findings_of(session: Session, person_id: UUID) -> list[FindingRow]:
    """Every finding about a person, in the order in which they were written."""
    wanted = select(FindingRow).where(FindingRow.person_id == person_id).order_by(FindingRow.number)
    return list(session.scalars(wanted))


def add_finding(session: Session, row: FindingRow) -> None:
    """Add a finding."""
    session.add(row)
    session.flush()
