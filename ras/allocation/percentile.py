"""Percentile: the cost that stands as high among costs as the score stands among scores.

In Control's way: the scores of a caseload and the costs of its packages are each put in order, and
a score is worth what lies at its own place. Between the places given, in proportion.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ras.allocation.variant import Fault, Priced, Pricing, Variant
from ras.conditions import Questions
from ras.records import Exact, Pence, PositiveText, Record, exact, tidy
from ras.working import Quantity, Step, Unit, decimal, step

TOP = 100


class ScorePercentile(Record):
    """A score and how much of the caseload it stands above."""

    percentile: PositiveText
    """Per cent of the caseload at or below, "0" to "100", as text."""
    points: PositiveText
    """The score, as text."""


class CostPercentile(Record):
    """A cost and how much of the caseload it stands above."""

    percentile: PositiveText
    """Per cent of the caseload at or below, "0" to "100", as text."""
    amount_pence: Pence
    """The cost, in pence in the policy's money period."""


class Percentile(Variant):
    """From a score to its percentile, and from there to the cost at the same percentile."""

    sentences: ClassVar = {
        "percentile.place": (
            "{points} is between {lower_points}, which is place {lower_place} of 100, and {upper_points}, "
            "which is place {upper_place}. In proportion between the two, that is place {result}."
        ),
        "percentile.place-last": (
            "{points} is at or above {lower_points}, the highest score in the table: that is place {result} "
            "of 100."
        ),
        "percentile.place-first": (
            "{points} is below {upper_points}, the lowest score in the table: that is place {result} of 100."
        ),
        "percentile": (
            "Place {place} is between place {lower_place}, where support costs {lower_amount}, and place "
            "{upper_place}, where it costs {upper_amount}. In proportion between the two, that is {result}."
        ),
        "percentile.last": "Place {place} is the highest of 100, where support costs {result}.",
    }

    variant: Literal["percentile"]
    """`percentile`."""
    scores: Annotated[tuple[ScorePercentile, ...], Field(min_length=2)]
    """The caseload's scores, from percentile 0 to percentile 100."""
    costs: Annotated[tuple[CostPercentile, ...], Field(min_length=2)]
    """The caseload's costs, from percentile 0 to percentile 100."""

    def price(self, given: Pricing) -> Priced:
        """Find the score's place, and what lies there."""
        points = given.points
        known = [number for number, each in enumerate(self.scores) if exact(each.points) <= points]
        number = known[-1] if known else 0
        numbers: dict[str, tuple[Exact, Unit]] = {"points": (points, Unit.POINTS)}
        if not known:
            kind, arithmetic, place = "percentile.place-first", "0", Fraction(0)
            numbers["upper_points"] = (exact(self.scores[0].points), Unit.POINTS)
        elif number == len(self.scores) - 1:
            kind, arithmetic, place = "percentile.place-last", "100", Fraction(TOP)
            numbers["lower_points"] = (exact(self.scores[-1].points), Unit.POINTS)
        else:
            lower, upper = self.scores[number], self.scores[number + 1]
            kind = "percentile.place"
            numbers |= {
                "lower_points": (exact(lower.points), Unit.POINTS),
                "lower_place": (exact(lower.percentile), Unit.NUMBER),
                "upper_points": (exact(upper.points), Unit.POINTS),
                "upper_place": (exact(upper.percentile), Unit.NUMBER),
            }
            arithmetic = (
                "lower_place + (points - lower_points) * (upper_place - lower_place)"
                " / (upper_points - lower_points)"
            )
            low, high = exact(lower.points), exact(upper.points)
            rise = exact(upper.percentile) - exact(lower.percentile)
            place = exact(lower.percentile) + Fraction(points - low) * rise / (high - low)
        found = step(
            kind,
            horizon=given.horizon,
            rule=f"{given.rule}.scores.{number}",
            source=self.source,
            arithmetic=arithmetic,
            result=tidy(place),
            unit=Unit.NUMBER,
            numbers=numbers,
        )
        return Priced((found, self._cost_at(found.result.number, given)))

    def _cost_at(self, place: Exact, given: Pricing) -> Step:
        number = max(n for n, each in enumerate(self.costs) if exact(each.percentile) <= place)
        lower = self.costs[number]
        rule = f"{given.rule}.costs.{number}"
        numbers: dict[str, tuple[Exact, Unit]] = {
            "place": (place, Unit.NUMBER),
            "lower_amount": (lower.amount_pence, given.unit),
        }
        if number == len(self.costs) - 1:
            return given.money(
                "percentile.last",
                rule=rule,
                source=self.source,
                arithmetic="lower_amount",
                result=lower.amount_pence,
                numbers=numbers,
            )
        upper = self.costs[number + 1]
        low, high = exact(lower.percentile), exact(upper.percentile)
        rise = upper.amount_pence - lower.amount_pence
        return given.money(
            "percentile",
            rule=rule,
            source=self.source,
            arithmetic="lower_amount + (place - lower_place) * (upper_amount - lower_amount)"
            " / (upper_place - lower_place)",
            result=lower.amount_pence + Fraction(place - low) * rise / (high - low),
            numbers={
                **numbers,
                "lower_place": (low, Unit.NUMBER),
                "upper_place": (high, Unit.NUMBER),
                "upper_amount": (upper.amount_pence, given.unit),
            },
        )

    def faults(self, asked: Questions) -> Iterator[Fault]:
        """Both tables run from 0 to 100, in order, and never fall."""
        for field, rows in (("scores", self.scores), ("costs", self.costs)):
            places = [exact(row.percentile) for row in rows]
            if places[0] != 0:
                yield (field, 0, "percentile"), "gap", "The first percentile must be 0."
            if places[-1] != TOP:
                yield (field, len(rows) - 1, "percentile"), "gap", "The last percentile must be 100."
            for number, (one, other) in enumerate(pairwise(places), 1):
                if other <= one:
                    yield (
                        (field, number, "percentile"),
                        "overlap",
                        "Percentiles are given in order, each once.",
                    )
        for number, (score, next_score) in enumerate(pairwise(self.scores), 1):
            if exact(next_score.points) < exact(score.points):
                yield ("scores", number, "points"), "falls", "A higher percentile cannot have a lower score."
        for number, (cost, next_cost) in enumerate(pairwise(self.costs), 1):
            if next_cost.amount_pence < cost.amount_pence:
                yield (
                    ("costs", number, "amount_pence"),
                    "falls",
                    "A higher percentile cannot have a lower cost.",
                )

    def thresholds(self) -> Iterator[Exact]:
        """The scores given."""
        yield from (exact(score.points) for score in self.scores)

    def in_words(self, unit: Unit) -> Iterator[str]:
        """One sentence for each score, and one for each cost."""
        yield "Your child's score has a place among the scores of all children: so many of 100 are below it."
        for score in self.scores:
            points = Quantity.of(exact(score.points), Unit.POINTS)
            yield f"{points}: place {decimal(exact(score.percentile))}."
        yield "The amount is what support costs at the same place, with costs in order."
        for cost in self.costs:
            worth = Quantity.of(cost.amount_pence, unit)
            yield f"Place {decimal(exact(cost.percentile))}: {worth}."
        yield "Between two places, in proportion."
