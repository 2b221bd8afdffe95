"""What makes the same or another score, or other answers, come to another amount: table, formula, items."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ras.differences.difference import (
    Difference,
    DifferenceKind,
    Placed,
    Said,
    Sides,
    by_kind,
    pairs,
    pointing,
    told,
)
from ras.working import Quantity, Unit

SCORE = Said(
    "The score was {points} before, which gave {result}.", "Now it is {points}, which gives {result}."
)
SCORED = Said("A score of {points} gave {result} before.", "Now a score of {points} gives {result}.")
"""The same, beside something that is no score."""
TABLE = Said("For {points} the table gave {result} before.", "Now it gives {result}.")
GROUP = Said("For {points} the amount was {result} before ({group}).", "Now it is {result} ({group}).")
POINT_PRICES = (
    Said("Each point was worth {price} before.", "Now each is worth {price}."),
    Said("The sum taken off was {deductible} before.", "Now it is {deductible}."),
)
"""Of a price per point: its numbers, each by itself."""
KNOWN = "For {known} the table gave {was} before. Now it gives {now}."
PLACE = Said(
    "A score of {points} had place {result} before.",
    "Now a score of {points} has place {result}.",
    by="{points} {result}",
)
COST_AT_PLACE = Said(
    "Support at place {place} cost {result} before.", "Now support at place {place} costs {result}."
)
AMOUNTS = {
    "price-per-point": SCORED,
    "banded": SCORED,
    "banded.last": SCORED,
    "piecewise-linear": SCORED,
    "piecewise-linear.last": SCORED,
    "level-table": Said("“{level}” was worth {result} before.", "Now “{level}” is worth {result}."),
    "weight-x-base": Said(
        "A weight of {weight} ({band}) times {base} ({group}) made {result} before.",
        "Now a weight of {weight} ({band}) times {base} ({group}) makes {result}.",
        by="{weight} {base} {result}",
    ),
    "percentile": COST_AT_PLACE,
    "percentile.last": COST_AT_PLACE,
    "regression.identity": Said("The sum was {sum} before: {result}.", "Now the sum is {sum}: {result}."),
    "regression.square-root": Said(
        "The sum was {sum} before. Times itself, that made {result}.",
        "Now the sum is {sum}. Times itself, that makes {result}.",
    ),
    "regression.log": Said(
        "The sum was {sum} before. The number e to the power of it was {result}.",
        "Now the sum is {sum}. The number e to the power of it is {result}.",
    ),
    "lookup-matrix": Said(
        "The answers together ({row}) were worth {result} before.",
        "Now the answers together ({row}) are worth {result}.",
        by="{result}",
    ),
    "rules": Said("The rules gave a level and no amount.", "Now the rules give a level and no amount."),
    "line-items": Said("All items together made {result} before.", "Now all items together make {result}."),
    "composite.sum": Said(
        "Added up, the parts came to {result} before.", "Now, added up, the parts come to {result}."
    ),
    "composite.max": Said(
        "The most of the parts was {result} before.", "Now the most of the parts is {result}."
    ),
    "composite.choose": Said(
        "“{title}” was the part that fitted before: {result}.",
        "Now “{title}” is the part that fits: {result}.",
    ),
}
"""Of the last step of an allocation: what it came to."""
TERM = Said(
    "{title}: {coefficient} times {value} made {result} before.",
    "Now {coefficient} times {value} makes {result}.",
    new="{title}: this is new. It makes {result}.",
    gone="{title}: this made {result} before. Now it does not count.",
)
DETAILS = {
    "level-table.level": Said(
        "The level was “{level}” before, because {because}.",
        "Now it is “{level}”, because {because}.",
        by="{level}",
    ),
    "rules.level": Said(
        "The level was “{level}” ({value}) before, because {because}.",
        "Now it is “{level}” ({value}), because {because}.",
        by="{level} {value}",
    ),
    "percentile.place": PLACE,
    "percentile.place-last": PLACE,
    "percentile.place-first": PLACE,
    "regression.intercept": Said("The formula started at {result} before.", "Now it starts at {result}."),
    "regression.term": TERM,
    "regression.interaction": TERM._replace(
        before="{title}: {coefficient} times {value} times {other_value} made {result} before.",
        after="Now {coefficient} times {value} times {other_value} makes {result}.",
    ),
    "line-items.level": Said(
        "{title} ({counted}): the answer “{level}” gave {result} before.",
        "Now the answer “{level}” gives {result}.",
        new="{title} ({counted}): now the answer counts. “{level}” gives {result}.",
        gone="{title} ({counted}): the answer “{level}” gave {result} before. Now no answer counts.",
        by="{result}",
    ),
    "line-items.for-each": Said(
        "{title} ({counted}): there were {quantity} for each of {count} before.",
        "Now there are {quantity} for each of {count}.",
        new="{title} ({counted}): now there are {quantity} for each of {count}.",
        gone="{title} ({counted}): there were {quantity} for each of {count} before. Now they count once.",
        by="{quantity} {count}",
    ),
    "line-items.present": Said(
        "{title} ({counted}): {present} were already there before ({givers}).",
        "Now {present} are already there ({givers}).",
        new="{title} ({counted}): now {present} are already there ({givers}).",
        gone="{title} ({counted}): {present} were already there before ({givers}). Now none are.",
        by="{present}",
    ),
    "line-items.cut": Said(
        "{title} ({counted}): before, this was cut to the highest number of the policy, {most}.",
        "Now it is cut to {most}.",
        new="{title} ({counted}): now this is cut to the highest number of the policy, {most}.",
        gone="{title} ({counted}): before, this was cut to {most}. Now it is not cut.",
        by="{most}",
    ),
    "line-items.item": Said(
        "{title} ({counted}): {quantity} at {rate} each made {result} before.",
        "Now {quantity} at {rate} each makes {result}.",
        new="{title} ({counted}): this did not apply before. Now {quantity} at {rate} each makes {result}.",
        gone="{title} ({counted}): {quantity} at {rate} each made {result} before. Now this does not apply.",
        by="{quantity} {rate} {result}",
    ),
    "composite.part": Said(
        "{title} came to {result} before.",
        "Now it comes to {result}.",
        new="{title}: this part is new. It comes to {result}.",
        gone="{title} came to {result} before. Now there is no such part.",
    ),
}
"""Of the steps on the way there."""
HOW_MANY = frozenset({"line-items.level", "line-items.for-each", "line-items.present", "line-items.cut"})
"""Steps on the way to how many of an item there are."""
DERIVED = frozenset({"regression.sum"})
"""Steps that only put others together, and are told in the next."""
_PLACE = re.compile(r"allocation(?:\.parts\.[^.]+\.allocation)*")
_KNOWN = (
    ("lower_points", "lower_amount"),
    ("upper_points", "upper_amount"),
    ("from_points", "amount"),
    ("lower_place", "lower_amount"),
    ("upper_place", "upper_amount"),
)
"""Inputs that show what a table says of other scores than the child's."""

