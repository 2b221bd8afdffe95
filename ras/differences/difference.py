"""One difference: its sentence, made of the two steps it points at and of nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ras.allocation import VARIANTS
from ras.assessment import Assessment
from ras.costing import CostedLine
from ras.records import Line, Record, Told
from ras.working import Horizon, Quantity, Step

SENTENCES = {
    "horizon": "The amount before was for the {was}. The new amount is for the {now}.",
    "rules": ("The rules changed. Before: {was_title}, version {was}. Now: {now_title}, version {now}."),
    "level": "{domain}: the answer was “{was_level}”, {was}. Now it is “{now_level}”, {now}.",
    "level-points": "{domain}: the answer “{level}” gave {was} before. Now it gives {now}.",
    "weight": "{domain}: its points were multiplied by {was} before. Now they are multiplied by {now}.",
    "asked": "{domain}: this was not asked before. Now it is: “{level}”, {now}.",
    "not-asked": "{domain}: the answer was “{level}”, {was}. Now this is not asked.",
    "scale": "All areas together were multiplied by {was} before. Now they are multiplied by {now}.",
    "present": (
        "{domain}: what is already there took off {was} before ({was_givers}). Now it takes off {now} "
        "({now_givers})."
    ),
    "present-new": (
        "{domain}: nothing was taken off before. Now what is already there ({givers}) takes off {now}."
    ),
    "present-gone": "{domain}: what was already there ({givers}) took off {was}. Now nothing is taken off.",
    "table": "For {points} the table gave {was} before. Now it gives {now}.",
    "group": "For {points} the amount was {was} before ({was_group}). Now it is {now} ({now_group}).",
    "price-per-point": "Each point was worth {was} before. Now each is worth {now}.",
    "points": (
        "The score was {was_points} before, which gave {was}. Now it is {now_points}, which gives {now}."
    ),
    "modifier": "{title}: before, {was}. Now, {now}.",
    "modifier-new": "{title}: this did not apply before. Now {now}, because {because}.",
    "modifier-gone": "{title}: before, {was}. Now this does not apply.",
    "modifier.add": "{added} was added",
    "modifier.add, now": "{added} is added",
    "modifier.multiply": "the amount was multiplied by {factor}",
    "modifier.multiply, now": "the amount is multiplied by {factor}",
    "bounds": "{was} {now}",
    "bounds.floor": "Before, the amount was raised to the lowest one of the policy, {floor}.",
    "bounds.floor, now": "Now it is raised to the lowest one of the policy, {floor}.",
    "bounds.hard-cap": "Before, the amount was cut to the highest one of the policy, {hard_cap}.",
    "bounds.hard-cap, now": "Now it is cut to the highest one of the policy, {hard_cap}.",
    "bounds.free": "Before, no lowest or highest amount changed it.",
    "bounds.free, now": "Now no lowest or highest amount changes it.",
    "times": "The amount was counted {was} times a year before. Now it is counted {now} times a year.",
    "rounding": (
        "The amount was rounded to a multiple of {was}, {was_mode}. Now it is rounded to a multiple of "
        "{now}, {now_mode}."
    ),
    "price": "{item} {counted}: the price of each was {was} before. Now it is {now}.",
    "on-costs": "{item}: what comes on top of the price was {was} before. Now it is {now}.",
    "quantity": "{item} {counted}: the plan had {was} before. Now it has {now}.",
    "line-new": "{item} {counted}: this is new in this part of the plan. It costs {now}.",
    "line-gone": "{item} {counted}: this is no longer in this part of the plan. It cost {was}.",
    "plan-cost": "The support in the plan cost {was} before. Now it costs {now}.",
    "no-workings": "There are no two workings to compare. The written reasons say why the amount is lower.",
    "nothing-changed": (
        "Nothing in how the amount was worked out has changed. The written reasons say why it is lower."
    ),
    "not-explained": (
        "These changes alone do not make the amount lower. The written reasons say why it is lower."
    ),
}
"""For each difference, the sentence a family reads."""

ALLOCATIONS = frozenset(kind for variant in VARIANTS for kind in variant.sentences)


class DifferenceKind(StrEnum):
    """What sort of thing changed."""

    NEEDS = "needs"
    RESOURCES = "resources"
    CIRCUMSTANCES = "circumstances"
    PRICES = "prices"
    RULES = "rules"
    PLAN = "plan"
    HORIZON = "horizon"
    DECISION = "decision"
    """No working says it: the written reasons do."""


class Difference(Record):
    """One thing that differs between two assessments."""

    kind: DifferenceKind
    """What sort of thing."""
    old: tuple[Line, ...]
    """Where it stands in the old assessment, as JSON pointers: `/working/3`."""
    new: tuple[Line, ...]
    """Where it stands in the new one."""
    sentence: Told
    """What a family reads."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A step, and where it stands."""

    pointer: str
    step: Step

    @property
    def named(self) -> dict[str, Quantity]:
        """Its inputs by name."""
        return {given.name: given for given in self.step.inputs}

    def __getitem__(self, name: str) -> Quantity:
        return self.named[name]


@dataclass(frozen=True, slots=True)
class Side:
    """An assessment, and the horizon of it that is compared."""

    assessment: Assessment
    horizon: Horizon

    def family(self, name: str) -> list[Placed]:
        """The steps of a family, in order, at the horizon."""
        return [placed for placed in self.steps() if placed.step.kind.partition(".")[0] == name]

    def steps(self) -> Iterator[Placed]:
        """The steps of the indicative amount at the horizon."""
        for number, step in enumerate(self.assessment.working):
            if step.horizon is self.horizon:
                yield Placed(f"/working/{number}", step)

    def allocation(self) -> Placed:
        """The step in which points become money."""
        return next(placed for placed in self.steps() if placed.step.kind in ALLOCATIONS)

    def lines(self) -> Iterator[tuple[CostedLine, Placed]]:
        """The yearly lines of the plan at the horizon, with their step."""
        cost = self.assessment.plan_cost
        for number, line in enumerate(cost.lines):
            if line.annual_pence is not None and self.horizon in line.horizons:
                yield line, Placed(f"/plan_cost/working/{number}", cost.working[number])

    def total_cost(self) -> Placed:
        """The step that adds the plan's lines up."""
        return next(
            Placed(f"/plan_cost/working/{number}", step)
            for number, step in enumerate(self.assessment.plan_cost.working)
            if step.kind == "cost.total" and step.horizon is self.horizon
        )


@dataclass(frozen=True, slots=True)
class Sides:
    """The assessment of the amount before, and that of the new one."""

    old: Side
    new: Side

    @property
    def rules_differ(self) -> bool:
        """Whether the two were worked out by different policy documents."""
        return self.old.assessment.policy.sha256 != self.new.assessment.policy.sha256

    @property
    def by_rules(self) -> DifferenceKind:
        """Why another rule applies: another document, or other facts under the same one."""
        return DifferenceKind.RULES if self.rules_differ else DifferenceKind.CIRCUMSTANCES


def says(
    kind: DifferenceKind, sentence: str, was: Placed | None, now: Placed | None, /, **values: object
) -> Difference:
    """A difference in a sentence of that name, that points at the steps it is made of."""
    return Difference(
        kind=kind,
        old=(was.pointer,) if was else (),
        new=(now.pointer,) if now else (),
        sentence=SENTENCES[sentence].format(**values),
    )


def decision(sentence: str) -> Difference:
    """That no working says why: the written reasons do."""
    return says(DifferenceKind.DECISION, sentence, None, None)
