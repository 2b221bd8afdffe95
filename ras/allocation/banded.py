"""Banded: each run of points has one amount. Most councils' children's tables are so."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ras.allocation.variant import Fault, Priced, Pricing, Variant
from ras.conditions import Questions
from ras.records import Exact, Pence, PositiveText, Record, exact
from ras.working import Quantity, Unit


class Band(Record):
    """A run of points: `from_points` is in it, `before_points` is the first that is not."""

    from_points: PositiveText
    """The lowest score in the band, as text."""
    before_points: PositiveText | None = None
    """The first score past the band, as text; left out in the last band, which has no end."""
    amount_pence: Pence
    """What the band is worth, in pence in the policy's money period."""


class Banded(Variant):
    """A step function of points over contiguous bands."""

    sentences: ClassVar = {
        "banded": "{points} is in the band from {from_points} to below {before_points}: {result}.",
        "banded.last": "{points} is in the highest band, {from_points} or more: {result}.",
    }

    variant: Literal["banded"]
    """`banded`."""
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    """From the lowest to the highest, with no gap and no overlap, beginning at 0."""

    def price(self, given: Pricing) -> Priced:
        """Find the band."""
        points = given.points
        number, band = next(
            (number, band)
            for number, band in enumerate(self.bands)
            if band.before_points is None or points < exact(band.before_points)
        )
        numbers: dict[str, tuple[Exact, Unit]] = {
            "points": (points, Unit.POINTS),
            "from_points": (exact(band.from_points), Unit.POINTS),
            "amount": (band.amount_pence, given.unit),
        }
        if band.before_points is not None:
            numbers["before_points"] = (exact(band.before_points), Unit.POINTS)
        line = given.money(
            "banded" if band.before_points is not None else "banded.last",
            rule=f"{given.rule}.bands.{number}",
            source=self.source,
            arithmetic="amount",
            result=band.amount_pence,
            numbers=numbers,
        )
        return Priced((line,))

    def thresholds(self) -> Iterator[Exact]:
        """Where each band begins."""
        yield from (exact(band.from_points) for band in self.bands)

    def faults(self, asked: Questions) -> Iterator[Fault]:
        """Bands begin at 0, touch, and end open; more points never mean less money."""
        if exact(self.bands[0].from_points) != 0:
            yield ("bands", 0, "from_points"), "gap", "The lowest band must begin at 0 points."
        for number, band in enumerate(self.bands):
            here = ("bands", number)
            after = self.bands[number + 1] if number + 1 < len(self.bands) else None
            if after is None:
                if band.before_points is not None:
                    yield (
                        (*here, "before_points"),
                        "gap",
                        f"Nothing is said about {band.before_points} points or more. Leave out the "
                        "end of the highest band.",
                    )
                continue
            if band.before_points is None:
                yield (*here, "before_points"), "overlap", "Only the highest band may have no end."
                continue
            if exact(band.before_points) <= exact(band.from_points):
                yield (*here, "before_points"), "empty-band", "The band ends before it begins."
            ends, begins = exact(band.before_points), exact(after.from_points)
            if ends != begins:
                yield (
                    ("bands", number + 1, "from_points"),
                    "gap" if ends < begins else "overlap",
                    f"The band before ends at {band.before_points} points and this one begins at "
                    f"{after.from_points}: they must be the same.",
                )
            if after.amount_pence < band.amount_pence:
                yield (
                    ("bands", number + 1, "amount_pence"),
                    "falls",
                    "This band has more need and less money than the one before it.",
                )

    def in_words(self, unit: Unit) -> Iterator[str]:
        """One sentence for each band."""
        for band in self.bands:
            low = Quantity.of(exact(band.from_points), Unit.POINTS)
            worth = Quantity.of(band.amount_pence, unit)
            if band.before_points is None:
                yield f"{low} or more: {worth}."
            else:
                yield f"From {low} to below {Quantity.of(exact(band.before_points), Unit.POINTS)}: {worth}."
