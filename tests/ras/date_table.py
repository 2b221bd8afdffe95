"""Prints a digest of the dates of letters sent around 16:30 and midnight on every day of 2020 to 2028.

Run in a process of its own by test_notice_dates.py, under another hash seed, time zone and language.
"""

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from itertools import product

from app.clock import LONDON, london_day
from app.working_days import working_days
from ras.dates import add_months
from ras.notice import Method, PostalRule, Sent, served_on

MOMENTS = ("15:29:59", "15:30:00", "16:29:59", "16:30:00", "22:59:59", "23:00:00", "23:30:00")
"""Of a day in UTC: around 16:30 and midnight in London, in winter and in summer."""
METHODS = (Method.POST, Method.ELECTRONIC)
MONTHS = 3

Row = tuple[str, ...]
"""The day and moment in UTC, the method and the rule; the London day, service, day C, the first lower day."""


def table() -> Iterator[Row]:
    """The rows, as the code works them out."""
    days, first = working_days(), date(2020, 1, 1)
    for n, at, method, rule in product(range(3288), MOMENTS, METHODS, PostalRule):
        day = first + timedelta(days=n)
        moment = datetime.combine(day, time.fromisoformat(at), UTC)
        letter = Sent.at(method, moment.astimezone(LONDON))
        served = served_on(letter, rule, days)
        last = add_months(served, MONTHS)
        told = (london_day(moment), served, last, last + timedelta(days=1))
        yield (str(day), at, method, rule, *map(str, told))


def digest(rows: Iterable[Row]) -> str:
    """How many rows there are, and the SHA-256 of their bytes."""
    written = [" ".join(row) for row in rows]
    whole = "\n".join(written).encode()
    return f"{len(written)} rows, {sha256(whole).hexdigest()}"


if __name__ == "__main__":
    sys.stdout.write(digest(table()))
