"""Assessments, never changed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import Moment, Row


class AssessmentRow(Row):
    """One assessment: what went in, which rules, which engine, what came out.

    `inputs` and `result` are canonical JSON, kept as text so that their bytes stay.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        CheckConstraint("indicative_annual_pence >= 0", name="indicative_not_negative"),
        CheckConstraint("plan_cost_annual_pence >= 0", name="plan_cost_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    plan_version_id: Mapped[UUID] = mapped_column(ForeignKey("plan_version.id"))
    policy_revision_id: Mapped[UUID] = mapped_column(ForeignKey("policy_revision.id"))
    effective_on: Mapped[date]
    engine_version: Mapped[str]
    inputs: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text)
    result_sha256: Mapped[str]
    indicative_annual_pence: Mapped[int] = mapped_column(BigInteger)
    plan_cost_annual_pence: Mapped[int] = mapped_column(BigInteger)
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)
