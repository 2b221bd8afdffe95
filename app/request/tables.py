"""Requests and their outcomes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import Moment, Row


class BudgetRequestRow(Row):
    """A request for a personal budget (Children and Families Act 2014 s.49)."""

    __tablename__ = "budget_request"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    asked_on: Mapped[date]
    asked_by: Mapped[str]
    plan_stage: Mapped[str]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)


class RequestOutcomeRow(Row):
    """What was answered. The reasons are words, kept apart."""

    __tablename__ = "request_outcome"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("budget_request.id"), primary_key=True)
    outcome: Mapped[str]
    decided_on: Mapped[date]
    reasons_commitment: Mapped[str]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)
