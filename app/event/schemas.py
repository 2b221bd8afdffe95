"""Events on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from app.resources import LARGEST_PAGE, PAGE_SIZE, InDigits
from ras.records import Record


class EventView(Record):
    """One act: what was done, to which record, of which person. Nothing of what was written."""

    sequence: Annotated[int, Field(ge=1)]
    """Its number: later commits have greater ones."""
    act: str
    """What was done, in hyphenated words: `decision-made`, `notice-served`."""
    record_id: UUID
    """The record it was done to."""
    person_id: UUID | None
    """The person it is about; null for an act on a policy."""
    person_reference: str | None
    """That person's pseudonymous reference."""
    at: AwareDatetime
    """When, in UTC."""


class EventsQuery(Record):
    """Which events."""

    after: Annotated[int, InDigits, Field(ge=0, le=999_999_999)] = 0
    """The number of the last event that was read; left out, from the beginning."""
    limit: Annotated[int, InDigits, Field(ge=1, le=LARGEST_PAGE)] = PAGE_SIZE
    """How many at most."""


class Events(Record):
    """Events in the order in which they were committed."""

    items: tuple[EventView, ...]
    """The events."""
    last_sequence: int
    """Give this as `after` next time, also where nothing new was there."""
