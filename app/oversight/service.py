"""Showing the audit log, and who read a record."""

from collections.abc import Callable
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.audit import export
from app.audit.checkpoint import Checkpoint
from app.errors import AuditKeyUnavailable
from app.oversight import repository
from app.oversight.schemas import LogQuery, PersonsReads, ReadsQuery, ReadView
from app.person.service import get_person
from app.work import Work

Key = Callable[[], Ed25519PrivateKey]
"""Reads the key that checkpoints are signed with."""


def public_key(key: Key) -> str:
    """The public half of the key that checkpoints are signed with, as PEM.

    Raises:
        AuditKeyUnavailable: the key cannot be read.
    """
    return export.public_pem(_read(key))


def make_checkpoint(work: Work, key: Key) -> Checkpoint:
    """Sign what the log is now.

    Raises:
        AuditKeyUnavailable: the key cannot be read.
    """
    return export.checkpoint(work.session, at=work.now, key=_read(key))


def write_out(work: Work, query: LogQuery, key: Key) -> tuple[bytes, int | None]:
    """A part of the log as lines of JSON, and after which act the next part begins.

    The last part ends with a checkpoint of the whole, and after it there is none. Parts put one after another
    are what `ras audit export` writes, and verify as it does.

    Raises:
        AuditKeyUnavailable: the key cannot be read.
    """
    work.seen.purpose = query.purpose
    lines = list(export.lines(work.session, after=query.after, limit=query.limit))
    if len(lines) == query.limit:
        return b"".join(lines), query.after + query.limit
    last = export.checkpoint(work.session, at=work.now, key=_read(key))
    return b"".join([*lines, export.last_line(last)]), None


def show_reads(work: Work, person_id: UUID, query: ReadsQuery) -> PersonsReads:
    """Who read what is held about a person. Looking is a read too, and will be found next time.

    Raises:
        NotFound: there is no such person for this caller.
    """
    person, _ = get_person(work, person_id)
    found = repository.list_reads(work.session, person.id, after=query.after, limit=query.limit)
    return PersonsReads(
        person_id=person.id,
        items=tuple(map(_view, found)),
        last_sequence=found[-1].sequence if found else query.after,
    )


def _view(found: repository.Found) -> ReadView:
    return ReadView(
        sequence=found.sequence,
        by=found.entry.actor,
        client=found.entry.client,
        operation=found.read.operation,
        purpose=found.read.purpose,
        broke_glass=found.read.broke_glass,
        at=found.entry.at,
    )


def _read(key: Key) -> Ed25519PrivateKey:
    try:
        return key()
    except (OSError, ValueError, TypeError) as error:
        raise AuditKeyUnavailable from error
