"""What one cell of a table of points and money says, read in one way only."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from ras.records import MAX_PENCE, Exact, exact

_NUMBER = r"([0-9]{1,9}(?:\.[0-9]{1,8})?)"
_POINTS = r"(?:\s*(?:points?|pts))?"
_TO = r"\s*(?:-|\u2010|\u2011|\u2013|\u2014|\u2212|to)\s*"
_OR_MORE = r"\s*(?:\+|(?:points?\s+)?(?:or|and)\s+(?:more|over|above))"
_AS_WRITTEN = re.ASCII | re.IGNORECASE
_SINGLE = re.compile(_NUMBER + _POINTS, _AS_WRITTEN)
_RANGE = re.compile(_NUMBER + _TO + _NUMBER + _POINTS, _AS_WRITTEN)
_OR_MORE_RANGE = re.compile(_NUMBER + _OR_MORE + _POINTS, _AS_WRITTEN)
_POUNDS = re.compile(r"£?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(\.[0-9]{1,15})?", re.ASCII)
_NEGATIVE = re.compile(r"£?\s*[-\u2212]\s*£?\s*[0-9.]|\(\s*£?\s*[0-9]")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = re.compile(
    rf"[0-9]{{1,2}}[-/ ]{_MONTH}([-/ ][0-9]{{2,4}})?|{_MONTH}[-/ ][0-9]{{2,4}}"
    r"|[0-9]{1,2}([-/.])[0-9]{1,2}\2[0-9]{2,4}|[0-9]{4}-[0-9]{2}-[0-9]{2}([ T].*)?",
    _AS_WRITTEN,
)


@dataclass(frozen=True, slots=True)
class Unusable:
    """What stands in a cell and is neither text nor a plain number."""

    why: str
    """What it is and what to do, in a sentence."""


Cell = str | Unusable


class Span(NamedTuple):
    """What the cell for a row's points says."""

    start: Exact
    """The lowest score of the row."""
    last: Exact | None
    """The last score, where the cell holds a range: the 19 of 10-19."""
    is_range: bool
    """Whether the cell holds a range, such as 10-19 or 20+, and not a single number."""


def span_of(cell: Cell) -> Span:
    """The points of a row.

    >>> span_of("10 to 19"), span_of("20+").last, span_of("7.5").start
    (Span(start=10, last=19, is_range=True), None, Fraction(15, 2))

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    written = _text(cell)
    if found := _RANGE.fullmatch(written):
        return Span(exact(found[1]), exact(found[2]), is_range=True)
    if found := _OR_MORE_RANGE.fullmatch(written):
        return Span(exact(found[1]), None, is_range=True)
    return Span(points_of(cell), None, is_range=False)


def points_of(cell: Cell) -> Exact:
    """A number of points.

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    written = _text(cell)
    if _NEGATIVE.match(written):
        raise ValueError("Points are never less than nothing.")
    found = _SINGLE.fullmatch(written)
    if found is None:
        raise ValueError(f"'{printable(written)}' is not a number of points, such as 10, 10-19 or 20+.")
    return exact(found[1])


def pence_of(cell: Cell) -> int:
    """Pounds as people write them, in whole pence, exactly.

    >>> pence_of("£1,250"), pence_of("1250.5"), pence_of("£0.07")
    (125000, 125050, 7)

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    written = _text(cell)
    if _NEGATIVE.match(written):
        raise ValueError("An amount is never less than nothing.")
    found = _POUNDS.fullmatch(written)
    if found is None:
        raise ValueError(f"'{printable(written)}' is not an amount in pounds, such as £1,250 or 1250.50.")
    pence = Fraction(found[1].replace(",", "") + (found[2] or "")) * 100
    if pence.denominator != 1:
        raise ValueError(f"'{printable(written)}' has a fraction of a penny.")
    if pence > MAX_PENCE:
        raise ValueError(f"'{printable(written)}' is more than a thousand million pounds.")
    return pence.numerator


def made_a_date(shown: str) -> Unusable:
    """What is said of a cell that holds a date: nobody types one here, and Excel makes them."""
    message = f"Excel has made a date of this ({printable(shown)}), as it does with ranges such as 10-19. "
    return Unusable(f"{message}Format the column as Text and type it again.")


def printable(text: str) -> str:
    r"""What someone wrote, short and without what a terminal would act on.

    >>> printable("10-19\x1b[2J")
    '10-19?[2J'
    """
    shown = "".join(letter if letter.isprintable() else "?" for letter in text[:40])
    return shown + "…" if text[40:] else shown


def _text(cell: Cell) -> str:
    if isinstance(cell, Unusable):
        raise ValueError(cell.why)  # noqa: TRY004  the cell is wrong, and is told of as any wrong cell is
    if not cell:
        raise ValueError("Nothing is here. A merged cell counts for its first row only: fill in every row.")
    if _DATE.fullmatch(cell):
        raise ValueError(made_a_date(cell).why)
    return cell
