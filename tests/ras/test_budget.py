"""What is payable on a day: decisions laid over one another, and nothing lower before its notice."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ras.budget import (
    Act,
    Award,
    Bought,
    End,
    Stop,
    Timeline,
    Why,
    falls,
    laid_under,
    renews,
    taken,
    timeline,
)
from ras.component import NOTHING, Component, Delivery, Rate, rate_of, total

NEW_YEAR, MARCH, JUNE = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 6)


def paid(direct: int = 0, notional: int = 0) -> Rate:
    return rate_of([(Delivery.DIRECT_PAYMENT, direct), (Delivery.NOTIONAL, notional)])


def award(key: str, on: date, rate: Rate, **more: object) -> Award:
    return replace(Award(key, on, rate, notice_months=3), **more)  # type: ignore[arg-type]  # a test's shorthand


def laid(*acts: Act) -> Timeline:
    return timeline(Component.SOCIAL_CARE, acts)


def on(found: Timeline, day: date) -> int:
    return total(found.on(day).rate)


FIRST = award("1", NEW_YEAR, paid(5_000_00))
CUT = award("2", MARCH, paid(4_000_00))


def test_nothing_is_payable_before_anything_was_decided() -> None:
    assert on(laid(FIRST), NEW_YEAR - timedelta(days=1)) == 0
    assert laid(FIRST).on(date(2025, 1, 1)).why is Why.NOTHING_DECIDED


def test_a_rise_counts_from_its_day_and_also_back_dated() -> None:
    rise = award("2", date(2025, 6, 1), paid(6_000_00))
    assert on(laid(FIRST, rise), date(2025, 6, 1)) == 6_000_00


def test_a_lower_amount_waits_for_its_notice_for_ever() -> None:
    found = laid(FIRST, CUT)
    assert on(found, date(2099, 1, 1)) == 5_000_00
    assert (found.on(MARCH).why, found.on(MARCH).waiting_for) == (Why.KEPT, "2")


def test_a_lower_amount_counts_from_the_day_its_notice_allows() -> None:
    found = laid(FIRST, replace(CUT, lower_from=JUNE))
    assert on(found, JUNE - timedelta(days=1)) == 5_000_00
    assert on(found, JUNE) == 4_000_00
    assert found.on(JUNE).why is Why.LOWERED


def test_a_notice_does_not_lower_before_the_day_the_decision_says() -> None:
    late = award("2", date(2026, 9, 1), paid(4_000_00), lower_from=JUNE)
    assert on(laid(FIRST, late), date(2026, 8, 31)) == 5_000_00


def test_each_of_two_cuts_in_a_row_waits_for_its_own_notice() -> None:
    second = award("3", MARCH, paid(3_000_00), lower_from=date(2026, 8, 1))
    found = laid(FIRST, replace(CUT, lower_from=JUNE), second)
    assert [on(found, day) for day in (MARCH, JUNE, date(2026, 7, 31), date(2026, 8, 1))] == [
        5_000_00,
        4_000_00,
        4_000_00,
        3_000_00,
    ]


def test_a_kinder_decision_comes_with_the_notice_that_was_given() -> None:
    kinder = award("3", MARCH, paid(4_500_00))
    found = laid(FIRST, replace(CUT, lower_from=JUNE), kinder)
    assert [on(found, day) for day in (MARCH, JUNE)] == [5_000_00, 4_500_00]


def test_a_rise_uses_a_notice_up_so_that_no_later_cut_can_lean_on_it() -> None:
    rise = award("3", date(2026, 4, 1), paid(5_200_00))
    sly = award("4", date(2026, 5, 1), paid(4_100_00))
    found = laid(FIRST, replace(CUT, lower_from=JUNE), rise, sly)
    assert on(found, date(2030, 1, 1)) == 5_200_00


def test_a_rise_that_was_agreed_for_later_is_not_taken_back_without_notice() -> None:
    promised = award("2", date(2026, 12, 1), paid(6_000_00))
    back = award("3", date(2026, 4, 1), paid(5_000_00))
    assert on(laid(FIRST, promised, back), date(2026, 12, 1)) == 6_000_00


def test_a_move_between_deliveries_waits_as_a_whole() -> None:
    moved = award("2", MARCH, paid(1_000_00, 4_000_00))
    assert laid(FIRST, moved).on(MARCH).rate == paid(5_000_00)
    assert laid(FIRST, replace(moved, lower_from=JUNE)).on(JUNE).rate == paid(1_000_00, 4_000_00)


def test_a_delivery_that_the_family_asked_for_counts_at_once_where_the_whole_is_not_lower() -> None:
    moved = award("2", MARCH, paid(0, 5_000_00), delivery_asked_for=True)
    less = award("2", MARCH, paid(0, 4_999_99), delivery_asked_for=True)
    assert laid(FIRST, moved).on(MARCH).rate == paid(0, 5_000_00)
    assert laid(FIRST, less).on(MARCH).rate == paid(5_000_00)


def test_more_in_all_but_not_in_each_part_is_payable_and_no_part_is_lower() -> None:
    mixed = award("2", MARCH, paid(3_000_00, 3_000_00))
    assert laid(FIRST, mixed).on(MARCH).rate == paid(5_000_00, 1_000_00)


def test_past_its_agreed_end_what_goes_on_without_an_award_is_payable() -> None:
    club = award("2", date(2026, 7, 1), paid(5_500_00), ends_before=date(2026, 9, 1))
    found = laid(FIRST, club)
    assert [on(found, day) for day in (date(2026, 7, 1), date(2026, 8, 31), date(2026, 9, 1))] == [
        5_500_00,
        5_500_00,
        5_000_00,
    ]
    alone = laid(club)
    assert (on(alone, date(2026, 9, 1)), alone.on(date(2026, 9, 1)).why) == (0, Why.AGREED_END)


def test_an_agreed_end_is_not_brought_forward_without_notice() -> None:
    club = award("1", MARCH, paid(500_00), ends_before=date(2026, 9, 1))
    sooner = award("2", MARCH, paid(500_00), ends_before=date(2026, 5, 1))
    nothing = award("3", date(2026, 5, 1), NOTHING)
    assert on(laid(club, sooner, nothing), date(2026, 8, 31)) == 500_00
    assert on(laid(club, replace(nothing, lower_from=JUNE)), JUNE) == 0


def test_the_end_of_an_award_that_renews_another_does_not_count() -> None:
    club = award("1", MARCH, paid(500_00), ends_before=date(2026, 9, 1))
    again = award("2", date(2026, 11, 1), paid(500_00), ends_before=date(2027, 1, 1))
    next_year = award("2", date(2026, 12, 2), paid(500_00), ends_before=date(2027, 1, 1))
    assert renews(again, [club])
    assert on(laid(club, again), date(2027, 6, 1)) == 500_00
    assert not renews(next_year, [club])
    assert on(laid(club, next_year), date(2027, 6, 1)) == 0


def test_an_end_and_a_restart_within_the_notice_take_up_what_was_payable() -> None:
    end = End("2", date(2026, 5, 1), restarts_before=date(2026, 8, 1))
    restart = award("3", date(2026, 7, 31), paid(3_000_00))
    later = award("3", date(2026, 8, 1), paid(3_000_00))
    found = laid(FIRST, end, restart)
    assert [on(found, day) for day in (date(2026, 5, 1), date(2026, 7, 31), date(2027, 1, 1))] == [
        0,
        5_000_00,
        5_000_00,
    ]
    assert on(laid(FIRST, end, later), date(2026, 8, 1)) == 3_000_00


def test_after_a_restart_a_lower_award_waits_also_where_it_starts_in_the_same_stretch() -> None:
    end = End("2", date(2026, 5, 1), restarts_before=date(2026, 8, 1))
    restart = award("3", date(2026, 7, 15), paid(6_000_00))
    lower = award("4", date(2026, 7, 20), paid(5_500_00))
    assert on(laid(FIRST, end, restart, lower), date(2027, 1, 1)) == 6_000_00


def test_ending_twice_does_not_make_a_restart_lower() -> None:
    ends = (End("2", date(2026, 5, 1), date(2026, 8, 1)), End("3", date(2026, 6, 1), date(2026, 9, 1)))
    restart = award("4", date(2026, 7, 1), paid(3_000_00))
    assert on(laid(FIRST, *ends, restart), date(2027, 1, 1)) == 5_000_00


def test_a_fresh_start_after_the_notice_of_an_end_takes_up_nothing_and_no_other_does_by_leaning_on_it() -> (
    None
):
    end = End("2", date(2026, 5, 1), date(2026, 8, 1))
    fresh = award("3", date(2026, 8, 1), paid(3_000_00))
    back_dated = award("4", date(2026, 5, 2), paid(3_000_00))
    assert on(laid(FIRST, end, fresh), date(2027, 1, 1)) == 3_000_00
    assert on(laid(FIRST, end, fresh, back_dated), date(2026, 5, 2)) == 5_000_00


def test_what_an_award_takes_up_lasts_as_long_as_the_award() -> None:
    end = End("2", date(2026, 5, 1), date(2026, 8, 1))
    club = award("3", date(2026, 7, 1), paid(500_00), ends_before=date(2026, 9, 1))
    arrears = award("3", MARCH, paid(5_400_00), ends_before=date(2026, 5, 1))
    assert [on(laid(FIRST, end, club), day) for day in (date(2026, 7, 1), date(2026, 9, 1))] == [5_000_00, 0]
    assert [on(laid(FIRST, end, arrears), day) for day in (MARCH, date(2026, 5, 1))] == [5_400_00, 0]


def test_what_a_restart_is_compared_with_is_what_it_takes_up() -> None:
    end = End("2", date(2026, 5, 1), date(2026, 8, 1))
    restart = award("3", date(2026, 7, 1), paid(3_000_00))
    under = laid_under(Component.SOCIAL_CARE, [FIRST, end], restart)
    span = falls(under, restart)
    assert span is not None
    assert (span.first_day, total(span.rate)) == (date(2026, 7, 1), 5_000_00)


def test_what_a_renewal_takes_away_is_found_past_its_end_that_does_not_count() -> None:
    club = award("2", date(2026, 2, 1), paid(6_100_00), ends_before=MARCH)
    later = award("3", date(2026, 6, 1), paid(7_000_00))
    renewal = award("4", MARCH, paid(6_200_00), ends_before=date(2026, 4, 1))
    span = taken(Component.SOCIAL_CARE, [FIRST, club, later], renewal)
    assert span is not None
    assert (span.first_day, total(span.rate)) == (date(2026, 6, 1), 7_000_00)


def test_a_stop_changes_how_and_never_how_much() -> None:
    found = laid(FIRST, Stop("2", MARCH, Delivery.NOTIONAL))
    assert found.on(MARCH).rate == paid(0, 5_000_00)
    assert found.on(MARCH).why is Why.STOPPED
    assert laid(FIRST, Stop("2", None, Delivery.NOTIONAL)).on(MARCH).rate == paid(5_000_00)


def test_what_is_bought_once_stays_agreed_unless_it_was_due_after_an_end() -> None:
    chair = Bought("chair", Delivery.NOTIONAL, JUNE, 245_00)
    first = replace(FIRST, one_offs=(chair,))
    assert laid(first, CUT).one_offs == (("1", chair),)
    end = End("2", JUNE, JUNE + timedelta(days=90))
    assert laid(first, end).one_offs == ()
    again = award("3", JUNE, paid(5_000_00))
    assert laid(first, end, again).one_offs == (("1", chair),), "what a restart takes up"


def test_what_an_award_takes_away_is_found_also_on_a_later_day() -> None:
    step_up = award("2", date(2026, 12, 1), paid(6_000_00))
    same = award("3", MARCH, paid(5_000_00))
    span = falls(laid(FIRST, step_up), same)
    assert span is not None
    assert (span.first_day, total(span.rate)) == (date(2026, 12, 1), 6_000_00)
    assert falls(laid(FIRST), same) is None


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
rates = st.builds(paid, st.integers(0, 900), st.integers(0, 900))
awards = st.builds(award, st.just("x"), days, rates)
ended_awards = st.builds(
    lambda day, rate, length: award("x", day, rate, ends_before=day + timedelta(days=length)),
    days,
    rates,
    st.integers(1, 300),
)
stops = st.builds(Stop, st.just("x"), st.one_of(st.none(), days), st.just(Delivery.THIRD_PARTY))


ends = st.builds(lambda day: End("x", day, day + timedelta(days=90)), days)
acts = st.lists(st.one_of(awards, ended_awards, stops, ends), max_size=6)


@settings(max_examples=1000)
@given(acts, awards, days)
def test_no_award_without_notice_lowers_anything_on_any_day(before: list[Act], new: Award, day: date) -> None:
    was, now = laid(*before).on(day).rate, laid(*before, new).on(day).rate

    assert total(now) >= total(was)
    assert all(dict(now).get(delivery, 0) >= pence for delivery, pence in was)


@given(acts, stops, days)
def test_no_stop_changes_the_whole(before: list[Act], stop: Stop, day: date) -> None:
    assert on(laid(*before, stop), day) == on(laid(*before), day)


@given(acts, awards, days, st.integers(0, 200))
def test_a_notice_changes_nothing_before_the_day_it_allows(
    before: list[Act], new: Award, day: date, wait: int
) -> None:
    noticed = replace(new, lower_from=day + timedelta(days=wait))
    assert (
        laid(*before, noticed).on(day - timedelta(days=1)).rate
        == laid(*before, new).on(day - timedelta(days=1)).rate
    )


@given(acts)
def test_spans_follow_one_another_and_no_two_neighbours_are_the_same(acts: list[Act]) -> None:
    spans = laid(*acts).spans
    firsts = [span.first_day for span in spans]
    assert firsts == sorted(set(firsts))
    assert spans[0].first_day == date.min
    for one, other in pairwise(spans):
        assert replace(one, first_day=date.min) != replace(other, first_day=date.min)
