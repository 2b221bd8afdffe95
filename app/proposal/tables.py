"""Proposals, never changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import Moment, Row


class ProposalRow(Row):
    """What a worker proposes to decide. `content` is canonical JSON."""

    __tablename__ = "proposal"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    addressed_to: Mapped[str]
    content: Mapped[str] = mapped_column(Text)
    reasons_commitment: Mapped[str]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)
