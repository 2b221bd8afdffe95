"""What decisions, notices and answers hold, as it is kept: canonical JSON of these records."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from ras.component import AwardedComponent, Component, Delivery, Part, Recipient
from ras.eligibility import StopGround
from ras.ending import EndGround
from ras.notice import Sent
from ras.reconsideration import Outcome
from ras.records import CaseReference, Code, Day, Flag, Pence, Record, SumPence
from ras.working import Mark


class Occasion(StrEnum):
    """What an award follows from. It changes no rule: an amount falls by notice on every occasion."""

    FIRST_AWARD = "first-award"
    REVIEW = "review"
    RE_ASSESSMENT = "re-assessment"
    CORRECTION = "correction"
    NEW_POLICY = "new-policy"
    NEW_PRICES = "new-prices"
    FAMILY_ASKED = "family-asked"


class AssessmentType(StrEnum):
    """Which assessment the social care amount comes from (Personal Budget Policy 9)."""

    RAS = "ras"
    EARLY_HELP = "early-help"
    CARERS = "carers"
    CHILD_AND_FAMILY = "child-and-family"


class OtherAssessment(Record):
    """An assessment of another type that the amount comes from. The RAS is run beside it, to compare."""

    type: AssessmentType
    """Which type."""
    reference: CaseReference
    """Its reference in the case system."""
    annual_pence: Pence
    """What it came to, in pence a year."""


Components = Annotated[tuple[AwardedComponent, ...], Field(min_length=1, max_length=3)]


class AwardTerms(Record):
    """An award on a costed plan."""

    kind: Literal["award"]
    """`award`."""
    starts_on: Day
    """The first day it counts. Where it lowers anything, from the end of its notice."""
    components: Components
    """What it sets for each component; one that is not named stays as it is."""
    occasion: Occasion
    """What it follows from."""
    other_assessment: OtherAssessment | None = None
    """Where the social care amount comes from another assessment than the RAS."""
    reason_codes: Annotated[tuple[Code, ...], Field(max_length=10)] = ()
    """Why the agreed social care differs from the indicative amount, in the policy's codes."""
    considered: Annotated[tuple[Mark, ...], Field(max_length=10)] = ()
    """What was marked for a person to look at, and was looked at."""


class InterimTerms(Record):
    """An emergency or interim award, before there is a costed plan."""

    kind: Literal["interim-award"]
    """`interim-award`."""
    starts_on: Day
    """The first day it counts."""
    components: Components
    """What it sets, each with its agreed end."""
    review_on: Day
    """When it is looked at again, before it ends."""


class EndTerms(Record):
    """An end on a ground of its own."""

    kind: Literal["end"]
    """`end`."""
    ground: EndGround
    """The ground."""
    happened_on: Day
    """The day the family asked, of the death, of the move, or of the adult decision."""
    ends_before: Day
    """The first day on which nothing is payable."""
    components: Annotated[tuple[Component, ...], Field(min_length=1, max_length=3)]
    """What it ends."""
    asked_by: Recipient | None = None
    """Where the family asks: who of them. It is whoever decides about the budget, or their nominee."""
    recoverable_pence: Pence | None = None
    """Unspent direct payment to be paid back, in pence; the reasons say why."""


class StopTerms(Record):
    """A stop of the direct payment of one component."""

    kind: Literal["stop"]
    """`stop`."""
    ground: StopGround
    """The ground."""
    component: Component
    """Of which component."""
    starts_on: Day
    """The first day without it, or the first day it may be without it once its notice has run."""
    becomes: Literal[Delivery.NOTIONAL, Delivery.THIRD_PARTY]
    """How what the component is worth goes on."""
    recoverable_pence: Pence | None = None
    """Unspent direct payment to be paid back, in pence; the reasons say why."""


Terms = Annotated[AwardTerms | InterimTerms | EndTerms | StopTerms, Field(discriminator="kind")]


class Decided(Record):
    """What a decision holds."""

    terms: Terms
    """What was decided."""
    notice_months: dict[Component, int]
    """The notice of each component by the policy of the day it was decided, in calendar months."""
    needs_notice: Flag = False
    """For a stop: whether its notice has to run first."""


DECIDED = TypeAdapter(Decided)


class Change(Record):
    """What a notice tells of one component."""

    component: Component
    """Which."""
    old_annual_pence: SumPence
    """What was payable, in pence a year."""
    old_parts: tuple[Part, ...]
    """By delivery."""
    new_annual_pence: Pence
    """What it becomes, in pence a year."""
    new_parts: tuple[Part, ...]
    """By delivery."""


class Noticed(Record):
    """What a notice holds."""

    starts_on: Day
    """The day the decision says; the lower rate starts no earlier."""
    changes: Annotated[tuple[Change, ...], Field(min_length=1)]
    """Each component that it lowers."""


class Served(Record):
    """How and when a letter was sent, and the day of service as worked out then."""

    sent: Sent
    """How and when."""
    served_on: Day
    """The day of service. Recalculated with a later list of bank holidays, it may only become later."""


class Answered(Record):
    """What an answer to a reconsideration holds."""

    outcome: Outcome
    """What it came to."""
    components: Annotated[tuple[AwardedComponent, ...], Field(max_length=3)] = ()
    """For a variation: what each component becomes, never lower than what it varies."""
