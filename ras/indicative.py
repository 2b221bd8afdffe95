"""The indicative amount of one horizon: the fixed order of computation, from top to bottom.

1. score          points of every domain                         ras/scoring.py
2. resources      what is already there comes off, once          ras/scoring.py
3. allocation     points become money                            ras/allocation/
4. modifiers      in the policy's order                          ras/modifiers.py
5. bounds         floor and caps                                 here
6. period         to a year                                      here
7. rounding       once                                           here

Uprating, one-off sums, a deflator and a range will take their places between these; until the
engine has them, no policy document can ask for them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ras.conditions import Facts
from ras.modifiers import modify
from ras.money import believable
from ras.plan import Plan
from ras.policy.configuration import Bounds, PolicyConfiguration
from ras.records import Exact, exact, tidy
from ras.scoring import score
from ras.working import Horizon, Mark, Plainer, Step, Unit, step

SENTENCES = {
    "bounds.none": "The policy sets no lowest or highest amount here.",
    "bounds.within": "No lowest or highest amount of the policy changes {amount}.",
    "bounds.floor": "{amount} is below the lowest amount for a child with points, so it becomes {floor}.",
    "bounds.soft-cap": "{amount} is above {soft_cap}: it stays, and the panel looks at it.",
    "bounds.hard-cap": (
        "{amount} is above the highest amount of the policy, so it becomes {hard_cap}. A person must "
        "look at this and give reasons: a limit cannot decide what a child needs."
    ),
    "period.to-year": "{amount}, {times} times a year, is {result}.",
    "rounding": "Rounded once, {mode}, to a multiple of {step}, {amount} is {result}.",
}

PLAINER = {
    "period.to-year": Plainer(
        "times", "1", "The policy's amounts are for a year, so {amount} stays as it is."
    ),
}

ROUNDING_WORDS = {
    "half-up": "to the nearest (a half goes up)",
    "half-even": "to the nearest (a half goes to the even one)",
    "down": "down",
    "up": "up",
}


@dataclass(frozen=True, slots=True)
class Indicative:
    """The indicative amount of one horizon.

    Attributes:
        points: Before resources present.
        points_after_resources: What was priced.
        annual_pence: Whole pence a year.
        marks: What a person has to look at.
        steps: The working, in order.
    """

    points: Exact
    points_after_resources: Exact
    annual_pence: int
    marks: tuple[Mark, ...]
    steps: tuple[Step, ...]


def indicative_amount(plan: Plan, policy: PolicyConfiguration, horizon: Horizon, facts: Facts) -> Indicative:
    """Work out one horizon's indicative amount for a plan that fits the policy."""
    scored = score(plan, policy, horizon, facts)
    steps = list(scored.steps)

    steps.append(policy.allocation.amount(scored.after, facts, unit=policy.money_unit, horizon=horizon))
    for modifier in policy.modifiers:
        steps.append(modify(steps[-1].result.number, modifier, policy, facts, horizon=horizon))
    steps.append(_bound(steps[-1].result.number, policy, horizon, has_points=scored.after > 0))
    bounded = steps[-1].kind
    steps.append(_to_year(steps[-1].result.number, policy, horizon))
    steps.append(_rounded(steps[-1].result.number, policy, horizon))

    annual_pence = believable(int(steps[-1].result.number), what="The indicative amount")
    return Indicative(
        points=scored.before,
        points_after_resources=scored.after,
        annual_pence=annual_pence,
        marks=tuple(_marks(bounded, annual_pence, plan)),
        steps=tuple(steps),
    )


def _bound(amount: Exact, policy: PolicyConfiguration, horizon: Horizon, *, has_points: bool) -> Step:
    unit = policy.money_unit
    bounds = policy.bounds or Bounds(source=policy.source)
    numbers: dict[str, tuple[Exact, Unit]] = {"amount": (amount, unit)}
    kind, rule, arithmetic, result = "bounds.within", "bounds", "amount", amount
    if policy.bounds is None:
        kind = "bounds.none"
    elif bounds.floor_pence is not None and has_points and amount < bounds.floor_pence:
        kind, rule, arithmetic = "bounds.floor", "bounds.floor_pence", "max(amount, floor)"
        numbers["floor"], result = (bounds.floor_pence, unit), bounds.floor_pence
    elif bounds.hard_cap_pence is not None and amount > bounds.hard_cap_pence:
        kind, rule, arithmetic = "bounds.hard-cap", "bounds.hard_cap_pence", "min(amount, hard_cap)"
        numbers["hard_cap"], result = (bounds.hard_cap_pence, unit), bounds.hard_cap_pence
    elif bounds.soft_cap_pence is not None and amount > bounds.soft_cap_pence:
        kind, rule = "bounds.soft-cap", "bounds.soft_cap_pence"
        numbers["soft_cap"] = (bounds.soft_cap_pence, unit)
    return step(
        kind,
        horizon=horizon,
        rule=rule,
        source=bounds.source,
        arithmetic=arithmetic,
        result=result,
        unit=unit,
        numbers=numbers,
    )


def _to_year(amount: Exact, policy: PolicyConfiguration, horizon: Horizon) -> Step:
    times = tidy(policy.money.period.times_a_year(weeks_per_year=exact(policy.money.weeks_per_year)))
    return step(
        "period.to-year",
        horizon=horizon,
        rule="money.weeks_per_year",
        source=policy.money.source,
        arithmetic="amount * times",
        result=tidy(amount * times),
        unit=Unit.PENCE_A_YEAR,
        numbers={"amount": (amount, policy.money_unit), "times": (times, Unit.NUMBER)},
    )


def _rounded(amount: Exact, policy: PolicyConfiguration, horizon: Horizon) -> Step:
    rounding = policy.rounding
    return step(
        "rounding",
        horizon=horizon,
        rule="rounding",
        source=rounding.source,
        words={"mode": ROUNDING_WORDS[rounding.mode]},
        arithmetic=f"round_{rounding.mode.replace('-', '_')}(amount, step)",
        result=rounding.apply(amount),
        unit=Unit.PENCE_A_YEAR,
        numbers={"amount": (amount, Unit.PENCE_A_YEAR), "step": (rounding.step_pence, Unit.PENCE)},
    )


def _marks(bounded: str, annual_pence: int, plan: Plan) -> Iterator[Mark]:
    if bounded == "bounds.soft-cap":
        yield Mark.ABOVE_SOFT_CAP
    if bounded == "bounds.hard-cap":
        yield Mark.CUT_TO_HARD_CAP
    if annual_pence == 0:
        yield Mark.ZERO
    if plan.needs_not_captured:
        yield Mark.NEEDS_NOT_CAPTURED
