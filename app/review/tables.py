"""Reviews that were held, when the next is due, and calendars of them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import Moment, Row


class ReviewRow(Row):
    """A review that was held."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("person_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]
    held_on: Mapped[date]
    with_ehc_review: Mapped[bool]
    outcome: Mapped[str]
    notes_commitment: Mapped[str | None]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)


class ReviewDueRow(Row):
    """When a person's next review is due: worked out again whenever anything it depends on is written.

    It is kept only so that a list by team and day need not work out everyone's.
    """

    __tablename__ = "review_due"
    __table_args__ = (
        Index("ix_review_due_hold_by_person_id", "hold_by", "person_id"),
        Index("ix_review_due_team_hold_by_person_id", "team", "hold_by", "person_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    team: Mapped[str]
    limit_on: Mapped[date]
    due_on: Mapped[date]
    hold_by: Mapped[date]
    with_ehc_review: Mapped[bool]


class CalendarRow(Row):
    """A team's calendar of due reviews, at an address with a secret in it."""

    __tablename__ = "calendar"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    team: Mapped[str]
    secret_sha256: Mapped[str] = mapped_column(unique=True)
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)


class CalendarRevocationRow(Row):
    """That a calendar's address no longer answers."""

    __tablename__ = "calendar_revocation"

    calendar_id: Mapped[UUID] = mapped_column(ForeignKey("calendar.id"), primary_key=True)
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)
