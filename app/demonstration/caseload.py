"""A generated caseload: children who do not exist, with plans, packages and monitoring answers.

Nobody in it is real and nothing in it is free text. The packages the council "pays today" are drawn
*around* the amounts that the example policy gives, and then brought to a round total. So most of
them are unchanged under that policy because they were made so: the demonstration shows how the
pieces work together, and proves nothing about any real table.

The total is the published spend on Rotherham's direct payments in 2016/17: £420,000 for 111 children
(Cabinet report of 10 July 2017, paragraphs 2.4 and 2.5). The shares of each answer, of teams and of
ages are invented.

The same seed and size give the same caseload on every machine. Children are drawn one at a time, so
that 100,000 need little more memory than 111.
"""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import Final

import ras
from app.demonstration.answers import Answers, Points, draw_answers
from app.demonstration.monitoring import Monitoring, draw_monitoring, pick
from app.demonstration.support_plan import bare_plan, draw_plan, rhythms
from ras.dates import add_months
from ras.plan import Plan
from ras.policy.configuration import PolicyConfiguration

DEFAULT_SEED: Final = 2017
"""The seed of the caseload that the documentation shows."""
DEFAULT_SIZE: Final = 111
"""The number of children with direct payments in the published report."""
TOTAL_ANNUAL_PENCE: Final = 420_000_00
"""What the packages of `DEFAULT_SIZE` children add up to, in pence a year; in proportion for other sizes."""

TOLERANCE_PERCENT: Final = 10
"""A package is unchanged while the indicative amount differs from it by no more than so much of it."""
TOLERANCE_ANNUAL_PENCE: Final = 250_00
"""Small packages are unchanged up to a difference of so many pence a year, where that allows more."""

AGES: Final = {
    **dict.fromkeys(range(2, 6), 4),
    **dict.fromkeys(range(6, 16), 8),
    **dict.fromkeys(range(16, 18), 6),
}
"""Completed years on the day of the caseload, in invented proportions."""
FRIDAY: Final = 4
"""As `date.weekday` counts."""
TRANSITION_AGE: Final = 16
"""The age from which children are mostly with the transitions team."""
TEAMS: Final = {"north": 42, "south": 40, "early-help": 18}
"""Teams of children below that age, in invented per cent."""
TEAMS_IN_TRANSITION: Final = {"transitions": 86, "north": 7, "south": 7}
"""Teams of children from that age on, in invented per cent."""
PLAN_KINDS: Final = {"ehc": 72, "care": 28}
"""Whether the plan is an EHC plan or a care plan, in invented per cent."""
SECTIONS: Final = {"ehc": {"H1": 80, "H2": 20}, "care": {"C1": 60, "C2": 40}}
"""Sections that provision is numbered in, in invented per cent. An EHC plan's are H1 and H2."""
CARE_PLANS_WITH_EHC_REVIEW: Final = 0.2
"""The share of children with a care plan who also have an EHC review coming."""


class Change(StrEnum):
    """What the policy would do to a package."""

    LOWER = "lower"
    UNCHANGED = "unchanged"
    HIGHER = "higher"


CHANGES_DEALT: Final = (*[Change.UNCHANGED] * 14, *[Change.LOWER] * 3, *[Change.HIGHER] * 3)
"""How packages are dealt among each twenty children of similar need. Who then stays within the tolerance
differs a little, because small packages differ by little money and all are scaled to the total."""


@dataclass(frozen=True, slots=True)
class Child:
    """One child of a generated caseload.

    Attributes:
        reference: The pseudonym, such as `EX-000001`.
        born_on: The date of birth: 2 to 17 years of age on the day of the caseload.
        team: The team that works with the family.
        monitoring: What the family said about itself, kept apart.
        plan: The support plan, in the policy's codes.
        plan_kind: `ehc` or `care`.
        plan_reference: The council's reference of that plan, such as `EHC-2026-0001`.
        next_ehc_review_on: The day of the next EHC annual review; None where there is none.
        current_package_annual_pence: What the council pays today, in pence a year.
    """

    reference: str
    born_on: date
    team: str
    monitoring: Monitoring
    plan: Plan
    plan_kind: str
    plan_reference: str
    next_ehc_review_on: date | None
    current_package_annual_pence: int


