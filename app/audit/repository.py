"""The audit log's SQL, and the order of acts.

The order of the feed of events is the order of commits. A transaction numbers its acts in its last moment,
holding the head until it is committed: so numbers appear in order and without gaps, and a reader that has
seen one has seen all before it.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import bindparam, event, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.audit.tables import (
    AuditContentRow,
    AuditEntryRow,
    AuditHeadRow,
    EventHeadRow,
    EventRow,
    ReadOfPersonRow,
)

FIRST_HASH = "0" * 64
"""What the first entry of a chain follows."""

_HEAD = (
    select(AuditHeadRow)
    .where(AuditHeadRow.chain == bindparam("wanted"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def lock_head(session: Session, chain: str) -> AuditHeadRow:
    """The head of a chain, held until the transaction ends, so that one entry follows another."""
    head = session.scalars(_HEAD, {"wanted": chain}).one_or_none()
    if head is None:
        insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
        new = insert(AuditHeadRow).values(chain=chain, sequence=0, hash=FIRST_HASH)
        session.execute(new.on_conflict_do_nothing())
        head = session.scalars(_HEAD, {"wanted": chain}).one()
    return head


def add_entry(session: Session, head: AuditHeadRow, entry: AuditEntryRow, content: AuditContentRow) -> None:
    """Add an entry and move its chain's head to it."""
    head.sequence, head.hash = entry.sequence, entry.hash
    session.add(entry)
    session.flush()
    session.add(content)
    session.info.setdefault(PENDING, []).append(entry.id)


PENDING = "acts"
"""Where a session keeps the keys of the entries that it will number when it commits."""
EVENT = "event"
AT_ONCE = 10_000
"""How many keys one statement names: databases take only so many."""
_EVENT_HEAD = (
    select(EventHeadRow)
    .where(EventHeadRow.name == EVENT)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_KEPT = select(AuditEntryRow.id, AuditEntryRow.chain).where(
    AuditEntryRow.id.in_(bindparam("ids", expanding=True))
)


_HASHES = (
    select(AuditEntryRow.hash)
    .join(EventRow, AuditEntryRow.id == EventRow.entry_id)
    .order_by(EventRow.sequence)
    .execution_options(yield_per=10_000)
)
_ACTS = (
    select(EventRow.sequence, AuditEntryRow, AuditContentRow)
    .join(AuditEntryRow, AuditEntryRow.id == EventRow.entry_id)
    .outerjoin(AuditContentRow, AuditContentRow.entry_id == EventRow.entry_id)
    .where(EventRow.sequence > bindparam("after"), EventRow.sequence <= bindparam("up_to"))
    .order_by(EventRow.sequence)
    .execution_options(yield_per=1000)
)


@event.listens_for(Session, "before_commit")
def _number_acts(session: Session) -> None:
    if session.in_nested_transaction():
        return
    ids = session.info.pop(PENDING, None)
    if not ids:
        return
    session.flush()
    # What a savepoint took back is not there.
    chains: dict[UUID, str] = {}
    for start in range(0, len(ids), AT_ONCE):
        found = session.execute(_KEPT, {"ids": ids[start : start + AT_ONCE]})
        chains |= {row[0]: row[1] for row in found}
    head = _lock_event_head(session)
    for entry_id in ids:
        if entry_id in chains:
            head.sequence += 1
            person = _person_of(chains[entry_id])
            session.add(EventRow(sequence=head.sequence, entry_id=entry_id, person_id=person))


def _person_of(chain: str) -> UUID | None:
    """The person whom a chain of the audit log is about."""
    kind, _, key = chain.partition(":")
    return UUID(key) if kind == "person" else None


def add_people_read(session: Session, rows: Sequence[ReadOfPersonRow]) -> None:
    """Add whom a read was about, after its entry."""
    session.add_all(rows)
    session.flush()


def each_hash(session: Session) -> Iterator[str]:
    """The hash of every act, in order."""
    yield from session.scalars(_HASHES)


def each_act(
    session: Session, *, after: int, up_to: int
) -> Iterator[tuple[int, AuditEntryRow, AuditContentRow | None]]:
    """The acts after a number and up to another, in order: number, entry, and content if not erased."""
    for row in session.execute(_ACTS, {"after": after, "up_to": up_to}):
        yield row[0], row[1], row[2]


def _lock_event_head(session: Session) -> EventHeadRow:
    head = session.scalars(_EVENT_HEAD).one_or_none()
    if head is None:
        insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
        session.execute(insert(EventHeadRow).values(name=EVENT, sequence=0).on_conflict_do_nothing())
        head = session.scalars(_EVENT_HEAD).one()
    return head
