"""What makes two indicative amounts differ, in the order of the working; and the sums beside them."""

from collections.abc import Iterator

from ras.differences.allocation import allocation_differences
from ras.differences.difference import (
    Difference,
    DifferenceKind,
    Placed,
    Said,
    Side,
    Sides,
    by_kind,
    code_of,
    pairs,
    pointing,
    told,
)
from ras.differences.modifier import modifier_differences
from ras.differences.score import score_differences

HORIZON = "The amount before was for the {was}. The new amount is for the {now}."
RULES = (
    "The rules changed. Before: {was.title}, version {was.version}. Now: {now.title}, version {now.version}."
)
UPRATING = {
    "uprating.percent": Said(
        "From {year}, {percent} was added before.",
        "Now {percent} is added.",
        new="From {year}, nothing was added before. Now {percent} is added.",
        gone="From {year}, {percent} was added before. Now nothing is added.",
    ),
    "uprating.flat": Said(
        "From {year}, {added} was added before.",
        "Now {added} is added.",
        new="From {year}, nothing was added before. Now {added} is added.",
        gone="From {year}, {added} was added before. Now nothing is added.",
    ),
    "uprating.index": Said(
        "From {year}, the amount followed an index that went from {index_from} to {index_to}.",
        "Now the amount follows an index that goes from {index_from} to {index_to}.",
        new=(
            "From {year}, nothing was added before. Now the amount follows an index that goes from "
            "{index_from} to {index_to}."
        ),
        gone=(
            "From {year}, the amount followed an index that went from {index_from} to {index_to}. Now it "
            "follows none."
        ),
    ),
}
DEFLATOR = Said(
    "{title}: the amount was multiplied by {factor} before.",
    "Now it is multiplied by {factor}.",
    new="{title}: this is new. Now the amount is multiplied by {factor}.",
    gone="{title}: the amount was multiplied by {factor} before. Now it is not.",
)
NO_LIMIT = Said(
    "Before, no lowest or highest amount changed it.", "Now no lowest or highest amount changes it."
)
BOUNDS = {
    "bounds.none": NO_LIMIT,
    "bounds.within": NO_LIMIT,
    "bounds.soft-cap": NO_LIMIT,
    "bounds.floor": Said(
        "Before, the amount was raised to the lowest one of the policy, {floor}.",
        "Now it is raised to the lowest one of the policy, {floor}.",
    ),
    "bounds.hard-cap": Said(
        "Before, the amount was cut to the highest one of the policy, {hard_cap}.",
        "Now it is cut to the highest one of the policy, {hard_cap}.",
    ),
}
TIMES = Said("The amount was counted {times} times a year before.", "Now it is counted {times} times a year.")
ROUNDING = {
    "rounding": Said(
        "The amount was rounded to a multiple of {step}, {mode}.",
        "Now it is rounded to a multiple of {step}, {mode}.",
    ),
    "period.to-year": Said(
        "Each line of money was rounded to a multiple of {step}, {mode}.",
        "Now each line of money is rounded to a multiple of {step}, {mode}.",
    ),
}
"""Where each line is rounded, the line that says how is that of the period: the last before the total."""
AMOUNT = Said("The indicative amount was {result} before.", "Now it is {result}.")
ONE_OFF = Said(
    "{title}: {result} was paid once before, beside the yearly amount.",
    "Now {result} is paid once.",
    new=(
        "{title}: this did not apply before. Now {result} is paid once, beside the yearly amount, because "
        "{because}."
    ),
    gone="{title}: {result} was paid once before, beside the yearly amount. Now this does not apply.",
)
CARER_SUM = Said(
    "The separate sum for the carer was {result} before.",
    "Now it is {result}. It is no part of your child's amount.",
    new=(
        "There was no separate sum for the carer before. Now there is one of {result}. It is no part of your "
        "child's amount."
    ),
    gone=(
        "There was a separate sum for the carer before, {result}. Now there is none. It was no part of your "
        "child's amount."
    ),
    by="{result}",
)


def amount_differences(sides: Sides) -> Iterator[Difference]:
    """Everything that makes the indicative amounts differ, the amounts, and then the sums beside them."""
    found = list(_causes(sides))
    yield from found
    kind = found[0].kind if found else sides.by_rules
    yield from told(kind, *sides.only("rounding"), AMOUNT)
    yield from _beside(sides)


def _causes(sides: Sides) -> Iterator[Difference]:
    yield from _horizon(sides)
    yield from _policy(sides)
    score = list(score_differences(sides))
    yield from score
    yield from allocation_differences(sides, score)
    yield from modifier_differences(sides)
    yield from _uprating(sides)
    yield from told(DifferenceKind.RULES, *sides.only("deflator"), DEFLATOR)
    of_limits = score[0].kind if score and not sides.rules_differ else sides.by_rules
    yield from told(of_limits, *sides.only("bounds"), by_kind(BOUNDS))
    yield from told(DifferenceKind.RULES, *sides.only("period"), TIMES)
    yield from told(DifferenceKind.RULES, _rounding(sides.old), _rounding(sides.new), by_kind(ROUNDING))


def _horizon(sides: Sides) -> Iterator[Difference]:
    if sides.old.horizon is not sides.new.horizon:
        was, now = sides.old.total_cost(), sides.new.total_cost()
        sentence = HORIZON.format(was=was["horizon_title"], now=now["horizon_title"])
        yield pointing(DifferenceKind.HORIZON, was, now, sentence)


def _policy(sides: Sides) -> Iterator[Difference]:
    if sides.rules_differ:
        was, now = sides.old.assessment.policy, sides.new.assessment.policy
        place = ("/policy",)
        sentence = RULES.format(was=was, now=now)
        yield Difference(kind=DifferenceKind.RULES, old=place, new=place, sentence=sentence)


def _uprating(sides: Sides) -> Iterator[Difference]:
    kind = DifferenceKind.RULES if sides.rules_differ else DifferenceKind.PRICES
    for was, now in pairs(*sides.family("uprating"), by=lambda placed: placed["year"].value):
        yield from told(kind, was, now, by_kind(UPRATING))


def _rounding(side: Side) -> Placed | None:
    """The step that says how amounts are rounded."""
    rounding = side.only("rounding")
    return rounding if rounding and rounding.kind in ROUNDING else side.only("period")


def _beside(sides: Sides) -> Iterator[Difference]:
    """The sums that are no part of the yearly amount."""
    for was, now in pairs(*sides.family("one-off"), by=code_of):
        yield from told(sides.why(was, now), was, now, ONE_OFF)
    kind = DifferenceKind.RULES if sides.rules_differ else DifferenceKind.RESOURCES
    yield from told(kind, _carer_sum(sides.old), _carer_sum(sides.new), CARER_SUM)


def _carer_sum(side: Side) -> Placed | None:
    """The step with the separate sum for the carer, where it comes to anything."""
    steps = (placed for placed in side.family("resources") if placed.kind == "resources.carer-sum")
    return next((placed for placed in steps if placed.step.result.number), None)
