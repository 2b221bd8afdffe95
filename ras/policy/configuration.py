"""A policy: a council's rules as data. The records a policy document is made of.

Numbers live here and nowhere in code. Money is whole pence; every other number that can have a
fraction is text. Each rule names its published source. A document is read by
`ras.policy.document` and checked by `ras.policy.checks`.
"""

from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from ras.allocation import Allocation
from ras.canonical import sha256
from ras.conditions import Age, Condition
from ras.dates import Period
from ras.money import MoneyPeriod, Rounding
from ras.policy.budget_rules import BudgetRules
from ras.records import Code, Day, DecimalText, Line, Pence, PositiveText, Record, Whole, Words
from ras.working import Horizon, Unit


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
    """Whether the amounts are for a week, four weeks or a year."""
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


class Choice(Record):
    """One answer to a question about circumstances."""

    code: Code
    """Its name for programs."""
    title: Line
    """What people read."""


class CircumstanceQuestion(Record):
    """A fact about the child's situation that rules depend on."""

    code: Code
    """Its name for programs."""
    title: Line
    """What it is called."""
    question: Line
    """The question in plain words."""
    why_asked: Line
    """Why the council asks, in plain words."""
    choices: Annotated[tuple[Choice, ...], Field(min_length=2)] | None = None
    """The answers to choose from; left out, the question asks how many."""
    at_most: Whole | None = None
    """For a question that asks how many: the largest number that makes sense."""
    source: Line
    """Where the policy says so."""


class Level(Record):
    """One answer about how much help is needed."""

    code: Code
    """Its name for programs."""
    title: Line
    """What people read."""
    descriptor: Words
    """What it looks like in a child's day."""
    examples: tuple[Line, ...] = ()
    """Examples families would recognise."""
    points: PositiveText
    """What it is worth in points, as text."""


class Domain(Record):
    """An area of the child's life that the policy asks about, named by the outcome it serves."""

    code: Code
    """Its name for programs."""
    title: Line
    """What it is called."""
    question: Line
    """The question in plain words for a family."""
    why_asked: Line
    """Why the council asks, in plain words."""
    weight: PositiveText = "1"
    """What its points are multiplied by, as text."""
    applies_if: Condition | None = None
    """Which children it is asked of; left out, all."""
    levels: Annotated[tuple[Level, ...], Field(min_length=2)]
    """From the least help needed to the most: the order is the rank."""
    source: Line
    """Where the policy says so."""


class Scoring(Record):
    """How points become a score."""

    scale: PositiveText = "1"
    """What the weighted points of all domains together are multiplied by, as text."""
    source: Line
    """Where the policy says so."""


class Contribution(Record):
    """How much something already present gives towards one outcome."""

    code: Code
    """Its name for programs."""
    title: Line
    """What people read."""
    points: PositiveText | None = None
    """In mode `points`: the points it takes off, before the domain's weight, as text."""
    fraction: Annotated[str, Field(pattern=r"^(0(\.[0-9]{1,8})?|1(\.0{1,8})?)$")] | None = None
    """In mode `fraction`: the part of the domain's points it takes off, "0" to "1"."""


class NoResourcesPresent(Record):
    """Resources present are recorded and change nothing."""

    mode: Literal["none"]
    """`none`."""
    source: Line
    """Where the policy says so."""
    contributions: Annotated[tuple[Contribution, ...], Field(min_length=1)]
    """The answers to choose from, for the record."""


class InsideDescriptors(Record):
    """The levels' descriptors already say what is needed beyond what is present."""

    mode: Literal["in-descriptors"]
    """`in-descriptors`."""
    source: Line
    """Where the policy says so."""
    contributions: Annotated[tuple[Contribution, ...], Field(min_length=1)]
    """The answers to choose from, for the record."""


class PointsSubtracted(Record):
    """Each contribution takes points off its own domain, never below nothing."""

    mode: Literal["points"]
    """`points`."""
    source: Line
    """Where the policy says so."""
    contributions: Annotated[tuple[Contribution, ...], Field(min_length=1)]
    """The answers to choose from, each with its points, from the least to the most."""


class FractionSubtracted(Record):
    """Each contribution takes a part of its own domain's points off, never more than all."""

    mode: Literal["fraction"]
    """`fraction`."""
    source: Line
    """Where the policy says so."""
    contributions: Annotated[tuple[Contribution, ...], Field(min_length=1)]
    """The answers to choose from, each with its fraction, from the least to the most."""


ResourcesPresent = Annotated[
    NoResourcesPresent | InsideDescriptors | PointsSubtracted | FractionSubtracted,
    Field(discriminator="mode"),
]


