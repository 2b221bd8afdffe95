"""Price per point: `max(0, price x points - deductible)`, by group if need be.

SEN top-ups are often so: a price for each point, less the part a school already holds.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ras.allocation.matching import first_match_faults
from ras.allocation.variant import Fault, Priced, Pricing, Variant
from ras.conditions import Condition, Questions
from ras.records import Exact, Line, Pence, PositiveText, Record, exact, tidy
from ras.working import Quantity, Unit


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

    def price(self, given: Pricing) -> Priced:
        """Price the points."""
        points, unit = given.points, given.unit
        number, group = next(
            (number, group)
            for number, group in enumerate(self.prices)
            if group.when is None or group.when.holds(given.facts)
        )
        price = exact(group.price_pence)
        line = given.money(
            "price-per-point",
            rule=f"{given.rule}.prices.{number}",
            source=self.source,
            words={"group": group.title},
            arithmetic="max(0, points * price - deductible)",
            result=max(0, points * price - group.deductible_pence),
            numbers={
                "points": (points, Unit.POINTS),
                "price": (price, unit),
                "deductible": (group.deductible_pence, unit),
            },
        )
        return Priced((line,))

    def thresholds(self) -> Iterator[Exact]:
        """Where the deductible of each group is used up."""
        for group in self.prices:
            if exact(group.price_pence) > 0:
                yield tidy(Fraction(group.deductible_pence) / exact(group.price_pence))

    def faults(self, asked: Questions) -> Iterator[Fault]:
        """Every child must meet a price, and no price may hide behind an earlier one."""
        yield from first_match_faults("prices", [group.when for group in self.prices])

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
