"""Piecewise linear: straight lines between knots. Bands without cliffs: no point is worth a jump."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ras.allocation.variant import Fault, Priced, Pricing, Variant
from ras.conditions import Questions
from ras.records import Exact, Pence, PositiveText, Record, exact
from ras.working import Quantity, Unit


class Knot(Record):
    """A score and what it is worth."""

    points: PositiveText
    """The score, as text."""
    amount_pence: Pence
    """What it is worth, in pence in the policy's money period."""


class PiecewiseLinear(Variant):
    """Amounts at knots, in proportion between them; the last knot's amount goes on for ever."""

    sentences: ClassVar = {
        "piecewise-linear": (
            "{points} is between {lower_points}, worth {lower_amount}, and {upper_points}, worth "
            "{upper_amount}. In proportion between the two, that is {result}."
        ),
        "piecewise-linear.last": (
            "{points} is at or above {lower_points}, worth {result}, the most in the table."
        ),
    }

    variant: Literal["piecewise-linear"]
    """`piecewise-linear`."""
    knots: Annotated[tuple[Knot, ...], Field(min_length=2)]
    """From 0 points upwards."""

    def price(self, given: Pricing) -> Priced:
        """Interpolate between the knots on either side."""
        points, unit = given.points, given.unit
        number = max(n for n, knot in enumerate(self.knots) if exact(knot.points) <= points)
        lower = self.knots[number]
        rule = f"{given.rule}.knots.{number}"
        numbers: dict[str, tuple[Exact, Unit]] = {
            "points": (points, Unit.POINTS),
            "lower_points": (exact(lower.points), Unit.POINTS),
            "lower_amount": (lower.amount_pence, unit),
        }
        if number == len(self.knots) - 1:
            line = given.money(
                "piecewise-linear.last",
                rule=rule,
                source=self.source,
                arithmetic="lower_amount",
                result=lower.amount_pence,
                numbers=numbers,
            )
            return Priced((line,))
        upper = self.knots[number + 1]
        low, high = exact(lower.points), exact(upper.points)
        rise = upper.amount_pence - lower.amount_pence
        line = given.money(
            "piecewise-linear",
            rule=rule,
            source=self.source,
            arithmetic="lower_amount + (points - lower_points) * (upper_amount - lower_amount)"
            " / (upper_points - lower_points)",
            result=lower.amount_pence + Fraction(points - low) * rise / (high - low),
            numbers={
                "upper_points": (high, Unit.POINTS),
                "upper_amount": (upper.amount_pence, unit),
                **numbers,
            },
        )
        return Priced((line,))

    def thresholds(self) -> Iterator[Exact]:
        """The knots."""
        yield from (exact(knot.points) for knot in self.knots)

    def faults(self, asked: Questions) -> Iterator[Fault]:
        """Knots begin at 0 and rise in points; more points never mean less money."""
        if exact(self.knots[0].points) != 0:
            yield ("knots", 0, "points"), "gap", "The first knot must be at 0 points."
        for number, (lower, upper) in enumerate(zip(self.knots, self.knots[1:], strict=False), 1):
            if exact(upper.points) <= exact(lower.points):
                yield (
                    ("knots", number, "points"),
                    "overlap",
                    f"Each knot needs more points than the one before it, which has {lower.points}.",
                )
            if upper.amount_pence < lower.amount_pence:
                yield (
                    ("knots", number, "amount_pence"),
                    "falls",
                    "This knot has more need and less money than the one before it.",
                )

    def in_words(self, unit: Unit) -> Iterator[str]:
        """One sentence for each knot, and one for what lies between."""
        for knot in self.knots:
            worth = Quantity.of(knot.amount_pence, unit)
            yield f"{Quantity.of(exact(knot.points), Unit.POINTS)}: {worth}."
        yield "Between two of these scores the amount rises evenly. Above the highest it stays the same."
