"""When a review is due: from the day the last was held, pulled forward to the EHC review, never past."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from ras.component import Component
from ras.dates import WorkingDays, add_months
from ras.records import Day, Flag, Line, Record


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


class ReviewDue(Record):
    """When the next review is due."""

    limit_on: Day
    """The last day by which it has to be held, counted from the last one."""
    due_on: Day
    """The day it is due: the limit, or the EHC review before it."""
    hold_by: Day
    """The last working day on or before the due day."""
    with_ehc_review: Flag
    """Whether it is held together with the EHC review."""


def review_due(
    rules: ReviewRules,
    days: WorkingDays,
    *,
    began_on: date,
    held_on: Iterable[date] = (),
    ehc_reviews_on: Iterable[date] = (),
    has_statutory_direct_payment: bool,
) -> ReviewDue:
    """The next review.

    Args:
        rules: The policy's.
        days: Working days.
        began_on: The first day of the budget.
        held_on: The days on which reviews were held.
        ehc_reviews_on: The EHC review days that are known.
        has_statutory_direct_payment: Whether there is a direct payment of a stream whose regulations
            ask for an early first review.

    >>> rules = ReviewRules(every_months=6, first_within_months=3, first_within_streams=("sen-top-up",),
    ...     together_within_days=28, source="Policy 7")
    >>> due = review_due(rules, WorkingDays(frozenset(), date(2028, 12, 31)), began_on=date(2026, 8, 31),
    ...     ehc_reviews_on=[date(2027, 2, 10)], has_statutory_direct_payment=False)
    >>> str(due.limit_on), str(due.due_on), due.with_ehc_review
    ('2027-02-28', '2027-02-10', True)
    """
    last = max(held_on, default=None)
    early = last is None and has_statutory_direct_payment
    months = min(rules.first_within_months, rules.every_months) if early else rules.every_months
    since = began_on if last is None else last
    limit = add_months(since, months)
    near = since + timedelta(days=rules.together_within_days)
    together = min((day for day in ehc_reviews_on if near < day <= limit), default=None)
    due = together or limit
    return ReviewDue(
        limit_on=limit, due_on=due, hold_by=days.on_or_before(due), with_ehc_review=together is not None
    )
