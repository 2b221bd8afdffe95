"""What makes two plans cost another sum a year: prices, and what is bought and how much of it."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest

from ras.differences.difference import Difference, DifferenceKind, Placed, Side, Sides, says


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
    before, after = sides.old.total_cost(), sides.new.total_cost()
    if before.step.result != after.step.result:
        kind = found[0].kind if found else DifferenceKind.RULES
        costs = {"was": before.step.result, "now": after.step.result}
        yield says(kind, "plan-cost", before, after, **costs)


def _by_item(side: Side) -> Mapping[tuple[str, str], list[Placed]]:
    """The lines by what they buy and which domain's outcome they serve."""
    found: dict[tuple[str, str], list[Placed]] = {}
    for line, placed in side.lines():
        found.setdefault((line.item, line.domain), []).append(placed)
    return found


def _line(was: Placed | None, now: Placed | None) -> Iterator[Difference]:
    if was is None and now is not None:
        what = {"item": now["item"], "counted": now["counted"]}
        yield says(DifferenceKind.PLAN, "line-new", was, now, **what, now=now.step.result)
    elif now is None and was is not None:
        what = {"item": was["item"], "counted": was["counted"]}
        yield says(DifferenceKind.PLAN, "line-gone", was, now, **what, was=was.step.result)
    elif was and now:
        what = {"item": now["item"], "counted": now["counted"]}
        if was["price"] != now["price"]:
            prices = {"was": was["price"], "now": now["price"]}
            yield says(DifferenceKind.PRICES, "price", was, now, **what, **prices)
        if was["on_costs"] != now["on_costs"]:
            on_top = {"was": was["on_costs"], "now": now["on_costs"]}
            yield says(DifferenceKind.PRICES, "on-costs", was, now, item=now["item"], **on_top)
        if any(was[name] != now[name] for name in ("quantity", "how_often", "times")):
            quantities = {"was": _how_much(was, now), "now": _how_much(now, was)}
            yield says(DifferenceKind.PLAN, "quantity", was, now, **what, **quantities)


def _how_much(placed: Placed, other: Placed) -> str:
    """How much of an item; how many times a year only where that is what changed."""
    often = f"{placed['quantity']} {placed['how_often']}"
    is_the_change = placed["how_often"] == other["how_often"] and placed["times"] != other["times"]
    return f"{often}, {placed['times']} times a year" if is_the_change else often
