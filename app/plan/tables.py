"""Plans and their versions."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import Moment, Row


class PlanRow(Row):
    """A person's support plan."""

    __tablename__ = "plan"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)


class PlanVersionRow(Row):
    """A plan as it was written at some moment: codes only; the words are apart."""

    __tablename__ = "plan_version"
    __table_args__ = (UniqueConstraint("plan_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"))
    version: Mapped[int]
    kind: Mapped[str]
    reference: Mapped[str]
    next_ehc_review_on: Mapped[date | None]
    document: Mapped[str] = mapped_column(Text)
    words_commitment: Mapped[str | None]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)
