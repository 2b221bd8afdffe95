"""Proposals on the wire."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from app.budget.contents import Terms
from app.resources import Kept, PageQuery, Resource
from ras.records import Record, Words


class AddressedTo(StrEnum):
    """Who is to decide."""

    TEAM_MANAGER = "team-manager"
    PANEL = "panel"


class NewProposal(Record):
    """What a worker proposes to decide. Addressed to the panel, it shares the case with the panel."""

    person_id: UUID
    """The child or young person."""
    addressed_to: AddressedTo
    """Who is to decide."""
    assessment_id: UUID | None = None
    """For an award: the assessment that it rests on."""
    terms: Terms
    """What is proposed, in the terms of a decision."""
    reasons: Annotated[Words, Field(min_length=10)]
    """Why. Kept apart."""


class ProposalView(Resource):
    """A proposal."""

    collection: ClassVar = "/v1/proposals"

    person_id: UUID
    """The child or young person."""
    addressed_to: AddressedTo
    """Who is to decide."""
    assessment_id: UUID | None
    """The assessment that it rests on."""
    terms: Terms
    """What is proposed."""
    decision_id: UUID | None
    """The decision that was made on it; null while there is none."""
    reasons: str | None
    """Why; null where the words were erased, and for a reader who works with figures only."""
    written: Kept
    """Who proposed it, and when."""


class ProposalsQuery(PageQuery):
    """Which proposals."""

    person_id: UUID | None = None
    """Only this person's."""
    addressed_to: AddressedTo | None = None
    """Only those addressed to one or the other."""