def change(*, package_annual_pence: int, indicative_annual_pence: int) -> Change:
    """Whether an indicative amount leaves a package unchanged, within the stated tolerance.

    >>> change(package_annual_pence=4_000_00, indicative_annual_pence=4_400_00).value
    'unchanged'
    >>> change(package_annual_pence=1_000_00, indicative_annual_pence=749_99).value
    'lower'
    """
    tolerance = max(package_annual_pence * TOLERANCE_PERCENT, TOLERANCE_ANNUAL_PENCE * 100)
    if abs(indicative_annual_pence - package_annual_pence) * 100 <= tolerance:
        return Change.UNCHANGED
    return Change.HIGHER if indicative_annual_pence > package_annual_pence else Change.LOWER


def total_annual_pence(size: int) -> int:
    """What the packages of so many children add up to, in whole pence a year, rounded down.

    >>> total_annual_pence(111), total_annual_pence(1000)
    (42000000, 378378378)
    """
    return size * TOTAL_ANNUAL_PENCE // DEFAULT_SIZE


def caseload(
    policy: PolicyConfiguration,
    *,
    as_at: date,
    seed: int = DEFAULT_SEED,
    size: int = DEFAULT_SIZE,
    on_progress: Callable[[int], None] | None = None,
) -> Iterator[Child]:
    """Draw a caseload, one child at a time, in the order of their references.

    What is kept for all children is one number each. Every amount is drawn before the first child
    is given, because the packages have to add up.

    Args:
        policy: The example policy, in force on the day.
        as_at: The day of the caseload. Plans started within the five months before it.
        seed: Which caseload.
        size: How many children.
        on_progress: Told, as the amounts are drawn, how many are done.
    """
    children = _Children(policy, as_at=as_at, seed=seed, size=size)
    drawn = array("q")
    for number in range(size):
        drawn.append(children.draw_package(number))
        if on_progress:
            on_progress(number + 1)
    packages = split(total_annual_pence(size), drawn)
    for number in range(size):
        yield children.child(number, current_package_annual_pence=packages[number])


