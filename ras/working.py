"""The working: every figure as a line that says where it comes from.

What is kept is structured: the rule's path in the policy document, its source, the named inputs,
the arithmetic over those names, and the result. Evaluating the arithmetic with the inputs gives
the result, exactly; a test does that to every step. Sentences are rendered from the structure,
so that better wording never changes what was kept.
"""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, NamedTuple

from pydantic import Field

from ras.money import MoneyPeriod, pounds
from ras.records import Exact, Line, Record, Told, built, decimal_places, exact, exact_text


class Horizon(StrEnum):
    """How far ahead an answer looks. The policy gives each its months."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


class Mark(StrEnum):
    """Something a person has to look at before the figure is used."""

    ABOVE_SOFT_CAP = "above-soft-cap"
    CUT_TO_HARD_CAP = "cut-to-hard-cap"
    ZERO = "zero"
    LEVEL_ONLY = "level-only"
    NEEDS_NOT_CAPTURED = "needs-not-captured"


class Unit(StrEnum):
    """What a number counts. Money always says its period; one-off money has none."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    POINTS = "points"
    WEEKS = "weeks"
    HOURS = "hours"
    PENCE = "pence"
    PENCE_A_WEEK = "pence-a-week"
    PENCE_EVERY_FOUR_WEEKS = "pence-every-four-weeks"
    PENCE_A_MONTH = "pence-a-month"
    PENCE_A_YEAR = "pence-a-year"

    @classmethod
    def of_money(cls, period: MoneyPeriod) -> "Unit":
        """The unit of an amount for such a period."""
        return {
            MoneyPeriod.WEEK: cls.PENCE_A_WEEK,
            MoneyPeriod.FOUR_WEEKS: cls.PENCE_EVERY_FOUR_WEEKS,
            MoneyPeriod.MONTH: cls.PENCE_A_MONTH,
            MoneyPeriod.YEAR: cls.PENCE_A_YEAR,
        }[period]


class Quantity(Record):
    """A value and what it counts."""

    value: Told
    """A number exactly as text ("37", "0.25", "16/3"), or words."""
    unit: Unit
    """What it counts."""

    @classmethod
    def of(cls, value: Exact, unit: Unit) -> "Quantity":
        """A number and its unit."""
        return built(cls, value=exact_text(value), unit=unit)

    @property
    def number(self) -> Exact:
        """The number, exactly."""
        return exact(self.value)

    def __str__(self) -> str:
        """The value as a person reads it.

        >>> str(Quantity.of(37, Unit.POINTS)), str(Quantity.of(540000, Unit.PENCE_A_YEAR))
        ('37 points', '£5,400 a year')
        """
        return self.value if self.unit is Unit.TEXT else _in_words(self.value, self.unit)


@lru_cache(maxsize=4096)  # a working says the same few numbers again and again
def _in_words(value: str, unit: Unit) -> str:
    number = exact(value)
    match unit:
        case Unit.NUMBER:
            return decimal(number)
        case Unit.PERCENT:
            return f"{decimal(number)}%"
        case Unit.POINTS | Unit.WEEKS | Unit.HOURS:
            return f"{decimal(number)} {unit.value.removesuffix('s') if number == 1 else unit.value}"
        case Unit.PENCE:
            return pounds(number)
        case _:
            return f"{pounds(number)} {unit.value.removeprefix('pence-').replace('-', ' ')}"


class Input(Quantity):
    """A named value that a step starts from."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
    """Its name in the step's arithmetic."""


class Step(Record):
    """One line of working."""

    kind: Annotated[str, Field(pattern=r"^[a-z][a-z-]*(\.[a-z-]+)*$")]
    """What sort of line this is; chooses the sentence."""
    horizon: Horizon | None = None
    """The horizon it belongs to, where it belongs to one."""
    rule: Told
    """The rule's path in the policy document."""
    source: Line
    """Where the rule is published."""
    inputs: tuple[Input, ...]
    """What the line starts from."""
    arithmetic: Told
    """The sum, over the names of the inputs."""
    result: Quantity
    """What comes out."""

    def value(self, name: str) -> str:
        """The value of the input so named, as it was kept."""
        return next(given.value for given in self.inputs if given.name == name)


def step(
    kind: str,
    *,
    rule: str,
    source: str,
    arithmetic: str,
    result: Exact | str,
    unit: Unit,
    horizon: Horizon | None = None,
    words: Mapping[str, str] | None = None,
    numbers: Mapping[str, tuple[Exact, Unit]] | None = None,
) -> Step:
    """Write one line of working: `words` are inputs in words, `numbers` are those it computes with."""
    inputs = [built(Input, value=text, unit=Unit.TEXT, name=name) for name, text in (words or {}).items()]
    inputs += [
        built(Input, value=exact_text(n), unit=u, name=name) for name, (n, u) in (numbers or {}).items()
    ]
    return built(
        Step,
        kind=kind,
        horizon=horizon,
        rule=rule,
        source=source,
        inputs=tuple(inputs),
        arithmetic=arithmetic,
        result=built(Quantity, value=result if isinstance(result, str) else exact_text(result), unit=unit),
    )


class Plainer(NamedTuple):
    """A shorter sentence for a step in which one input changes nothing: a weight of 1, no on-costs."""

    unless: str
    """The name of that input."""
    value: str
    """What it then is."""
    sentence: str
    """The sentence without it."""


def name_of(code: str, what: str = "points") -> str:
    """What a code has, as a name in arithmetic, which no code can make mean anything else.

    >>> name_of("success-in-education"), name_of("min"), name_of("1", "part")
    ('points_success_in_education', 'points_min', 'part_1')
    """
    return f"{what}_{code.replace('-', '_')}"


def decimal(value: Exact) -> str:
    """A number as a person reads it, with thousands separated.

    >>> decimal(1200), decimal(Fraction(1, 4)), decimal(Fraction(16, 3))
    ('1,200', '0.25', 'about 5.33')
    """
    about = ""
    if decimal_places(value) is None:
        about, value = "about ", Fraction((Fraction(value) * 200 + 1) // 2, 100)
    whole, point, part = exact_text(-value if value < 0 else value).partition(".")
    return f"{about}{'-' if value < 0 else ''}{int(whole):,}{point}{part}"
