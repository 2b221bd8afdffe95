"""On any day a council has at most one policy in force, and a day in none is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ras.dates import Period
from ras.errors import NoPolicyInForce, PolicyOverlap
from ras.policy.register import Published, gaps, in_turn, policy_in_force, refuse_overlap

FIRST = date(2026, 4, 1)
LONG_AGO = date(2020, 1, 1)
days = st.dates(FIRST, FIRST + timedelta(days=120))


def published(first_day: date, before: date | None) -> Published[str]:
    name = f"from {first_day}"
    return Published(name=name, in_force=Period(first_day, before), key=name)


@st.composite
def registers(draw: st.DrawFn) -> list[Published[str]]:
    """Policies published one after another, each let through only where no other is in the way."""
    register: list[Published[str]] = []
    for _ in range(draw(st.integers(0, 6))):
        first_day = draw(days)
        length = draw(st.one_of(st.none(), st.integers(1, 60)))
        new = published(first_day, first_day + timedelta(days=length) if length else None)
        try:
            refuse_overlap(new.in_force, register, today=draw(days))
        except PolicyOverlap:
            continue
        register.append(new)
    return draw(st.permutations(register))


YEAR = published(date(2026, 4, 1), date(2027, 4, 1))
NEXT = published(date(2027, 4, 1), None)


def begun_last(register: list[Published[str]], on: date) -> Published[str] | None:
    """The policy that began last, if it has not ended: a register without overlaps needs no more."""
    begun = [policy for policy in register if policy.in_force.first_day <= on]
    last = max(begun, key=lambda policy: policy.in_force.first_day, default=None)
    return last if last and on in last.in_force else None


@given(registers(), days)
def test_on_any_day_at_most_one_policy_is_in_force(register: list[Published[str]], on: date) -> None:
    in_force = [policy for policy in in_turn(register) if on in policy.in_force]
    wanted = begun_last(register, on)

    assert [policy.name for policy in in_force] == ([wanted.name] if wanted else [])
    if wanted:
        assert policy_in_force(register, on=on).key == wanted.key
    else:
        with pytest.raises(NoPolicyInForce, match=on.isoformat()):
            policy_in_force(register, on=on)


@given(registers(), days)
def test_the_gaps_are_the_days_between_policies_on_which_none_is_in_force(
    register: list[Published[str]], on: date
) -> None:
    starts = [policy.in_force.first_day for policy in register]
    between = bool(starts) and min(starts) <= on <= max(starts)
    covered = begun_last(register, on) is not None

    assert any(on in gap for gap in gaps(register)) == (between and not covered)


@given(registers(), days, st.integers(0, 60), days)
def test_what_was_in_force_on_a_day_that_has_come_stays_so(
    register: list[Published[str]], first_day: date, length: int, today: date
) -> None:
    new = published(first_day, first_day + timedelta(days=length) if length else None)
    try:
        refuse_overlap(new.in_force, register, today=today)
    except PolicyOverlap:
        return
    for on in (FIRST + timedelta(days=n) for n in range((today - FIRST).days + 1)):
        before = begun_last(register, on)
        if before is not None:
            assert policy_in_force([*register, new], on=on).key == before.key


@given(days, days, days, days)
def test_two_periods_overlap_where_a_day_is_in_both(a: date, b: date, c: date, d: date) -> None:
    one, other = Period(min(a, b), max(a, b)), Period(min(c, d), max(c, d))
    in_both = [
        FIRST + timedelta(days=n)
        for n in range(121)
        if FIRST + timedelta(days=n) in one and FIRST + timedelta(days=n) in other
    ]
    shared = one.overlap(other)

    assert shared == other.overlap(one)
    assert (shared.first_day if shared else None) == (in_both[0] if in_both else None)
    assert (shared.last_day if shared else None) == (in_both[-1] if in_both else None)


def test_the_first_and_the_last_day_of_a_policy_are_its_own() -> None:
    register = [NEXT, YEAR]

    assert policy_in_force(register, on=date(2026, 4, 1)) is YEAR
    assert policy_in_force(register, on=date(2027, 3, 31)) is YEAR
    assert policy_in_force(register, on=date(2027, 4, 1)) is NEXT


def test_last_years_policy_is_never_used_instead() -> None:
    with pytest.raises(NoPolicyInForce) as refusal:
        policy_in_force([YEAR], on=date(2027, 4, 1))

    assert refusal.value.on == date(2027, 4, 1)
    assert refusal.value.code == "no-policy-in-force"


def test_a_policy_that_begins_on_the_day_another_ends_is_let_through() -> None:
    refuse_overlap(NEXT.in_force, [YEAR], today=LONG_AGO)


def test_a_policy_of_one_shared_day_is_refused_with_its_days_and_the_others_name() -> None:
    with pytest.raises(PolicyOverlap) as refusal:
        refuse_overlap(Period(date(2027, 3, 31), date(2028, 4, 1)), [YEAR], today=LONG_AGO)

    assert (refusal.value.first_day, refusal.value.last_day) == (date(2027, 3, 31), date(2027, 3, 31))
    assert refusal.value.other == "from 2026-04-01"
    assert "2027-03-31 to 2027-03-31" in str(refusal.value)


def test_a_policy_without_an_end_lasts_until_the_next_begins() -> None:
    later = published(date(2028, 4, 1), date(2029, 4, 1))
    refuse_overlap(later.in_force, [NEXT], today=date(2028, 3, 31))

    assert policy_in_force([later, NEXT], on=date(2028, 3, 31)).key == NEXT.key
    assert policy_in_force([later, NEXT], on=date(2028, 4, 1)) is later
    with pytest.raises(NoPolicyInForce):
        policy_in_force([later, NEXT], on=date(2029, 4, 1))


def test_a_policy_without_an_end_may_be_published_before_one_that_is_there() -> None:
    refuse_overlap(Period(date(2026, 1, 1)), [YEAR, NEXT], today=LONG_AGO)


@pytest.mark.parametrize("today", [date(2028, 4, 1), date(2030, 1, 1)])
def test_it_does_not_give_way_on_days_that_have_come(today: date) -> None:
    with pytest.raises(PolicyOverlap) as refusal:
        refuse_overlap(Period(date(2028, 4, 1)), [NEXT], today=today)

    assert refusal.value.last_day is None
    assert "2028-04-01 onwards" in str(refusal.value)


def test_of_two_that_begin_on_one_day_neither_gives_way() -> None:
    with pytest.raises(PolicyOverlap):
        refuse_overlap(NEXT.in_force, [NEXT], today=LONG_AGO)


def test_a_gap_is_told_by_its_days() -> None:
    later = published(date(2027, 5, 1), None)

    (gap,) = gaps([later, YEAR])

    assert (gap.first_day, gap.last_day) == (date(2027, 4, 1), date(2027, 4, 30))
