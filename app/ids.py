"""Keys of records: UUID version 7, so that they sort by when they were made."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import uuid_utils

NewId = Callable[[datetime], UUID]
"""Makes a key for a record made at a moment."""


def new_id(now: datetime) -> UUID:
    """A fresh key for a record made at `now` (an aware moment)."""
    microseconds = int(now.timestamp()) * 1_000_000 + now.microsecond
    return UUID(int=uuid_utils.uuid7(nanoseconds=microseconds * 1000).int)
