"""What makes two plans cost another sum a year: prices, and what is bought and how much of it."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest

from ras.differences.difference import (
    Difference,
    DifferenceKind,
    Placed,
    Said,
    Side,
    Sides,
    pointing,
    told,
)

PRICE = Said(
    "{item} {counted}: the price of each was {price} before.",
    "Now it is {price}.",
    new="{item} {counted}: this is new in this part of the plan. It costs {result}.",
    gone="{item} {counted}: this is no longer in this part of the plan. It cost {result}.",
)
ON_COSTS = Said("{item}: what comes on top of the price was {on_costs} before.", "Now it is {on_costs}.")
QUANTITY = "{item} {counted}: the plan had {was} before. Now it has {now}."
PLAN_COST = Said("The support in the plan cost {result} before.", "Now it costs {result}.")


def cost_differences(sides: Sides) -> Iterator[Difference]:
    """Everything that makes the yearly cost of the plans differ. Support bought once is no part."""
    was, now = _by_item(sides.old), _by_item(sides.new)
    found = [
        each
        for key in dict.fromkeys([*was, *now])
        for before, after in zip_longest(was.get(key, ()), now.get(key, ()))
        for each in _line(before, after)
    ]
    yield from found
    kind = found[0].kind if found else DifferenceKind.RULES
    yield from told(kind, sides.old.total_cost(), sides.new.total_cost(), PLAN_COST)


def _by_item(side: Side) -> Mapping[tuple[str, str], list[Placed]]:
    """The lines by what they buy and which domain's outcome they serve."""
    found: dict[tuple[str, str], list[Placed]] = {}
    for line, placed in side.lines():
        found.setdefault((line.item, line.domain), []).append(placed)
    return found


def _line(was: Placed | None, now: Placed | None) -> Iterator[Difference]:
    if was is None or now is None:
        yield from told(DifferenceKind.PLAN, was, now, PRICE)
        return
    yield from told(DifferenceKind.PRICES, was, now, PRICE)
    yield from told(DifferenceKind.PRICES, was, now, ON_COSTS)
    if any(was[name] != now[name] for name in ("quantity", "how_often", "times")):
        what = {"item": now["item"], "counted": now["counted"]}
        sentence = QUANTITY.format(**what, was=_how_much(was, now), now=_how_much(now, was))
        yield pointing(DifferenceKind.PLAN, was, now, sentence)


def _how_much(placed: Placed, other: Placed) -> str:
    """How much of an item; how many times a year only where that is what changed."""
    often = f"{placed['quantity']} {placed['how_often']}"
    is_the_change = placed["how_often"] == other["how_often"] and placed["times"] != other["times"]
    return f"{often}, {placed['times']} times a year" if is_the_change else often
