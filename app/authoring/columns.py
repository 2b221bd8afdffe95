"""What the columns of a table of points and money are called, in plain English."""

import re
from enum import StrEnum

from ras.money import MoneyPeriod


class Column(StrEnum):
    """What a column holds."""

    FROM = "from"
    """The lowest score of the row, or its whole range."""
    TO = "to"
    """The last score of the row."""
    BELOW = "below"
    """The first score past the row."""
    AMOUNT = "amount"
    """What the row is worth, in pounds."""

    @property
    def is_end(self) -> bool:
        """Whether the column says where rows end."""
        return self in {Column.TO, Column.BELOW}


KNOWN = (
    "A column can be called 'from', 'to' (the last score of the row), 'below' (the first score past it) or "
    "'amount'. Leave any other out."
)

_POINTS_WORDS = frozenset(
    {"points", "point", "pts", "score", "scores", "total", "band", "range", "the", "of", "number"}
)
_PHRASES: dict[str, Column] = {
    "": Column.FROM,
    **dict.fromkeys(("from", "at least", "minimum", "min", "lowest", "start"), Column.FROM),
    **dict.fromkeys(
        ("to", "up to", "up to and including", "to inclusive", "maximum", "max", "highest", "end"), Column.TO
    ),
    **dict.fromkeys(("below", "before", "less than", "under", "up to but not including"), Column.BELOW),
}
_PERIODS: dict[str, MoneyPeriod] = {
    **dict.fromkeys(("week", "weekly", "pw"), MoneyPeriod.WEEK),
    **dict.fromkeys(("4 weeks", "4 weekly", "four weeks", "four weekly"), MoneyPeriod.FOUR_WEEKS),
    **dict.fromkeys(("month", "monthly", "pcm"), MoneyPeriod.MONTH),
    **dict.fromkeys(("year", "yearly", "annual", "annually", "annum", "pa"), MoneyPeriod.YEAR),
}
_AMOUNT_WORDS = frozenset(
    {"£", "amount", "amounts", "budget", "indicative", "personal", "sum", "money", "pounds", "gbp", "value"}
    | {"allocation", "award", "in", "a", "per", "each", "every", "the", "for", "of"}
)
_PERIOD = re.compile(rf"\b(?:{'|'.join(sorted(_PERIODS, key=len, reverse=True))})\b")


def column_of(name: str) -> tuple[Column, MoneyPeriod | None] | str:
    """What a column of this name holds and for what period; or, as a sentence, why that is not clear.

    >>> column_of("Points from"), column_of("£ a week")
    ((<Column.FROM: 'from'>, None), (<Column.AMOUNT: 'amount'>, <MoneyPeriod.WEEK: 'week'>))
    """
    words = re.findall(r"[a-z0-9]+|£", re.sub(r"\bp[./]([aw])\b\.?", r"p\1", name.lower()))
    phrase = " ".join(word for word in words if word not in _POINTS_WORDS)
    if words and phrase in _PHRASES:
        return _PHRASES[phrase], None
    whole = " ".join(words)
    periods = {_PERIODS[found] for found in _PERIOD.findall(whole)}
    rest = set(_PERIOD.sub("", whole).split())
    if words and rest <= _AMOUNT_WORDS and len(periods) <= 1:
        return Column.AMOUNT, next(iter(periods), None)
    return KNOWN