Tables = Mapping[str, list[Placed]]
"""The steps of each allocation by its path: there are several where one is made of others."""


def allocation_differences(sides: Sides, earlier: list[Difference]) -> Iterator[Difference]:
    """How the step from points or answers to money differs, part by part where it has parts.

    Args:
        sides: What is compared.
        earlier: What was found in the needs and in what is already there.
    """
    was, now = _by_place(sides.old.allocation()), _by_place(sides.new.allocation())
    kind = earlier[0].kind if earlier else sides.by_rules
    yield from _Compared(was, now, kind, sides.by_rules).at("allocation")


def _by_place(steps: list[Placed]) -> Tables:
    found: dict[str, list[Placed]] = {}
    for placed in steps:
        found.setdefault(_place_of(placed), []).append(placed)
    return found


def _place_of(placed: Placed) -> str:
    """The allocation that a step belongs to."""
    matched = _PLACE.match(placed.step.rule)
    return matched[0] if matched else ""


class _Compared(NamedTuple):
    """The allocations of both sides.

    Attributes:
        old: The old steps.
        new: The new ones.
        kind: What makes another amount of what was answered.
        by_rules: What makes another amount of the same.
    """

    old: Tables
    new: Tables
    kind: DifferenceKind
    by_rules: DifferenceKind

    def at(self, place: str) -> Iterator[Difference]:
        """How one allocation differs; nothing is told of one that only one side has."""
        if place not in self.old or place not in self.new:
            return
        (*before, old), (*after, new) = self.old[place], self.new[place]
        if _sort(old) == _sort(new):
            for was, now in pairs(_details(before), _details(after), by=_about):
                yield from self._part(was, now)
                if was and now and was.kind == now.kind == "line-items.item":
                    for pair in pairs(_on_the_way(before, was), _on_the_way(after, now), by=_kind):
                        yield from told(self.kind, *pair, by_kind(DETAILS))
                yield from told(self.kind, was, now, by_kind(DETAILS))
        yield from self._part(old, new)
        yield from self._amount(old, new)

    def _part(self, was: Placed | None, now: Placed | None) -> Iterator[Difference]:
        """How the allocation differs that is a part of this one, where both sides have the part."""
        if was and now and was.variant == now.variant == "composite" and was.step.rule == now.step.rule:
            yield from self.at(f"{now.step.rule}.allocation")

    def _amount(self, was: Placed, now: Placed) -> Iterator[Difference]:
        if was.kind == now.kind == "price-per-point":
            for said in POINT_PRICES:
                yield from told(self.by_rules, was, now, said)
        old, new = was.named, now.named
        are_scores = "points" in old and "points" in new
        if are_scores and old["points"] == new["points"]:
            is_other_group = "group" in old and "group" in new and old["group"] != new["group"]
            yield from told(self.by_rules, was, now, GROUP if is_other_group else TABLE)
            return
        yield from told(self.kind, was, now, SCORE if are_scores else by_kind(AMOUNTS))
        known = dict(_known(was))
        for score, amount in _known(now):
            if known.get(score, amount) != amount:
                sentence = KNOWN.format(known=score, was=known[score], now=amount)
                yield pointing(self.by_rules, was, now, sentence)


