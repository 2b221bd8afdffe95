"""The audit log's SQL."""

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.audit.tables import AuditContentRow, AuditEntryRow, AuditHeadRow

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
