"""People's SQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.access import Caller
from app.errors import NotFound
from app.person.schemas import PeopleQuery
from app.person.tables import BrokenGlassRow, MonitoringRow, PersonRevisionRow, PersonRow, ShareRow

Person = tuple[PersonRow, PersonRevisionRow]
"""A person and the latest of what is known."""


def _people() -> Select[PersonRow, PersonRevisionRow]:
    other = aliased(PersonRevisionRow)
    latest = select(func.max(other.revision)).where(other.person_id == PersonRow.id).scalar_subquery()
    return select(PersonRow, PersonRevisionRow).join(
        PersonRevisionRow,
        and_(PersonRevisionRow.person_id == PersonRow.id, PersonRevisionRow.revision == latest),
    )


_PEOPLE = _people()
_PERSON = _PEOPLE.where(PersonRow.id == bindparam("person_id"))


def get_person(session: Session, person_id: UUID) -> Person:
    """A person.

    Raises:
        NotFound: there is none.
    """
    row = session.execute(_PERSON, {"person_id": person_id}).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def latest_of_everyone() -> Select[PersonRow, PersonRevisionRow]:
    """Everyone and the latest of what is known of each."""
    return _PEOPLE


def find_person_by_reference(session: Session, reference: str) -> Person | None:
    """The person with a reference."""
    row = session.execute(_PEOPLE.where(PersonRow.reference == reference)).one_or_none()
    return (row[0], row[1]) if row else None


def list_people(session: Session, query: PeopleQuery, *, seen: Select[UUID] | None) -> list[Person]:
    """A page of people and one more, oldest first."""
    wanted = _PEOPLE.order_by(PersonRow.id).limit(query.limit + 1)
    if query.team is not None:
        wanted = wanted.where(PersonRevisionRow.team == query.team)
    if seen is not None:
        wanted = wanted.where(PersonRow.id.in_(seen))
    if query.reference is not None:
        wanted = wanted.where(PersonRow.reference == query.reference)
    if query.after is not None:
        wanted = wanted.where(PersonRow.id > query.after)
    return [(row[0], row[1]) for row in session.execute(wanted)]


def add_person(session: Session, person: PersonRow, revision: PersonRevisionRow) -> None:
    """Add a person and what is known of them."""
    session.add(person)
    session.flush()
    add_revision(session, revision)


def add_revision(session: Session, revision: PersonRevisionRow) -> None:
    """Add what is known from now on."""
    session.add(revision)
    session.flush()


def find_monitoring(session: Session, person_id: UUID) -> MonitoringRow | None:
    """A person's monitoring characteristics."""
    return session.get(MonitoringRow, person_id)


def put_monitoring(session: Session, row: MonitoringRow) -> None:
    """Keep a person's monitoring characteristics, in place of earlier ones."""
    session.merge(row)
    session.flush()


def only_teams_people(team: str) -> Select[UUID]:
    """The keys of the people who are in a team now."""
    return _PEOPLE.with_only_columns(PersonRow.id).where(PersonRevisionRow.team == team)


def find_share(session: Session, person_id: UUID, shared_with: str) -> ShareRow | None:
    """The latest of what was written of a case and one whom it can be shared with."""
    wanted = select(ShareRow).where(ShareRow.person_id == person_id, ShareRow.shared_with == shared_with)
    return session.scalars(wanted.order_by(ShareRow.number.desc()).limit(1)).one_or_none()


def list_shares(session: Session, person_id: UUID) -> list[ShareRow]:
    """All that was written of whom a case is shared with, in order."""
    wanted = select(ShareRow).where(ShareRow.person_id == person_id)
    return list(session.scalars(wanted.order_by(ShareRow.written_at, ShareRow.id)))


def add_share(session: Session, row: ShareRow) -> None:
    """Add that a case is shared, or no longer."""
    session.add(row)
    session.flush()


def add_broken_glass(session: Session, row: BrokenGlassRow) -> None:
    """Add that an auditor breaks the glass."""
    session.add(row)
    session.flush()


def is_glass_broken(session: Session, person_id: UUID, *, by: str, at: datetime) -> bool:
    """Whether somebody broke the glass before a person's record, and it is still open at a moment."""
    wanted = select(BrokenGlassRow.id).where(
        BrokenGlassRow.person_id == person_id, BrokenGlassRow.written_by == by, BrokenGlassRow.until > at
    )
    return session.scalar(wanted.limit(1)) is not None


def seen_by(caller: Caller) -> Select[UUID] | None:
    """The keys of the people whose cases a caller sees; None for one who sees every case."""
    if caller.only_team is None:
        return None
    if caller.sees_shared_with is None:
        return only_teams_people(caller.only_team)
    other = aliased(ShareRow)
    latest = (
        select(func.max(other.number))
        .where(other.person_id == ShareRow.person_id, other.shared_with == ShareRow.shared_with)
        .scalar_subquery()
    )
    return select(ShareRow.person_id).where(
        ShareRow.shared_with == caller.sees_shared_with, ShareRow.shared, ShareRow.number == latest
    )
