"""The log written out, so that anyone can verify it without the service."""

import json
from collections.abc import Iterator
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
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
    for number, entry, content in repository.each_act(session, up_to=last.acts):
        line = {"event": number, **hashed_part(entry), "hash": entry.hash}
        if with_content and content is not None:
            line |= {"salt": content.salt, "content": json.loads(content.content)}
        yield canonical(line) + b"\n"
    yield canonical({"checkpoint": last.model_dump(mode="json")}) + b"\n"
