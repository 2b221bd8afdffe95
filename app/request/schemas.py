"""Requests on the wire."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from app.resources import Kept, PageQuery, Resource
from ras.records import Day, Record

RIGHT_TO_REVIEW = (
    "You can ask the council to look at this refusal again. The people of SENDIASS help you with that. Their "
    "advice is free, and they do not work for the council."
)


class AskedBy(StrEnum):
    """Who asked for the personal budget."""

    PARENT = "parent"
    YOUNG_PERSON = "young-person"
    NOMINEE = "nominee"


class PlanStage(StrEnum):
    """How far the EHC or care plan was when the family asked."""

    BEFORE_ASSESSMENT = "before-assessment"
    EHC_ASSESSMENT = "ehc-assessment"
    EHC_DRAFT = "ehc-draft"
    EHC_PLAN = "ehc-plan"
    EHC_REVIEW = "ehc-review"
    CARE_PLAN = "care-plan"


class Outcome(StrEnum):
    """What was answered."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class NewRequest(Record):
    """A request to write down."""

    person_id: UUID
    """The child or young person."""
    asked_on: Day
    """The day the family asked."""
    asked_by: AskedBy
    """Who asked."""
    plan_stage: PlanStage
    """How far the plan was."""


class NewOutcome(Record):
    """An answer to a request."""

    outcome: Outcome
    """What was answered."""
    decided_on: Day
    """The day it was decided."""
    reasons: Annotated[str, Field(min_length=10, max_length=4000)]
    """Why, in words the family can read. Kept apart; never in a log."""


class OutcomeView(Record):
    """What was answered."""

    outcome: Outcome
    """The answer."""
    decided_on: Day
    """The day it was decided."""
    reasons: str | None
    """Why; null where the words were erased, and for a reader who works with figures only."""
    right_to_review: str | None
    """For a refusal: what the family can do."""
    written: Kept
    """Who wrote it down, and when."""


class RequestView(Resource):
    """A request for a personal budget."""

    collection: ClassVar = "/v1/requests"

    person_id: UUID
    """The child or young person."""
    asked_on: Day
    """The day the family asked."""
    asked_by: AskedBy
    """Who asked."""
    plan_stage: PlanStage
    """How far the plan was."""
    outcome: OutcomeView | None
    """What was answered; null while nothing was."""
    written: Kept
    """Who wrote the request down, and when."""


class RequestsQuery(PageQuery):
    """Which requests."""

    person_id: UUID | None = None
    """Only this person's."""
