"""Days, ages and calendar months. The engine is given days; it never asks what day it is."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """A run of days: `first_day` is in it, `before` is the first day after it, None is open.

    >>> year = Period(date(2026, 4, 1), date(2027, 4, 1))
    >>> date(2027, 3, 31) in year, date(2027, 4, 1) in year, year.last_day
    (True, False, datetime.date(2027, 3, 31))
    """

    first_day: date
    before: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day and (self.before is None or day < self.before)

    @property
    def last_day(self) -> date | None:
        """The last day inside, None where the period is open."""
        return self.before - timedelta(days=1) if self.before else None

    def overlap(self, other: "Period") -> "Period | None":
        """The days in both, None where there are none."""
        first = max(self.first_day, other.first_day)
        ends = [day for day in (self.before, other.before) if day]
        before = min(ends) if ends else None
        return Period(first, before) if before is None or first < before else None


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months on, or the month's last day if it has none.

    >>> add_months(date(2025, 11, 30), 3), add_months(date(2026, 1, 5), 3)
    (datetime.date(2026, 2, 28), datetime.date(2026, 4, 5))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def age_on(born_on: date, on: date) -> int:
    """Completed years of age.

    An age is reached at the start of the birthday (Family Law Reform Act 1969 s.9); a child born on
    29 February has it on 1 March in a common year.

    >>> age_on(date(2012, 2, 29), date(2026, 2, 28)), age_on(date(2012, 2, 29), date(2026, 3, 1))
    (13, 14)
    """
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day_in_words(day: date) -> str:
    """A day as a letter writes it, whatever the machine's language.

    >>> day_in_words(date(2026, 4, 6))
    '6 April 2026'
    """
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
