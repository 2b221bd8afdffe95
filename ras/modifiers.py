"""Modifiers: what is added to the amount, taken off it or multiplies it, in the policy's order."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple, assert_never

from ras.allocation.variant import Pricing
from ras.irrational import root
from ras.policy.amount_rules import (
    Add,
    AddForEach,
    AddOnRootScale,
    AgeFactor,
    AgeTaper,
    Modifier,
    Multiply,
    StaffRatio,
    Subtract,
)
from ras.records import Exact, exact, tidy
from ras.working import Plainer, Step, Unit

SENTENCES = {
    "modifier.left-out": "{title} does not apply to your child, so nothing changes here.",
    "modifier.add": "{title}: because {because}, {added} is added to {amount}. That makes {result}.",
    "modifier.add-for-each": (
        "{title}: because {because}, {each} is added to {amount} for each of {count}. That makes {result}."
    ),
    "modifier.subtract": (
        "{title}: because {because}, {less} is taken off {amount}, and never more than all of it. That makes "
        "{result}."
    ),
    "modifier.multiply": (
        "{title}: because {because}, {amount} is multiplied by {factor}. That makes {result}."
    ),
    "modifier.add-on-root-scale": (
        "{title}: because {because}, {added} is added to the square root of {amount} in pounds, and the sum "
        "is multiplied by itself. That makes {result}."
    ),
    "modifier.staff-ratio": (
        "{title}: because {because}, the part of {amount} that pays for hours of staff, {staff}, is "
        "multiplied by {ratio}. That makes {result}."
    ),
    "modifier.age-taper": (
        "{title}: because {because}, {amount} is multiplied by a number between {lower_factor} and "
        "{upper_factor}, in proportion to age: {passed} of {months} months have passed. That makes {result}."
    ),
}

PLAINER = {
    "modifier.age-taper": Plainer(
        "months",
        "0",
        "{title}: because {because}, {amount} is multiplied by {lower_factor} at this age. That makes "
        "{result}.",
    ),
}

MONTHS_A_YEAR = 12
PENCE_IN_A_POUND = 100


class Modified(NamedTuple):
    """What a modifier makes of an amount."""

    step: Step
    staff_pence: Exact
    """The part of the amount that pays for hours of staff, afterwards."""


class _Change(NamedTuple):
    arithmetic: str
    pence: Exact
    staff_pence: Exact
    numbers: Mapping[str, tuple[Exact, Unit]]


def modify(amount: Exact, staff: Exact, modifier: Modifier, given: Pricing) -> Modified:
    """Apply one modifier, or say that it does not apply.

    Args:
        amount: Pence so far, exactly, in the policy's period.
        staff: The part of it that pays for hours of staff.
        modifier: The modifier.
        given: The score, the facts, and how lines are written.
    """
    rule = f"modifiers.{modifier.code}"
    before = {"amount": (amount, given.unit)}
    if modifier.when is not None and not modifier.when.meets(given.scored):
        line = given.money(
            "modifier.left-out",
            rule=rule,
            source=modifier.source,
            words={"title": modifier.title},
            arithmetic="amount",
            result=amount,
            numbers=before,
        )
        return Modified(line, staff)
    change = _change(amount, staff, modifier, given)
    line = given.money(
        f"modifier.{modifier.kind}",
        rule=rule,
        source=modifier.source,
        words={"title": modifier.title, "because": modifier.because},
        arithmetic=change.arithmetic,
        result=change.pence,
        numbers={**before, **change.numbers},
    )
    return Modified(line, min(tidy(change.staff_pence), line.result.number))


def _change(amount: Exact, staff: Exact, modifier: Modifier, given: Pricing) -> _Change:
    unit = given.unit
    match modifier:
        case Add(amount_pence=added):
            change = _Change("amount + added", amount + added, staff, {"added": (added, unit)})
        case AddForEach(amount_pence=each):
            count = given.facts.counts[modifier.circumstance]
            count = count if modifier.at_most is None else min(count, modifier.at_most)
            numbers = {"each": (each, unit), "count": (count, Unit.NUMBER)}
            change = _Change("amount + each * count", amount + each * count, staff, numbers)
        case Subtract(amount_pence=less):
            left = max(0, amount - less)
            change = _Change("max(0, amount - less)", left, min(staff, left), {"less": (less, unit)})
        case Multiply():
            factor = exact(modifier.factor)
            change = _Change(
                "amount * factor", amount * factor, staff * factor, {"factor": (factor, Unit.NUMBER)}
            )
        case AddOnRootScale():
            added_to_root = exact(modifier.added)
            of_pounds = root(tidy(Fraction(amount) / PENCE_IN_A_POUND))
            change = _Change(
                "amount + (2 * root(amount / 100) + added) * added * 100",
                amount + (2 * of_pounds + added_to_root) * added_to_root * PENCE_IN_A_POUND,
                staff,
                {"added": (added_to_root, Unit.NUMBER)},
            )
        case StaffRatio():
            ratio = exact(modifier.ratio)
            change = _Change(
                "amount - staff + staff * ratio",
                amount - staff + staff * ratio,
                staff * ratio,
                {"staff": (staff, unit), "ratio": (ratio, Unit.NUMBER)},
            )
        case AgeTaper():
            change = _taper(amount, staff, modifier, given.facts.months)
        case _:
            assert_never(modifier)
    return change


def _taper(amount: Exact, staff: Exact, modifier: AgeTaper, age_in_months: int) -> _Change:
    lower, upper = _around(modifier.factors, age_in_months)
    months = (upper.age - lower.age) * MONTHS_A_YEAR
    passed = age_in_months - lower.age * MONTHS_A_YEAR if months else 0
    low, high = exact(lower.factor), exact(upper.factor)
    factor = tidy(low + Fraction(passed) * (high - low) / months) if months else low
    arithmetic = "amount * (lower_factor + (upper_factor - lower_factor) * passed / months)"
    return _Change(
        arithmetic if months else "amount * lower_factor",
        amount * factor,
        staff * factor,
        {
            "lower_factor": (low, Unit.NUMBER),
            "upper_factor": (high, Unit.NUMBER),
            "passed": (passed, Unit.NUMBER),
            "months": (months, Unit.NUMBER),
        },
    )


def _around(factors: tuple[AgeFactor, ...], age_in_months: int) -> tuple[AgeFactor, AgeFactor]:
    """The factors before and after an age; the same one twice before the first and after the last."""
    known = [number for number, each in enumerate(factors) if each.age * MONTHS_A_YEAR <= age_in_months]
    if not known:
        return factors[0], factors[0]
    return factors[known[-1]], factors[min(known[-1] + 1, len(factors) - 1)]
