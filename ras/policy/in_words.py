"""A policy's calculation in plain words, in order: what the Local Offer publishes."""

from collections.abc import Iterator
from typing import assert_never

from ras.money import MoneyPeriod
from ras.policy.amount_rules import (
    Add,
    AddForEach,
    AddOnRootScale,
    AgeTaper,
    Bounds,
    GroupBounds,
    Modifier,
    Multiply,
    StaffRatio,
    Subtract,
)
from ras.policy.configuration import PolicyConfiguration
from ras.records import exact
from ras.statement import NOT_AN_OFFER
from ras.uprating import year_in_words
from ras.working import Quantity, Unit, decimal

RESOURCES = {
    "none": "What family, community and services give is written down and takes nothing off.",
    "in-descriptors": "The answers already describe the help needed beyond what is there.",
    "points": "Help that is there, is freely given and will last takes points off its own area, once.",
    "fraction": "Help that is there, is freely given and will last covers a part of its own area, once.",
    "hours": "Help that is there, is freely given and will last takes hours off its own area, once.",
    "carer-sum": "Help that family gives takes nothing off; the carer has a separate sum for it.",
}


def policy_in_words(policy: PolicyConfiguration) -> tuple[str, ...]:
    """How amounts are worked out, a sentence a step. The table itself is `Variant.in_words`."""
    return (
        *_questions(policy),
        *_points(policy),
        *(_modifier(modifier, policy) for modifier in policy.modifiers),
        *_around_the_amount(policy),
        NOT_AN_OFFER,
    )


def _questions(policy: PolicyConfiguration) -> Iterator[str]:
    titles = ", ".join(domain.title for domain in policy.domains)
    yield f"We ask about {len(policy.domains)} areas of your child's life: {titles}."
    by_code = {domain.code: domain.title for domain in policy.domains}
    for questionnaire in policy.questionnaires:
        asked = ", ".join(by_code[code] for code in questionnaire.domains)
        yield f"{questionnaire.title}: we ask about {asked}."


def _points(policy: PolicyConfiguration) -> Iterator[str]:
    if policy.allocation.uses_score():
        yield "Each answer has points. We multiply them by the area's weight and add them up."
        if policy.scoring.scale != "1":
            yield f"Then we multiply the sum by {decimal(exact(policy.scoring.scale))}."
    yield RESOURCES[policy.resources_present.mode]
    if policy.allocation.uses_score():
        yield "The points that are left become money by the table below."
    else:
        yield "The answers themselves become money by the table below."


def _modifier(modifier: Modifier, policy: PolicyConfiguration) -> str:
    unit = policy.money_unit
    match modifier:
        case Add(amount_pence=pence):
            what = f"{Quantity.of(pence, unit)} is added"
        case AddForEach(amount_pence=pence):
            most = "" if modifier.at_most is None else f", up to {modifier.at_most}"
            what = f"{Quantity.of(pence, unit)} is added for each{most},"
        case Subtract(amount_pence=pence):
            what = f"{Quantity.of(pence, unit)} is taken off"
        case Multiply():
            what = f"the amount is multiplied by {decimal(exact(modifier.factor))}"
        case AddOnRootScale():
            added = decimal(exact(modifier.added))
            what = f"{added} is added to the square root of the amount, and the sum is multiplied by itself,"
        case StaffRatio():
            what = f"what pays for hours of staff is multiplied by {decimal(exact(modifier.ratio))}"
        case AgeTaper():
            steps = ", ".join(f"{decimal(exact(f.factor))} at {f.age}" for f in modifier.factors)
            what = f"the amount is multiplied by a number that changes evenly with age ({steps}),"
        case _:
            assert_never(modifier)
    return f"{modifier.title}: {what} when {modifier.because}."


def _around_the_amount(policy: PolicyConfiguration) -> Iterator[str]:
    if policy.uprating:
        first, last = policy.uprating[0].year, policy.uprating[-1].year
        yield (
            f"The amount follows the rises in prices that the policy gives for {year_in_words(first)} to "
            f"{year_in_words(last)}."
        )
    for rule in policy.one_offs:
        yield f"{rule.title}: {Quantity.of(rule.amount_pence, Unit.PENCE)}, once, when {rule.because}."
    if policy.deflator is not None:
        factor = decimal(exact(policy.deflator.factor))
        yield f"{policy.deflator.title}: the amount is multiplied by {factor}."
    if policy.bounds is not None:
        yield from _bounds(policy.bounds, policy)
        for group in policy.bounds.groups:
            yield f"{group.title} have their own least and most:"
            yield from _bounds(group, policy)
    if policy.money.period is not MoneyPeriod.YEAR:
        yield f"What it comes to is multiplied by {decimal(policy.times_a_year)} for a year."
    step = Quantity.of(policy.rounding.step_pence, Unit.PENCE)
    what = "The yearly amount is" if policy.rounding.stage == "total" else "Each line of money is"
    yield f"{what} rounded once, {policy.rounding.mode_in_words}, to a multiple of {step}."
    if policy.calibration is not None:
        yield (
            f"The table was set on {policy.calibration.cases} packages. Beside the amount stands the range "
            f"in which {decimal(exact(policy.calibration.share_percent))}% of them lay."
        )


def _bounds(bounds: Bounds | GroupBounds, policy: PolicyConfiguration) -> Iterator[str]:
    if bounds.floor_pence is not None:
        floor = Quantity.of(bounds.floor_pence, policy.money_unit)
        yield f"A child with any points left has at least {floor}."
    if bounds.soft_cap_pence is not None:
        cap = Quantity.of(bounds.soft_cap_pence, policy.money_unit)
        yield f"An amount above {cap} stands, and the panel looks at it."
    if bounds.hard_cap_pence is not None:
        cap = Quantity.of(bounds.hard_cap_pence, policy.money_unit)
        yield f"An amount above {cap} is cut to it; a person then looks at the needs and gives reasons."
