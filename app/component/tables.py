"""What partners agreed, added to and never changed: the latest of a component counts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import Moment, Row


class ComponentAgreementRow(Row):
    """A partner's own component of a person's budget, as the partner agreed it."""

    __tablename__ = "component_agreement"
    __table_args__ = (
        UniqueConstraint("person_id", "component", "number"),
        CheckConstraint("annual_pence >= 0", name="annual_not_negative"),
        CheckConstraint("one_off_pence >= 0", name="one_off_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    component: Mapped[str]
    number: Mapped[int]
    annual_pence: Mapped[int] = mapped_column(BigInteger)
    one_off_pence: Mapped[int] = mapped_column(BigInteger)
    reasons_commitment: Mapped[str]
    written_by: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(Moment)
