"""When a review is due: from the day the last was held, pulled forward to the EHC review, never past."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from ras.component import Component
from ras.dates import WorkingDays, add_months
from ras.records import Line, Record

TOLERANCE_PERCENT: Final = 10
"""An agreed amount leaves a package unchanged while it differs from it by no more than so much of it."""
TOLERANCE_ANNUAL_PENCE: Final = 250_00
"""Small packages are unchanged up to a difference of so many pence a year, where that allows more."""


class ReviewRules(Record):
    """How often a package is reviewed."""

    every_months: Annotated[int, Field(strict=True, ge=1, le=24)]
    """The next review is held within so many calendar months of the last."""
    first_within_months: Annotated[int, Field(strict=True, ge=1, le=24)]
    """For a direct payment of the streams below: the first is held within so many calendar months."""
    first_within_streams: Annotated[tuple[Component, ...], Field(max_length=3)]
    """The funding streams whose regulations ask for that."""
    together_within_days: Annotated[int, Field(strict=True, ge=0, le=120)]
    """A review held so many days before or after the EHC review counts as held together with it."""
    source: Line
    """Where the policy says so, with the statute."""


@dataclass(frozen=True, slots=True)
class ReviewDue:
    """When the next review is due.

    Attributes:
        limit_on: The last day by which it has to be held, counted from the last one.
        due_on: The day it is due: the limit, or the EHC review before it.
        hold_by: The last working day on or before the due day.
        with_ehc_review: Whether it is held together with the EHC review.
    """

    limit_on: date
    due_on: date
    hold_by: date
    with_ehc_review: bool


def review_due(
    rules: ReviewRules,
    days: WorkingDays,
    *,
    began_on: date,
    held_on: Iterable[date] = (),
    ehc_reviews_on: Iterable[date] = (),
    direct_payment_from: date | None = None,
) -> ReviewDue:
    """The next review.

    Args:
        rules: The policy's.
        days: Working days.
        began_on: The first day of the budget.
        held_on: The days on which reviews were held.
        ehc_reviews_on: The EHC review days that are known.
        direct_payment_from: The first day of a direct payment of a stream whose regulations ask for an
            early first review; None where there is none. A review held from that day on is its first.

    >>> rules = ReviewRules(every_months=6, first_within_months=3, first_within_streams=("sen-top-up",),
    ...     together_within_days=28, source="Policy 7")
    >>> due = review_due(rules, WorkingDays(frozenset(), date(2028, 12, 31)), began_on=date(2026, 8, 31),
    ...     ehc_reviews_on=[date(2027, 2, 10)])
    >>> str(due.limit_on), str(due.due_on), due.with_ehc_review
    ('2027-02-28', '2027-02-10', True)
    """
    last = max(held_on, default=None)
    since = began_on if last is None else last
    limit = add_months(since, rules.every_months)
    if direct_payment_from is not None and (last is None or last < direct_payment_from):
        limit = min(limit, add_months(direct_payment_from, rules.first_within_months))
    near = since + timedelta(days=rules.together_within_days)
    together = min((day for day in ehc_reviews_on if near < day <= limit), default=None)
    due = together or limit
    return ReviewDue(
        limit_on=limit, due_on=due, hold_by=days.on_or_before(due), with_ehc_review=together is not None
    )


class Against(StrEnum):
    """How an agreed amount compares with the package that a family had before."""

    LOWER = "lower"
    UNCHANGED = "unchanged"
    HIGHER = "higher"


def against_package(*, package_annual_pence: int, agreed_annual_pence: int) -> Against:
    """Compare an agreed amount with the package before it, within the stated tolerance.

    >>> against_package(package_annual_pence=4_000_00, agreed_annual_pence=4_400_00).value
    'unchanged'
    >>> against_package(package_annual_pence=4_000_00, agreed_annual_pence=4_400_01).value
    'higher'
    >>> against_package(package_annual_pence=1_000_00, agreed_annual_pence=749_99).value
    'lower'
    """
    allowed = max(package_annual_pence * TOLERANCE_PERCENT, TOLERANCE_ANNUAL_PENCE * 100)
    if abs(agreed_annual_pence - package_annual_pence) * 100 <= allowed:
        return Against.UNCHANGED
    return Against.HIGHER if agreed_annual_pence > package_annual_pence else Against.LOWER
