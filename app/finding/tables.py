"""Findings, added to and never changed: of one kind the latest counts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import Moment, Row


class FindingRow(Row):
    """One finding about a person, by a named worker."""

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("person_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]
    kind: Mapped[str]
    outcome: Mapped[str]
    found_on: Mapped[date]
    recipient: Mapped[str | None]
    ground: Mapped[str | None]
    notes_commitment: Mapped[str | None]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)
