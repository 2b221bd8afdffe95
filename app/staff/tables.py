"""The staff register, added to and never changed: the latest revision of a subject counts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import Moment, Row


class StaffRow(Row):
    """What someone was on the register from a moment on."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("subject", "revision"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[str]
    revision: Mapped[int]
    role: Mapped[str]
    team: Mapped[str | None]
    active: Mapped[bool]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)
