"""The log written out, so that anyone can verify it without the service."""

import json
from collections.abc import Iterator
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.orm import Session

from app.audit import repository
from app.audit.checkpoint import Checkpoint, sign
from app.audit.service import hashed_part
from ras.canonical import canonical


def checkpoint(session: Session, *, at: datetime, key: Ed25519PrivateKey) -> Checkpoint:
    """Sign what the log is at the moment that the session sees."""
    return sign(repository.each_hash(session), at=at, key=key)


def written_out(session: Session, last: Checkpoint, *, with_content: bool) -> Iterator[bytes]:
    """Every act up to a checkpoint, a line of JSON for each, and the checkpoint itself.

    Args:
        session: A session that sees the log as it was at the checkpoint, or later.
        last: The checkpoint.
        with_content: Whether to write out what each act commits to as well: it holds personal data.
    """
    yield from lines(session, after=0, limit=last.acts, with_content=with_content)
    yield last_line(last)


def lines(session: Session, *, after: int, limit: int, with_content: bool = False) -> Iterator[bytes]:
    """So many acts after a number, a line of JSON for each."""
    for number, entry, content in repository.each_act(session, after=after, up_to=after + limit):
        line = {"event": number, **hashed_part(entry), "hash": entry.hash}
        if with_content and content is not None:
            line |= {"salt": content.salt, "content": json.loads(content.content)}
        yield canonical(line) + b"\n"


def last_line(last: Checkpoint) -> bytes:
    """A checkpoint as the last line of a log."""
    return canonical({"checkpoint": last.model_dump(mode="json")}) + b"\n"


def public_pem(key: Ed25519PrivateKey) -> str:
    """The public half of a key, to keep where the service cannot write."""
    public = key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
