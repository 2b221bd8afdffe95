"""Privacy on the wire."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app.resources import Kept, PageQuery, Resource
from ras.records import Flag, Record, Words


class NewLegalHold(Record):
    """That nothing about a person may be erased, or that it may again."""

    held: Flag
    """Whether it is held from now on."""
    reason: Words
    """Why, in words: which claim or complaint it is kept for, or how that ended."""


class LegalHold(Record):
    """Whether what is held about a person is kept whatever its time."""

    person_id: UUID
    """The child or young person."""
    held: bool
    """Whether nothing may be erased."""
    reason: str | None
    """Why; null where nobody ever said, and for a reader who works with figures only."""
    written: Kept | None
    """Who said so last, and when; null where nobody ever did."""


class ErasureOf(StrEnum):
    """What can be erased."""

    RECORD = "record"
    """Everything about a person, when its time is up."""
    WORDS = "words"
    """The words of a plan, finding, review or request to reconsider. Reasons of decisions stay."""
    MONITORING = "monitoring"
    """What the family told for equality monitoring."""


class Ground(StrEnum):
    """Why something is erased."""

    RETENTION_OVER = "retention-over"
    FAMILY_ASKED = "family-asked"
    WRITTEN_IN_ERROR = "written-in-error"


class RecordErasure(Record):
    """Erase everything about a person."""

    what: Literal[ErasureOf.RECORD]
    """`record`."""
    ground: Literal[Ground.RETENTION_OVER] = Ground.RETENTION_OVER
    """Its time is up: the only ground on which a whole record goes."""


class WordsErasure(Record):
    """Erase the words of one record."""

    what: Literal[ErasureOf.WORDS]
    """`words`."""
    record_id: UUID
    """The version of a plan, the finding, the review or the reconsideration whose words they are."""
    ground: Literal[Ground.FAMILY_ASKED, Ground.WRITTEN_IN_ERROR]
    """Why."""


class MonitoringErasure(Record):
    """Erase what the family told for equality monitoring."""

    what: Literal[ErasureOf.MONITORING]
    """`monitoring`."""
    ground: Literal[Ground.FAMILY_ASKED, Ground.WRITTEN_IN_ERROR]
    """Why."""


NewErasure = Annotated[RecordErasure | WordsErasure | MonitoringErasure, Field(discriminator="what")]
"""What to erase. It cannot be taken back."""


class Erasure(Record):
    """That something was erased."""

    id: UUID
    """Its key."""
    person_id: UUID
    """The child or young person."""
    what: ErasureOf
    """What was erased."""
    record_id: UUID | None
    """The record whose words they were; null where it is not about one."""
    ground: Ground
    """Why."""
    written: Kept
    """Who erased it, and when."""


class Erasures(Record):
    """What was erased about a person, oldest first."""

    items: tuple[Erasure, ...]
    """The erasures."""


class Form(StrEnum):
    """In what form something is handed over."""

    JSON = "json"
    HTML = "html"


class SubjectAccessQuery(Record):
    """How to hand over what is held."""

    format: Form = Form.JSON
    """Data, or a web page."""


class RetentionQuery(PageQuery):
    """Which page of the list."""


class Expired(Resource):
    """A person about whom nothing need be held any longer."""

    collection = "/v1/people"

    reference: str
    """The pseudonymous reference."""
    team: str
    """The team whose case it was."""
    adult_for_years: int
    """Whole years since the eighteenth birthday."""
    last_act_on: date
    """The London day of the last act on the case."""
    on_hold: bool
    """Whether a legal hold keeps it all the same."""

    @property
    def about(self) -> UUID:
        """The person themselves."""
        return self.id


class HeldIn(Record):
    """The rows of one table that are about a person."""

    table: str
    """The table's name."""
    title: str
    """What it holds, in words."""
    rows: tuple[dict[str, Any], ...]
    """Each row by its columns: money in pence, moments in UTC. Left out: salts and hashes."""


class SubjectAccess(Record):
    """Everything that is held about one person."""

    person_id: UUID
    """The child or young person."""
    made: Kept
    """Who wrote it out, and when."""
    notes: tuple[str, ...]
    """What to know, and to do, before it is handed over."""
    held: tuple[HeldIn, ...]
    """Everything, table by table."""
