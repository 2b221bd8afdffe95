"""What a letter tells: records and figures, with no name in them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ras.component import AwardedComponent, Component, Delivery, Part
from ras.differences import Difference
from ras.eligibility import StopGround
from ras.ending import EndGround
from ras.letter.words import SENTENCES
from ras.notice import NoticeDates
from ras.policy.budget_rules import BudgetRules
from ras.policy.configuration import PolicyConfiguration
from ras.reconsideration import Outcome

KEPT_APART = "(the reasons are kept apart)"
"""Instead of the reasons, for a reader who works with figures only."""
NO_LONGER_KEPT = "(the reasons are no longer kept)"
"""Instead of reasons that were erased."""


class Reader(StrEnum):
    """Who decides about the budget, and so is written to."""

    PARENT = "parent"
    YOUNG_PERSON = "young-person"


WHOSE = {
    Reader.PARENT: {"child": "your child", "childs": "your child's", "Childs": "Your child's"},
    Reader.YOUNG_PERSON: {"child": "you", "childs": "your", "Childs": "Your"},
}
"""How a letter speaks of the child or young person."""


@dataclass(frozen=True, slots=True)
class About:
    """What every letter is about.

    Attributes:
        reference: The pseudonymous reference.
        reader: Who is written to.
        policy: The policy it is written under.
        rules: That policy's rules for budgets.
        written_on: The day of the letter.
        reasons: Why, in the words of whoever decided; or words that say that they are not here.
    """

    reference: str
    reader: Reader
    policy: PolicyConfiguration
    rules: BudgetRules
    written_on: date
    reasons: str

    def say(self, sentence: str, **values: object) -> str:
        """One sentence, said to the reader."""
        return SENTENCES[sentence].format(**WHOSE[self.reader], **values)


@dataclass(frozen=True, slots=True)
class Figures:
    """What an award on a costed plan rests on.

    Attributes:
        indicative_annual_pence: Of the horizon that the award starts in.
        plan_cost_annual_pence: Of the same.
        plan_cost_one_off_pence: Of the plan.
        distance_annual_pence: How much more the agreed social care is than the indicative amount; None
            where no social care is set.
        reason_codes: Why, in the policy's codes.
        other_annual_pence: What another assessment came to, where the amount comes from one.
    """

    indicative_annual_pence: int
    plan_cost_annual_pence: int
    plan_cost_one_off_pence: int
    distance_annual_pence: int | None
    reason_codes: tuple[str, ...] = ()
    other_annual_pence: int | None = None


@dataclass(frozen=True, slots=True)
class AwardTold:
    """An award as a letter tells it.

    Attributes:
        starts_on: Its day.
        components: What it sets.
        agreed_annual_pence: Its components together, in pence a year.
        figures: What it rests on; None for an interim award.
        review_on: For an interim award: when it is looked at again.
        lowered: The components of which it takes something away.
        renewing: The components whose agreed end does not count.
    """

    starts_on: date
    components: tuple[AwardedComponent, ...]
    agreed_annual_pence: int
    figures: Figures | None
    review_on: date | None = None
    lowered: tuple[Component, ...] = ()
    renewing: tuple[Component, ...] = ()


@dataclass(frozen=True, slots=True)
class EndTold:
    """An end as a letter tells it.

    Attributes:
        ground: Its ground.
        happened_on: The day of it.
        ends_before: The first day on which nothing is payable.
        components: What it ends.
        goes_on: What stays payable after it.
        recoverable_pence: Unspent money to be paid back.
    """

    ground: EndGround
    happened_on: date
    ends_before: date
    components: tuple[Component, ...]
    goes_on: tuple[Component, ...] = ()
    recoverable_pence: int | None = None


@dataclass(frozen=True, slots=True)
class StopTold:
    """A stop as a letter tells it.

    Attributes:
        ground: Its ground.
        component: Of which component.
        starts_on: The first day without the direct payment.
        becomes: How what it was worth goes on.
        annual_pence: What it was worth, in pence a year.
        needs_notice: Whether its notice has to run first.
        recoverable_pence: Unspent money to be paid back.
    """

    ground: StopGround
    component: Component
    starts_on: date
    becomes: Delivery
    annual_pence: int
    needs_notice: bool
    recoverable_pence: int | None = None


class Standing(StrEnum):
    """How far a notice is when it is read."""

    DRAFT = "draft"
    ISSUED = "issued"
    SERVED = "served"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Lowered:
    """One component that a notice lowers.

    Attributes:
        component: Which.
        old_annual_pence: What is payable until then, in pence a year.
        old_parts: By delivery.
        new_annual_pence: What it becomes.
        new_parts: By delivery.
        months: How long its notice is, in calendar months.
        dates: The dates of the notice; None while it is not served.
        lower_from: The first day that the lower amount is payable; None while that is open, or for ever.
    """

    component: Component
    old_annual_pence: int
    old_parts: tuple[Part, ...]
    new_annual_pence: int
    new_parts: tuple[Part, ...]
    months: int
    dates: NoticeDates | None = None
    lower_from: date | None = None


@dataclass(frozen=True, slots=True)
class NoticeTold:
    """A notice as a letter tells it.

    Attributes:
        standing: How far it is.
        starts_on: The day the decision says.
        lowered: What it lowers.
        why: What the two workings say.
        looked_at_again: What each reconsideration of the decision came to; None for one that is pending.
        withdrawal_reasons: Where it was withdrawn: why.
    """

    standing: Standing
    starts_on: date
    lowered: tuple[Lowered, ...]
    why: tuple[Difference, ...]
    looked_at_again: tuple[Outcome | None, ...] = ()
    withdrawal_reasons: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerTold:
    """The answer to a reconsideration as a letter tells it.

    Attributes:
        made_on: The day of the decision.
        received_on: The day the request was received.
        outcome: What it came to.
        components: For a variation: what each component becomes.
        arrears_pence: What is owed for the days before.
        lowered: What the decision lowers, by its notice; nothing where it lowers nothing.
        waits_for: The components that the decision lowers and of which no notice was given yet.
    """

    made_on: date
    received_on: date
    outcome: Outcome
    components: tuple[AwardedComponent, ...] = ()
    arrears_pence: int = 0
    lowered: tuple[Lowered, ...] = ()
    waits_for: tuple[Component, ...] = ()
