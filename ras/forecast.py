"""What is committed: budgets, notices running and agreed ends, month by month, exact to the penny.

A yearly rate accrues evenly over the days of its financial year (1 April to 31 March), and what has
accrued since 1 April is rounded once, at the end of each month. So months add up to the year, and every
grouping of the same figures to the same total.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ras.budget import End, Span, Spans, Timeline, ended
from ras.component import Component, Delivery
from ras.dates import Period, add_months, financial_year

FIRST_OF_MONTH = 1


@dataclass(frozen=True, slots=True)
class Committed:
    """What one component is committed to in one month, by one delivery.

    Attributes:
        month: The first day of the month.
        component: The component.
        delivery: The delivery.
        pence: Pence in that month, one-off sums inside.
    """

    month: date
    component: Component
    delivery: Delivery
    pence: int


def months(first: date, count: int) -> tuple[Period, ...]:
    """So many calendar months, from the one that a day is in.

    >>> [str(month.first_day) for month in months(date(2026, 11, 25), 3)]
    ['2026-11-01', '2026-12-01', '2027-01-01']
    """
    start = first.replace(day=FIRST_OF_MONTH)
    return tuple(Period(add_months(start, n), add_months(start, n + 1)) for n in range(count))


def committed(timeline: Timeline, run: Sequence[Period]) -> Iterator[Committed]:
    """What a component is committed to in each of a run of months, deliveries that are nothing left out.

    >>> from ras.budget import Award, timeline
    >>> from ras.component import rate_of
    >>> paid = Award("1", date(2026, 4, 1), rate_of([(Delivery.NOTIONAL, 1_000_00)]), notice_months=3)
    >>> year = list(committed(timeline(Component.SOCIAL_CARE, [paid]), months(date(2026, 4, 1), 12)))
    >>> [each.pence for each in year][:3], sum(each.pence for each in year)
    ([8219, 8493, 8220], 100000)
    """
    for month in run:
        for delivery in Delivery:
            pence = accrued(timeline.spans, delivery, month) + sum(
                each.pence
                for _, each in timeline.one_offs
                if each.delivery is delivery and each.due_on in month
            )
            if pence:
                yield Committed(month.first_day, timeline.component, delivery, pence)


def run_rate(timeline: Timeline, run: Sequence[Period], *, on: date) -> Iterator[Committed]:
    """What it would come to if the rate of one day went on for ever: an estimate, and labelled so."""
    now = (Span(date.min, timeline.on(on).rate, timeline.on(on).why),)
    yield from committed(Timeline(timeline.component, now, ()), run)


def owed_over(timeline: Timeline, days: Period) -> int:
    """What a component comes to over a run of days with an end, in whole pence, year by year."""
    if days.before is None:
        raise AssertionError("a run of days has an end")
    owed, first = 0, days.first_day
    while first < days.before:
        year = financial_year(first)
        before = min(days.before, year.before or days.before)
        owed += sum(accrued(timeline.spans, delivery, Period(first, before)) for delivery in Delivery)
        first = before
    return owed


def if_ended(timeline: Timeline, on: date) -> Timeline:
    """The same component if it ended on a day; one that never was payable from then on stays as it is."""
    end = End("", on, on)
    return Timeline(
        timeline.component,
        ended(end, timeline.spans),
        tuple((key, each) for key, each in timeline.one_offs if each.due_on < on),
    )


def accrued(spans: Spans, delivery: Delivery, period: Period) -> int:
    """What one delivery of a component comes to over a period of one financial year, in whole pence.

    Worked out as the difference between what has accrued since 1 April by its end and by its beginning,
    each rounded once, a half up.
    """
    year = financial_year(period.first_day)
    upto = period.before or period.first_day
    return _since_april(spans, delivery, year, upto) - _since_april(spans, delivery, year, period.first_day)


def _since_april(spans: Spans, delivery: Delivery, year: Period, before: date) -> int:
    days_in_year = ((year.before or year.first_day) - year.first_day).days
    weighted = sum(
        dict(rate).get(delivery, 0) * days for rate, days in _days(spans, Period(year.first_day, before))
    )
    doubled = Fraction(2 * weighted, days_in_year)
    return (doubled.numerator // doubled.denominator + 1) // 2


def _days(spans: Spans, period: Period) -> Iterator[tuple[Iterable[tuple[Delivery, int]], int]]:
    """Each rate of a period, and for how many of its days."""
    ends = [*(span.first_day for span in spans[1:]), None]
    for span, before in zip(spans, ends, strict=True):
        shared = Period(span.first_day, before).overlap(period)
        if shared is not None and shared.before is not None:
            yield span.rate, (shared.before - shared.first_day).days
