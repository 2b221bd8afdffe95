"""Policies, their drafts' revisions, and what was done with them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import Moment, Row


class PolicyRow(Row):
    """A policy by authority, code and version."""

    __tablename__ = "policy"
    __table_args__ = (UniqueConstraint("authority", "code", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    authority: Mapped[str]
    code: Mapped[str]
    version: Mapped[str]


class PolicyRevisionRow(Row):
    """A policy's document as it was written at some moment."""

    __tablename__ = "policy_revision"
    __table_args__ = (UniqueConstraint("policy_id", "revision"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy.id"))
    revision: Mapped[int]
    sha256: Mapped[str]
    valid_from: Mapped[date]
    valid_before: Mapped[date | None]
    # Long, and read once in the life of a process: fetched only when it is asked for.
    document: Mapped[str] = mapped_column(Text, deferred=True)
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)


class PolicyEventRow(Row):
    """Something done with a policy: approved, published, withdrawn."""

    __tablename__ = "policy_event"
    __table_args__ = (UniqueConstraint("policy_id", "sequence"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy.id"))
    sequence: Mapped[int]
    kind: Mapped[str]
    revision_id: Mapped[UUID] = mapped_column(ForeignKey("policy_revision.id"))
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)


class PolicyAnswerRow(Row):
    """A written answer to something that the checker finds in a policy."""

    __tablename__ = "policy_answer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy.id"), index=True)
    fingerprint: Mapped[str]
    code: Mapped[str]
    path: Mapped[str]
    answer: Mapped[str] = mapped_column(Text)
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)
