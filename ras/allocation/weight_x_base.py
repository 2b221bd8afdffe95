"""Weight x base: a band's weight times the base rate of the child's group.

County SEN bands and case-mix systems are so: the weight says how much more than the base.
"""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ras.allocation import matching
from ras.allocation.variant import BY_ANSWERS, BY_SCORE, Fault, Place, Priced, Pricing, Variant
from ras.conditions import Condition, Questions, Requirement
from ras.records import Exact, Line, PositiveText, Record, exact
from ras.working import Quantity, Unit, decimal


class Weight(Record):
    """The weight of one band."""

    title: Line
    """The band in plain words: "Band C"."""
    when: Requirement | None = None
    """Which children; left out, every child that no earlier band fits."""
    weight: PositiveText
    """What the base rate is multiplied by, as text."""


class BaseRate(Record):
    """The base rate of one group."""

    title: Line
    """The group in plain words: "Key stage 2, mainstream school"."""
    when: Condition | None = None
    """Which children; left out, every child not in an earlier group."""
    base_pence: PositiveText
    """Pence in the policy's money period, as text: "412500", "1250.5"."""


class WeightTimesBase(Variant):
    """The weight of the first band that fits, times the base rate of the first group that fits."""

    sentences: ClassVar = {
        "weight-x-base": (
            "{band}: the weight is {weight}. {group}: the base rate is {base}. {weight} times {base} makes "
            "{result}."
        ),
    }

    variant: Literal["weight-x-base"]
    """`weight-x-base`."""
    weights: Annotated[tuple[Weight, ...], Field(min_length=1)]
    """In order: the first that fits is used; the last has no condition."""
    base_rates: Annotated[tuple[BaseRate, ...], Field(min_length=1)]
    """In order: the first whose condition holds is used; the last has no condition."""

    def price(self, given: Pricing) -> Priced:
        """Multiply."""
        number, band = next(
            (number, band)
            for number, band in enumerate(self.weights)
            if band.when is None or band.when.meets(given.scored)
        )
        group = next(each for each in self.base_rates if each.when is None or each.when.holds(given.facts))
        weight, base = exact(band.weight), exact(group.base_pence)
        line = given.money(
            "weight-x-base",
            rule=f"{given.rule}.weights.{number}",
            source=self.source,
            words={"band": band.title, "group": group.title},
            arithmetic="weight * base",
            result=weight * base,
            numbers={"weight": (weight, Unit.NUMBER), "base": (base, given.unit)},
        )
        return Priced((line,))

    def faults(self, asked: Questions) -> Iterator[Fault]:
        """Every child must meet a weight and a base rate."""
        yield from matching.first_match_faults("weights", [band.when for band in self.weights])
        yield from matching.first_match_faults("base_rates", [group.when for group in self.base_rates])

    def conditions(self) -> Iterator[tuple[Place, Condition]]:
        """Each band's condition and each group's."""
        for number, band in enumerate(self.weights):
            if band.when is not None:
                yield ("weights", number, "when"), band.when
        for number, group in enumerate(self.base_rates):
            if group.when is not None:
                yield ("base_rates", number, "when"), group.when

    def uses_score(self) -> bool:
        """Only where a band looks at the score."""
        return matching.uses_score([band.when for band in self.weights])

    def reads_answers(self) -> bool:
        """Where a band looks at single answers."""
        return matching.reads_answers([band.when for band in self.weights])

    def resource_modes(self) -> frozenset[str]:
        """What is there can count only through the score."""
        return BY_SCORE if self.uses_score() else BY_ANSWERS

    def thresholds(self) -> Iterator[Exact]:
        """The scores that bands speak of."""
        return matching.thresholds([band.when for band in self.weights])

    def in_words(self, unit: Unit) -> Iterator[str]:
        """One sentence for each band and each group."""
        yield "The amount is a weight times a base rate. The first of each that fits your child is used."
        for band in self.weights:
            yield f"{band.title}: the weight is {decimal(exact(band.weight))}."
        for group in self.base_rates:
            yield f"{group.title}: the base rate is {Quantity.of(exact(group.base_pence), unit)}."