class Add(Record):
    """A sum added to the amount."""

    kind: Literal["add"]
    """`add`."""
    code: Code
    """Its name for programs."""
    title: Line
    """What it is for, as a family reads it."""
    because: Line
    """Why it applies when it does: "your child is under five"."""
    when: Condition | None = None
    """Which children; left out, all."""
    amount_pence: Pence
    """Pence added, in the policy's money period."""
    source: Line
    """Where the policy says so."""


class Multiply(Record):
    """The amount multiplied by a factor."""

    kind: Literal["multiply"]
    """`multiply`."""
    code: Code
    """Its name for programs."""
    title: Line
    """What it is for, as a family reads it."""
    because: Line
    """Why it applies when it does: "you live far from services"."""
    when: Condition | None = None
    """Which children; left out, all."""
    factor: PositiveText
    """What the amount is multiplied by, as text: "1.08"."""
    source: Line
    """Where the policy says so."""


Modifier = Annotated[Add | Multiply, Field(discriminator="kind")]


class Bounds(Record):
    """The least and the most. All in pence in the policy's money period."""

    floor_pence: Pence | None = None
    """The least for a child with any points left after resources present."""
    soft_cap_pence: Pence | None = None
    """Above this the amount stands and is shown to the panel."""
    hard_cap_pence: Pence | None = None
    """The most. An amount cut to it can never be settled without a person's reasons."""
    equality_reference: Line | None = None
    """The equality analysis of the caps."""
    source: Line
    """Where the policy says so."""


class OnCost(Record):
    """A cost that comes with employing or buying, on top of the price."""

    code: Code
    """Its name for programs."""
    title: Line
    """What it is: "Employer's National Insurance"."""
    percent: DecimalText
    """Per cent of the price, as text."""
    source: Line
    """Where the figure is from."""


class Price(Record):
    """What one unit of an item costs from a day on."""

    valid_from: Day
    """The first day of the price."""
    valid_before: Day | None = None
    """The first day past the price; left out, it has no end."""
    price_pence: Pence | None = None
    """Pence for one unit; left out, the line needs a written quote."""
    on_costs: tuple[OnCost, ...] = ()
    """What comes on top."""
    source: Line
    """Where the price is from."""

    @property
    def in_force(self) -> Period:
        """The days of the price."""
        return Period(self.valid_from, self.valid_before)


class RateCardItem(Record):
    """A kind of support and its prices over time."""

    code: Code
    """Its name for programs."""
    title: Line
    """What people read."""
    unit: Line
    """What is counted: "hour", "night", "session", "item"."""
    prices: Annotated[tuple[Price, ...], Field(min_length=1)]
    """In order of day, none overlapping."""

    def price_on(self, day: date) -> Price | None:
        """The price of a day; None where there is none."""
        return next((price for price in self.prices if day in price.in_force), None)


class RateCard(Record):
    """What plan lines are costed with."""

    rounding: Rounding
    """How each line's cost becomes whole pence."""
    items: Annotated[tuple[RateCardItem, ...], Field(min_length=1)]
    """The kinds of support."""


class Purpose(Record):
    """What support may be for, and whether a personal budget may buy it."""

    code: Code
    """Its name for programs."""
    title: Line
    """What people read."""
    effect: Literal["allowed", "needs-reason", "refused"]
    """Allowed; allowed with a person's recorded reason; or refused."""
    source: Line
    """The rule."""


class Scope(Record):
    """What a personal budget may and may not buy."""

    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1)]
    """Every purpose a line can have."""


class PolicyConfiguration(Record):
    """A council's rules for turning a support plan into an indicative amount."""

    calculation: Literal["1"]
    """The version of the engine's arithmetic the policy is written for."""
    authority: Authority
    """Whose policy it is."""
    code: Code
    """Which of the council's policies: "childrens-ras"."""
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,39}$")]
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
    """The first day it is no longer in force; left out, it has no end."""
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
    circumstances: tuple[CircumstanceQuestion, ...] = ()
    """The facts it asks for."""
    domains: Annotated[tuple[Domain, ...], Field(min_length=1, max_length=100)]
    """The outcomes it asks about, in the order letters give them."""
    scoring: Scoring
    """How points become a score."""
    resources_present: ResourcesPresent
    """How what is already there counts, once."""
    allocation: Allocation
    """How points become money."""
    modifiers: tuple[Modifier, ...] = ()
    """What is added or multiplied, in order."""
    bounds: Bounds | None = None
    """The least and the most."""
    rounding: Rounding
    """How the annual indicative amount is rounded, once."""
    rate_card: RateCard
    """What support costs."""
    scope: Scope
    """What may be bought."""
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
    def levels(self) -> dict[str, dict[str, tuple[int, Level]]]:
        """Each domain's levels by code, with their places."""
        return {
            domain.code: {level.code: (number, level) for number, level in enumerate(domain.levels)}
            for domain in self.domains
        }

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
