"""Days, ages and calendar months."""

import calendar
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ras.dates import MONTHS, add_months, age_on, day_in_words

days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
months = st.integers(0, 360)


@given(days, months)
def test_so_many_months_on_is_the_same_day_or_the_months_last(day: date, after: int) -> None:
    later = add_months(day, after)
    last = calendar.monthrange(later.year, later.month)[1]

    assert (later.year - day.year) * 12 + later.month - day.month == after
    assert later.day == min(day.day, last)


@given(days, months, months)
def test_later_days_and_more_months_never_come_earlier(day: date, fewer: int, more: int) -> None:
    assert add_months(day, max(fewer, more)) >= add_months(day, min(fewer, more))
    assert add_months(day + timedelta(days=1), more) >= add_months(day, more)


@given(days, st.integers(1, 60))
def test_an_age_is_reached_on_the_birthday_and_not_the_day_before(born_on: date, age: int) -> None:
    is_leap_day = (born_on.month, born_on.day) == (2, 29)
    year = born_on.year + age
    birthday = date(year, 3, 1) if is_leap_day and not calendar.isleap(year) else born_on.replace(year=year)

    assert age_on(born_on, birthday) == age
    assert age_on(born_on, birthday - timedelta(days=1)) == age - 1


@given(days)
def test_a_day_in_words_is_one_day_only(day: date) -> None:
    number, month, year = day_in_words(day).split(" ")

    assert date(int(year), MONTHS.index(month) + 1, int(number)) == day
