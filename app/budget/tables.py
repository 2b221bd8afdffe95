"""The records a budget is derived from: decisions, notices, reconsiderations. None is ever changed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import Moment, Row


class DecisionRow(Row):
    """One decision.

    `content` is what was decided and `saw` what the decider had before them, as canonical JSON; the reasons
    are words, kept apart.
    """

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("person_id", "number"),
        CheckConstraint("agreed_annual_pence >= 0", name="agreed_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]
    kind: Mapped[str]
    made_on: Mapped[date]
    starts_on: Mapped[date]
    assessment_id: Mapped[UUID | None] = mapped_column(ForeignKey("assessment.id"))
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposal.id"))
    policy_revision_id: Mapped[UUID] = mapped_column(ForeignKey("policy_revision.id"))
    content: Mapped[str] = mapped_column(Text)
    saw: Mapped[str] = mapped_column(Text)
    indicative_annual_pence: Mapped[int | None] = mapped_column(BigInteger)
    plan_cost_annual_pence: Mapped[int | None] = mapped_column(BigInteger)
    agreed_annual_pence: Mapped[int | None] = mapped_column(BigInteger)
    reasons_commitment: Mapped[str]
    written_by: Mapped[str]
    written_role: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)


class NoticeRow(Row):
    """A notice of what one decision lowers. `content` is canonical JSON: each component, old and new."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("decision_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id"))
    number: Mapped[int]
    policy_revision_id: Mapped[UUID] = mapped_column(ForeignKey("policy_revision.id"))
    content: Mapped[str] = mapped_column(Text)
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)


class NoticeEventRow(Row):
    """Something that happened to a notice: issued, served (again), withdrawn."""

    __tablename__ = "notice_event"
    __table_args__ = (UniqueConstraint("notice_id", "sequence"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"))
    sequence: Mapped[int]
    kind: Mapped[str]
    content: Mapped[str] = mapped_column(Text)
    reasons_commitment: Mapped[str | None]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)


class ReconsiderationRow(Row):
    """A request to look at a decision again. What the family says is words, kept apart."""

    __tablename__ = "reconsideration"
    __table_args__ = (UniqueConstraint("decision_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id"))
    number: Mapped[int]
    policy_revision_id: Mapped[UUID] = mapped_column(ForeignKey("policy_revision.id"))
    asked_by: Mapped[str]
    received_on: Mapped[date]
    representations_commitment: Mapped[str | None]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)


class ReconsiderationEventRow(Row):
    """Something that happened to it: acknowledged, answered, the answer served."""

    __tablename__ = "reconsideration_event"
    __table_args__ = (UniqueConstraint("reconsideration_id", "sequence"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reconsideration_id: Mapped[UUID] = mapped_column(ForeignKey("reconsideration.id"))
    sequence: Mapped[int]
    kind: Mapped[str]
    content: Mapped[str] = mapped_column(Text)
    reasons_commitment: Mapped[str | None]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)
