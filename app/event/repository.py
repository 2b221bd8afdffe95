"""The feed's SQL."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.access import Caller
from app.audit.tables import AuditEntryRow, EventHeadRow, EventRow
from app.person.repository import seen_by
from app.person.tables import ErasureRow, PersonRow

POLICIES = "policies"
"""The chain that everyone sees; others that are about no person are not in the feed."""


@dataclass(frozen=True, slots=True)
class Found:
    """An act, its number, and the person it is about, if it is about one."""

    sequence: int
    entry: AuditEntryRow
    person: PersonRow | None


def list_events(session: Session, caller: Caller, *, after: int, limit: int) -> list[Found]:
    """So many of the events that a caller may see, after a number and in order."""
    wanted = (
        select(EventRow, AuditEntryRow, PersonRow)
        .join(AuditEntryRow, AuditEntryRow.id == EventRow.entry_id)
        .outerjoin(PersonRow, PersonRow.id == EventRow.person_id)
        .where(
            EventRow.sequence > after, or_(EventRow.person_id.is_not(None), AuditEntryRow.chain == "policies")
        )
        .order_by(EventRow.sequence)
        .limit(limit)
    )
    seen = seen_by(caller)
    if seen is not None:
        erased = select(ErasureRow.person_id).where(ErasureRow.team == caller.only_team)
        wanted = wanted.where(
            or_(EventRow.person_id.is_(None), EventRow.person_id.in_(seen), EventRow.person_id.in_(erased))
        )
    return [Found(row[0].sequence, row[1], row[2]) for row in session.execute(wanted)]


def count_events(session: Session) -> int:
    """How many acts the audit log holds: the number of the last, for they are numbered without gaps."""
    return session.scalars(select(EventHeadRow.sequence)).one_or_none() or 0
