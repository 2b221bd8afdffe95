"""The one place where the clock is read, and the one place where a moment becomes a London day."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from time import monotonic
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

Clock = Callable[[], datetime]
"""Says what time it is: an aware moment in UTC."""


def system_clock() -> datetime:
    """The moment it is, in UTC."""
    return datetime.now(UTC)


def steady_seconds() -> float:
    """Seconds from some moment that nobody can set back: only to say how long ago something was."""
    return monotonic()


def london_day(moment: datetime) -> date:
    """The day it is in London at a moment: what law and letters mean by a day.

    >>> london_day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    datetime.date(2026, 7, 1)
    """
    return moment.astimezone(LONDON).date()
