"""The SQL of holding, erasing and finding what is held."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, delete, select, update
from sqlalchemy.orm import Session

from app.audit.tables import AuditEntryRow
from app.columns import Row
from app.person.repository import latest_of_everyone
from app.person.service import chain_of
from app.person.tables import ErasureRow, LegalHoldRow, MonitoringRow, PersonRevisionRow, PersonRow
from app.privacy.held import held_about
from app.words import WordsRow

STAYS = frozenset(
    {
        *("person", "audit_entry", "event", "read_of_person", "erasure", "legal_hold", "broken_glass"),
        "idempotency_key",
    }
)
"""What an erased person leaves: keys without a name, and who did what to them and when."""
ERASABLE_WORDS = ("plan_version", "finding", "review", "reconsideration")
"""Whose words can be erased. Reasons are not among them: a decision without its reasons is not lawful."""


def find_hold(session: Session, person_id: UUID) -> LegalHoldRow | None:
    """The latest of what was written of a legal hold."""
    wanted = select(LegalHoldRow).where(LegalHoldRow.person_id == person_id)
    return session.scalars(wanted.order_by(LegalHoldRow.number.desc()).limit(1)).one_or_none()


def add_hold(session: Session, row: LegalHoldRow) -> None:
    """Add that a record is held, or no longer."""
    session.add(row)
    session.flush()


def list_erasures(session: Session, person_id: UUID) -> list[ErasureRow]:
    """What was erased about a person, oldest first."""
    wanted = select(ErasureRow).where(ErasureRow.person_id == person_id)
    return list(session.scalars(wanted.order_by(ErasureRow.written_at, ErasureRow.id)))


def add_erasure(session: Session, row: ErasureRow) -> None:
    """Add that something is erased: rows that are kept for good can be deleted only after it."""
    session.add(row)
    session.flush()


def delete_record(session: Session, person_id: UUID) -> None:
    """Delete everything about a person but what stays, and let their reference say nothing."""
    for table, condition in reversed(list(held_about(person_id))):
        if table.name not in STAYS:
            session.execute(delete(table).where(condition))
    person = Row.metadata.tables["person"]
    erased = f"ERASED-{person_id.hex.upper()}"
    session.execute(update(person).where(person.c.id == person_id).values(reference=erased))
    session.expire_all()


def delete_monitoring(session: Session, person_id: UUID) -> None:
    """Delete what a family told for equality monitoring."""
    session.execute(delete(MonitoringRow).where(MonitoringRow.person_id == person_id))


def erase_words(session: Session, record_id: UUID, *, at: datetime) -> bool:
    """Erase the words of a record. False where there are none."""
    row = session.get(WordsRow, record_id)
    if row is None or row.content is None:
        return False
    row.salt, row.content, row.erased_at = None, None, at
    session.flush()
    return True


def is_record_with_erasable_words(session: Session, record_id: UUID, person_id: UUID) -> bool:
    """Whether a record about a person is one whose words can be erased."""
    return any(
        session.execute(select(table.c.id).where(condition, table.c.id == record_id)).first() is not None
        for table, condition in held_about(person_id)
        if table.name in ERASABLE_WORDS
    )


def list_old(
    session: Session, *, born_until: date, after: UUID | None, seen: Select[UUID] | None, limit: int
) -> list[tuple[PersonRow, PersonRevisionRow]]:
    """So many of the people who were born up to a day, by their keys."""
    wanted = latest_of_everyone().where(PersonRevisionRow.born_on <= born_until).order_by(PersonRow.id)
    if after is not None:
        wanted = wanted.where(PersonRow.id > after)
    if seen is not None:
        wanted = wanted.where(PersonRow.id.in_(seen))
    return [(row[0], row[1]) for row in session.execute(wanted.limit(limit))]


def last_act_at(session: Session, person_id: UUID) -> datetime:
    """When something was last done on a case."""
    wanted = select(AuditEntryRow.at).where(AuditEntryRow.chain == chain_of(person_id))
    return session.scalars(wanted.order_by(AuditEntryRow.sequence.desc()).limit(1)).one()


def rows_about(session: Session, person_id: UUID) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Each table that holds something about people, and its rows about one person."""
    for table, condition in held_about(person_id):
        found = session.execute(select(table).where(condition).order_by(*table.primary_key)).mappings()
        yield table, [dict(row) for row in found]
