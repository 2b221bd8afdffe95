"""What every record of the engine has in common, and the kinds of field they are made of.

A record is frozen, refuses fields it does not know, and is exactly what was written: whole
numbers are whole (`true` and `"4"` are not 4), days are ISO days, and a fraction is a string,
because YAML and JSON would make it a float.
"""

import re
from datetime import date, datetime
from fractions import Fraction
from functools import cache, lru_cache
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

Exact: TypeAlias = int | Fraction
"""A number inside the calculation: never a float, never rounded before its time."""

_LOOKS_LIKE_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
FORMS: dict[str, str] = {}
"""By the pattern of a text that has a form: what to write, for whoever wrote something else."""
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 1, 1)


class Record(BaseModel):
    """A frozen record that holds only what it declares."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )


R = TypeVar("R", bound=Record)


def built(kind: type[R], /, **fields: Any) -> R:
    """A record of parts that code made, each of its own kind already: the same record, without asking again.

    Every field is given. A line of working is made a thousand times for each one that a person writes;
    pydantic's own `model_construct` does the same, and fills in what is left out, three times slower.
    """
    made = kind.__new__(kind)
    set_field = object.__setattr__
    set_field(made, "__dict__", fields)
    set_field(made, "__pydantic_fields_set__", _fields_of(kind))
    set_field(made, "__pydantic_extra__", None)
    set_field(made, "__pydantic_private__", None)
    return made


@cache
def _fields_of(kind: type[Record]) -> set[str]:
    return set(kind.model_fields)


def in_form(pattern: str, say: str, *, max_length: int | None = None) -> Any:
    """A text has a form: its pattern for programs, and what to write for people."""
    FORMS[pattern] = say
    return Field(pattern=pattern, max_length=max_length)


def _iso_day(value: object) -> object:
    if isinstance(value, str) and not _LOOKS_LIKE_A_DAY.fullmatch(value):
        raise ValueError("a day is written YYYY-MM-DD")
    if not isinstance(value, str | date) or isinstance(value, datetime):
        raise ValueError("a day is written YYYY-MM-DD, as text")  # noqa: TRY004  pydantic reads ValueError
    return value


def _believable_day(value: date) -> date:
    if not FIRST_DAY <= value < LAST_DAY:
        raise ValueError(f"a day is from {FIRST_DAY} to the day before {LAST_DAY}")
    return value


_DAY = "^(19|2[01])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
FORMS[_DAY] = 'Write a day as year, month and day, in quotation marks: "2027-04-01".'
Day = Annotated[
    date,
    BeforeValidator(_iso_day),
    AfterValidator(_believable_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": _DAY}),
]
"""A London day, 1900 to 2199, as `YYYY-MM-DD`."""

Code = Annotated[
    str,
    in_form(
        r"^[a-z0-9]+(-[a-z0-9]+)*$",
        "Write lower-case letters, digits and single hyphens, such as short-break.",
        max_length=60,
    ),
]
"""A name for programs: lower case, digits and single hyphens."""

_SEEN = r"[^\x00-\x20\x7f\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\ufeff]"
"""A character that can be seen: no control, blank or mark without width. Words need one."""

Line = Annotated[
    str,
    in_form(
        rf"^[^\x00-\x1f\x7f]*{_SEEN}[^\x00-\x1f\x7f]*$",
        "Write a line of words; in YAML, one that is a number or holds : or # in quotation marks.",
        max_length=300,
    ),
]
"""A line of plain words, not blank."""

Words = Annotated[
    str,
    in_form(
        rf"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*{_SEEN}[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$",
        "Write words.",
        max_length=4000,
    ),
    Field(min_length=1),
]
"""Plain words, of several lines if need be, not blank."""

Told = Annotated[str, Field(min_length=1)]
"""Words the engine puts together itself: as long as the policy and the plan make them."""

CaseReference = Annotated[
    str,
    in_form(
        r"^[A-Z0-9][A-Z0-9/-]{0,39}$",
        "Write the reference in capitals, digits, hyphens and slashes, such as EHC-1/26.",
    ),
]
"""What something is called in the council's case system."""

Sha256 = Annotated[
    str, in_form(r"^[0-9a-f]{64}$", "Copy the SHA-256 as it was given: 64 characters, 0 to 9 and a to f.")
]
"""A SHA-256 in lower-case hexadecimal."""

Version = Annotated[
    str,
    in_form(r"^[0-9A-Za-z][0-9A-Za-z.-]{0,39}$", 'Write a version in quotation marks: "2027.1".'),
]
"""Which version of a policy."""

Whole = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
"""A whole number, not negative."""

MAX_PENCE = 100_000_000_000
Pence = Annotated[int, Field(strict=True, ge=0, le=MAX_PENCE)]
"""Whole pence, not negative, up to a thousand million pounds."""

SumPence = Annotated[int, Field(strict=True, ge=0)]
"""Whole pence, not negative: a sum of amounts, which can be more than any one of them."""

StepPence = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
"""What an amount is rounded to a multiple of, in whole pence: at least a penny."""

Flag = Annotated[bool, Field(strict=True)]
"""true or false, and nothing that merely looks like it."""

DecimalText = Annotated[
    str,
    in_form(
        r"^-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,8})?$",
        'Write a number as text, without commas: "12.5" or "-3".',
    ),
]
"""A number written as text, so that it stays exact: "0.25", "52", "-3"."""

PositiveText = Annotated[
    str,
    in_form(
        r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,8})?$",
        'Write a number as text, without commas: "12.5".',
    ),
]
"""A number that is not negative, written as text: "0.25", "52"."""


@lru_cache(maxsize=4096)  # policies say the same few numbers again and again
def exact(text: str) -> Exact:
    """Read a number written as text, exactly.

    >>> exact("52"), exact("0.25"), exact("16/3")
    (52, Fraction(1, 4), Fraction(16, 3))
    """
    return tidy(Fraction(text))


def tidy(value: Exact) -> Exact:
    """An integer where the value is whole, else the fraction.

    >>> tidy(Fraction(6, 3)), tidy(Fraction(1, 3))
    (2, Fraction(1, 3))
    """
    return value.numerator if value.denominator == 1 else value


@lru_cache(maxsize=16384)
def exact_text(value: Exact) -> str:
    """Write a number so that `exact` reads the same one back.

    >>> exact_text(Fraction(1, 4)), exact_text(Fraction(16, 3)), exact_text(-7)
    ('0.25', '16/3', '-7')
    """
    if value.denominator == 1:
        return str(value.numerator)
    places = decimal_places(value)
    if places is None:
        return f"{value.numerator}/{value.denominator}"
    digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}d}"
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def decimal_places(value: Exact) -> int | None:
    """How many decimal places write the value exactly; None where none do, as for a third.

    >>> decimal_places(Fraction(1, 4)), decimal_places(7), decimal_places(Fraction(1, 3))
    (2, 0, None)
    """
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None
