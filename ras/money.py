"""Money that says its period, and rounding that says its way.

Money is kept in whole pence. Within a calculation it is an exact number of pence and is rounded
once, where the policy says.
"""

from enum import StrEnum
from fractions import Fraction
from typing import assert_never

from ras.errors import AmountTooLarge
from ras.records import MAX_PENCE, Exact, Line, Record, StepPence, decimal_places, exact_text

MONTHS_A_YEAR = 12


class MoneyPeriod(StrEnum):
    """What stretch of time an amount is for."""

    WEEK = "week"
    FOUR_WEEKS = "four-weeks"
    MONTH = "month"
    YEAR = "year"

    def times_a_year(self, *, weeks_per_year: Exact) -> Exact:
        """How often the period comes in a year of so many weeks.

        >>> MoneyPeriod.FOUR_WEEKS.times_a_year(weeks_per_year=52)
        Fraction(13, 1)
        """
        match self:
            case MoneyPeriod.WEEK:
                return weeks_per_year
            case MoneyPeriod.FOUR_WEEKS:
                return Fraction(weeks_per_year) / 4
            case MoneyPeriod.MONTH:
                return MONTHS_A_YEAR
            case MoneyPeriod.YEAR:
                return 1
            case _:
                assert_never(self)


class RoundingMode(StrEnum):
    """Which way a number between two steps goes."""

    HALF_UP = "half-up"
    HALF_EVEN = "half-even"
    DOWN = "down"
    UP = "up"


MODE_IN_WORDS = {
    RoundingMode.HALF_UP: "to the nearest (a half goes up)",
    RoundingMode.HALF_EVEN: "to the nearest (a half goes to the even one)",
    RoundingMode.DOWN: "down",
    RoundingMode.UP: "up",
}


class Rounding(Record):
    """How an amount becomes a whole number of steps."""

    mode: RoundingMode
    """Which way: half-up (a half goes up), half-even (a half goes to the even step), down, up."""
    step_pence: StepPence
    """To a multiple of how many pence: 1 is a penny, 100 a pound, 500 five pounds."""
    source: Line
    """Where the policy says so."""

    @property
    def mode_in_words(self) -> str:
        """Which way, as a person says it."""
        return MODE_IN_WORDS[self.mode]

    def around(self, arithmetic: str) -> str:
        """The rounding of a sum, as arithmetic over its names and `step`."""
        return f"round_{self.mode.replace('-', '_')}({arithmetic}, step)"

    def apply(self, pence: Exact) -> int:
        """Round an amount that is not negative.

        >>> half_up = Rounding(mode="half-up", step_pence=500, source="Policy 4.1")
        >>> half_up.apply(250), half_up.apply(Fraction(7499, 10)), half_up.apply(749)
        (500, 500, 500)
        """
        steps, rest = divmod(Fraction(pence), self.step_pence)
        match self.mode:
            case RoundingMode.HALF_UP:
                up = 2 * rest >= self.step_pence
            case RoundingMode.HALF_EVEN:
                up = 2 * rest > self.step_pence or (2 * rest == self.step_pence and steps % 2 == 1)
            case RoundingMode.DOWN:
                up = False
            case RoundingMode.UP:
                up = rest > 0
            case _:
                assert_never(self.mode)
        return (steps + up) * self.step_pence


READABLE_PLACES = 10
"""A policy's own numbers have eight places at most, and are always written exactly."""


def believable(pence: int, *, what: str) -> int:
    """Pence that are no more than any real figure.

    Raises:
        AmountTooLarge: they are more than a thousand million pounds.
    """
    if pence > MAX_PENCE:
        raise AmountTooLarge(what=what)
    return pence


def pounds(pence: Exact) -> str:
    """Pence as a person writes them: exact where that can be read, else with `about`.

    >>> pounds(400000), pounds(1250), pounds(Fraction(25, 2)), pounds(Fraction(1600000, 3))
    ('£4,000', '£12.50', '£0.125', 'about £5,333.33')
    """
    value = Fraction(pence) / 100
    about = ""
    places = decimal_places(value)
    if places is None or places > READABLE_PLACES:
        about, value = "about ", Fraction((value * 200 + 1) // 2, 100)
    whole, _, part = exact_text(abs(value)).partition(".")
    sign = "-" if value < 0 else ""
    return f"{about}{sign}£{int(whole):,}" + (f".{part:0<2}" if part else "")