def split(total: int, weights: "array[int]") -> "array[int]":
    """Share a total in proportion to weights, by largest remainder: no penny is made or lost.

    >>> list(split(100, array("q", [1, 1, 1])))
    [34, 33, 33]
    """
    whole = sum(weights)
    parts = array("q", (total * weight // whole for weight in weights))
    remainders = array("q", (total * weight % whole for weight in weights))
    largest = sorted(range(len(weights)), key=lambda n: -remainders[n])
    for number in largest[: total - sum(parts)]:
        parts[number] += 1
    return parts


class _Children:
    """Draws any child of one caseload, each from a source of chance of its own."""

    def __init__(self, policy: PolicyConfiguration, *, as_at: date, seed: int, size: int) -> None:
        self.policy, self.as_at, self.seed, self.size = policy, as_at, seed, size
        self.points = Points(policy)
        self.ways = rhythms(policy, on=as_at)
        deal = Random(f"{seed}:{size}")
        self.ranks = array("q", range(size))
        """For each child, how many children have less need."""
        deal.shuffle(self.ranks)
        self.changes = [Change.UNCHANGED] * size
        """For each rank, how its package is dealt; counted from the greatest need downwards."""
        for block in range(0, size, len(CHANGES_DEALT)):
            dealt = list(CHANGES_DEALT)
            deal.shuffle(dealt)
            self.changes[block : block + len(dealt)] = dealt[: size - block]
        self.changes.reverse()
        self.indicative_amounts: dict[tuple[object, ...], int] = {}

    def chance(self, number: int, what: str) -> Random:
        """A source of chance for one part of one child, which other children and parts do not disturb."""
        return Random(f"{self.seed}:{number}:{what}")

    def answers(self, number: int) -> Answers:
        """What decides the child's amount. Severity is drawn near the middle of the child's own rank."""
        rng = self.chance(number, "answers")
        return draw_answers(rng, (self.ranks[number] + 0.25 + rng.random() / 2) / self.size, self.points)

    def indicative_annual_pence(self, answers: Answers) -> int:
        """What the answers are worth, in pence a year, as the engine says; asked once for each score."""
        decisive = (answers.net_score, answers.area, answers.siblings)
        if decisive not in self.indicative_amounts:
            born_on = add_months(self.as_at, -12 * 10)
            plan = bare_plan(answers, self.policy, born_on=born_on, starts_on=self.as_at)
            assessment = ras.assess(plan, self.policy, effective_on=self.as_at)
            self.indicative_amounts[decisive] = assessment.indicative_annual_pence
        return self.indicative_amounts[decisive]

    def draw_package(self, number: int) -> int:
        """What the council pays today for a child, in pence a year, before all are scaled to the total."""
        indicative = self.indicative_annual_pence(self.answers(number))
        rng = self.chance(number, "package")
        tolerance = max(indicative * TOLERANCE_PERCENT // 100, TOLERANCE_ANNUAL_PENCE)
        match self.changes[self.ranks[number]]:
            case Change.UNCHANGED:
                package = indicative + int(tolerance * (rng.random() - 0.5))
            case Change.LOWER:
                package = indicative + int(tolerance * (1.6 + 2.0 * rng.random() * rng.random()))
            case Change.HIGHER:
                package = indicative - int(tolerance * (1.5 + 2.0 * rng.random() * rng.random()))
        return max(package, indicative // 4, TOLERANCE_ANNUAL_PENCE // 2)

    def child(self, number: int, *, current_package_annual_pence: int) -> Child:
        """Everything about a child."""
        rng = self.chance(number, "child")
        age = pick(rng, AGES)
        born_on = self._born_on(rng, age)
        starts_on = self._weekday(self.as_at - timedelta(days=3 + int(rng.random() * 146)))
        kind = pick(rng, PLAN_KINDS)
        reviewed = kind == "ehc" or rng.random() < CARE_PLANS_WITH_EHC_REVIEW
        review_on = self._weekday(self.as_at + timedelta(days=7 + int(rng.random() * 350)))
        answers = self.answers(number)
        return Child(
            reference=f"EX-{number + 1:06d}",
            born_on=born_on,
            team=pick(rng, TEAMS_IN_TRANSITION if age >= TRANSITION_AGE else TEAMS),
            monitoring=draw_monitoring(self.chance(number, "monitoring")),
            plan=draw_plan(
                rng,
                answers,
                self.policy,
                self.ways,
                born_on=born_on,
                starts_on=starts_on,
                section=pick(rng, SECTIONS[kind]),
                indicative_annual_pence=self.indicative_annual_pence(answers),
            ),
            plan_kind=kind,
            plan_reference=f"{'EHC' if kind == 'ehc' else 'CP'}-{starts_on.year}-{number + 1:04d}",
            next_ehc_review_on=review_on if reviewed else None,
            current_package_annual_pence=current_package_annual_pence,
        )

    def _born_on(self, rng: Random, age: int) -> date:
        """A date of birth of that age. The oldest turn 18 only after their plan's first half year."""
        days = 178 if age == max(AGES) else 365
        return add_months(self.as_at, -12 * age) - timedelta(days=int(rng.random() * days))

    @staticmethod
    def _weekday(day: date) -> date:
        """The day, or the Monday after a weekend."""
        return day + timedelta(days=7 - day.weekday() if day.weekday() > FRIDAY else 0)
