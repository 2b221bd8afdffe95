"""The staff register's SQL."""

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.staff.tables import StaffRow

_LATEST = (
    select(StaffRow)
    .where(StaffRow.subject == bindparam("subject"))
    .order_by(StaffRow.revision.desc())
    .limit(1)
)


def find_staff(session: Session, subject: str) -> StaffRow | None:
    """The latest entry about someone."""
    return session.scalar(_LATEST, {"subject": subject})


def list_staff(session: Session) -> list[StaffRow]:
    """The latest entry about everyone, by subject."""
    other = aliased(StaffRow)
    latest = select(func.max(other.revision)).where(other.subject == StaffRow.subject).scalar_subquery()
    return list(
        session.scalars(select(StaffRow).where(StaffRow.revision == latest).order_by(StaffRow.subject))
    )


def is_team(session: Session, team: str) -> bool:
    """Whether someone on the register is in a team."""
    return any(row.active and row.team == team for row in list_staff(session))


def add_staff(session: Session, row: StaffRow) -> None:
    """Add an entry."""
    session.add(row)
    session.flush()
