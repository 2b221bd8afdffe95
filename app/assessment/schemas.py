"""Assessments on the wire."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from app.plan.schemas import PlanContent
from app.resources import Kept, PageQuery, Resource
from ras.assessment import Assessment
from ras.records import Day, Pence, Record
from ras.sensitivity import Sensitivity


class NewAssessment(Record):
    """A plan to score and keep."""

    plan_id: UUID
    """The plan."""
    plan_version: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = None
    """Its version; left out, the latest."""
    effective_on: Day
    """The day the figures are for: it chooses the policy, the prices and the headline horizon."""


class PlanToTry(Record):
    """A plan to score and forget."""

    born_on: Day
    """The child's date of birth."""
    content: PlanContent
    """The plan."""
    effective_on: Day
    """The day the figures are for."""


class Sentences(Record):
    """The working in plain sentences, one for each step, rendered from it and never kept."""

    working: tuple[str, ...]
    """One for each of `result.working`."""
    plan_cost: tuple[str, ...]
    """One for each of `result.plan_cost.working`."""


class TriedAssessment(Record):
    """An assessment that was not kept."""

    result: Assessment
    """The indicative amount, the plan's cost and the working."""
    sentences: Sentences
    """The working in plain sentences."""


class AssessmentSummary(Resource):
    """An assessment without its working."""

    collection: ClassVar = "/v1/assessments"

    person_id: UUID
    """The child or young person."""
    plan_id: UUID
    """The plan."""
    plan_version: int
    """Its version."""
    policy_id: UUID
    """The policy in force on the effective date."""
    effective_on: Day
    """The day the figures are for."""
    engine_version: str
    """The engine that worked them out."""
    indicative_annual_pence: Pence
    """The headline indicative amount, in pence a year."""
    plan_cost_annual_pence: Pence
    """The headline plan cost, in pence a year."""
    result_sha256: str
    """SHA-256 of the canonical JSON of `result`."""
    written: Kept
    """Who assessed, and when."""


class AssessmentView(AssessmentSummary):
    """An assessment with its whole working."""

    result: Assessment
    """The indicative amount, the plan's cost and the working, as they were kept."""
    sentences: Sentences
    """The working in plain sentences."""


class Replay(Record):
    """What comes out when an assessment is worked out again from what was kept."""

    assessment_id: UUID
    """The assessment."""
    equal: bool
    """Whether the bytes are the same."""
    kept_sha256: str
    """SHA-256 of the result that was kept."""
    recomputed_sha256: str
    """SHA-256 of the result worked out now."""
    kept_engine_version: str
    """The engine that worked it out then."""
    engine_version: str
    """The engine that worked it out now."""


class AssessmentsQuery(PageQuery):
    """Which assessments."""

    person_id: UUID | None = None
    """Only this person's."""
    plan_id: UUID | None = None
    """Only this plan's."""


class StatementFormat(StrEnum):
    """How a statement is written."""

    HTML = "html"
    TEXT = "text"


class StatementQuery(Record):
    """How to write a statement."""

    format: StatementFormat = StatementFormat.HTML
    """A web page or plain text."""


class AssessmentSensitivity(Record):
    """What would change an assessment's amount."""

    assessment_id: UUID
    """The assessment."""
    sensitivity: Sensitivity
    """Each answer, each piece of help, the nearest jumps and the next birthday."""
    sentences: tuple[str, ...]
    """The same in plain sentences."""
