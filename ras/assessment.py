"""A plan and a policy in; an indicative amount, the plan's cost and the whole working out."""

from datetime import date
from functools import lru_cache
from typing import Annotated

from pydantic import Field

from ras.compiled import compiled
from ras.costing import PlanCost, cost_lines
from ras.dates import Period, add_months, day_in_words
from ras.errors import DayOutsidePlan
from ras.indicative import Indicative
from ras.plan import Plan
from ras.policy.configuration import PolicyConfiguration
from ras.records import Code, Day, Exact, Line, Pence, Record, SumPence, built, exact_text
from ras.working import Horizon, Mark, Step, Unit, step

ENGINE_VERSION = "1.1.0"
"""Moves its first number whenever any amount or reason can differ. It is no part of a result: a later
engine gives the same bytes for the same calculation version."""

SENTENCES = {
    "result": (
        "The plan started on {starts_on}, and {effective_on} is in its {horizon_title} ({horizon_days}), so "
        "the indicative amount is {result}."
    ),
}


class PolicyIdentity(Record):
    """Which policy was applied."""

    authority: Code
    """The council's code."""
    code: Code
    """The policy's code."""
    version: str
    """The policy's version."""
    sha256: str
    """SHA-256 of its canonical document."""
    title: Line
    """What it is called."""
    illustrative: Line | None = None
    """For a policy that is no council's: the words that say so."""


LEFT_OUT = Field(exclude_if=lambda value: value is None)
"""Left out where a policy has no such thing, and never null: so a result has the bytes of its hash."""


class HorizonAmount(Record):
    """What one horizon comes to."""

    horizon: Horizon
    """The horizon."""
    title: Line
    """What it is called."""
    first_day: Day
    """Its first day."""
    last_day: Day
    """Its last day."""
    points: Annotated[str | None, LEFT_OUT] = None
    """The score before resources present, exactly, as text; left out where no points are added up."""
    points_after_resources: Annotated[str | None, LEFT_OUT] = None
    """The score after resources present, exactly, as text; left out likewise."""
    indicative_annual_pence: Pence
    """The indicative amount, in pence a year."""
    indicative_one_off_pence: Annotated[Pence | None, LEFT_OUT] = None
    """What the policy gives once beside it, in pence; left out where the policy has no such sums."""
    carer_annual_pence: Annotated[Pence | None, LEFT_OUT] = None
    """A separate sum for the carer, in pence a year; no part of the indicative amount. Left out where the
    policy has none."""
    lowest_annual_pence: Annotated[SumPence | None, LEFT_OUT] = None
    """Where the range beside the amount begins, in pence a year; left out where the policy was not
    calibrated."""
    highest_annual_pence: Annotated[SumPence | None, LEFT_OUT] = None
    """Where it ends, in pence a year; left out likewise."""
    plan_cost_annual_pence: Pence
    """What the plan's support costs at this horizon, in pence a year."""
    marks: tuple[Mark, ...]
    """What a person has to look at."""


class Assessment(Record):
    """The answer to one plan under one policy on one day.

    Indicative amount and plan cost are kept apart; neither is ever paid. What is agreed is for a
    named person to decide.
    """

    calculation: str
    """The version of the arithmetic. A later engine keeps it, and gives the same bytes."""
    policy: PolicyIdentity
    """The policy applied."""
    effective_on: Day
    """The day the figures are for."""
    horizon: Horizon
    """The horizon that day falls in: the headline."""
    indicative_annual_pence: Pence
    """The headline indicative amount, in pence a year: a starting point, never an entitlement."""
    plan_cost_annual_pence: Pence
    """The headline plan cost, in pence a year."""
    plan_cost_one_off_pence: Pence
    """Support bought once, in pence."""
    sufficient: bool
    """Whether the indicative amount would buy the plan's yearly support at the headline horizon."""
    horizons: tuple[HorizonAmount, ...]
    """Each horizon, in order."""
    working: tuple[Step, ...]
    """Every step of the indicative amounts; the last states the result."""
    plan_cost: PlanCost
    """The plan's cost and its working."""


