"""The audit log: entries that are only added, and their content, which can be erased."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import Moment, Row


class AuditHeadRow(Row):
    """The last entry of a chain. Writers of one chain queue on this row."""

    __tablename__ = "audit_head"

    chain: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    hash: Mapped[str]


class AuditEntryRow(Row):
    """One act: who, on whose behalf, what, on which record, when."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("chain", "sequence"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    chain: Mapped[str]
    sequence: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str]
    client: Mapped[str]
    act: Mapped[str]
    record: Mapped[UUID]
    commitment: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class AuditContentRow(Row):
    """What an entry commits to, with its salt. Erasing it leaves the chain whole."""

    __tablename__ = "audit_content"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("audit_entry.id"), primary_key=True)
    salt: Mapped[str]
    content: Mapped[str] = mapped_column(Text)


class EventHeadRow(Row):
    """The number of the last event. Writers queue on this row for the last moment of their transaction."""

    __tablename__ = "event_head"

    name: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int]


class EventRow(Row):
    """The place of one entry of the audit log in the order of commits."""

    __tablename__ = "event"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("audit_entry.id"), unique=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))


class ReadOfPersonRow(Row):
    """That a read was about a person. Its entry says who read, through which client, and when."""

    __tablename__ = "read_of_person"
    __table_args__ = (Index("ix_read_of_person_person_id", "person_id", "entry_id"),)

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("audit_entry.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    operation: Mapped[str]
    purpose: Mapped[str | None]
    broke_glass: Mapped[bool]
