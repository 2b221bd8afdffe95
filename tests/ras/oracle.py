"""Service, day C and London time worked out a second time, from a calendar on the wall.

Nothing of `ras.dates` or `ras.notice`, nor Python's own dates: a list of days written out from a Tuesday,
numbers into it, and the bank holidays of GOV.UK. A day is text, as `2026-04-06`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cache

from govuk_bank_holidays.bank_holidays import BankHolidays  # type: ignore[import-untyped]  # it has none

FIRST_YEAR, LAST_YEAR = 2019, 2030
NAMES = ("Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Monday")
"""1 January 2019 was a Tuesday."""
LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
NOT_PUBLISHED_YET = ("2029-01-01", "2029-03-30", "2029-04-02")
"""The regular bank holidays that follow the end of the published list."""


def _month_length(year: int, month: int) -> int:
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and is_leap else LENGTHS[month - 1]


def _wall() -> Iterator[str]:
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for month in range(1, 13):
            for day in range(1, _month_length(year, month) + 1):
                yield f"{year}-{month:02}-{day:02}"


WALL = tuple(_wall())
PLACE = {day: place for place, day in enumerate(WALL)}
PUBLISHED = frozenset(
    str(each["date"])
    for each in BankHolidays(use_cached_holidays=True).get_holidays(BankHolidays.ENGLAND_AND_WALES)
)
"""What GOV.UK has published, from 2012 on."""
_OFF = PUBLISHED | set(NOT_PUBLISHED_YET)
WORKING = tuple(
    place
    for place, day in enumerate(WALL)
    if NAMES[place % 7] not in {"Saturday", "Sunday"} and day not in _OFF
)
"""The places of the working days, in order."""


def days(first: str, last: str) -> tuple[str, ...]:
    """Every day from the first to the last."""
    return WALL[PLACE[first] : PLACE[last] + 1]


def name_of(day: str) -> str:
    """The day of the week."""
    return NAMES[PLACE[day] % 7]


def day_after(day: str) -> str:
    """The next day."""
    return WALL[PLACE[day] + 1]


def is_working_day(day: str) -> bool:
    """Whether it is neither at a weekend nor a bank holiday."""
    return working_day_before_or_on(day) == day


def working_day_from(day: str, *, nth: int = 0) -> str:
    """The first working day that is not before a day, or one so many places further on."""
    return WALL[WORKING[bisect_left(WORKING, PLACE[day]) + nth]]


def working_day_before_or_on(day: str) -> str:
    """The last working day that is not after a day."""
    return WALL[WORKING[bisect_right(WORKING, PLACE[day]) - 1]]


def service(day: str, method: str, rule: str, *, in_time: bool) -> str:
    """The day on which a letter sent in that way on that day is served."""
    if method == "post" and rule == "second-working-day":
        return working_day_from(day_after(day), nth=1)
    if method == "post":
        return working_day_from(day_after(day_after(day)))
    return working_day_from(day if in_time else day_after(day))


def day_c(served: str, months: int) -> str:
    """The last day of the notice: the last one of its month whose number is not above the service day's."""
    year, month, number = (int(part) for part in served.split("-"))
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    of_month = [day for day in range(1, _month_length(year, month) + 1) if day <= number]
    return f"{year}-{month:02}-{of_month[-1]:02}"


def is_summer(day: str) -> bool:
    """Whether clocks in London are an hour ahead at noon UTC: last Sunday of March to that of October."""
    starts, ends = (_last("Sunday", f"{day[:4]}-{month}") for month in ("03", "10"))
    return starts <= day < ends


def london(day: str, utc: str) -> tuple[str, str]:
    """The London day and time of a moment in UTC, as `16:29:59`, from 01:00 UTC on."""
    hour = int(utc[:2]) + is_summer(day)
    return (day_after(day), f"{hour - 24:02}{utc[2:]}") if hour >= 24 else (day, f"{hour:02}{utc[2:]}")


def last_day_of_school(born_on: str) -> str:
    """The last Friday in June of Year 11: of the first 1 September to 31 August with a 16th birthday."""
    year, rest = int(born_on[:4]) + 16, born_on[5:]
    return _last("Friday", f"{year + 1 if rest > '08-31' else year}-06")


@cache
def _last(name: str, month: str) -> str:
    return [day for day in WALL if day.startswith(month) and name_of(day) == name][-1]
