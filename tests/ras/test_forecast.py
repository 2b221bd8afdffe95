"""What is committed month by month: held to a walk through the days, and to the penny of every year."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ras.budget import Act, Award, Bought, End, Stop, Timeline, Why, timeline
from ras.component import Component, Delivery, rate_of, total
from ras.dates import Period, financial_year
from ras.forecast import (
    Both,
    Falls,
    Held,
    Kind,
    at_18,
    committed,
    falls_in,
    forecast,
    if_ended,
    months,
    owed_over,
    rows_of,
    run_rate,
    totals,
    yearly,
)

MARCH, APRIL = date(2027, 3, 1), date(2027, 4, 1)
LEAP_YEAR, COMMON_YEAR = date(2027, 4, 1), date(2026, 4, 1)
"""29 February 2028 is in the first."""
Cell = tuple[date, Delivery]


def paid(key: str, on: date, direct: int = 0, notional: int = 0, **more: object) -> Award:
    rate = rate_of([(Delivery.DIRECT_PAYMENT, direct), (Delivery.NOTIONAL, notional)])
    return replace(Award(key, on, rate, notice_months=3), **more)  # type: ignore[arg-type]  # a test's shorthand


def care(*acts: Act, component: Component = Component.SOCIAL_CARE) -> Timeline:
    return timeline(component, acts)


def held(*timelines: Timeline, team: str = "north", adult_on: str = "2040-01-01") -> Held:
    return Held(team, timelines, date.fromisoformat(adult_on))


def cells(found: Timeline, run: tuple[Period, ...]) -> dict[Cell, int]:
    return {(each.month, each.delivery): each.pence for each in committed(found, run)}


def walked(found: Timeline, run: tuple[Period, ...]) -> dict[Cell, int]:
    """The same, told by walking through every day since the 1 April before, with fractions of a penny."""
    sums: dict[Cell, int] = {}
    for delivery in Delivery:
        since, told = Fraction(0), 0
        assert run[-1].before is not None
        for day in each_day(financial_year(run[0].first_day).first_day, run[-1].before):
            if (day.month, day.day) == (4, 1):
                since, told = Fraction(0), 0
                in_year = (date(day.year + 1, 4, 1) - day).days
            since += Fraction(dict(found.on(day).rate).get(delivery, 0), in_year)
            once = sum(b.pence for _, b in found.one_offs if (b.delivery, b.due_on) == (delivery, day))
            month = (day.replace(day=1), delivery)
            if day >= run[0].first_day:
                sums[month] = sums.get(month, 0) + once
            if (day + timedelta(days=1)).day == 1:
                rounded = int(since + Fraction(1, 2))
                if day >= run[0].first_day:
                    sums[month] += rounded - told
                told = rounded
    return {month: pence for month, pence in sums.items() if pence}


def each_day(first: date, before: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((before - first).days)]


days = st.dates(date(2026, 1, 1), date(2029, 12, 31))
pence = st.integers(0, 9_999_999)
one_offs = st.lists(
    st.builds(Bought, st.just("chair"), st.sampled_from(Delivery), days, st.integers(1, 99_999)), max_size=2
).map(tuple)
awards = st.builds(
    lambda on, direct, notional, lower, length, once: paid(
        "award",
        on,
        direct,
        notional,
        lower_from=lower,
        ends_before=length and on + timedelta(days=length),
        one_offs=once,
    ),
    days,
    pence,
    pence,
    st.none() | days,
    st.none() | st.integers(1, 700),
    one_offs,
)
acts = awards | st.builds(
    Stop, st.just("stop"), st.none() | days, st.sampled_from([Delivery.NOTIONAL, Delivery.THIRD_PARTY])
)
ends = st.builds(lambda on: End("end", on, on + timedelta(days=90)), days)
timelines = st.builds(
    timeline,
    st.sampled_from(Component),
    st.lists(acts | ends, min_size=1, max_size=6),
)
runs = st.builds(months, days, st.integers(1, 30))
people = st.builds(
    Held,
    st.sampled_from(["north", "south"]),
    st.lists(timelines, min_size=1, max_size=3).map(tuple),
    days,
    st.frozensets(st.sampled_from(Component)),
)


@settings(max_examples=60)
@given(timelines, runs)
def test_every_month_is_what_a_walk_through_the_days_comes_to(
    found: Timeline, run: tuple[Period, ...]
) -> None:
    assert cells(found, run) == walked(found, run)


@given(timelines, st.sampled_from([COMMON_YEAR, LEAP_YEAR, date(2028, 4, 1)]))
def test_months_add_up_to_the_year_to_the_penny(found: Timeline, april: date) -> None:
    year = financial_year(april)
    in_year = ((year.before or april) - april).days
    for delivery in Delivery:
        accrued = sum(
            Fraction(dict(found.on(day).rate).get(delivery, 0), in_year)
            for day in each_day(april, year.before or april)
        )
        once = sum(b.pence for _, b in found.one_offs if b.delivery is delivery and b.due_on in year)
        by_month = [n for (_, its), n in cells(found, months(april, 12)).items() if its is delivery]
        assert sum(by_month) == int(accrued + Fraction(1, 2)) + once


@given(pence, pence, st.sampled_from([COMMON_YEAR, LEAP_YEAR, date(2028, 4, 1)]))
def test_a_rate_that_does_not_change_comes_to_exactly_itself_in_a_year(
    direct: int, notional: int, april: date
) -> None:
    found = committed(care(paid("1", COMMON_YEAR, direct, notional)), months(april, 12))
    assert sum(each.pence for each in found) == direct + notional


def test_a_month_of_a_leap_year_is_one_of_366_days() -> None:
    found = care(paid("1", COMMON_YEAR, notional=366_00))
    february = cells(found, months(date(2028, 2, 1), 1))
    assert february == {(date(2028, 2, 1), Delivery.NOTIONAL): 29_00}


@given(timelines, runs, st.integers(0, 29), st.integers(1, 30))
def test_a_month_is_the_same_whatever_run_it_is_asked_in(
    found: Timeline, run: tuple[Period, ...], start: int, count: int
) -> None:
    part = run[start : start + count] or run[-1:]
    inside = {month.first_day for month in part}
    assert cells(found, part) == {key: n for key, n in cells(found, run).items() if key[0] in inside}


@given(timelines, runs)
def test_what_is_owed_over_whole_months_is_what_is_committed_in_them_without_what_is_bought_once(
    found: Timeline, run: tuple[Period, ...]
) -> None:
    rates_alone = replace(found, one_offs=())
    whole = Period(run[0].first_day, run[-1].before)
    assert owed_over(found, whole) == sum(cells(rates_alone, run).values())


@given(timelines, runs, one_offs)
def test_what_is_bought_once_is_in_its_month_and_in_no_other(
    found: Timeline, run: tuple[Period, ...], once: tuple[Bought, ...]
) -> None:
    without = replace(found, one_offs=())
    given_once = replace(found, one_offs=tuple(("1", each) for each in once))
    before, after = cells(without, run), cells(given_once, run)
    for month in run:
        for delivery in Delivery:
            cell = (month.first_day, delivery)
            due = sum(b.pence for b in once if b.delivery is delivery and b.due_on in month)
            assert after.get(cell, 0) - before.get(cell, 0) == due


@given(st.lists(people, max_size=4), runs, st.integers(0, 4))
def test_every_grouping_and_every_partition_comes_to_the_same(
    everyone: list[Held], run: tuple[Period, ...], cut: int
) -> None:
    rows = rows_of(everyone, run)
    whole = totals(rows, lambda _: "", [""])[""]
    assert whole.committed == sum(
        sum(cells(one, run).values()) for each in everyone for one in each.timelines
    )
    for of in (
        lambda row: str(row.month),
        lambda row: row.financial_year,
        lambda row: row.component,
        lambda row: row.delivery,
        lambda row: row.team,
    ):
        found = totals(rows, of).values()
        assert sum(each.committed for each in found) == whole.committed
        assert sum(each.if_ended_at_18 for each in found) == whole.if_ended_at_18
    parts = [totals(rows_of(some, run), lambda _: "", [""])[""] for some in (everyone[:cut], everyone[cut:])]
    assert Both(sum(p.committed for p in parts), sum(p.if_ended_at_18 for p in parts)) == whole


@given(st.lists(people, max_size=3), runs)
def test_rows_are_in_order_and_each_is_there_once(everyone: list[Held], run: tuple[Period, ...]) -> None:
    keys = [
        (row.month, list(Component).index(row.component), list(Delivery).index(row.delivery), row.team)
        for row in rows_of(everyone, run)
    ]
    assert keys == sorted(set(keys))


@given(people, runs)
def test_an_end_at_18_changes_no_month_up_to_the_birthday_and_leaves_nothing_after_it(
    one: Held, run: tuple[Period, ...]
) -> None:
    for each in one.timelines:
        now, then = cells(each, run), cells(at_18(one, each, run), run)
        goes_on = each.component is Component.SEN_TOP_UP or each.component in one.adult_decided
        expected = {key: n for key, n in now.items() if goes_on or key[0] <= one.adult_on.replace(day=1)}
        assert then == expected


def test_sen_top_up_goes_on_at_18_and_social_care_and_health_would_end() -> None:
    award, run = paid("1", COMMON_YEAR, notional=5_000_00), months(APRIL, 12)
    one = held(*(care(award, component=each) for each in Component), adult_on="2027-05-09")
    both = totals(rows_of([one], run), lambda row: row.component)
    assert {each for each, it in both.items() if it.committed == it.if_ended_at_18} == {Component.SEN_TOP_UP}


def test_a_team_is_told_what_its_own_come_to() -> None:
    award, run = paid("1", COMMON_YEAR, notional=5_000_00), months(APRIL, 12)
    everyone = [held(care(award), team=team) for team in ("south", "north", "south")]
    both = totals(rows_of(everyone, run), lambda row: row.team)
    assert {team: it.committed for team, it in both.items()} == {"north": 5_000_00, "south": 10_000_00}


def test_no_day_of_birth_can_be_told_from_an_end_at_18() -> None:
    found = care(paid("1", COMMON_YEAR, notional=5_000_00))
    run = months(date(2027, 1, 1), 12)
    first, last = (rows_of([held(found, adult_on=f"2027-05-{day}")], run) for day in ("01", "31"))
    assert first == last
    assert next(row.month for row in first if not row.pence.if_ended_at_18) == date(2027, 6, 1)


def test_what_an_adult_decision_ends_is_the_same_both_ways() -> None:
    found = care(paid("1", COMMON_YEAR, notional=5_000_00), End("2", date(2027, 9, 1), date(2027, 12, 1)))
    one = held(found, adult_on="2027-05-09")
    run = months(APRIL, 12)
    decided = replace(one, adult_decided=frozenset({Component.SOCIAL_CARE}))
    assert all(row.pence.committed == row.pence.if_ended_at_18 for row in rows_of([decided], run))
    assert any(row.pence.committed != row.pence.if_ended_at_18 for row in rows_of([one], run))


@given(timelines, days)
def test_a_component_that_ended_on_a_day_is_as_it_was_before_it_and_nothing_from_it(
    found: Timeline, on: date
) -> None:
    other = if_ended(found, on)
    assert other.on(on - timedelta(days=1)).rate == found.on(on - timedelta(days=1)).rate
    assert not other.on(on).rate
    assert not other.on(on + timedelta(days=9_999)).rate
    assert other.one_offs == tuple(each for each in found.one_offs if each[1].due_on < on)


@given(st.lists(people, max_size=3), runs)
def test_every_fall_is_told_once_and_no_rise_is(everyone: list[Held], run: tuple[Period, ...]) -> None:
    fallen: list[tuple[date, Component, str, int]] = []
    for one in everyone:
        for each in one.timelines:
            for day in each_day(run[0].first_day, run[-1].before or date.max):
                less = total(each.on(day - timedelta(days=1)).rate) - total(each.on(day).rate)
                if less > 0:
                    fallen.append((day.replace(day=1), each.component, one.team, less))
    found = falls_in(everyone, run)
    told = [*found.ends, *found.notices]
    assert sum(each.count for each in told) == len(fallen)
    for group in {each[:3] for each in fallen}:
        mine = [each for each in told if (each.month, each.component, each.team) == group]
        assert sum(each.annual_pence for each in mine) == sum(each[3] for each in fallen if each[:3] == group)


NOTHING = paid("2", MARCH)
BY_NOTICE, AS_AGREED, ON_A_GROUND = (
    care(paid("1", COMMON_YEAR, 500_00), replace(NOTHING, lower_from=date(2027, 5, 5))),
    care(paid("1", COMMON_YEAR, 500_00, ends_before=date(2027, 5, 20))),
    care(paid("1", COMMON_YEAR, 500_00), End("2", date(2027, 5, 2), date(2027, 8, 2))),
)


def test_what_falls_to_nothing_looks_the_same_whatever_the_reason() -> None:
    reasons = [each.spans[-1].why for each in (BY_NOTICE, AS_AGREED, ON_A_GROUND)]
    assert reasons == [Why.LOWERED, Why.AGREED_END, Why.ENDED]
    told: set[Falls] = {
        falls_in([held(each)], months(APRIL, 12)) for each in (BY_NOTICE, AS_AGREED, ON_A_GROUND)
    }
    (one,) = told
    assert not one.notices
    assert [(str(each.month), each.count, each.annual_pence) for each in one.ends] == [
        ("2027-05-01", 1, 500_00)
    ]


def test_a_lower_rate_after_notice_and_an_agreed_end_to_what_goes_on_are_told_apart() -> None:
    first = paid("1", COMMON_YEAR, 500_00)
    noticed = care(first, paid("2", MARCH, 400_00, lower_from=date(2027, 6, 6)))
    club = care(first, paid("2", MARCH, 600_00, ends_before=date(2027, 9, 1)))
    both = falls_in([held(noticed), held(club)], months(APRIL, 12))
    assert [(str(each.month), each.annual_pence) for each in both.notices] == [("2027-06-01", 100_00)]
    assert [(str(each.month), each.annual_pence) for each in both.ends] == [("2027-09-01", 100_00)]


@pytest.mark.parametrize(("count", "said"), [(1, 0), (2, 1)])
def test_a_fall_on_the_first_day_after_the_run_is_not_in_it(count: int, said: int) -> None:
    ends_in_may = care(paid("1", COMMON_YEAR, 500_00, ends_before=date(2027, 5, 1)))
    assert len(falls_in([held(ends_in_may)], months(APRIL, count)).ends) == said


@given(st.lists(people, max_size=3), runs, days)
def test_a_forecast_has_every_month_and_comes_to_what_is_committed(
    everyone: list[Held], run: tuple[Period, ...], on: date
) -> None:
    figures = forecast(everyone, run, on=on)
    assert [(each.month, each.kind) for each in figures] == [
        (month.first_day, kind) for month in run for kind in (Kind.COMMITTED, Kind.RUN_RATE)
    ]
    whole = totals(rows_of(everyone, run), lambda _: "", [""])[""]
    assert sum(each.pence for each in figures if each.kind is Kind.COMMITTED) == whole.committed
    by_year = yearly(figures)
    assert sum(by_year.values()) == sum(each.pence for each in figures)


@given(timelines, days, st.sampled_from([COMMON_YEAR, LEAP_YEAR]))
def test_the_run_rate_of_a_whole_year_is_the_rate_of_the_day(found: Timeline, on: date, april: date) -> None:
    come_to = sum(each.pence for each in run_rate(found, months(april, 12), on=on))
    assert come_to == total(found.on(on).rate)
