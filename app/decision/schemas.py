"""Decisions on the wire."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from app.access import Role
from app.budget.contents import Terms
from app.budget.schemas import PartView
from app.problems import ProblemItem
from app.resources import Kept, PageQuery, Resource
from ras.component import Component
from ras.notice import Method, NoticeDates
from ras.records import Day, Flag, Pence, Record, Sha256, SumPence, Words


class DecisionToPreview(Record):
    """What somebody thinks of deciding."""

    person_id: UUID
    """The child or young person. One decision is about one person."""
    assessment_id: UUID | None = None
    """For an award: the assessment that it rests on."""
    proposal_id: UUID | None = None
    """The proposal that it is made on."""
    terms: Terms
    """What is decided."""


class NewDecision(DecisionToPreview):
    """A decision."""

    saw_result_sha256: Sha256 | None = None
    """For an award: `result_sha256` of the assessment, as the decider had it before them."""
    reasons: Annotated[Words, Field(min_length=10)]
    """Why, in words the family can read. Kept apart."""


class ChangeKind(StrEnum):
    """What a decision does to a component on its day."""

    RISE = "rise"
    SAME = "same"
    FALL = "fall"


class Effect(Record):
    """What a decision does to one component."""

    component: Component
    """Which."""
    payable_before_annual_pence: SumPence
    """What is payable on its day without it, in pence a year."""
    parts_before: tuple[PartView, ...]
    """By delivery."""
    annual_pence: Pence
    """What it sets, in pence a year."""
    parts: tuple[PartView, ...]
    """By delivery."""
    change: ChangeKind
    """A fall takes something away on some day, also where only a part or a later day is lower."""
    needs_notice: Flag
    """Whether it has to be noticed before it lowers anything."""
    end_does_not_count: Flag
    """Whether its agreed end does not count, because it renews an award that was to end."""


class Earliest(Record):
    """The earliest lawful day of a lower rate, if the notice were sent now in one way."""

    method: Method
    """How the notice would be sent."""
    dates: NoticeDates
    """The dates."""
    working: tuple[str, ...]
    """How they come about, in plain sentences."""


class DecisionPreview(Record):
    """What a decision would do. Nothing is kept."""

    allowed: Flag
    """Whether the caller could decide it now."""
    problems: tuple[ProblemItem, ...]
    """Every rule that it would break."""
    effects: tuple[Effect, ...]
    """What it would do to each component; for an award."""
    earliest: tuple[Earliest, ...]
    """Where it lowers something: the earliest days, for each way of sending and each such component."""


class Saw(Record):
    """What the decider had before them."""

    budget_revision: int
    """The revision of the budget."""
    assessment_result_sha256: str | None = None
    """The assessment's result."""
    plan_version: int | None = None
    """The version of the plan that was assessed."""
    proposal_id: UUID | None = None
    """The proposal."""


class DecisionView(Resource):
    """A decision. It is never changed: another one is laid over it."""

    collection: ClassVar = "/v1/decisions"

    person_id: UUID
    """The child or young person."""
    number: int
    """Which of this person's decisions it is, from 1."""
    made_on: Day
    """The London day on which it was made."""
    assessment_id: UUID | None
    """The assessment that it rests on."""
    proposal_id: UUID | None
    """The proposal that it was made on."""
    policy_id: UUID
    """The policy in force on the day it was made."""
    terms: Terms
    """What was decided."""
    indicative_annual_pence: Pence | None
    """The indicative amount of its day's horizon, in pence a year; null for what rests on no assessment."""
    plan_cost_annual_pence: Pence | None
    """The plan cost of the same, in pence a year."""
    agreed_annual_pence: SumPence | None
    """The agreed amount, its components together, in pence a year; null for an end or a stop."""
    distance_annual_pence: int | None
    """How much more the agreed social care is than the indicative amount, in pence a year."""
    saw: Saw
    """What the decider had before them."""
    decided_by_role: Literal[Role.TEAM_MANAGER, Role.PANEL_CHAIR]
    """In which role it was decided."""
    overturned: Flag
    """Whether a reconsideration set it aside."""
    reasons: str | None
    """Why; null where the words were erased, and for a reader who works with figures only."""
    written: Kept
    """Who decided, and when."""


class DecisionsQuery(PageQuery):
    """Which decisions."""

    person_id: UUID | None = None
    """Only this person's."""


class LetterFormat(StrEnum):
    """How a letter is written."""

    HTML = "html"
    TEXT = "text"
    JSON = "json"


class LetterQuery(Record):
    """How to write a letter."""

    format: LetterFormat = LetterFormat.HTML
    """A web page, plain text, or its headings and sentences as JSON."""
