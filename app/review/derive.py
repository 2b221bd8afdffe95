"""From records to when a review is due, and to how far the roll-out is."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from app.budget.derive import Budget
from app.review.repository import Existing
from app.review.schemas import RollOut, RollOutCounts, RollOutMonth, Tolerance
from ras.budget import Span, Timeline
from ras.component import Component, Delivery
from ras.dates import WorkingDays, add_months
from ras.money import pounds
from ras.review import (
    TOLERANCE_ANNUAL_PENCE,
    TOLERANCE_PERCENT,
    Against,
    ReviewDue,
    ReviewRules,
    against_package,
    review_due,
)

UNCHANGED_MEANS = Tolerance(
    percent=TOLERANCE_PERCENT,
    annual_pence=TOLERANCE_ANNUAL_PENCE,
    in_words=f"Unchanged: the first award differs from the package before it by {TOLERANCE_PERCENT}% of the "
    f"package at most, or by {pounds(TOLERANCE_ANNUAL_PENCE)} a year where that is more.",
)


def due_of(
    found: Budget,
    rules: ReviewRules,
    days: WorkingDays,
    *,
    held_on: Iterable[date],
    ehc_reviews_on: Iterable[date],
    today: date,
) -> ReviewDue | None:
    """When the next review of a budget is due; None where nothing is payable then or later."""
    if found.began_on is None:
        return None
    due = review_due(
        rules,
        days,
        began_on=found.began_on,
        held_on=held_on,
        ehc_reviews_on=ehc_reviews_on,
        direct_payment_from=_direct_payment_from(found, rules.first_within_streams, today),
    )
    return due if is_payable_from(found, due.due_on) else None


def is_payable_from(found: Budget, day: date) -> bool:
    """Whether anything is payable on a day or later."""
    return any(span.rate for each in found.timelines for span in _spans_from(each, day)) or any(
        bought.due_on >= day for each in found.timelines for _, bought in each.one_offs
    )


def _direct_payment_from(found: Budget, streams: Iterable[Component], today: date) -> date | None:
    """The first day of a direct payment of these streams, where one is payable today or later."""
    first_days = [
        span.first_day
        for each in map(found.of, streams)
        if any(map(_is_direct, _spans_from(each, today)))
        for span in each.spans
        if _is_direct(span)
    ]
    return min(first_days, default=None)


def _is_direct(span: Span) -> bool:
    return Delivery.DIRECT_PAYMENT in dict(span.rate)


def _spans_from(timeline: Timeline, day: date) -> Iterator[Span]:
    """The span that a day is in, and those after it."""
    yield timeline.on(day)
    yield from (span for span in timeline.spans if span.first_day > day)


def roll_out_of(existing: Iterable[Existing], *, starts_on: date, months: int) -> RollOut:
    """How many packages were decided in each of so many months, and how each compares."""
    starts = [add_months(starts_on, number) for number in range(months + 1)]
    counted: Counter[tuple[int, Against]] = Counter()
    not_yet = 0
    for each in existing:
        if each.decided_on is None or each.decided_on >= starts[-1]:
            not_yet += 1
        elif each.decided_on >= starts_on:
            against = against_package(
                package_annual_pence=each.package_annual_pence, agreed_annual_pence=each.agreed_annual_pence
            )
            counted[bisect_right(starts, each.decided_on) - 1, against] += 1
    whole = _counts(counted, range(months))
    last_days = [before - timedelta(days=1) for before in starts[1:]]
    return RollOut(
        **dict(whole),
        starts_on=starts_on,
        last_day=last_days[-1],
        existing=whole.decided + not_yet,
        not_yet=not_yet,
        months=tuple(
            RollOutMonth(**dict(_counts(counted, [number])), first_day=starts[number], last_day=last_day)
            for number, last_day in enumerate(last_days)
        ),
        tolerance=UNCHANGED_MEANS,
    )


def _counts(counted: Counter[tuple[int, Against]], months: Sequence[int]) -> RollOutCounts:
    of = {against: sum(counted[number, against] for number in months) for against in Against}
    return RollOutCounts(
        decided=sum(of.values()),
        unchanged=of[Against.UNCHANGED],
        higher=of[Against.HIGHER],
        lower=of[Against.LOWER],
    )
