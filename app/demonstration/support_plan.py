"""From answers to a whole support plan: later horizons, the family's own levels, lines to buy.

The plan's lines are drawn so that their yearly cost comes near the child's indicative amount, as
plans written with that amount in mind would. Prices are read from the policy's rate card.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from functools import cache
from random import Random
from typing import Final, NamedTuple

from app.demonstration.answers import Answers, any_of
from app.demonstration.monitoring import pick
from ras.plan import Circumstance, Frequency, Levels, Need, Plan, PlanLine, Resource, ResourceKind
from ras.policy.configuration import PolicyConfiguration
from ras.records import exact, exact_text
from ras.working import Horizon

LATER_CHANGES: Final = {0: 72, -1: 20, 1: 8}
"""How a level differs from the one at the horizon before, in invented per cent: mostly not, often better."""
FAMILY_DIFFERENCES: Final = {0: 62, 1: 31, -1: 7}
"""How the family's own level differs from the worker's, in invented per cent."""
FAMILIES_WITH_OWN_LEVELS: Final = 0.45
"""The share of families who give levels of their own."""
UNFINISHED_QUESTIONS: Final = 0.04
"""The share of plans with needs that the questions do not capture."""

COSTS_OF_PLANS: Final = {(0.73, 0.85): 30, (0.85, 0.97): 38, (0.97, 1.03): 22, (1.08, 1.30): 10}
"""What plans cost as a share of the indicative amount, from and to, in invented per cent of plans."""
LEAST_BUDGET_PENCE: Final = 150_00
"""A plan is written to cost about this much a year even where the indicative amount is less."""
PLANS_WITH_EQUIPMENT: Final = 0.15
"""The share of plans with equipment on a written quote, bought once."""
LINES_BY_BUDGET_PENCE: Final = ((600_00, {1: 1}), (2_500_00, {1: 45, 2: 55}), (7_000_00, {2: 60, 3: 40}))
"""Below a yearly budget in pence, how many lines a plan has and how often."""
LINES_OF_LARGE_PLANS: Final = {3: 60, 4: 40}
"""How many lines a plan has above the last of those budgets, and how often."""

GIVERS: Final = {
    "independence": {"family": 60, "targeted": 25, "community": 15},
    "behaviour": {"family": 50, "targeted": 35, "universal": 15},
    "relationships": {"family": 45, "community": 45, "universal": 10},
    "education": {"universal": 55, "family": 35, "targeted": 10},
}
"""Who gives what is already there towards each outcome, in invented per cent."""
HOW_LONG_RESOURCES_LAST: Final = {None: 80, (Horizon.SHORT, Horizon.MEDIUM): 12, (Horizon.SHORT,): 8}
"""The horizons at which a resource that counts today is there (None is all of them), in invented per cent."""
RESOURCES_NOT_COUNTING: Final = 0.25
"""For each outcome with need, the share of children with a resource that does not count today."""
REASONS_NOT_TO_COUNT: Final = {"unwilling": 35, "passing": 40, "to-come": 25}
"""Not willing or able, not lasting, or only there at later horizons, in invented per cent."""

SUPPORT: Final = {
    "independence": {
        ("personal-assistant", "personal-care"): 50,
        ("agency-care", "personal-care"): 30,
        ("personal-assistant", "learning-skills"): 20,
    },
    "behaviour": {
        ("personal-assistant", "short-break"): 45,
        ("short-break-night", "short-break"): 35,
        ("agency-care", "short-break"): 20,
    },
    "relationships": {("activity-club", "joining-in"): 65, ("personal-assistant", "joining-in"): 35},
    "education": {("personal-assistant", "learning-skills"): 80, ("activity-club", "learning-skills"): 20},
}
"""What is bought for each outcome: rate card item and purpose, in invented per cent."""
LINES_ENDING_EARLY: Final = 0.12
"""The share of lines that are not wanted at the long horizon."""
MOST_ANNUAL_PENCE: Final = {"activity-club": 2_200_00, "short-break-night": 9_000_00}
"""Lines above so much money a year buy something else: no child goes to ten clubs a week."""
EQUIPMENT: Final = "equipment"
"""The rate card item and the purpose of what is bought once."""

WEEKLY, HALF_WEEKLY = (Frequency.WEEK, None, Fraction(1)), (Frequency.WEEK, None, Fraction(1, 2))
TERM_TIME, MONTHLY = (Frequency.WEEK, 39, Fraction(1)), (Frequency.MONTH, None, Fraction(1))
YEARLY = (Frequency.YEAR, None, Fraction(1))
RHYTHMS: Final = {
    "personal-assistant": (HALF_WEEKLY, MONTHLY, YEARLY),
    "agency-care": (HALF_WEEKLY, MONTHLY, YEARLY),
    "activity-club": (TERM_TIME, MONTHLY, YEARLY),
    "short-break-night": (MONTHLY, YEARLY),
}
"""How each item is bought: a week, month or year; in how many weeks; the smallest quantity. Coarse first."""
LEAST_STEPS: Final = 3
"""A rhythm is used when a line's money buys its smallest quantity so many times."""


