"""People and what is known of them over time."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import Moment, Row


class PersonRow(Row):
    """A child or young person, by a reference that says nothing about them."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)


class PersonRevisionRow(Row):
    """What was known of a person from a moment on; the latest counts."""

    __tablename__ = "person_revision"
    __table_args__ = (
        UniqueConstraint("person_id", "revision"),
        Index("ix_person_revision_team", "team"),
        CheckConstraint("current_package_annual_pence >= 0", name="package_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    revision: Mapped[int]
    born_on: Mapped[date]
    team: Mapped[str]
    current_package_annual_pence: Mapped[int | None] = mapped_column(BigInteger)
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)


class ShareRow(Row):
    """That a case is shared with the panel or a partner, or no longer; the latest for each counts."""

    __tablename__ = "share"
    __table_args__ = (UniqueConstraint("person_id", "shared_with", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    shared_with: Mapped[str]
    number: Mapped[int]
    shared: Mapped[bool]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)


class MonitoringRow(Row):
    """Characteristics for equality monitoring, kept apart from everything that is scored."""

    __tablename__ = "monitoring"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(Moment)


class BrokenGlassRow(Row):
    """That an auditor reads words and dates of birth of one person for a while, and said why."""

    __tablename__ = "broken_glass"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    until: Mapped[datetime] = mapped_column(Moment)
    reason_commitment: Mapped[str | None]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)


class LegalHoldRow(Row):
    """That nothing about a person may be erased, or that it may again; the latest counts."""

    __tablename__ = "legal_hold"
    __table_args__ = (UniqueConstraint("person_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]
    held: Mapped[bool]
    reason_commitment: Mapped[str | None]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)


class ErasureRow(Row):
    """That something about a person was erased: the whole record, the words of one, or the monitoring.

    Rows that are kept for good can be deleted only where a `record` erasure of their person stands here.
    """

    __tablename__ = "erasure"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    what: Mapped[str]
    record_id: Mapped[UUID | None]
    ground: Mapped[str]
    team: Mapped[str]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)
