"""Modifiers: what is added to the amount, or multiplies it, in the policy's order."""

from typing import assert_never

from ras.conditions import Facts
from ras.policy.configuration import Add, Modifier, Multiply, PolicyConfiguration
from ras.records import Exact, exact, tidy
from ras.working import Horizon, Step, Unit, step

SENTENCES = {
    "modifier.left-out": "{title} does not apply to your child, so nothing changes here.",
    "modifier.add": "{title}: because {because}, {added} is added to {amount}. That makes {result}.",
    "modifier.multiply": (
        "{title}: because {because}, {amount} is multiplied by {factor}. That makes {result}."
    ),
}


def modify(
    amount: Exact, modifier: Modifier, policy: PolicyConfiguration, facts: Facts, *, horizon: Horizon
) -> Step:
    """Apply one modifier, or say that it does not apply.

    Returns:
        The step whose result is the amount afterwards, in exact pence in the policy's period.
    """
    unit = policy.money_unit
    rule = f"modifiers.{modifier.code}"
    before = (amount, unit)
    if modifier.when is not None and not modifier.when.holds(facts):
        return step(
            "modifier.left-out",
            horizon=horizon,
            rule=rule,
            source=modifier.source,
            words={"title": modifier.title},
            arithmetic="amount",
            result=amount,
            unit=unit,
            numbers={"amount": before},
        )
    words = {"title": modifier.title, "because": modifier.because}
    match modifier:
        case Add():
            return step(
                "modifier.add",
                horizon=horizon,
                rule=rule,
                source=modifier.source,
                words=words,
                arithmetic="amount + added",
                result=tidy(amount + modifier.amount_pence),
                unit=unit,
                numbers={"amount": before, "added": (modifier.amount_pence, unit)},
            )
        case Multiply():
            factor = exact(modifier.factor)
            return step(
                "modifier.multiply",
                horizon=horizon,
                rule=rule,
                source=modifier.source,
                words=words,
                arithmetic="amount * factor",
                result=tidy(amount * factor),
                unit=unit,
                numbers={"amount": before, "factor": (factor, Unit.NUMBER)},
            )
        case _:
            assert_never(modifier)
