"""Bounds: the least and the most that a policy allows. A limit cannot decide what a child needs."""

from ras.allocation.variant import Pricing
from ras.policy.amount_rules import Bounds, GroupBounds
from ras.policy.configuration import PolicyConfiguration
from ras.records import Exact
from ras.working import Step, Unit

SENTENCES = {
    "bounds.none": "The policy sets no lowest or highest amount here.",
    "bounds.within": "No lowest or highest amount of the policy changes {amount}.",
    "bounds.floor": "{amount} is below the lowest amount for a child who has needs, so it becomes {floor}.",
    "bounds.soft-cap": "{amount} is above {soft_cap}: it stays, and the panel looks at it.",
    "bounds.hard-cap": (
        "{amount} is above the highest amount of the policy, so it becomes {hard_cap}. A person must "
        "look at this and give reasons: a limit cannot decide what a child needs."
    ),
}


def bound(amount: Exact, policy: PolicyConfiguration, given: Pricing) -> Step:
    """Hold an amount between the floor and the hard cap, and say where it is above the soft cap."""
    unit = given.unit
    place, limits = _limits(policy, given)
    numbers: dict[str, tuple[Exact, Unit]] = {"amount": (amount, unit)}
    kind, rule, arithmetic, result = "bounds.within", place, "amount", amount
    if limits is None:
        kind = "bounds.none"
    elif limits.floor_pence is not None and _has_needs(policy, given) and amount < limits.floor_pence:
        kind, rule, arithmetic = "bounds.floor", f"{place}.floor_pence", "max(amount, floor)"
        numbers["floor"], result = (limits.floor_pence, unit), limits.floor_pence
    elif limits.hard_cap_pence is not None and amount > limits.hard_cap_pence:
        kind, rule, arithmetic = "bounds.hard-cap", f"{place}.hard_cap_pence", "min(amount, hard_cap)"
        numbers["hard_cap"], result = (limits.hard_cap_pence, unit), limits.hard_cap_pence
    elif limits.soft_cap_pence is not None and amount > limits.soft_cap_pence:
        kind, rule = "bounds.soft-cap", f"{place}.soft_cap_pence"
        numbers["soft_cap"] = (limits.soft_cap_pence, unit)
    return given.money(
        kind,
        rule=rule,
        source=policy.bounds.source if policy.bounds else policy.source,
        arithmetic=arithmetic,
        result=result,
        numbers=numbers,
    )


def _limits(policy: PolicyConfiguration, given: Pricing) -> tuple[str, Bounds | GroupBounds | None]:
    bounds = policy.bounds
    if bounds is None:
        return "bounds", None
    for number, group in enumerate(bounds.groups):
        if group.when.meets(given.scored):
            return f"bounds.groups.{number}", group
    return "bounds", bounds


def _has_needs(policy: PolicyConfiguration, given: Pricing) -> bool:
    """Whether there is any need left: points, or where none are added up, an answer above the least one."""
    if policy.allocation.uses_score():
        return given.points > 0
    return any(answer.rank > min(answer.ranks.values()) for answer in given.scored.answers.values())
