"""Oversight on the wire."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from app.resources import LARGEST_PAGE, PAGE_SIZE, InDigits
from ras.records import Record


class ExportPurpose(StrEnum):
    """What something is written out for. It is kept with the read."""

    INTERNAL_AUDIT = "internal-audit"
    EXTERNAL_AUDIT = "external-audit"
    COMPLAINT = "complaint"
    LEGAL_PROCEEDINGS = "legal-proceedings"
    SECURITY_INCIDENT = "security-incident"


MOST_ACTS, ACTS = 10_000, 1_000


class LogQuery(Record):
    """Which part of the log, and what for."""

    purpose: ExportPurpose
    """What it is written out for."""
    after: Annotated[int, InDigits, Field(ge=0, le=999_999_999)] = 0
    """The number of the last act that was read; left out, from the beginning."""
    limit: Annotated[int, InDigits, Field(ge=1, le=MOST_ACTS)] = ACTS
    """How many acts at most."""


class ReadView(Record):
    """That somebody read what is held about a person."""

    sequence: Annotated[int, Field(ge=1)]
    """Its number in the audit log."""
    by: str
    """Who read: a subject on the staff register, or a calendar."""
    client: str
    """Who sent the request: the same, or the system that acted for them."""
    operation: str
    """What was read, by the operation's name."""
    purpose: str | None
    """What for, where the operation asks."""
    broke_glass: bool
    """Whether an auditor read what is otherwise kept from auditors."""
    at: AwareDatetime
    """When, in UTC."""


class ReadsQuery(Record):
    """Which reads."""

    after: Annotated[int, InDigits, Field(ge=0, le=999_999_999)] = 0
    """The number of the last read of the page before; left out, from the beginning."""
    limit: Annotated[int, InDigits, Field(ge=1, le=LARGEST_PAGE)] = PAGE_SIZE
    """How many at most."""


class PersonsReads(Record):
    """Who read what is held about a person, in the order in which it was read."""

    person_id: UUID
    """The child or young person."""
    items: tuple[ReadView, ...]
    """The reads."""
    last_sequence: int
    """Give this as `after` for those that follow."""
