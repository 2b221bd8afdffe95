"""People on the wire."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from app.resources import Kept, PageQuery, Resource
from ras.records import Code, Day, Flag, Pence, Record, Words, in_form

Reference = Annotated[
    str,
    in_form(
        r"^[A-Z0-9]{1,10}(-[A-Z0-9]{1,10}){0,3}$",
        "Write capitals, digits and single hyphens that say nothing about the child, such as EX-0001.",
        max_length=32,
    ),
]
"""A pseudonymous reference: capitals, digits and single hyphens. Never a name or an NHS number."""


class PersonDetails(Record):
    """What can change about a person."""

    born_on: Day
    """Date of birth."""
    team: Code
    """The team whose case it is."""
    current_package_annual_pence: Pence | None = None
    """What the council paid towards support before the first decision here, in pence a year."""


class NewPerson(PersonDetails):
    """A person to add."""

    reference: Reference
    """The case system's pseudonymous reference."""


class PersonView(Resource):
    """A person."""

    collection: ClassVar = "/v1/people"

    reference: Reference
    """The pseudonymous reference."""
    born_on: Day | None
    """Date of birth; null for a reader who works with figures only."""
    team: Code
    """The team whose case it is."""
    current_package_annual_pence: Pence | None
    """What the council paid before the first decision here, in pence a year; null if not known."""
    written: Kept
    """Who wrote this revision down, and when."""

    @property
    def about(self) -> UUID:
        """The person themselves."""
        return self.id


class SharedWith(StrEnum):
    """Whom a case can be shared with."""

    PANEL = "panel"
    HEALTH = "health"
    SEN_TOP_UP = "sen-top-up"


class NewShare(Record):
    """That a case is shared with the panel or a partner, or no longer."""

    shared_with: SharedWith
    """With whom."""
    shared: Flag
    """Whether they see it from now on."""


class Share(Record):
    """Somebody who sees a case."""

    shared_with: SharedWith
    """Who."""
    written: Kept
    """Who shared it, and when."""


class Shares(Record):
    """Everybody, besides the team, who sees a case."""

    shared_with: tuple[Share, ...]
    """Each of them."""


class BreakingGlass(Record):
    """Why an auditor has to read what is otherwise kept from auditors."""

    reason: Words
    """Why, in words. The team sees that it was done; the reason is kept with the record."""


class BrokenGlass(Record):
    """That an auditor reads words and dates of birth of one person for a while."""

    id: UUID
    """Its key."""
    person_id: UUID
    """The child or young person."""
    until: AwareDatetime
    """Until when, in UTC."""
    written: Kept
    """Who broke the glass, and when."""


class PeopleQuery(PageQuery):
    """Which people."""

    team: Code | None = None
    """Only this team's."""
    reference: Reference | None = None
    """Only the person with this reference."""


class Monitoring(Record):
    """Characteristics for equality monitoring: never scored, never in a working, each optional."""

    ethnic_group: Code | None = None
    """In the council's monitoring codes."""
    sex: Code | None = None
    """In the council's monitoring codes."""
    religion_or_belief: Code | None = None
    """In the council's monitoring codes."""
    disability_kind: Code | None = None
    """The kind of disability, in the council's monitoring codes."""
    first_language: Code | None = None
    """In the council's monitoring codes."""
    household: Code | None = None
    """Who the child lives with, in the council's monitoring codes."""
