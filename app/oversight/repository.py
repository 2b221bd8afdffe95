"""Reads' SQL."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.tables import AuditEntryRow, EventRow, ReadOfPersonRow


@dataclass(frozen=True, slots=True)
class Found:
    """A read, its entry in the audit log, and its number there."""

    sequence: int
    entry: AuditEntryRow
    read: ReadOfPersonRow


def list_reads(session: Session, person_id: UUID, *, after: int, limit: int) -> list[Found]:
    """So many of the reads of a person, after a number and in order."""
    wanted = (
        select(EventRow.sequence, AuditEntryRow, ReadOfPersonRow)
        .join(AuditEntryRow, AuditEntryRow.id == ReadOfPersonRow.entry_id)
        .join(EventRow, EventRow.entry_id == ReadOfPersonRow.entry_id)
        .where(ReadOfPersonRow.person_id == person_id, EventRow.sequence > after)
        .order_by(EventRow.sequence)
        .limit(limit)
    )
    return [Found(row[0], row[1], row[2]) for row in session.execute(wanted)]
