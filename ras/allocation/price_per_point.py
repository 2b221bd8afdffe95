"""Price per point: `max(0, price x points - deductible)`, by group if need be.

SEN top-ups are often so: a price for each point, less the part a school already holds.
"""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ras.allocation.variant import Fault, Variant
from ras.conditions import Condition, Facts
from ras.records import Exact, Line, Pence, PositiveText, Record, exact, tidy
from ras.working import Horizon, Quantity, Step, Unit, step


class PointPrice(Record):
    """The price of a point for one group of children."""

    title: Line
    """The group in plain words: "Mainstream school"."""
    when: Condition | None = None
    """Which children; left out, every child not in an earlier group."""
    price_pence: PositiveText
    """Pence for one point in the policy's money period, as text: "48486", "1250.5"."""
    deductible_pence: Pence = 0
    """Pence taken off in the policy's money period; never below nothing."""


class PricePerPoint(Variant):
    """Each point is worth the same; the first group that fits gives the price."""

    sentences: ClassVar = {
        "price-per-point": (
            "{group}: each point is worth {price}. {points} at {price} each, less {deductible}, "
            "and never less than nothing, makes {result}."
        ),
    }

    variant: Literal["price-per-point"]
    """`price-per-point`."""
    prices: Annotated[tuple[PointPrice, ...], Field(min_length=1)]
    """In order: the first whose condition holds is used; the last has no condition."""

    def amount(self, points: Exact, facts: Facts, *, unit: Unit, horizon: Horizon) -> Step:
        """Price the points."""
        number, group = next(
            (number, group)
            for number, group in enumerate(self.prices)
            if group.when is None or group.when.holds(facts)
        )
        price = exact(group.price_pence)
        return step(
            "price-per-point",
            horizon=horizon,
            rule=f"allocation.prices.{number}",
            source=self.source,
            words={"group": group.title},
            arithmetic="max(0, points * price - deductible)",
            result=tidy(max(0, points * price - group.deductible_pence)),
            unit=unit,
            numbers={
                "points": (points, Unit.POINTS),
                "price": (price, unit),
                "deductible": (group.deductible_pence, unit),
            },
        )

    def faults(self) -> Iterator[Fault]:
        """Every child must meet a price, and no price may hide behind an earlier one."""
        for number, group in enumerate(self.prices):
            last = number == len(self.prices) - 1
            if group.when is None and not last:
                yield (
                    ("prices", number),
                    "unreachable",
                    "This group has no condition, so the groups after it are never used. Put it last.",
                )
            if group.when is not None and last:
                yield (
                    ("prices", number),
                    "gap",
                    "A child in none of the groups would have no price. Leave the last group's "
                    "condition out.",
                )

    def conditions(self) -> Iterator[tuple[tuple[str | int, ...], Condition]]:
        """Each group's condition."""
        for number, group in enumerate(self.prices):
            if group.when is not None:
                yield ("prices", number, "when"), group.when

    def in_words(self, unit: Unit) -> Iterator[str]:
        """One sentence for each group."""
        for group in self.prices:
            price = Quantity.of(exact(group.price_pence), unit)
            less = Quantity.of(group.deductible_pence, unit)
            taken = f", less {less}" if group.deductible_pence else ""
            yield f"{group.title}: {price} for each point{taken}."