class Rhythm(NamedTuple):
    """A way of buying an item, with what its smallest quantity costs a year, in whole pence, rounded."""

    per: Frequency
    weeks: int | None
    step: Fraction
    annual_pence: int


def rhythms(policy: PolicyConfiguration, *, on: date) -> dict[str, tuple[Rhythm, ...]]:
    """The ways of buying each item at the rate card's prices of a day, from coarse to fine."""
    times = {Frequency.MONTH: 12, Frequency.YEAR: 1}
    weeks_per_year = exact(policy.money.weeks_per_year)
    ways: dict[str, tuple[Rhythm, ...]] = {}
    for item, choices in RHYTHMS.items():
        price = policy.items[item].price_on(on)
        if price is None or price.price_pence is None:
            message = f"the demonstration needs a price for {item} on {on}"
            raise ValueError(message)
        on_costs = sum(exact(on_cost.percent) for on_cost in price.on_costs)
        unit_pence = price.price_pence * (1 + Fraction(on_costs) / 100)
        ways[item] = tuple(
            Rhythm(per, weeks, step, round(unit_pence * step * times.get(per, weeks or weeks_per_year)))
            for per, weeks, step in choices
        )
    return ways


def draw_plan(
    rng: Random,
    answers: Answers,
    policy: PolicyConfiguration,
    ways: dict[str, tuple[Rhythm, ...]],
    *,
    born_on: date,
    starts_on: date,
    section: str,
    indicative_annual_pence: int,
) -> Plan:
    """Draw the rest of a plan: its answers today are given, its lines cost about the indicative amount.

    Args:
        rng: The child's own source of chance.
        answers: Levels, resources and circumstances that decide the amount today.
        policy: The policy whose codes the plan is written in.
        ways: The ways of buying each item, by `rhythms`.
        born_on: The child's date of birth.
        starts_on: The day the plan starts.
        section: The section of the EHC or care plan that the lines' provision is numbered in, such as `H1`.
        indicative_annual_pence: What the answers are worth, in pence a year.
    """
    lines = draw_lines(
        rng, answers, policy, ways, section=section, indicative_annual_pence=indicative_annual_pence
    )
    return Plan(
        born_on=born_on,
        starts_on=starts_on,
        needs=tuple(_draw_needs(rng, answers, policy)),
        resources=tuple(_draw_resources(rng, answers, policy)),
        circumstances=_circumstances(answers.area, answers.siblings),
        lines=tuple(lines),
        needs_not_captured=rng.random() < UNFINISHED_QUESTIONS,
    )


def bare_plan(answers: Answers, policy: PolicyConfiguration, *, born_on: date, starts_on: date) -> Plan:
    """The plan that says only what decides the amount today, the same at every horizon."""
    return Plan(
        born_on=born_on,
        starts_on=starts_on,
        needs=tuple(
            Need(domain=domain.code, levels=Levels(short=level, medium=level, long=level))
            for domain, place in zip(policy.domains, answers.levels, strict=True)
            for level in [domain.levels[place].code]
        ),
        resources=tuple(
            Resource(
                domain=policy.domains[place].code,
                kind=ResourceKind.FAMILY,
                contribution=contribution,
                willing_and_able=True,
                will_last=True,
            )
            for place, contribution in answers.present
        ),
        circumstances=_circumstances(answers.area, answers.siblings),
    )


