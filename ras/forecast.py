"""What is committed: budgets, notices running and agreed ends, month by month, exact to the penny.

A yearly rate accrues evenly over the days of its financial year (1 April to 31 March), and what has
accrued since 1 April is rounded once, at the end of each month. So months add up to the year, and every
grouping of the same figures to the same total.

Over many people each person's months are added up as they are, in whole pence. A birthday ends nothing
by itself: it is shown beside what is committed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from ras.budget import End, Span, Spans, Timeline, Why, ended
from ras.component import Component, Delivery, total
from ras.dates import Period, add_months, financial_year

FIRST_OF_MONTH = 1
ENDS_AT_18 = frozenset({Component.SOCIAL_CARE, Component.HEALTH})
"""What an adult decision can end; an EHC part goes on."""


class Kind(StrEnum):
    """What a month's figure is."""

    ACTUAL = "actual"
    COMMITTED = "committed"
    RUN_RATE = "run-rate"


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


@dataclass(frozen=True, slots=True)
class Held:
    """One person's budget, as finance counts it.

    Attributes:
        team: The team that holds the case.
        timelines: What is payable of each component.
        adult_on: The 18th birthday.
        adult_decided: The components that an adult decision ends.
    """

    team: str
    timelines: tuple[Timeline, ...]
    adult_on: date
    adult_decided: frozenset[Component] = frozenset()


@dataclass(frozen=True, slots=True)
class Both:
    """An 18th birthday, both ways.

    Attributes:
        committed: Pence, as the records are: a birthday ends nothing.
        if_ended_at_18: Pence, if `at_18` were so.
    """

    committed: int
    if_ended_at_18: int


@dataclass(frozen=True, slots=True)
class Row:
    """What a team is committed to in one month, of one component by one delivery."""

    month: date
    component: Component
    delivery: Delivery
    team: str
    pence: Both

    @property
    def financial_year(self) -> str:
        """The financial year it is in."""
        return year_in_words(self.month)


@dataclass(frozen=True, slots=True)
class Fall:
    """How many rates of a team's components fall in a month, and by how much a year.

    Attributes:
        month: The first day of the month.
        component: The component.
        team: The team.
        count: How many.
        annual_pence: All that they fall by, in pence a year.
    """

    month: date
    component: Component
    team: str
    count: int
    annual_pence: int


