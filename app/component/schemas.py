"""Partners' components on the wire."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from app.resources import Kept, PageQuery, Resource
from ras.component import Component
from ras.records import Pence, Record, Words


class NewComponentAgreement(Record):
    """What a partner agrees to fund, its own component only."""

    person_id: UUID
    """The child or young person, whose case was shared with the partner."""
    annual_pence: Pence
    """Pence a year."""
    one_off_pence: Pence = 0
    """Pence once, for all that is bought once."""
    reasons: Annotated[Words, Field(min_length=10)]
    """Why, in words the family can read. Kept apart."""


class ComponentAgreementView(Resource):
    """What a partner agreed to fund. The latest of a component counts."""

    collection: ClassVar = "/v1/component-agreements"

    person_id: UUID
    """The child or young person."""
    component: Component
    """The partner's own component."""
    number: int
    """Which of this component's agreements it is, from 1."""
    annual_pence: Pence
    """Pence a year."""
    one_off_pence: Pence
    """Pence once."""
    reasons: str | None
    """Why; null where the words were erased, and for a reader who works with figures only."""
    written: Kept
    """Who agreed it, and when."""


class ComponentAgreementsQuery(PageQuery):
    """Which agreements."""

    person_id: UUID | None = None
    """Only this person's."""
