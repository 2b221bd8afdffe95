"""Adding an act to the audit log.

Each entry holds the hash of the one before it and a salted commitment to its content. The hash
is over the entry's canonical JSON, so anyone with an export can compute it again.
"""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.access import Caller
from app.audit import repository
from app.audit.tables import AuditContentRow, AuditEntryRow
from ras.canonical import canonical, sha256


def hold_chain(session: Session, chain: str) -> None:
    """Let nobody else act on a chain until this transaction ends."""
    repository.lock_head(session, chain)


def add_act(
    session: Session,
    chain: str,
    act: str,
    *,
    entry_id: UUID,
    record: UUID,
    caller: Caller,
    at: datetime,
    content: dict[str, Any],
) -> None:
    """Add an act to a chain, in the transaction of what it did.

    Args:
        session: The transaction.
        chain: What the chain is about: `person:…`, `policies`, `staff-register`.
        act: What was done, in a few hyphenated words.
        entry_id: The key of the entry.
        record: The record it was done to.
        caller: Who did it, and through which client.
        at: When.
        content: What the entry commits to; kept apart, so that it can be erased.
    """
    head = repository.lock_head(session, chain)
    salt, kept = secrets.token_hex(16), canonical(content)
    entry = AuditEntryRow(
        id=entry_id,
        chain=chain,
        sequence=head.sequence + 1,
        at=at,
        actor=caller.subject,
        client=caller.client,
        act=act,
        record=record,
        commitment=commitment(salt, kept),
        previous_hash=head.hash,
        hash="",
    )
    entry.hash = entry_hash(entry)
    repository.add_entry(
        session, head, entry, AuditContentRow(entry_id=entry_id, salt=salt, content=kept.decode())
    )


def commitment(salt: str, content: bytes) -> str:
    """A commitment to content that tells nothing about it once the salt is gone."""
    return sha256(bytes.fromhex(salt) + content)


HASHED = (
    *("id", "chain", "sequence", "at", "actor", "client", "act", "record", "commitment", "previous_hash"),
)
"""What the hash of an entry is over: everything in it but the hash itself."""


def entry_hash(entry: AuditEntryRow) -> str:
    """The hash of an entry."""
    return sha256(hashed_part(entry))


def hashed_part(entry: AuditEntryRow) -> dict[str, Any]:
    """What is hashed of an entry, as plain JSON data."""
    at = {"id": str(entry.id), "at": entry.at.isoformat(), "record": str(entry.record)}
    return {name: at.get(name, getattr(entry, name)) for name in HASHED}
