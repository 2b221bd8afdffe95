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


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The working days of England and Wales, given as data: Monday to Friday without bank holidays.

    Attributes:
        holidays: The bank holidays, one-off ones included.
        listed_until: The last day that the published list of bank holidays speaks about. A day that is
            worked out from later ones is provisional: a holiday may still be proclaimed.
    """

    holidays: frozenset[date]
    listed_until: date

    def __contains__(self, day: date) -> bool:
        return day.weekday() < SATURDAY and day not in self.holidays

    def on_or_after(self, day: date) -> date:
        """The day itself if it is a working day, else the next one.

        >>> none = WorkingDays(frozenset({date(2026, 4, 3), date(2026, 4, 6)}), date(2028, 12, 31))
        >>> none.on_or_after(date(2026, 4, 3)), none.on_or_before(date(2026, 4, 6))
        (datetime.date(2026, 4, 7), datetime.date(2026, 4, 2))
        """
        while day not in self:
            day += timedelta(days=1)
        return day

    def on_or_before(self, day: date) -> date:
        """The day itself if it is a working day, else the last one before it."""
        while day not in self:
            day -= timedelta(days=1)
        return day

    def after(self, day: date, count: int) -> date:
        """The working day so many working days after a day, which itself is not counted."""
        for _ in range(count):
            day = self.on_or_after(day + timedelta(days=1))
        return day

    def is_provisional(self, day: date) -> bool:
        """Whether a day lies past the published list."""
        return day > self.listed_until


SATURDAY = 5


def financial_year(day: date) -> Period:
    """The financial year, 1 April to 31 March, that a day is in.

    >>> financial_year(date(2027, 3, 31)).first_day, financial_year(date(2027, 4, 1)).first_day
    (datetime.date(2026, 4, 1), datetime.date(2027, 4, 1))
    """
    year = day.year if day.month >= APRIL else day.year - 1
    return Period(date(year, APRIL, 1), date(year + 1, APRIL, 1))


APRIL = 4


def age_on(born_on: date, on: date) -> int:
    """Completed years of age.

    An age is reached at the start of the birthday (Family Law Reform Act 1969 s.9); a child born on
    29 February has it on 1 March in a common year.

    >>> age_on(date(2012, 2, 29), date(2026, 2, 28)), age_on(date(2012, 2, 29), date(2026, 3, 1))
    (13, 14)
    """
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def months_on(born_on: date, on: date) -> int:
    """Completed calendar months of age; a month that has no such day is completed on the next month's first.

    >>> months_on(date(2020, 1, 31), date(2020, 2, 29)), months_on(date(2020, 1, 31), date(2020, 3, 1))
    (0, 1)
    """
    return (on.year - born_on.year) * 12 + on.month - born_on.month - (on.day < born_on.day)


SCHOOL_YEAR_BEGINS = 9
"""The school year is 1 September to 31 August (Education Act 1996, section 579)."""
RECEPTION_AGE = 4
"""A child is in Reception in the school year that begins after the fourth birthday."""


def school_year_on(born_on: date, on: date) -> int:
    """The school year that a child's age puts them in on a day; Reception is 0.

    >>> starts = date(2026, 9, 1)
    >>> school_year_on(date(2015, 8, 31), starts), school_year_on(date(2015, 9, 1), starts)
    (7, 6)
    """
    begins_in = on.year if on.month >= SCHOOL_YEAR_BEGINS else on.year - 1
    return age_on(born_on, date(begins_in, SCHOOL_YEAR_BEGINS - 1, 31)) - RECEPTION_AGE


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
