"""Plans on the wire."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from app.resources import Kept, PageQuery, Resource
from ras.plan import Answers, WantedSupport
from ras.records import CaseReference, Day, Record, Words


class PlanKind(StrEnum):
    """What kind of plan the support belongs to."""

    EHC = "ehc"
    CARE = "care"


class NewLine(WantedSupport):
    """A piece of additional support to put into a plan."""

    reason: Words | None = None
    """Why it is offered all the same, where the scope rules ask for a reason. Kept apart."""


class PlanWords(Record):
    """What people wrote in their own words. Kept apart from everything else, and erasable."""

    family_views: Words | None = None
    """What the family says."""
    young_person_views: Words | None = None
    """What the child or young person says."""
    needs_not_captured: Words | None = None
    """Needs that the policy's questions do not capture. A zero then needs a person's reason."""


class PlanContent(Answers):
    """A support plan's content."""

    kind: PlanKind
    """An EHC plan or a care plan."""
    reference: CaseReference
    """The EHC or care plan's reference in the case system."""
    next_ehc_review_on: Day | None = None
    """The day of the next EHC annual review."""
    lines: Annotated[tuple[NewLine, ...], Field(max_length=200)] = ()
    """The additional support wanted."""
    words: PlanWords = PlanWords()
    """What people wrote in their own words."""


class NewPlan(PlanContent):
    """A plan to add."""

    person_id: UUID
    """Whose plan it is."""


class PlanView(Resource):
    """A version of a plan; its `revision` is the version's number."""

    collection: ClassVar = "/v1/plans"

    person_id: UUID
    """Whose plan it is."""
    content: PlanContent
    """What the plan says; without the words for a reader who works with figures only."""
    written: Kept
    """Who wrote this version, and when."""


class PlansQuery(PageQuery):
    """Which plans."""

    person_id: UUID | None = None
    """Only this person's."""
