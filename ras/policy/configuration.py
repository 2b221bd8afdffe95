"""A policy: a council's rules as data. The records a policy document is made of.

Numbers live here and nowhere in code. Money is whole pence; every other number that can have a
fraction is text. Each rule names its published source. A document is read by
`ras.policy.document` and checked by `ras.policy.checks`.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from ras.allocation import Allocation
from ras.canonical import sha256
from ras.conditions import Age, Condition, Questions, Requirement
from ras.dates import Period
from ras.money import MoneyPeriod
from ras.plan import NO_NEED
from ras.policy.amount_rules import (
    AmountRounding,
    Bounds,
    Calibration,
    Contribution,
    Deflator,
    Modifier,
    OneOffSum,
    ResourcesPresent,
    Uprating,
)
from ras.policy.budget_rules import BudgetRules
from ras.policy.example import Example
from ras.policy.questions import CircumstanceQuestion, Domain, Level, Questionnaire, Scoring
from ras.policy.rate_card import Purpose, RateCard, RateCardItem, Scope
from ras.reading import Location
from ras.records import Code, Day, Exact, Line, PositiveText, Record, Version, exact, tidy
from ras.working import Horizon, Unit

ASKING = frozenset({"domains", "questionnaires"})
"""Where conditions say what is asked, and not what it comes to."""


class Authority(Record):
    """The council whose policy this is."""

    code: Code
    """A short name for programs."""
    name: Line
    """Its name as people say it."""


class Money(Record):
    """What the amounts in the policy's tables are for."""

    currency: Literal["GBP"]
    """Pounds sterling."""
    period: MoneyPeriod
    """Whether the amounts are for a week, four weeks, a month or a year."""
    weeks_per_year: PositiveText
    """How many weeks make a year, as text: "52"."""
    source: Line
    """Where the policy says so."""


class HorizonRule(Record):
    """How long one horizon lasts. Horizons follow one another from the day the plan starts."""

    horizon: Horizon
    """Which horizon."""
    title: Line
    """What it is called in letters."""
    months: Annotated[int, Field(strict=True, ge=1, le=120)]
    """How many calendar months it lasts."""
    source: Line
    """Where the policy says so."""


class Eligibility(Record):
    """Whose needs this policy scores."""

    from_age: Age
    """The youngest age, in completed years on the effective date."""
    before_age: Age
    """The first age it does not score."""
    source: Line
    """Where the policy says so."""