def assess(plan: Plan, policy: PolicyConfiguration, *, effective_on: date) -> Assessment:
    """Work out a plan's indicative amount and cost, with every step of the working.

    Args:
        plan: The plan.
        policy: The policy in force on the effective date.
        effective_on: The day the figures are for; chooses the headline horizon and the prices.

    Raises:
        DayOutsidePlan: the day is before the plan starts or after its last horizon.
        AgeOutsidePolicy: the policy scores other ages.
        PlanDoesNotFit: answers are missing, not known, or not in the policy.
        OutOfScope: lines ask for what a personal budget may not buy.
        AmountTooLarge: a figure comes to more than any real one.
    """
    periods = horizon_periods(plan, policy)
    chosen_horizon = _headline(periods, on=effective_on)
    fast = compiled(policy)
    amounts = fast.amounts(plan, on=effective_on)
    cost = cost_lines(plan.lines, policy, on=effective_on) if plan.lines else fast.costs_nothing
    horizons = tuple(
        _horizon_amount(policy, number, periods, amounts, cost) for number in range(len(policy.horizons))
    )
    chosen = next(amount for amount in horizons if amount.horizon is chosen_horizon)
    working = [step for rule in policy.horizons for step in amounts[rule.horizon].steps]
    return built(
        Assessment,
        calculation=policy.calculation,
        policy=identity(policy),
        effective_on=effective_on,
        horizon=chosen_horizon,
        indicative_annual_pence=chosen.indicative_annual_pence,
        plan_cost_annual_pence=chosen.plan_cost_annual_pence,
        plan_cost_one_off_pence=cost.one_off_pence,
        sufficient=chosen.indicative_annual_pence >= chosen.plan_cost_annual_pence,
        horizons=horizons,
        working=(*working, _result(plan, policy, chosen, on=effective_on)),
        plan_cost=cost,
    )


def identity(policy: PolicyConfiguration) -> PolicyIdentity:
    """What identifies a policy wherever its figures appear."""
    return built(
        PolicyIdentity,
        authority=policy.authority.code,
        code=policy.code,
        version=policy.version,
        sha256=policy.sha256,
        title=policy.title,
        illustrative=policy.illustrative,
    )


def headline(plan: Plan, policy: PolicyConfiguration, *, on: date) -> Horizon:
    """The horizon in which a day falls.

    Raises:
        DayOutsidePlan: it falls in none.
    """
    return _headline(horizon_periods(plan, policy), on=on)


def horizon_periods(plan: Plan, policy: PolicyConfiguration) -> dict[Horizon, Period]:
    """The days of each horizon: they follow one another from the day the plan starts."""
    lengths = tuple([(rule.horizon, rule.months) for rule in policy.horizons])
    return dict(_periods(plan.starts_on, lengths))


@lru_cache(maxsize=1024)  # plans start on few days
def _periods(starts_on: date, lengths: tuple[tuple[Horizon, int], ...]) -> tuple[tuple[Horizon, Period], ...]:
    periods: list[tuple[Horizon, Period]] = []
    months = 0
    for horizon, length in lengths:
        first_day = add_months(starts_on, months)
        months += length
        periods.append((horizon, Period(first_day, add_months(starts_on, months))))
    return tuple(periods)


def _headline(periods: dict[Horizon, Period], *, on: date) -> Horizon:
    for horizon, period in periods.items():
        if on in period:
            return horizon
    first, last = next(iter(periods.values())), list(periods.values())[-1]
    raise DayOutsidePlan(on=on, starts_on=first.first_day, last_day=last.last_day or first.first_day)


def _horizon_amount(
    policy: PolicyConfiguration,
    number: int,
    periods: dict[Horizon, Period],
    amounts: dict[Horizon, Indicative],
    cost: PlanCost,
) -> HorizonAmount:
    rule = policy.horizons[number]
    period, amount = periods[rule.horizon], amounts[rule.horizon]
    return built(
        HorizonAmount,
        horizon=rule.horizon,
        title=rule.title,
        first_day=period.first_day,
        last_day=period.last_day or period.first_day,
        points=_text(amount.points),
        points_after_resources=_text(amount.points_after_resources),
        indicative_annual_pence=amount.annual_pence,
        indicative_one_off_pence=amount.one_off_pence,
        carer_annual_pence=amount.carer_annual_pence,
        lowest_annual_pence=amount.lowest_annual_pence,
        highest_annual_pence=amount.highest_annual_pence,
        plan_cost_annual_pence=cost.at(rule.horizon),
        marks=amount.marks,
    )


def _text(points: Exact | None) -> str | None:
    return None if points is None else exact_text(points)


def _result(plan: Plan, policy: PolicyConfiguration, chosen: HorizonAmount, *, on: date) -> Step:
    number = next(n for n, rule in enumerate(policy.horizons) if rule.horizon is chosen.horizon)
    return step(
        "result",
        horizon=chosen.horizon,
        rule=f"horizons.{chosen.horizon}",
        source=policy.horizons[number].source,
        words={
            "horizon_title": chosen.title,
            "horizon_days": f"{day_in_words(chosen.first_day)} to {day_in_words(chosen.last_day)}",
            "starts_on": day_in_words(plan.starts_on),
            "effective_on": day_in_words(on),
        },
        arithmetic="amount",
        result=chosen.indicative_annual_pence,
        unit=Unit.PENCE_A_YEAR,
        numbers={"amount": (chosen.indicative_annual_pence, Unit.PENCE_A_YEAR)},
    )
