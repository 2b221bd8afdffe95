"""Keys of records: UUID version 7, so that they sort by when they were made."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import uuid_utils.compat

NewId = Callable[[datetime], UUID]
"""Makes a key for a record made at a moment."""


def new_id(now: datetime) -> UUID:
    """A fresh key for a record made at `now` (an aware moment)."""
    seconds = int(now.timestamp())
    return uuid_utils.compat.uuid7(timestamp=seconds, nanos=now.microsecond * 1000)