def _sort(placed: Placed) -> str:
    """What two allocations must both be for their steps to be compared: also whether one part is chosen."""
    return placed.kind if placed.kind == "composite.choose" else placed.variant


def _details(steps: list[Placed]) -> list[Placed]:
    """The steps on the way to an amount that can be told by themselves."""
    return [placed for placed in steps if placed.kind not in HOW_MANY | DERIVED]


def _on_the_way(steps: list[Placed], item: Placed) -> list[Placed]:
    """How many of an item there are, step by step."""
    return [placed for placed in steps if placed.kind in HOW_MANY and placed.step.rule == item.step.rule]


def _kind(placed: Placed) -> str:
    return placed.kind


def _about(placed: Placed) -> str:
    """What a step is about. The number of a row means nothing in another document: its title does."""
    has_code = placed.variant in {"line-items", "composite"}
    title = placed.named.get("title")
    return placed.step.rule if has_code else title.value if title else ""


def _known(placed: Placed) -> Iterator[tuple[str, Quantity]]:
    """The scores or places whose amount a step shows, besides its own."""
    named = placed.named
    for score, amount in _KNOWN:
        if score in named and amount in named:
            is_points = named[score].unit is Unit.POINTS
            yield f"{named[score]}" if is_points else f"place {named[score]}", _plain(named[amount])


def _plain(given: Quantity) -> Quantity:
    """A quantity without its name in the arithmetic."""
    return Quantity(value=given.value, unit=given.unit)
