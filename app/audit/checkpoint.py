"""Signed checkpoints over all that the log holds, to be kept elsewhere.

A chain shows that what is in it was not changed. That nothing was cut off its end, and that it was not
written anew as a whole, shows only against what somebody else has kept: a checkpoint of an earlier day.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ras.canonical import canonical
from ras.records import Record


class Checkpoint(Record):
    """What the log was at a moment, signed."""

    at: datetime
    """The moment, in UTC."""
    acts: int
    """How many acts the log held."""
    acts_sha256: str
    """SHA-256 over the hashes of all of them, one after another in the order of acts."""
    signature: str
    """Ed25519, over the canonical JSON of the rest, in hexadecimal."""

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether the signature is that key's."""
        try:
            key.verify(bytes.fromhex(self.signature), _signed(self.at, self.acts, self.acts_sha256))
        except (InvalidSignature, ValueError):
            return False
        return True


def sign(hashes: Iterable[str], *, at: datetime, key: Ed25519PrivateKey) -> Checkpoint:
    """Sign a log by the hashes of its acts, in their order."""
    running, acts = sha256(), 0
    for each in hashes:
        running.update(bytes.fromhex(each))
        acts += 1
    found = running.hexdigest()
    return Checkpoint(at=at, acts=acts, acts_sha256=found, signature=key.sign(_signed(at, acts, found)).hex())


def _signed(at: datetime, acts: int, acts_sha256: str) -> bytes:
    return canonical({"at": at.isoformat(), "acts": acts, "acts_sha256": acts_sha256})
