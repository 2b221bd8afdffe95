"""When a review is due: tables of days that a practitioner can check, and the law that none is late."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.working_days import working_days
from ras.component import Component
from ras.dates import add_months
from ras.review import Against, ReviewDue, ReviewRules, against_package, review_due

RULES = ReviewRules(
    every_months=6,
    first_within_months=3,
    first_within_streams=(Component.SEN_TOP_UP,),
    together_within_days=28,
    source="Policy 8",
)
ENGLAND = working_days()


def due(began: str, *held: str, ehc: tuple[str, ...] = (), paid_from: str | None = None) -> ReviewDue:
    return review_due(
        RULES,
        ENGLAND,
        began_on=date.fromisoformat(began),
        held_on=map(date.fromisoformat, held),
        ehc_reviews_on=map(date.fromisoformat, ehc),
        direct_payment_from=date.fromisoformat(paid_from) if paid_from else None,
    )


@pytest.mark.parametrize(
    ("began", "held", "limit", "hold_by", "why"),
    [
        ("2026-12-01", (), "2027-06-01", "2027-06-01", "six calendar months on: a Tuesday"),
        ("2026-12-05", (), "2027-06-05", "2027-06-04", "a Saturday: the Friday before"),
        ("2026-12-06", (), "2027-06-06", "2027-06-04", "a Sunday: the Friday before"),
        ("2026-11-30", (), "2027-05-30", "2027-05-28", "a Sunday, then a bank holiday that does not matter"),
        ("2026-11-03", (), "2027-05-03", "2027-04-30", "the early May holiday: before it and the weekend"),
        ("2026-09-29", (), "2027-03-29", "2027-03-25", "Easter Monday: before Good Friday"),
        ("2026-06-25", (), "2026-12-25", "2026-12-24", "Christmas Day"),
        ("2026-08-31", (), "2027-02-28", "2027-02-26", "31 August: the last day of February"),
        ("2027-08-30", (), "2028-02-29", "2028-02-29", "30 August: the last day of February in a leap year"),
        ("2026-03-31", (), "2026-09-30", "2026-09-30", "31 March: the last day of September"),
        ("2026-12-01", ("2027-05-20",), "2027-11-20", "2027-11-19", "held early: from that day"),
        ("2026-12-01", ("2027-07-12",), "2028-01-12", "2028-01-12", "held late: from that day"),
        ("2026-12-01", ("2027-05-20", "2027-11-02"), "2028-05-02", "2028-05-02", "from the last"),
        ("2026-12-01", ("2027-11-02", "2027-05-20"), "2028-05-02", "2028-05-02", "in whatever order"),
    ],
)
def test_the_limit_runs_from_the_last_review(
    began: str, held: tuple[str, ...], limit: str, hold_by: str, why: str
) -> None:
    found = due(began, *held)
    assert (str(found.limit_on), str(found.due_on), str(found.hold_by)) == (limit, limit, hold_by), why
    assert not found.with_ehc_review


@pytest.mark.parametrize(
    ("ehc", "due_on", "hold_by", "together", "why"),
    [
        (("2027-03-01",), "2027-03-01", "2027-03-01", True, "before the limit: on its day"),
        (("2027-03-14",), "2027-03-14", "2027-03-12", True, "on a Sunday: the Friday before"),
        (("2027-06-01",), "2027-06-01", "2027-06-01", True, "on the limit"),
        (("2027-06-02",), "2027-06-01", "2027-06-01", False, "a day past the limit: the limit stands"),
        (("2026-12-29",), "2027-06-01", "2027-06-01", False, "28 days after the last: was held with that"),
        (("2026-12-30",), "2026-12-30", "2026-12-30", True, "29 days after it: is not"),
        (("2026-10-01",), "2027-06-01", "2027-06-01", False, "before the budget began"),
        (("2027-05-04", "2027-03-01"), "2027-03-01", "2027-03-01", True, "two plans: the first"),
        ((), "2027-06-01", "2027-06-01", False, "none is known"),
    ],
)
def test_a_review_is_pulled_forward_to_the_ehc_review_and_never_past_its_limit(
    *, ehc: tuple[str, ...], due_on: str, hold_by: str, together: bool, why: str
) -> None:
    found = due("2026-12-01", ehc=ehc)
    assert str(found.limit_on) == "2027-06-01"
    assert (str(found.due_on), str(found.hold_by), found.with_ehc_review) == (due_on, hold_by, together), why


@pytest.mark.parametrize(
    ("held", "paid_from", "limit", "why"),
    [
        ((), "2026-12-01", "2027-03-01", "paid from the start: within three months"),
        ((), "2026-11-30", "2027-02-28", "clamped"),
        (("2027-02-10",), "2026-12-01", "2027-08-10", "the first was held: every six months"),
        ((), "2027-02-01", "2027-05-01", "paid later: three months from then, as that is sooner"),
        ((), "2027-04-01", "2027-06-01", "paid later still: the six months are sooner"),
        (("2027-05-20",), "2027-06-01", "2027-09-01", "the payment began after the last review"),
        (("2027-06-01",), "2027-06-01", "2027-12-01", "the review of its first day is its first"),
        ((), None, "2027-06-01", "no such payment"),
    ],
)
def test_a_sen_direct_payment_is_first_reviewed_within_three_months(
    held: tuple[str, ...], paid_from: str | None, limit: str, why: str
) -> None:
    assert str(due("2026-12-01", *held, paid_from=paid_from).limit_on) == limit, why


days = st.dates(date(2026, 1, 1), date(2030, 12, 31))


@given(
    began_on=days,
    held=st.lists(st.integers(0, 900), max_size=4),
    ehc=st.lists(days, max_size=4),
    paid_from=st.none() | days,
    months=st.tuples(st.integers(1, 24), st.integers(1, 24)),
    near=st.integers(0, 120),
)
def test_no_review_is_ever_due_past_its_limit(
    *,
    began_on: date,
    held: list[int],
    ehc: list[date],
    paid_from: date | None,
    months: tuple[int, int],
    near: int,
) -> None:
    rules = RULES.model_copy(
        update={"every_months": months[0], "first_within_months": months[1], "together_within_days": near}
    )
    held_on = [began_on + timedelta(days=count) for count in held]
    known: dict[str, Any] = {"began_on": began_on, "held_on": held_on}
    paid_from = max(paid_from, began_on) if paid_from else None

    found = review_due(rules, ENGLAND, **known, ehc_reviews_on=ehc, direct_payment_from=paid_from)

    since = max(held_on, default=began_on)
    assert since < found.due_on <= found.limit_on <= add_months(since, months[0])
    assert found.hold_by <= found.due_on
    assert found.hold_by in ENGLAND
    assert not any(
        found.hold_by + timedelta(days=count) in ENGLAND
        for count in range(1, (found.due_on - found.hold_by).days + 1)
    )
    assert found.due_on in ({*ehc} if found.with_ehc_review else {found.limit_on})
    without = review_due(rules, ENGLAND, **known, direct_payment_from=paid_from)
    assert found.limit_on == without.limit_on, "an EHC review moves no limit"
    assert found.hold_by <= without.hold_by, "and pulls forward only"


@pytest.mark.parametrize(
    ("package", "agreed", "against"),
    [
        (4_000_00, 3_600_00, Against.UNCHANGED),
        (4_000_00, 3_599_99, Against.LOWER),
        (4_000_00, 4_400_00, Against.UNCHANGED),
        (4_000_00, 4_400_01, Against.HIGHER),
        (1_000_00, 1_250_00, Against.UNCHANGED),
        (1_000_00, 1_250_01, Against.HIGHER),
        (1_000_00, 749_99, Against.LOWER),
        (0, 250_00, Against.UNCHANGED),
        (0, 250_01, Against.HIGHER),
        (2_500_12, 2_250_11, Against.UNCHANGED),
        (2_500_12, 2_250_10, Against.LOWER),
    ],
)
def test_an_award_is_compared_with_the_package_before_it(package: int, agreed: int, against: Against) -> None:
    assert against_package(package_annual_pence=package, agreed_annual_pence=agreed) is against
