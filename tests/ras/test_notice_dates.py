"""Service, day C and the first day of the lower rate, held to an oracle for every day of 2020 to 2028."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.working_days import LISTED_UNTIL, working_days
from ras.component import Component
from ras.dates import WorkingDays, add_months
from ras.eligibility import last_school_day
from ras.notice import (
    Method,
    NoticeDates,
    NoticeMonths,
    NoticeRules,
    PostalRule,
    Sent,
    notice_dates,
    served_on,
)
from tests.ras import oracle
from tests.ras.date_table import METHODS, MOMENTS, Row, digest, table
from tests.ras.examples import ROOT

DAYS = oracle.days("2020-01-01", "2028-12-31")
PUBLISHED = working_days()
LONDON = ZoneInfo("Europe/London")
WAYS = tuple(product(Method, PostalRule, (True, False)))
MONTHS = {Component.SOCIAL_CARE: 3, Component.HEALTH: 1}


def rules(postal_rule: PostalRule, months: dict[Component, int] | None = None) -> NoticeRules:
    streams = tuple(
        NoticeMonths(component=component, months=count, source="Policy 7.2")
        for component, count in (months or MONTHS).items()
    )
    return NoticeRules(postal_rule=postal_rule, streams=streams, source="Policy 7.1")


RULES = {rule: rules(rule) for rule in PostalRule}


def sent(method: Method, on: str | date, *, in_time: bool = True) -> Sent:
    return Sent(method=method, on=date.fromisoformat(str(on)), in_time=in_time)


def dates_of(
    posted: Sent,
    rule: PostalRule = PostalRule.SECOND_WORKING_DAY,
    days: WorkingDays = PUBLISHED,
    *,
    component: Component = Component.SOCIAL_CARE,
) -> NoticeDates:
    return notice_dates(component, posted, RULES[rule], days)


def test_the_oracle_speaks_of_every_day_that_is_asked_of_it() -> None:
    assert len(DAYS) == len(set(DAYS)) == (date(2029, 1, 1) - date(2020, 1, 1)).days == 3288
    assert [oracle.name_of(day) for day in DAYS] == [f"{date.fromisoformat(day):%A}" for day in DAYS]


@pytest.mark.parametrize(("method", "rule", "in_time"), WAYS)
def test_every_posting_day_agrees_with_the_oracle(method: Method, rule: PostalRule, *, in_time: bool) -> None:
    wrong = []
    for day, (component, months) in product(DAYS, MONTHS.items()):
        found = dates_of(sent(method, day, in_time=in_time), rule, component=component)
        served = oracle.service(day, method, rule, in_time=in_time)
        last = oracle.day_c(served, months)
        wanted = (served, last, oracle.day_after(last), months, served > str(LISTED_UNTIL))
        told = (str(found.served_on), str(found.last_day), str(found.lower_from), found.months)
        if (*told, found.provisional) != wanted:
            wrong.append((day, component, found, wanted))
    assert not wrong, wrong[:3]


@pytest.mark.parametrize("months", [1, 3])
def test_a_weekend_or_holiday_moves_service_and_never_the_last_day_or_the_day_after(months: int) -> None:
    component = next(each for each, count in MONTHS.items() if count == months)
    ended_on_days_off = 0
    for day in DAYS:
        found = dates_of(sent(Method.ELECTRONIC, day), component=component)
        assert found.served_on in PUBLISHED
        assert found.last_day == add_months(found.served_on, months)
        assert found.lower_from == found.last_day + timedelta(days=1)
        ended_on_days_off += found.last_day not in PUBLISHED
    assert ended_on_days_off > 500, "many notices end on a weekend or a holiday, and that changes nothing"


@pytest.mark.parametrize(
    ("way", "rule", "served", "last_day", "lower_from"),
    [
        pytest.param(
            sent(Method.POST, "2025-12-31"),
            PostalRule.SECOND_WORKING_DAY,
            *("2026-01-05", "2026-04-05", "2026-04-06"),
            id="posted Wed 31 Dec 2025, second working day",
        ),
        pytest.param(
            sent(Method.POST, "2025-12-31"),
            PostalRule.CPR_6_26,
            *("2026-01-02", "2026-04-02", "2026-04-03"),
            id="the same letter, CPR 6.26: the lower rate from Good Friday",
        ),
        pytest.param(
            Sent.at(Method.ELECTRONIC, datetime(2026, 11, 30, 16, 0, tzinfo=LONDON)),
            PostalRule.SECOND_WORKING_DAY,
            *("2026-11-30", "2027-02-28", "2027-03-01"),
            id="emailed Mon 30 Nov 2026, 16:00",
        ),
    ],
)
def test_the_examples_of_the_rules_page_come_out(
    way: Sent, rule: PostalRule, served: str, last_day: str, lower_from: str
) -> None:
    found = dates_of(way, rule)
    assert (str(found.served_on), str(found.last_day), str(found.lower_from)) == (
        *(served, last_day, lower_from),
    )


@pytest.mark.parametrize(
    ("served", "months", "last_day"),
    [
        ("2027-11-30", 3, "2028-02-29"),
        ("2027-11-29", 3, "2028-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2024-02-29", 3, "2024-05-29"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2023-11-30", 3, "2024-02-29"),
        ("2026-08-28", 3, "2026-11-28"),
        ("2026-12-31", 3, "2027-03-31"),
        ("2027-03-31", 3, "2027-06-30"),
        ("2027-03-31", 1, "2027-04-30"),
    ],
)
def test_a_month_without_that_number_ends_the_notice_on_its_last_day(
    served: str, months: int, last_day: str
) -> None:
    component = next(each for each, count in MONTHS.items() if count == months)
    found = dates_of(sent(Method.BY_HAND, served), component=component)
    assert (str(found.served_on), str(found.last_day)) == (served, last_day)


@pytest.mark.parametrize("day", ["2026-11-23", "2026-07-06"])
@pytest.mark.parametrize("method", [Method.ELECTRONIC, Method.BY_HAND])
def test_sixteen_thirty_is_the_first_moment_that_is_too_late(method: Method, day: str) -> None:
    def at(moment: time) -> str:
        local = datetime.combine(date.fromisoformat(day), moment, LONDON)
        return str(dates_of(Sent.at(method, local)).served_on)

    assert at(time(16, 29, 59)) == at(time(16, 29, 59, 999_999)) == at(time(0)) == day
    assert at(time(16, 30)) == at(time(16, 30, 0, 1)) == at(time(23, 59, 59)) == oracle.day_after(day)


def test_the_hour_of_posting_is_of_no_matter() -> None:
    for day, rule in product(DAYS, PostalRule):
        assert dates_of(sent(Method.POST, day), rule).served_on == served_on(
            sent(Method.POST, day, in_time=False), rule, PUBLISHED
        )


@pytest.mark.parametrize(
    ("moment", "on", "in_time"),
    [
        # Clocks go forward on Sunday 29 March 2026 and back on Sunday 25 October 2026, each at 01:00 UTC.
        ("2026-03-28T16:29:59", "2026-03-28", True),
        ("2026-03-28T16:30:00", "2026-03-28", False),
        ("2026-03-28T23:30:00", "2026-03-28", False),
        ("2026-03-29T00:59:59", "2026-03-29", True),
        ("2026-03-29T01:00:00", "2026-03-29", True),
        ("2026-03-29T15:29:59", "2026-03-29", True),
        ("2026-03-29T15:30:00", "2026-03-29", False),
        ("2026-03-29T22:59:59", "2026-03-29", False),
        ("2026-03-29T23:00:00", "2026-03-30", True),
        ("2026-03-30T15:29:59", "2026-03-30", True),
        ("2026-03-30T15:30:00", "2026-03-30", False),
        ("2026-10-24T15:30:00", "2026-10-24", False),
        ("2026-10-24T22:59:59", "2026-10-24", False),
        ("2026-10-24T23:00:00", "2026-10-25", True),
        ("2026-10-25T00:30:00", "2026-10-25", True),
        ("2026-10-25T01:30:00", "2026-10-25", True),
        ("2026-10-25T16:29:59", "2026-10-25", True),
        ("2026-10-25T16:30:00", "2026-10-25", False),
        ("2026-10-25T23:30:00", "2026-10-25", False),
        ("2026-10-26T16:29:59", "2026-10-26", True),
        ("2026-10-26T16:30:00", "2026-10-26", False),
    ],
)
def test_around_the_clock_changes_a_moment_in_utc_is_told_as_clocks_in_london_show_it(
    moment: str, on: str, *, in_time: bool
) -> None:
    local = datetime.fromisoformat(moment).replace(tzinfo=UTC).astimezone(LONDON)
    assert Sent.at(Method.ELECTRONIC, local) == sent(Method.ELECTRONIC, on, in_time=in_time)


def test_past_the_published_list_dates_are_provisional_and_say_so() -> None:
    def found(posted: str, until: str) -> NoticeDates:
        days = working_days(listed_until=date.fromisoformat(until))
        return dates_of(sent(Method.POST, posted), days=days)

    inside, past = found("2028-12-20", "2028-12-31"), found("2028-12-29", "2028-12-31")
    assert (str(inside.served_on), str(past.served_on)) == ("2028-12-22", "2029-01-03")
    assert not inside.provisional, "day C lies past the list, and no holiday moves it"
    assert past.provisional
    assert [len(each.sentences()) for each in (inside, past)] == [3, 4]
    assert past.sentences()[-1] == (
        "Bank holidays are not yet published for that day, so these dates may still become later."
    )
    assert not found("2026-11-23", "2026-11-25").provisional, "served on the last day of the list"
    assert found("2026-11-23", "2026-11-24").provisional


def test_working_days_are_counted_as_on_the_wall() -> None:
    for day in oracle.days("2020-01-01", str(LISTED_UNTIL)):
        on = date.fromisoformat(day)
        assert (on in PUBLISHED) is oracle.is_working_day(day)
        assert str(PUBLISHED.on_or_after(on)) == oracle.working_day_from(day)
        assert str(PUBLISHED.on_or_before(on)) == oracle.working_day_before_or_on(day)
        assert PUBLISHED.after(on, 0) == on
        for count in range(1, 6):
            assert str(PUBLISHED.after(on, count)) == oracle.working_day_from(
                oracle.day_after(day), nth=count - 1
            )


def test_compulsory_school_age_ends_on_the_day_that_the_oracle_finds() -> None:
    for born_on in ("2003-09-01", "2004-02-29", "2012-08-31"):
        assert str(last_school_day(date.fromisoformat(born_on))) == oracle.last_day_of_school(born_on)
    born = date(2003, 1, 1)
    while born < date(2014, 1, 1):
        assert str(last_school_day(born)) == oracle.last_day_of_school(str(born)), born
        born += timedelta(days=1)


# Laws, for any list of holidays.

posting_days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
letters = st.builds(Sent, method=st.sampled_from(Method), on=posting_days, in_time=st.booleans())
streams = st.sampled_from(Component)
lengths = st.fixed_dictionaries({component: st.integers(0, 24) for component in Component})


@st.composite
def near(draw: st.DrawFn) -> tuple[Sent, WorkingDays, date]:
    """A letter, a list with holidays around its day, and one more holiday."""
    letter = draw(letters)
    around = st.integers(-2, 14).map(lambda after: letter.on + timedelta(days=after))
    listed = WorkingDays(draw(st.frozensets(around, max_size=9)), draw(posting_days))
    return letter, listed, draw(around)


@given(near(), st.sampled_from(PostalRule), streams, lengths)
def test_a_holiday_added_or_struck_off_later_makes_nothing_earlier(
    drawn: tuple[Sent, WorkingDays, date], rule: PostalRule, stream: Component, months: dict[Component, int]
) -> None:
    letter, before, day = drawn
    told = notice_dates(stream, letter, rules(rule, months), before)
    for holidays in (before.holidays | {day}, before.holidays - {day}, frozenset[date]()):
        after = WorkingDays(holidays, before.listed_until)
        again = notice_dates(stream, letter, rules(rule, months), after, not_before=told.served_on)
        assert again.served_on >= told.served_on
        assert again.last_day >= told.last_day
        assert again.lower_from >= told.lower_from
    more = WorkingDays(before.holidays | {day}, before.listed_until)
    assert served_on(letter, rule, more) >= told.served_on, "nor where it is worked out afresh"


@given(near(), st.integers(0, 40), st.booleans(), st.sampled_from(PostalRule))
def test_what_is_sent_later_in_the_same_way_is_not_served_earlier(
    drawn: tuple[Sent, WorkingDays, date],
    after: int,
    in_time: bool,  # noqa: FBT001  Hypothesis gives it by its place
    rule: PostalRule,
) -> None:
    letter, days, _ = drawn
    later = sent(letter.method, letter.on + timedelta(days=after), in_time=in_time)
    if after == 0 and in_time and not letter.in_time:
        letter, later = later, letter
    assert served_on(letter, rule, days) <= served_on(later, rule, days)


@given(near(), st.sampled_from(PostalRule), streams, lengths)
def test_the_lower_rate_waits_for_the_whole_notice_after_a_working_day_of_service(
    drawn: tuple[Sent, WorkingDays, date], rule: PostalRule, stream: Component, months: dict[Component, int]
) -> None:
    letter, days, _ = drawn
    found = notice_dates(stream, letter, rules(rule, months), days)
    last, served = found.last_day, found.served_on
    assert served >= letter.on
    if letter.method is Method.POST:
        assert served >= letter.on + timedelta(days=2)
    assert served in days
    assert (last.year - served.year) * 12 + last.month - served.month == found.months == months[stream]
    assert last.day == served.day or (last + timedelta(days=1)).day == 1 < last.day < served.day
    assert found.lower_from - last == timedelta(days=1)
    assert found.lower_from - served >= timedelta(days=28 * found.months + 1)


@given(near(), st.sampled_from(PostalRule))
def test_the_second_working_day_is_never_before_that_of_cpr_6_26(
    drawn: tuple[Sent, WorkingDays, date], rule: PostalRule
) -> None:
    letter, days, _ = drawn
    assert served_on(letter, PostalRule.SECOND_WORKING_DAY, days) >= served_on(letter, rule, days)


# The machine: whatever its time zone, language and hash seed, the same table of dates.


def by_the_oracle() -> Iterator[Row]:
    for day, moment, method, rule in product(DAYS, MOMENTS, METHODS, PostalRule):
        on, at = oracle.london(day, moment)
        served = oracle.service(on, method, rule, in_time=at < "16:30")
        last = oracle.day_c(served, 3)
        yield day, moment, method, rule, on, served, last, oracle.day_after(last)


@pytest.fixture(scope="module")
def wanted() -> str:
    return digest(by_the_oracle())


def test_every_letter_around_half_past_four_and_midnight_agrees_with_the_oracle() -> None:
    for found, expected in zip(table(), by_the_oracle(), strict=True):
        assert found == expected


@pytest.mark.parametrize(
    ("seed", "zone", "language"),
    [
        ("0", "UTC", "C"),
        ("1", "Pacific/Kiritimati", "tr_TR.UTF-8"),
        ("4294967295", "America/St_Johns", "de_DE.ISO-8859-1"),
        ("7", "Europe/London", "en_GB.UTF-8"),
    ],
)
def test_every_date_agrees_with_the_oracle_in_a_process_of_another_time_zone(
    wanted: str, seed: str, zone: str, language: str
) -> None:
    elsewhere = subprocess.run(
        [sys.executable, "-m", "tests.ras.date_table"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language, "PYTHONUTF8": "0"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert elsewhere.stdout == wanted
