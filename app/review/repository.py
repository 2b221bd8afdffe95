"""Reviews' SQL."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, and_, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.budget.tables import DecisionRow
from app.errors import NotFound
from app.person.tables import PersonRevisionRow, PersonRow
from app.resources import PageQuery
from app.review.schemas import Place, ReviewsQuery
from app.review.tables import CalendarRevocationRow, CalendarRow, ReviewDueRow, ReviewRow

Due = tuple[ReviewDueRow, str]
"""A due review and the person's reference."""
Calendar = tuple[CalendarRow, CalendarRevocationRow | None]
"""A calendar and, where it was revoked, that it was."""


@dataclass(frozen=True, slots=True)
class Existing:
    """A package from before, and the first award that followed it.

    Attributes:
        package_annual_pence: What the council paid before, in pence a year.
        decided_on: The day of the first award; None where there is none.
        agreed_annual_pence: What it agreed, in pence a year.
    """

    package_annual_pence: int
    decided_on: date | None
    agreed_annual_pence: int


def get_review(session: Session, review_id: UUID) -> ReviewRow:
    """A review.

    Raises:
        NotFound: there is none.
    """
    row = session.get(ReviewRow, review_id)
    if row is None:
        raise NotFound
    return row


def list_reviews(session: Session, query: ReviewsQuery, *, seen: Select[UUID] | None) -> list[ReviewRow]:
    """A page of reviews and one more, oldest first."""
    wanted = select(ReviewRow).order_by(ReviewRow.id).limit(query.limit + 1)
    if query.person_id is not None:
        wanted = wanted.where(ReviewRow.person_id == query.person_id)
    if seen is not None:
        wanted = wanted.where(ReviewRow.person_id.in_(seen))
    if query.after is not None:
        wanted = wanted.where(ReviewRow.id > query.after)
    return list(session.scalars(wanted))


def list_reviews_of(session: Session, person_id: UUID) -> list[ReviewRow]:
    """Every review of a person, in the order in which they were written."""
    wanted = select(ReviewRow).where(ReviewRow.person_id == person_id).order_by(ReviewRow.number)
    return list(session.scalars(wanted))


def add_review(session: Session, row: ReviewRow) -> None:
    """Add a review."""
    session.add(row)
    session.flush()


def put_due(session: Session, row: ReviewDueRow) -> None:
    """Keep when a person's next review is due, in place of what was worked out before."""
    session.merge(row)
    session.flush()


def move_due(session: Session, person_id: UUID, *, team: str) -> None:
    """Put a person's due review into a team's list, where one is due."""
    row = session.get(ReviewDueRow, person_id)
    if row is not None:
        row.team = team
        session.flush()


def take_due(session: Session, person_id: UUID) -> None:
    """Take a person from the lists of due reviews, where they are in them."""
    row = session.get(ReviewDueRow, person_id)
    if row is not None:
        session.delete(row)
        session.flush()


def due_reviews(
    *,
    teams: frozenset[str],
    limit: int,
    from_day: date | None = None,
    by: date | None = None,
    after: Place | None = None,
) -> Select[ReviewDueRow, str]:
    """So many due reviews in the order in which they are to be held: one walk along an index.

    Args:
        teams: Each of them has to be the case's, so that of two there is none.
        limit: How many.
        from_day: Only those to be held by this day or a later one.
        by: Only those to be held by this day or an earlier one.
        after: Only those after this place.
    """
    place = tuple_(ReviewDueRow.hold_by, ReviewDueRow.person_id)
    wanted = (
        select(ReviewDueRow, PersonRow.reference)
        .join(PersonRow, PersonRow.id == ReviewDueRow.person_id)
        .order_by(ReviewDueRow.hold_by, ReviewDueRow.person_id)
        .limit(limit)
    )
    for team in sorted(teams):
        wanted = wanted.where(ReviewDueRow.team == team)
    if from_day is not None:
        wanted = wanted.where(ReviewDueRow.hold_by >= from_day)
    if by is not None:
        wanted = wanted.where(ReviewDueRow.hold_by <= by)
    if after is not None:
        wanted = wanted.where(place > after)
    return wanted


def count_due(session: Session, *, by: date, from_day: date | None = None) -> int:
    """How many reviews are to be held by a day, of all teams; none before `from_day`, where it is given."""
    wanted = select(func.count()).where(ReviewDueRow.hold_by <= by)
    if from_day is not None:
        wanted = wanted.where(ReviewDueRow.hold_by >= from_day)
    return session.scalars(wanted).one()


def list_due(session: Session, wanted: Select[ReviewDueRow, str]) -> list[Due]:
    """The due reviews that are wanted."""
    return [(row[0], row[1]) for row in session.execute(wanted)]


def list_existing(session: Session, *, team: str | None) -> list[Existing]:
    """Every package from before, of one team or of all, with the first award that followed it."""
    other = aliased(PersonRevisionRow)
    latest = (
        select(func.max(other.revision))
        .where(other.person_id == PersonRevisionRow.person_id)
        .scalar_subquery()
    )
    first = (
        select(DecisionRow.person_id, func.min(DecisionRow.number).label("number"))
        .where(DecisionRow.kind == "award")
        .group_by(DecisionRow.person_id)
        .subquery()
    )
    wanted = (
        select(
            PersonRevisionRow.current_package_annual_pence,
            DecisionRow.made_on,
            DecisionRow.agreed_annual_pence,
        )
        .outerjoin(first, first.c.person_id == PersonRevisionRow.person_id)
        .outerjoin(
            DecisionRow,
            and_(DecisionRow.person_id == first.c.person_id, DecisionRow.number == first.c.number),
        )
        .where(
            PersonRevisionRow.revision == latest,
            PersonRevisionRow.current_package_annual_pence.is_not(None),
        )
    )
    if team is not None:
        wanted = wanted.where(PersonRevisionRow.team == team)
    return [Existing(row[0] or 0, row[1], row[2] or 0) for row in session.execute(wanted)]


_CALENDARS = select(CalendarRow, CalendarRevocationRow).outerjoin(
    CalendarRevocationRow, CalendarRevocationRow.calendar_id == CalendarRow.id
)


def get_calendar(session: Session, calendar_id: UUID) -> Calendar:
    """A calendar.

    Raises:
        NotFound: there is none.
    """
    row = session.execute(_CALENDARS.where(CalendarRow.id == calendar_id)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def find_calendar_by_secret(session: Session, secret_sha256: str) -> CalendarRow | None:
    """The calendar whose address has a secret in it, unless it was revoked."""
    revoked = select(CalendarRevocationRow.calendar_id)
    wanted = select(CalendarRow).where(
        CalendarRow.secret_sha256 == secret_sha256, CalendarRow.id.not_in(revoked)
    )
    return session.scalars(wanted).one_or_none()


def list_calendars(session: Session, query: PageQuery, *, team: str | None) -> list[Calendar]:
    """A page of calendars and one more, of one team or of all, oldest first."""
    wanted = _CALENDARS.order_by(CalendarRow.id).limit(query.limit + 1)
    if team is not None:
        wanted = wanted.where(CalendarRow.team == team)
    if query.after is not None:
        wanted = wanted.where(CalendarRow.id > query.after)
    return [(row[0], row[1]) for row in session.execute(wanted)]


def add_calendar(session: Session, row: CalendarRow) -> None:
    """Add a calendar."""
    session.add(row)
    session.flush()


def add_revocation(session: Session, row: CalendarRevocationRow) -> None:
    """Add that a calendar was revoked."""
    session.add(row)
    session.flush()