class PolicyConfiguration(Record):
    """A council's rules for turning a support plan into an indicative amount."""

    calculation: Literal["1"]
    """The version of the engine's arithmetic the policy is written for."""
    authority: Authority
    """Whose policy it is."""
    code: Code
    """Which of the council's policies: "childrens-ras"."""
    version: Version
    """Which version: "2026.1"."""
    title: Line
    """What it is called."""
    illustrative: Line | None = None
    """For a policy that is no council's: the words that say so wherever its figures appear."""
    source: Line
    """Where the policy is published."""
    valid_from: Day
    """The first day it is in force."""
    valid_before: Day | None = None
    """The first day it is no longer in force; left out, it lasts until another begins."""
    consultation: Line | None = None
    """The consultation it came from."""
    equality_analysis: Line | None = None
    """The equality analysis of it."""
    money: Money
    """What its amounts are for."""
    eligibility: Eligibility
    """Whose needs it scores."""
    horizons: Annotated[tuple[HorizonRule, ...], Field(min_length=1, max_length=3)]
    """The horizons scored, in order."""
    circumstances: Annotated[tuple[CircumstanceQuestion, ...], Field(max_length=100)] = ()
    """The facts it asks for."""
    domains: Annotated[tuple[Domain, ...], Field(min_length=1, max_length=100)]
    """The outcomes it asks about, in the order letters give them."""
    questionnaires: Annotated[tuple[Questionnaire, ...], Field(max_length=20)] = ()
    """Sets of domains for some children, by age say: the first that fits is asked; left out, all are."""
    scoring: Scoring
    """How points become a score."""
    resources_present: ResourcesPresent
    """How what is already there counts, once."""
    allocation: Allocation
    """How points become money."""
    modifiers: Annotated[tuple[Modifier, ...], Field(max_length=50)] = ()
    """What is added or multiplied, in order."""
    uprating: Annotated[tuple[Uprating, ...], Field(max_length=60)] = ()
    """What prices rose by since the table was made, for each financial year in order. The amount is uprated
    to the year of the day it is for."""
    one_offs: Annotated[tuple[OneOffSum, ...], Field(max_length=50)] = ()
    """Sums paid once, beside the yearly amount."""
    deflator: Deflator | None = None
    """What every indicative amount is multiplied by; it never touches a plan's cost or what is agreed."""
    bounds: Bounds | None = None
    """The least and the most."""
    rounding: AmountRounding
    """How the annual indicative amount is rounded, once."""
    calibration: Calibration | None = None
    """The range beside the amount; left out, the policy was not calibrated."""
    rate_card: RateCard
    """What support costs."""
    scope: Scope
    """What may be bought."""
    examples: Annotated[tuple[Example, ...], Field(max_length=200)] = ()
    """Plans and what must come of them: the policy's own tests. Publication needs them to pass."""
    budget: BudgetRules | None = None
    """What governs a budget once it is asked for; left out, the policy scores plans and nothing is decided
    under it."""

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the canonical document: with authority, code and version, its identity."""
        return sha256(self)

    @property
    def in_force(self) -> Period:
        """The days the policy is for."""
        return Period(self.valid_from, self.valid_before)

    @property
    def money_unit(self) -> Unit:
        """The unit of its amounts."""
        return Unit.of_money(self.money.period)

    @cached_property
    def times_a_year(self) -> Exact:
        """How often its money period comes in a year."""
        return tidy(self.money.period.times_a_year(weeks_per_year=exact(self.money.weeks_per_year)))

    @cached_property
    def levels(self) -> dict[str, dict[str, tuple[int, Level]]]:
        """Each domain's levels by code, with their places."""
        return {
            domain.code: {level.code: (number, level) for number, level in enumerate(domain.levels)}
            for domain in self.domains
        }

    @cached_property
    def questions(self) -> Questions:
        """What it asks, for whoever refers to it."""
        in_all = [set(each.domains) for each in self.questionnaires]
        return Questions(
            levels={
                domain.code: (
                    *([NO_NEED] if domain.no_need else []),
                    *(level.code for level in domain.levels),
                )
                for domain in self.domains
            },
            asked_of_all=frozenset(
                domain.code
                for domain in self.domains
                if domain.applies_if is None and all(domain.code in domains for domains in in_all)
            ),
            choices={
                question.code: tuple(choice.code for choice in question.choices) if question.choices else None
                for question in self.circumstances
            },
        )

    def conditions(self) -> Iterator[tuple[Location, Condition]]:
        """Every condition in it, with its place."""
        for n, domain in enumerate(self.domains):
            if domain.applies_if:
                yield ("domains", n, "applies_if"), domain.applies_if
        groups = self.bounds.groups if self.bounds else ()
        for place, rules in (
            (("questionnaires",), self.questionnaires),
            (("modifiers",), self.modifiers),
            (("one_offs",), self.one_offs),
            (("bounds", "groups"), groups),
        ):
            for n, rule in enumerate(rules):
                if rule.when:
                    yield (*place, n, "when"), rule.when
        for location, condition in self.allocation.conditions():
            yield ("allocation", *location), condition

    @cached_property
    def reads_answers(self) -> bool:
        """Whether the amount depends on anything but the score and the child's facts."""
        if not self.allocation.uses_score():
            return True
        rules = [condition for location, condition in self.conditions() if location[0] not in ASKING]
        return self.allocation.reads_answers() or any(
            isinstance(rule, Requirement) and rule.reads_answers for rule in rules
        )

    @cached_property
    def most(self) -> dict[str, int | None]:
        """The largest number that makes sense, for each circumstance that asks how many; None for any."""
        return {question.code: question.at_most for question in self.circumstances if not question.choices}

    @cached_property
    def contributions(self) -> dict[str, tuple[int, Contribution]]:
        """The contributions of resources present by code, with their places."""
        return {c.code: (number, c) for number, c in enumerate(self.resources_present.contributions)}

    @cached_property
    def purposes(self) -> dict[str, Purpose]:
        """The purposes by code."""
        return {purpose.code: purpose for purpose in self.scope.purposes}

    @cached_property
    def items(self) -> dict[str, RateCardItem]:
        """The rate card's items by code."""
        return {item.code: item for item in self.rate_card.items}