@dataclass(frozen=True, slots=True)
class Falls:
    """Every fall within a run of months, each in one of the two.

    Attributes:
        ends: To nothing, whatever the reason, or at an agreed end to what goes on without the award.
        notices: To something less, from the day a notice allows.
    """

    ends: tuple[Fall, ...]
    notices: tuple[Fall, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """What everyone's budgets come to in a month."""

    month: date
    kind: Kind
    pence: int

    @property
    def financial_year(self) -> str:
        """The financial year it is in."""
        return year_in_words(self.month)


def months(first: date, count: int) -> tuple[Period, ...]:
    """So many calendar months, from the one that a day is in.

    >>> [str(month.first_day) for month in months(date(2026, 11, 25), 3)]
    ['2026-11-01', '2026-12-01', '2027-01-01']
    """
    start = first.replace(day=FIRST_OF_MONTH)
    return tuple(Period(add_months(start, n), add_months(start, n + 1)) for n in range(count))


def year_in_words(day: date) -> str:
    """The financial year that a day is in, as accounts write it.

    >>> year_in_words(date(2027, 3, 31)), year_in_words(date(2099, 4, 1))
    ('2026-27', '2099-00')
    """
    first = financial_year(day).first_day.year
    return f"{first}-{(first + 1) % 100:02}"


def committed(timeline: Timeline, run: Sequence[Period]) -> Iterator[Committed]:
    """What a component is committed to in each of a run of months, deliveries that are nothing left out.

    >>> from ras.budget import Award, timeline
    >>> from ras.component import rate_of
    >>> paid = Award("1", date(2026, 4, 1), rate_of([(Delivery.NOTIONAL, 1_000_00)]), notice_months=3)
    >>> year = list(committed(timeline(Component.SOCIAL_CARE, [paid]), months(date(2026, 4, 1), 12)))
    >>> [each.pence for each in year][:3], sum(each.pence for each in year)
    ([8219, 8493, 8220], 100000)
    """
    for delivery in Delivery:
        stretches = _stretches(timeline.spans, delivery)
        bought = [each for _, each in timeline.one_offs if each.delivery is delivery]
        if stretches or bought:
            for month in run:
                pence = _accrued(stretches, month) + sum(
                    each.pence for each in bought if each.due_on in month
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


def at_18(held: Held, timeline: Timeline, run: Sequence[Period]) -> Timeline:
    """The same component if it ended with the month of the 18th birthday.

    With the month, and not on the day: from a part of a month the day of birth could be worked out, and
    finance sees none. What an adult decision ends is as it is, and so is an EHC part.

    >>> from ras.budget import Award, timeline
    >>> from ras.component import rate_of
    >>> paid = Award("1", date(2026, 4, 1), rate_of([(Delivery.NOTIONAL, 1_000_00)]), notice_months=3)
    >>> care = timeline(Component.SOCIAL_CARE, [paid])
    >>> other = at_18(Held("north", (care,), date(2026, 5, 9)), care, months(date(2026, 4, 1), 12))
    >>> [str(span.first_day) for span in other.spans[1:]]
    ['2026-04-01', '2026-06-01']
    """
    (birthday_month,) = months(held.adult_on, 1)
    ends_before, run_before = birthday_month.before, run[-1].before
    may_end = timeline.component in ENDS_AT_18 and timeline.component not in held.adult_decided
    if may_end and ends_before and run_before and ends_before < run_before:
        return if_ended(timeline, ends_before)
    return timeline


def rows_of(everyone: Iterable[Held], run: Sequence[Period]) -> tuple[Row, ...]:
    """What everyone's budgets come to by month, component, delivery and team, in that order.

    A row is the sum of what each person's come to in whole pence.
    """
    sums: dict[tuple[date, Component, Delivery, str], list[int]] = defaultdict(lambda: [0, 0])
    for held in everyone:
        for timeline in held.timelines:
            as_it_is, other = list(committed(timeline, run)), at_18(held, timeline, run)
            ended_at_18 = as_it_is if other is timeline else committed(other, run)
            for way, found in enumerate((as_it_is, ended_at_18)):
                for each in found:
                    sums[each.month, each.component, each.delivery, held.team][way] += each.pence
    places = {each: place for place, each in enumerate((*Component, *Delivery))}
    order = sorted(sums, key=lambda key: (key[0], places[key[1]], places[key[2]], key[3]))
    return tuple(Row(*key, pence=Both(*sums[key])) for key in order)


def totals(rows: Iterable[Row], of: Callable[[Row], str], groups: Iterable[str] = ()) -> dict[str, Both]:
    """The rows added up by what they are of.

    Args:
        rows: The rows.
        of: What a row is of.
        groups: What is there also where no row is of it.

    >>> north = Row(date(2026, 4, 1), Component.HEALTH, Delivery.NOTIONAL, "north", Both(5_00, 3_00))
    >>> totals([north, north], lambda row: row.team, ["north", "south"])["north"]
    Both(committed=1000, if_ended_at_18=600)
    """
    sums = {group: [0, 0] for group in groups}
    for row in rows:
        found = sums.setdefault(of(row), [0, 0])
        found[0] += row.pence.committed
        found[1] += row.pence.if_ended_at_18
    return {group: Both(*both) for group, both in sums.items()}


def falls_in(everyone: Iterable[Held], run: Sequence[Period]) -> Falls:
    """Every fall of a component's rate within a run of months, by month, component and team.

    What falls to nothing is told without its reason: whether by notice, as agreed or on a ground.
    """
    ends: dict[tuple[date, Component, str], list[int]] = defaultdict(list)
    notices: dict[tuple[date, Component, str], list[int]] = defaultdict(list)
    whole = Period(run[0].first_day, run[-1].before)
    for held in everyone:
        for timeline in held.timelines:
            for old, new in pairwise(timeline.spans):
                less = total(old.rate) - total(new.rate)
                if less > 0 and new.first_day in whole:
                    found = notices if new.rate and new.why is Why.LOWERED else ends
                    month = new.first_day.replace(day=FIRST_OF_MONTH)
                    found[month, timeline.component, held.team].append(less)
    return Falls(_added(ends), _added(notices))


def forecast(everyone: Iterable[Held], run: Sequence[Period], *, on: date) -> tuple[Figure, ...]:
    """What everyone's budgets come to in each month: as committed, and at the rates of one day.

    A month for which there is nothing is there with nothing.
    """
    sums = {(month.first_day, kind): 0 for month in run for kind in (Kind.COMMITTED, Kind.RUN_RATE)}
    for held in everyone:
        for timeline in held.timelines:
            for each in committed(timeline, run):
                sums[each.month, Kind.COMMITTED] += each.pence
            for each in run_rate(timeline, run, on=on):
                sums[each.month, Kind.RUN_RATE] += each.pence
    return tuple(Figure(month, kind, pence) for (month, kind), pence in sums.items())


def yearly(figures: Iterable[Figure]) -> dict[tuple[str, Kind], int]:
    """Figures added up by financial year and kind.

    >>> april = Figure(date(2026, 4, 1), Kind.RUN_RATE, 5_00)
    >>> yearly([april, april])
    {('2026-27', <Kind.RUN_RATE: 'run-rate'>): 1000}
    """
    sums: dict[tuple[str, Kind], int] = defaultdict(int)
    for figure in figures:
        sums[figure.financial_year, figure.kind] += figure.pence
    return dict(sums)


def accrued(spans: Spans, delivery: Delivery, period: Period) -> int:
    """What one delivery of a component comes to over a period of one financial year, in whole pence.

    Worked out as the difference between what has accrued since 1 April by its end and by its beginning,
    each rounded once, a half up.
    """
    return _accrued(_stretches(spans, delivery), period)


def _added(falls: dict[tuple[date, Component, str], list[int]]) -> tuple[Fall, ...]:
    places = {each: place for place, each in enumerate(Component)}
    order = sorted(falls, key=lambda key: (key[0], places[key[1]], key[2]))
    return tuple(Fall(*key, count=len(falls[key]), annual_pence=sum(falls[key])) for key in order)


_Stretch = tuple[date, date, int]
"""A run of days with one rate that is not nothing: its first day, the first after it, pence a year."""


def _stretches(spans: Spans, delivery: Delivery) -> list[_Stretch]:
    """The runs of days on which a delivery is payable."""
    befores = [*(span.first_day for span in spans[1:]), date.max]
    found = (
        (span.first_day, before, dict(span.rate).get(delivery, 0))
        for span, before in zip(spans, befores, strict=True)
    )
    return [stretch for stretch in found if stretch[2]]


def _accrued(stretches: Sequence[_Stretch], period: Period) -> int:
    year = financial_year(period.first_day)
    upto = period.before or period.first_day
    return _since_april(stretches, year, upto) - _since_april(stretches, year, period.first_day)


def _since_april(stretches: Sequence[_Stretch], year: Period, before: date) -> int:
    """What has accrued since 1 April on the days before one, in whole pence, a half up."""
    days_in_year = ((year.before or year.first_day) - year.first_day).days
    weighted = sum(
        annual_pence * (min(stops, before) - max(starts, year.first_day)).days
        for starts, stops, annual_pence in stretches
        if max(starts, year.first_day) < min(stops, before)
    )
    return (2 * weighted + days_in_year) // (2 * days_in_year)
