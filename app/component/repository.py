"""Partners' agreements' SQL."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.component.schemas import ComponentAgreementsQuery
from app.component.tables import ComponentAgreementRow
from app.errors import NotFound


def get_agreement(session: Session, agreement_id: UUID) -> ComponentAgreementRow:
    """An agreement.

    Raises:
        NotFound: there is none.
    """
    row = session.get(ComponentAgreementRow, agreement_id)
    if row is None:
        raise NotFound
    return row


def list_agreements(
    session: Session, query: ComponentAgreementsQuery, *, seen: Select[UUID] | None, component: str | None
) -> list[ComponentAgreementRow]:
    """A page of agreements and one more, oldest first."""
    wanted = select(ComponentAgreementRow).order_by(ComponentAgreementRow.id).limit(query.limit + 1)
    if query.person_id is not None:
        wanted = wanted.where(ComponentAgreementRow.person_id == query.person_id)
    if component is not None:
        wanted = wanted.where(ComponentAgreementRow.component == component)
    if seen is not None:
        wanted = wanted.where(ComponentAgreementRow.person_id.in_(seen))
    if query.after is not None:
        wanted = wanted.where(ComponentAgreementRow.id > query.after)
    return list(session.scalars(wanted))


def latest_agreements(session: Session, person_id: UUID) -> dict[str, ComponentAgreementRow]:
    """What each partner agreed last about a person, by component."""
    wanted = select(ComponentAgreementRow).where(ComponentAgreementRow.person_id == person_id)
    rows = session.scalars(wanted.order_by(ComponentAgreementRow.number))
    return {row.component: row for row in rows}


def add_agreement(session: Session, row: ComponentAgreementRow) -> None:
    """Add an agreement."""
    session.add(row)
    session.flush()
