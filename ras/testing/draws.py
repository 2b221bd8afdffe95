"""Small strategies that policies and plans are drawn with.

Those that are asked for again and again are made once: making one takes longer than drawing from it.
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

from hypothesis import strategies as st

from ras.plan import Frequency, ResourceKind
from ras.working import Horizon

Data: TypeAlias = dict[str, Any]
"""A document, or a part of one, as plain data."""
Draw: TypeAlias = st.DrawFn

CODES = [
    *("washing", "friends", "play", "nights", "school", "town", "village", "siblings", "much", "some"),
    # Codes that mean something else to a computer, and may not here.
    *("scale", "result", "amount", "for", "min", "max", "line-1", "score", "horizon", "numbers"),
    *("1", "n-1", "1e5", "no", "on", "null", "true", "0", "2026-04-01", "x" * 60),
]
"""Names for programs."""
TITLES = [
    *("Washing and dressing", "Friends", "A little", "All the time", "Être à l'aise", "睡眠"),
    # Words that mean something else to a computer, to YAML or to whoever looks for numbers.
    *("no", "null", "1e5", "_1", "--1.5", "0o17", "12:30", "2026-04-01", "~", "{result}", "%s", "# no"),
    *("a: b", "- a", "'", '"', "\\", "*a", "&a", "!a", "x\x85y", "x\u2028y", "\ufeffx", "😀", "x" * 300),
    *("3 points is worth £5 a year", "Less 4 points.", "Rounded once, up, to £2", "about 7"),
]
"""Words that people read."""

yes_or_no = st.booleans()
mostly = st.sampled_from([True, True, True, False])
sometimes = st.sampled_from([False, False, True])
titles = st.sampled_from(TITLES)
every_horizon = st.sampled_from(list(Horizon))
some_horizons = st.lists(every_horizon, min_size=1, max_size=3, unique=True)
kinds = st.sampled_from(list(ResourceKind))
frequencies = st.sampled_from(list(Frequency))
factors = st.sampled_from(["1", "2", "0.5", "1.25", "3", "0.3", "1.00000001", "0"])
pence = st.one_of(st.integers(0, 3_000_00), st.integers(0, 50_000_00))


@cache
def whole(least: int, most: int) -> st.SearchStrategy[int]:
    """A whole number; both ends are inside."""
    return st.integers(least, most)


@cache
def one_of(*choices: Any) -> st.SearchStrategy[Any]:
    """One of a few things."""
    return st.sampled_from(choices)


@cache
def codes(least: int, most: int) -> st.SearchStrategy[list[str]]:
    """Codes, each once."""
    return st.lists(st.sampled_from(CODES), min_size=least, max_size=most, unique=True)


@cache
def decimals(most: int) -> st.SearchStrategy[str]:
    """A number that is not negative, written as text."""
    return st.builds(
        decimal_text, whole(0, most - 1), one_of("", "", ".5", ".25", ".125", ".10", ".3", ".00000001")
    )


def decimal_text(units: int, part: str) -> str:
    """A number of so many units and a part."""
    return f"{units}{part}"


def rising(numbers: Iterable[str]) -> list[str]:
    """Numbers in order."""
    return sorted(numbers, key=Fraction)


def maybe(draw: Draw, field: str, strategy: st.SearchStrategy[Any]) -> Data:
    """A field that may be left out."""
    return {field: draw(strategy)} if draw(yes_or_no) else {}
