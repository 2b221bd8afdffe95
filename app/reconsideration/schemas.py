"""Reconsiderations on the wire."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from app.resources import Kept, PageQuery, Resource
from ras.component import AwardedComponent, Recipient
from ras.reconsideration import Outcome, WhilePending
from ras.records import Day, Record, SumPence, Words


class ReconsiderationState(StrEnum):
    """Where a reconsideration is on its way."""

    ASKED = "asked"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    SERVED = "served"


class NewReconsideration(Record):
    """That the family asks for a decision to be looked at again."""

    decision_id: UUID
    """The decision."""
    asked_by: Recipient
    """Who asked."""
    received_on: Day
    """The day it was received."""
    representations: Words | None = None
    """What the family says. Kept apart."""
    granted_because: Words | None = None
    """For one that is not owed, because it is not the first or comes after the policy's time: why it is
    granted all the same."""


class NewAnswer(Record):
    """The answer to a reconsideration."""

    outcome: Outcome
    """Upheld, varied or overturned."""
    components: Annotated[tuple[AwardedComponent, ...], Field(max_length=3)] = ()
    """For a variation: what each component becomes, never lower than what it varies."""
    reasons: Annotated[Words, Field(min_length=10)]
    """Why, in words the family can read, with what it makes of what they said. Kept apart."""


class AnswerView(Record):
    """The answer to a reconsideration."""

    outcome: Outcome
    """What it came to."""
    components: tuple[AwardedComponent, ...]
    """For a variation: what each component becomes."""
    reasons: str | None
    """Why; null where the words were erased, and for a reader who works with figures only."""
    served_on: Day | None
    """The day on which the answer was served."""
    arrears_pence: SumPence
    """What is owed to the family for the days on which less was payable without the answer, in pence."""
    written: Kept
    """Who answered, and when."""


class ReconsiderationView(Resource):
    """A reconsideration of one decision."""

    collection: ClassVar = "/v1/reconsiderations"

    person_id: UUID
    """The child or young person."""
    decision_id: UUID
    """The decision."""
    number: int
    """Which of that decision's it is, from 1. The first is owed; more are granted."""
    state: ReconsiderationState
    """Where it is on its way."""
    asked_by: Recipient
    """Who asked."""
    received_on: Day
    """The day it was received."""
    representations: str | None
    """What the family says; null where there are no words, and for a reader who works with figures only."""
    while_pending: WhilePending
    """What the policy says happens to a reduction meanwhile."""
    holds: bool
    """Whether it holds a noticed reduction now."""
    answer_aimed_by: Day | None
    """The last day of the council's own time to answer; null where the policy sets none."""
    acknowledged: Kept | None
    """Who acknowledged it, and when."""
    answer: AnswerView | None
    """The answer; null while there is none."""
    complaint: str
    """How to complain."""
    who_helps: tuple[str, ...]
    """Who helps, free and apart from the council."""
    written: Kept
    """Who wrote it down, and when."""


class ReconsiderationsQuery(PageQuery):
    """Which reconsiderations."""

    person_id: UUID | None = None
    """Only this person's."""
    decision_id: UUID | None = None
    """Only this decision's."""