def draw_lines(
    rng: Random,
    answers: Answers,
    policy: PolicyConfiguration,
    ways: dict[str, tuple[Rhythm, ...]],
    *,
    section: str,
    indicative_annual_pence: int,
) -> Iterator[PlanLine]:
    """Draw lines for the outcomes with need, the greatest need first, within the plan's budget."""
    low, high = pick(rng, COSTS_OF_PLANS)
    budget = int(max(indicative_annual_pence, LEAST_BUDGET_PENCE) * (low + (high - low) * rng.random()))
    ranked = sorted(
        (-level, rng.random(), domain.code)
        for domain, level in zip(policy.domains, answers.levels, strict=True)
        if level
    )
    outcomes = [code for _, _, code in ranked]
    wanted = pick(
        rng, next((n for below, n in LINES_BY_BUDGET_PENCE if budget < below), LINES_OF_LARGE_PLANS)
    )
    for number in range(1, wanted + 1):
        domain = outcomes[(number - 1) % len(outcomes)]
        last = number == wanted
        share = 1.0 if last else (0.75 + 0.5 * rng.random()) / (wanted - number + 1)
        item, purpose = _affordable(rng, domain, ways, pence=int(budget * share))
        way, steps = _quantity(ways[item], pence=int(budget * share), fine=last)
        budget -= way.annual_pence * steps
        ends_early = rng.random() < LINES_ENDING_EARLY
        yield PlanLine(
            domain=domain,
            item=item,
            purpose=purpose,
            quantity=exact_text(way.step * steps),
            per=way.per,
            weeks=way.weeks,
            horizons=(Horizon.SHORT, Horizon.MEDIUM) if ends_early else None,
            provision=f"{section}.{number}",
        )
    if rng.random() < PLANS_WITH_EQUIPMENT:
        yield PlanLine(
            domain=outcomes[0],
            item=EQUIPMENT,
            purpose=EQUIPMENT,
            quantity="1",
            per=Frequency.ONCE,
            provision=f"{section}.{wanted + 1}",
            quoted_price_pence=(8 + int(rng.random() * 90)) * 5_00,
        )


def _affordable(
    rng: Random, domain: str, ways: dict[str, tuple[Rhythm, ...]], *, pence: int
) -> tuple[str, str]:
    support = SUPPORT[domain]
    fitting = {
        (item, purpose): share
        for (item, purpose), share in support.items()
        if ways[item][-1].annual_pence * 2 <= pence <= MOST_ANNUAL_PENCE.get(item, pence)
    }
    return pick(rng, fitting or {next(iter(support)): 1})


def _quantity(ways: Iterable[Rhythm], *, pence: int, fine: bool) -> tuple[Rhythm, int]:
    least = LEAST_STEPS * 3 if fine else LEAST_STEPS
    for way in ways:
        steps = (2 * pence + way.annual_pence) // (2 * way.annual_pence)
        if steps >= least:
            break
    return way, max(1, steps)


def _draw_needs(rng: Random, answers: Answers, policy: PolicyConfiguration) -> Iterator[Need]:
    gives_own_levels = rng.random() < FAMILIES_WITH_OWN_LEVELS
    for domain, short in zip(policy.domains, answers.levels, strict=True):
        highest = len(domain.levels) - 1
        medium = min(highest, max(0, short + pick(rng, LATER_CHANGES)))
        long = min(highest, max(0, medium + pick(rng, LATER_CHANGES)))
        codes = [level.code for level in domain.levels]
        own: Levels | None = None
        if gives_own_levels:
            difference = pick(rng, FAMILY_DIFFERENCES)
            own = _levels(*(codes[min(highest, max(0, n + difference))] for n in (short, medium, long)))
        yield Need(
            domain=domain.code, levels=_levels(*(codes[n] for n in (short, medium, long))), family_levels=own
        )


@cache  # records are frozen, and caseloads say the same few again and again
def _levels(short: str, medium: str, long: str) -> Levels:
    return Levels(short=short, medium=medium, long=long)


@cache
def _circumstances(area: str, siblings: int) -> tuple[Circumstance, ...]:
    return (
        Circumstance(circumstance="area", choice=area),
        Circumstance(circumstance="disabled-siblings", count=siblings),
    )


def _draw_resources(rng: Random, answers: Answers, policy: PolicyConfiguration) -> Iterator[Resource]:
    """The resources that count today, then those that do not: unwilling, passing, or still to come."""
    codes = [domain.code for domain in policy.domains]
    for place, contribution in answers.present:
        yield _resource(rng, codes[place], contribution, horizons=pick(rng, HOW_LONG_RESOURCES_LAST))
    worth = [c.code for c in policy.resources_present.contributions if exact(c.points or "0") > 0]
    for domain, level in zip(codes, answers.levels, strict=True):
        if level and rng.random() < RESOURCES_NOT_COUNTING:
            why = pick(rng, REASONS_NOT_TO_COUNT)
            yield _resource(
                rng,
                domain,
                any_of(rng, worth),
                horizons=(Horizon.MEDIUM, Horizon.LONG) if why == "to-come" else None,
                willing_and_able=why != "unwilling",
                will_last=why != "passing",
            )


def _resource(
    rng: Random,
    domain: str,
    contribution: str,
    *,
    horizons: tuple[Horizon, ...] | None,
    willing_and_able: bool = True,
    will_last: bool = True,
) -> Resource:
    return Resource(
        domain=domain,
        kind=ResourceKind(pick(rng, GIVERS[domain])),
        contribution=contribution,
        horizons=horizons,
        willing_and_able=willing_and_able,
        will_last=will_last,
    )
