"""What a policy says of support: its price, and what a personal budget may buy."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from ras.dates import Period
from ras.money import Rounding
from ras.records import Code, Day, DecimalText, Line, Pence, Record


class OnCost(Record):
    """A cost that comes with employing or buying, on top of the price."""

    code: Code
    """Its name for programs."""
    title: Line
    """What it is: "Employer's National Insurance"."""
    percent: DecimalText
    """Per cent of the price, as text."""
    source: Line
    """Where the figure is from."""


class Price(Record):
    """What one unit of an item costs from a day on."""

    valid_from: Day
    """The first day of the price."""
    valid_before: Day | None = None
    """The first day past the price; left out, it has no end."""
    price_pence: Pence | None = None
    """Pence for one unit; left out, the line needs a written quote."""
    on_costs: tuple[OnCost, ...] = ()
    """What comes on top."""
    source: Line
    """Where the price is from."""

    @property
    def in_force(self) -> Period:
        """The days of the price."""
        return Period(self.valid_from, self.valid_before)


class RateCardItem(Record):
    """A kind of support and its prices over time."""

    code: Code
    """Its name for programs."""
    title: Line
    """What people read."""
    unit: Line
    """What is counted: "hour", "night", "session", "item"."""
    prices: Annotated[tuple[Price, ...], Field(min_length=1)]
    """In order of day, none overlapping."""

    def price_on(self, day: date) -> Price | None:
        """The price of a day; None where there is none."""
        return next((price for price in self.prices if day in price.in_force), None)


class RateCard(Record):
    """What plan lines are costed with."""

    rounding: Rounding
    """How each line's cost becomes whole pence."""
    items: Annotated[tuple[RateCardItem, ...], Field(min_length=1)]
    """The kinds of support."""


class Purpose(Record):
    """What support may be for, and whether a personal budget may buy it."""

    code: Code
    """Its name for programs."""
    title: Line
    """What people read."""
    effect: Literal["allowed", "needs-reason", "refused"]
    """Allowed; allowed with a person's recorded reason; or refused."""
    source: Line
    """The rule."""


class Scope(Record):
    """What a personal budget may and may not buy."""

    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1)]
    """Every purpose a line can have."""
