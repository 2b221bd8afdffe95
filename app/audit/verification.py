"""Verifying a log that was written out, offline: nothing of the service is asked.

Every entry is checked: that it is what was hashed, that it follows the one before it in its chain and in the
order of acts, and that its content, where it is there, is what it commits to. Checkpoints that were kept
elsewhere then show whether the log still ends, at their moment, as it did then.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import Field, ValidationError

from app.audit.checkpoint import Checkpoint
from app.audit.repository import FIRST_HASH
from app.audit.service import HASHED, commitment
from ras.canonical import canonical, sha256
from ras.records import Record, Sha256

MOST_FAULTS = 100
_Number = Annotated[int, Field(strict=True, ge=1)]


class Act(Record):
    """A line of a log: an entry, its place in the order of acts, and its content where it was written out."""

    event: _Number
    id: str
    chain: str
    sequence: _Number
    at: str
    actor: str
    client: str
    act: str
    record: str
    commitment: str
    previous_hash: str
    hash: Sha256
    salt: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None
    content: dict[str, Any] | None = None


@dataclass
class Verification:
    """What was found.

    Attributes:
        acts: How many acts were checked.
        contents: How many contents were checked against what their acts commit to.
        checkpoints: How many checkpoints were met.
        heads: Where each chain ends.
        running: The hash of all acts so far, as checkpoints sign it.
        faults: What is wrong, the first hundred.
    """

    acts: int = 0
    contents: int = 0
    checkpoints: int = 0
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    running: Any = field(default_factory=hashlib.sha256)
    faults: list[str] = field(default_factory=list)

    @property
    def chains(self) -> int:
        """In how many chains the acts stand."""
        return len(self.heads)

    def add_fault(self, fault: str) -> None:
        """Note what is wrong."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)


def verify(
    lines: Iterable[bytes], *, held: Sequence[Checkpoint] = (), key: Ed25519PublicKey | None = None
) -> Verification:
    """Check a log that was written out.

    Args:
        lines: Its lines.
        held: Checkpoints that were kept elsewhere.
        key: The key that checkpoints are signed with, kept elsewhere; without it no signature is checked.
    """
    found = Verification()
    waiting = sorted(held, key=lambda each: each.acts)
    for number, text in enumerate(lines, 1):
        line = _read(text)
        if line is None:
            found.add_fault(f"line {number} cannot be read")
        elif isinstance(line, Checkpoint):
            _meet(line, found, key)
        else:
            while waiting and waiting[0].acts <= found.acts:
                _meet(waiting.pop(0), found, key)
            _check(line, number, found)
    for each in waiting:
        _meet(each, found, key)
    return found


def _read(text: bytes) -> Act | Checkpoint | None:
    try:
        line = json.loads(text)
        if isinstance(line, dict) and "checkpoint" in line:
            return Checkpoint.model_validate(line["checkpoint"])
        return Act.model_validate(line)
    except (ValueError, RecursionError, ValidationError):
        return None


def _check(line: Act, number: int, found: Verification) -> None:
    found.acts += 1
    sequence, last = found.heads.get(line.chain, (0, FIRST_HASH))
    where = f"line {number} ({line.chain}, entry {line.sequence})"
    if line.event != found.acts:
        found.add_fault(f"{where}: it is act {line.event} where act {found.acts} is due")
        found.acts = line.event
    if line.sequence != sequence + 1:
        found.add_fault(f"{where}: entry {sequence + 1} of the chain is due")
    if line.previous_hash != last:
        found.add_fault(f"{where}: it does not follow the entry before it")
    if line.hash != sha256({name: getattr(line, name) for name in HASHED}):
        found.add_fault(f"{where}: it is not what was hashed")
    if line.salt is not None:
        found.contents += 1
        if commitment(line.salt, canonical(line.content or {})) != line.commitment:
            found.add_fault(f"{where}: its content is not what it commits to")
    found.heads[line.chain] = (line.sequence, line.hash)
    found.running.update(bytes.fromhex(line.hash))


def _meet(checkpoint: Checkpoint, found: Verification, key: Ed25519PublicKey | None) -> None:
    """Hold the log as far as it was read against a checkpoint."""
    found.checkpoints += 1
    where = f"the checkpoint of {checkpoint.at.isoformat()}, of {checkpoint.acts} acts"
    if key is not None and not checkpoint.is_signed_by(key):
        found.add_fault(f"{where}: it is not signed with the key")
    if checkpoint.acts != found.acts:
        found.add_fault(f"{where}: the log has {found.acts} acts there")
    elif checkpoint.acts_sha256 != found.running.hexdigest():
        found.add_fault(f"{where}: the log was another then")
