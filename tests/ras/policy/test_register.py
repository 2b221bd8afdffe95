"""On any day a council has at most one policy in force, and a day in none is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ras.dates import Period
from ras.errors import NoPolicyInForce, PolicyOverlap
from ras.policy.register import Published, gaps, policy_in_force, refuse_overlap

FIRST = date(2026, 4, 1)
days = st.dates(FIRST, FIRST + timedelta(days=120))


def published(first_day: date, before: date | None) -> Published[str]:
    name = f"from {first_day}"
    return Published(name=name, in_force=Period(first_day, before), key=name)


@st.composite
def registers(draw: st.DrawFn) -> list[Published[str]]:
    """Policies published one after another, each let through only where no other is in force."""
    register: list[Published[str]] = []
    for _ in range(draw(st.integers(0, 6))):
        first_day = draw(days)
        length = draw(st.one_of(st.none(), st.integers(1, 60)))
        new = published(first_day, first_day + timedelta(days=length) if length else None)
        try:
            refuse_overlap(new.in_force, register)
        except PolicyOverlap:
            continue
        register.append(new)
    return draw(st.permutations(register))


YEAR = published(date(2026, 4, 1), date(2027, 4, 1))
NEXT = published(date(2027, 4, 1), None)


@given(registers(), days)
def test_on_any_day_at_most_one_policy_is_in_force(register: list[Published[str]], on: date) -> None:
    in_force = [policy for policy in register if on in policy.in_force]

    assert len(in_force) <= 1
    if in_force:
        assert policy_in_force(register, on=on) is in_force[0]
    else:
        with pytest.raises(NoPolicyInForce, match=on.isoformat()):
            policy_in_force(register, on=on)


@given(registers(), days)
def test_the_gaps_are_the_days_between_policies_on_which_none_is_in_force(
    register: list[Published[str]], on: date
) -> None:
    starts = [policy.in_force.first_day for policy in register]
    between = bool(starts) and min(starts) <= on <= max(starts)
    covered = any(on in policy.in_force for policy in register)

    assert any(on in gap for gap in gaps(policy.in_force for policy in register)) == (between and not covered)


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
    refuse_overlap(NEXT.in_force, [YEAR])


def test_a_policy_of_one_shared_day_is_refused_with_its_days_and_the_others_name() -> None:
    with pytest.raises(PolicyOverlap) as refusal:
        refuse_overlap(Period(date(2027, 3, 31), date(2028, 4, 1)), [YEAR])

    assert (refusal.value.first_day, refusal.value.last_day) == (date(2027, 3, 31), date(2027, 3, 31))
    assert refusal.value.other == "from 2026-04-01"
    assert "2027-03-31 to 2027-03-31" in str(refusal.value)


def test_two_policies_without_an_end_overlap_onwards() -> None:
    with pytest.raises(PolicyOverlap) as refusal:
        refuse_overlap(Period(date(2028, 4, 1)), [NEXT])

    assert refusal.value.last_day is None
    assert "2028-04-01 onwards" in str(refusal.value)


def test_a_gap_is_told_by_its_days() -> None:
    later = published(date(2027, 5, 1), None)

    (gap,) = gaps([later.in_force, YEAR.in_force])

    assert (gap.first_day, gap.last_day) == (date(2027, 4, 1), date(2027, 4, 30))
