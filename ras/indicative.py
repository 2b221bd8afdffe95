"""The indicative amount of one horizon: the fixed order of computation, from top to bottom.

1. score          points of every domain                         ras/scoring.py
2. resources      what is already there counts, once             ras/present.py
3. allocation     points or answers become money                 ras/allocation/
4. modifiers      in the policy's order                          ras/modifiers.py
5. uprating       to the year of the day                         ras/uprating.py
6. one-off sums   beside the amount, never for a year            here
7. deflator       of the indicative amount only                  here
8. bounds         floor and caps                                 ras/bounds.py
9. period         to a year                                      here
10. rounding      once                                           here
11. range         from the residuals of the calibration          here

A policy that has no uprating, one-off sum, deflator or calibration has no line for it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from ras.allocation.variant import Pricing
from ras.bounds import bound
from ras.conditions import Facts, Scored
from ras.modifiers import modify
from ras.money import believable
from ras.plan import Plan
from ras.policy.configuration import PolicyConfiguration
from ras.present import Counted
from ras.records import Exact, exact
from ras.scoring import Score, score
from ras.uprating import uprate
from ras.working import Horizon, Mark, Plainer, Step, Unit, step

SENTENCES = {
    "one-off": "{title}: because {because}, {result} is paid once, beside the yearly amount.",
    "one-off.left-out": "{title} does not apply to your child, so nothing is paid once for it.",
    "deflator": "{title}: before this it was {amount}. Multiplied by {factor}, that is {result}.",
    "period.to-year": "{amount}, {times} times a year, is {result}.",
    "rounding": "Rounded once, {mode}, to a multiple of {step}, {amount} is {result}.",
    "rounding.each-line": "Each line above was rounded as it was written, so {amount} stays as it is.",
    "range.from": (
        "Of {cases} packages that the table was set on, {share} cost no less than {below} below the amount. "
        "From {amount}, and never less than nothing, that is {result}."
    ),
    "range.to": (
        "Of {cases} packages that the table was set on, {share} cost no more than {above} above the amount. "
        "From {amount}, that is {result}."
    ),
}

PLAINER = {
    "period.to-year": Plainer(
        "times", "1", "The policy's amounts are for a year, so {amount} stays as it is."
    ),
}


class Indicative(NamedTuple):
    """The indicative amount of one horizon.

    Attributes:
        points: Before resources present; None where no points are added up.
        points_after_resources: What was priced; None likewise.
        annual_pence: Whole pence a year.
        one_off_pence: Whole pence, once; None where the policy has no such sums.
        carer_annual_pence: A separate sum for the carer, a year; None where the policy has none.
        lowest_annual_pence: Where the range begins; None where the policy was not calibrated.
        highest_annual_pence: Where it ends.
        marks: What a person has to look at.
        steps: The working, in order.
    """

    points: Exact | None
    points_after_resources: Exact | None
    annual_pence: int
    one_off_pence: int | None
    carer_annual_pence: int | None
    lowest_annual_pence: int | None
    highest_annual_pence: int | None
    marks: tuple[Mark, ...]
    steps: tuple[Step, ...]


class Money(NamedTuple):
    """What the score, the answers and the facts come to in money.

    Attributes:
        annual_pence: Whole pence a year.
        exact_annual_pence: The same before it was rounded.
        one_off_pence: Whole pence, once; None where the policy has no such sums.
        lowest_annual_pence: Where the range begins; None where the policy was not calibrated.
        highest_annual_pence: Where it ends.
        marks: What a person has to look at.
        steps: The working, from the allocation on.
    """

    annual_pence: int
    exact_annual_pence: Exact
    one_off_pence: int | None
    lowest_annual_pence: int | None
    highest_annual_pence: int | None
    marks: tuple[Mark, ...]
    steps: tuple[Step, ...]


def indicative_amount(
    plan: Plan, policy: PolicyConfiguration, horizon: Horizon, facts: Facts, *, year: int
) -> Indicative:
    """Work out one horizon's indicative amount for a plan that fits the policy.

    Args:
        plan: The plan.
        policy: The policy.
        horizon: The horizon.
        facts: The child's age and circumstances.
        year: The year in which the financial year of the effective date begins.
    """
    found = score(plan, policy, horizon, facts)
    return together(plan, found, money_for(found.scored, found.present, policy, horizon, year=year))


def together(plan: Plan, found: Score, money: Money) -> Indicative:
    """A score and the money it comes to."""
    return Indicative(
        points=found.before,
        points_after_resources=None if found.before is None else found.scored.points,
        annual_pence=money.annual_pence,
        one_off_pence=money.one_off_pence,
        carer_annual_pence=found.present.carer_annual_pence,
        lowest_annual_pence=money.lowest_annual_pence,
        highest_annual_pence=money.highest_annual_pence,
        marks=(*money.marks, Mark.NEEDS_NOT_CAPTURED) if plan.needs_not_captured else money.marks,
        steps=(*found.steps, *money.steps),
    )


def money_for(
    scored: Scored, present: Counted, policy: PolicyConfiguration, horizon: Horizon, *, year: int
) -> Money:
    """Steps 3 to 11: from the score and the answers to the amount."""
    given = Pricing(
        scored=scored,
        unit=policy.money_unit,
        horizon=horizon,
        each_line=policy.rounding if policy.rounding.stage == "each-line" else None,
        hours_present=present.hours,
    )
    priced = policy.allocation.price(given)
    steps, amount, staff = list(priced.steps), priced.pence, priced.staff_pence
    for modifier in policy.modifiers:
        line, staff = modify(amount, staff, modifier, given)
        steps.append(line)
        amount = line.result.number
    for line in uprate(amount, policy, given, year=year):
        steps.append(line)
        amount = line.result.number
    once = list(_one_offs(policy, given))
    steps += once
    if policy.deflator is not None:
        steps.append(_deflated(amount, policy, given))
        amount = steps[-1].result.number
    steps.append(bound(amount, policy, given))
    steps.append(_to_year(steps[-1].result.number, policy, given))
    before_rounding = steps[-1].result.number
    steps.append(_rounded(before_rounding, policy, horizon))
    annual_pence = believable(int(steps[-1].result.number), what="The indicative amount")
    marks = tuple(_marks({line.kind for line in steps}, annual_pence))
    ends = list(_range(annual_pence, policy, horizon))
    return Money(
        annual_pence=annual_pence,
        exact_annual_pence=before_rounding,
        one_off_pence=sum(int(line.result.number) for line in once) if policy.one_offs else None,
        lowest_annual_pence=int(ends[0].result.number) if ends else None,
        highest_annual_pence=int(ends[1].result.number) if ends else None,
        marks=marks,
        steps=(*steps, *ends),
    )


def _one_offs(policy: PolicyConfiguration, given: Pricing) -> Iterator[Step]:
    for rule in policy.one_offs:
        applies = rule.when is None or rule.when.meets(given.scored)
        yield step(
            "one-off" if applies else "one-off.left-out",
            horizon=given.horizon,
            rule=f"one_offs.{rule.code}",
            source=rule.source,
            words={"title": rule.title, "because": rule.because},
            arithmetic="once" if applies else "0",
            result=rule.amount_pence if applies else 0,
            unit=Unit.PENCE,
            numbers={"once": (rule.amount_pence, Unit.PENCE)} if applies else None,
        )


def _deflated(amount: Exact, policy: PolicyConfiguration, given: Pricing) -> Step:
    deflator = policy.deflator
    if deflator is None:
        raise AssertionError("only called where there is one")
    factor = exact(deflator.factor)
    return given.money(
        "deflator",
        rule="deflator",
        source=deflator.source,
        words={"title": deflator.title},
        arithmetic="amount * factor",
        result=amount * factor,
        numbers={"amount": (amount, given.unit), "factor": (factor, Unit.NUMBER)},
    )


def _to_year(amount: Exact, policy: PolicyConfiguration, given: Pricing) -> Step:
    times = policy.times_a_year
    return given.money(
        "period.to-year",
        rule="money.weeks_per_year",
        source=policy.money.source,
        arithmetic="amount * times",
        result=amount * times,
        unit=Unit.PENCE_A_YEAR,
        numbers={"amount": (amount, policy.money_unit), "times": (times, Unit.NUMBER)},
    )


def _rounded(amount: Exact, policy: PolicyConfiguration, horizon: Horizon) -> Step:
    rounding = policy.rounding
    numbers = {"amount": (amount, Unit.PENCE_A_YEAR)}
    if rounding.stage == "each-line":
        return step(
            "rounding.each-line",
            horizon=horizon,
            rule="rounding",
            source=rounding.source,
            arithmetic="amount",
            result=amount,
            unit=Unit.PENCE_A_YEAR,
            numbers=numbers,
        )
    return step(
        "rounding",
        horizon=horizon,
        rule="rounding",
        source=rounding.source,
        words={"mode": rounding.mode_in_words},
        arithmetic=rounding.around("amount"),
        result=rounding.apply(amount),
        unit=Unit.PENCE_A_YEAR,
        numbers={**numbers, "step": (rounding.step_pence, Unit.PENCE)},
    )


def _range(annual_pence: int, policy: PolicyConfiguration, horizon: Horizon) -> Iterator[Step]:
    if policy.calibration is None:
        return
    rule = policy.calibration
    numbers: dict[str, tuple[Exact, Unit]] = {
        "amount": (annual_pence, Unit.PENCE_A_YEAR),
        "cases": (rule.cases, Unit.NUMBER),
        "share": (exact(rule.share_percent), Unit.PERCENT),
        "below": (rule.below_annual_pence, Unit.PENCE_A_YEAR),
        "above": (rule.above_annual_pence, Unit.PENCE_A_YEAR),
    }
    for kind, arithmetic, result in (
        ("range.from", "max(0, amount - below)", max(0, annual_pence - rule.below_annual_pence)),
        ("range.to", "amount + above", annual_pence + rule.above_annual_pence),
    ):
        yield step(
            kind,
            horizon=horizon,
            rule="calibration",
            source=rule.source,
            arithmetic=arithmetic,
            result=result,
            unit=Unit.PENCE_A_YEAR,
            numbers=numbers,
        )


def _marks(kinds: set[str], annual_pence: int) -> Iterator[Mark]:
    if "bounds.soft-cap" in kinds:
        yield Mark.ABOVE_SOFT_CAP
    if kinds & {"bounds.hard-cap", "line-items.cut"}:
        yield Mark.CUT_TO_HARD_CAP
    if annual_pence == 0:
        yield Mark.ZERO
    if "rules" in kinds:
        yield Mark.LEVEL_ONLY
