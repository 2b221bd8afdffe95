"""What is committed: budgets, notices running and agreed ends, month by month, exact to the penny.

A yearly rate accrues evenly over the days of its financial year (1 April to 31 March), and what has
accrued since 1 April is rounded once, at the end of each month. So months add up to the year, and every
grouping of the same figures to the same total.

Over many people each person's months are added up as they are, in whole pence. A birthday ends nothing
by itself: it is shown beside what is committed.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

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
    for delivery, pence in _by_delivery(timeline, _measured(run)):
        for month, in_month in zip(run, pence, strict=True):
            if in_month:
                yield Committed(month.first_day, timeline.component, delivery, in_month)


def run_rate(timeline: Timeline, run: Sequence[Period], *, on: date) -> Iterator[Committed]:
    """What it would come to if the rate of one day went on for ever: an estimate, and labelled so."""
    yield from committed(_carried_on(timeline, on), run)


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
    """The same component if it ended on a day: from that day on nothing is payable."""
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
    measured = _measured(run)
    ways: tuple[_Sums, _Sums] = ({}, {})
    for held in everyone:
        for timeline in held.timelines:
            as_it_is = list(_by_delivery(timeline, measured))
            other = at_18(held, timeline, run)
            at_18_it_is = as_it_is if other is timeline else _by_delivery(other, measured)
            for sums, found in zip(ways, (as_it_is, at_18_it_is), strict=True):
                for delivery, pence in found:
                    _add(sums, (timeline.component, delivery, held.team), pence)
    places = {each: place for place, each in enumerate((*Component, *Delivery))}
    order = sorted(ways[0], key=lambda key: (places[key[0]], places[key[1]], key[2]))
    nothing = [0] * len(run)
    return tuple(
        Row(month.first_day, *key, Both(ways[0][key][place], ways[1].get(key, nothing)[place]))
        for place, month in enumerate(run)
        for key in order
        if ways[0][key][place]
    )


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
    measured = _measured(run)
    sums = {kind: [0] * len(run) for kind in (Kind.COMMITTED, Kind.RUN_RATE)}
    for held in everyone:
        for timeline in held.timelines:
            ways = (timeline, _carried_on(timeline, on))
            for kind, each in zip(sums, ways, strict=True):
                for _, pence in _by_delivery(each, measured):
                    _add(sums, kind, pence)
    return tuple(
        Figure(month.first_day, kind, pence[place])
        for place, month in enumerate(run)
        for kind, pence in sums.items()
    )


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
    (accrued_in_it,) = _accrued(_stretches(spans, delivery), _measured([period]))
    return accrued_in_it


def _added(falls: dict[tuple[date, Component, str], list[int]]) -> tuple[Fall, ...]:
    places = {each: place for place, each in enumerate(Component)}
    order = sorted(falls, key=lambda key: (key[0], places[key[1]], key[2]))
    return tuple(Fall(*key, count=len(falls[key]), annual_pence=sum(falls[key])) for key in order)


_Sums = dict[tuple[Component, Delivery, str], list[int]]
_Group = TypeVar("_Group", bound=Hashable)


def _add(sums: dict[_Group, list[int]], group: _Group, months_pence: Iterable[int]) -> None:
    """Add months to a group's."""
    before = sums.get(group)
    sums[group] = (
        list(months_pence) if before is None else [a + b for a, b in zip(before, months_pence, strict=True)]
    )


def _carried_on(timeline: Timeline, on: date) -> Timeline:
    """The same component if the rate of one day went on for ever, backwards too."""
    now = timeline.on(on)
    return Timeline(timeline.component, (Span(date.min, now.rate, now.why),), ())


@dataclass(frozen=True, slots=True)
class _Measured:
    """A period of one financial year, its days as ordinals: everyone's months are counted with it."""

    period: Period
    april: int
    first: int
    before: int
    days_in_year: int


def _measured(run: Iterable[Period]) -> tuple[_Measured, ...]:
    found = []
    for period in run:
        year = financial_year(period.first_day)
        if period.before is None or year.before is None:
            raise AssertionError("a period that money accrues over has an end")
        april = year.first_day.toordinal()
        first, before = period.first_day.toordinal(), period.before.toordinal()
        found.append(_Measured(period, april, first, before, year.before.toordinal() - april))
    return tuple(found)


_Stretch = tuple[int, int, int]
"""A run of days with one rate that is not nothing: its first day, the first after it, pence a year."""


def _stretches(spans: Spans, delivery: Delivery) -> list[_Stretch]:
    """The runs of days on which a delivery is payable, their days as ordinals."""
    befores = [*(span.first_day for span in spans[1:]), date.max]
    found = (
        (span.first_day.toordinal(), before.toordinal(), dict(span.rate).get(delivery, 0))
        for span, before in zip(spans, befores, strict=True)
    )
    return [stretch for stretch in found if stretch[2]]


def _by_delivery(timeline: Timeline, run: Sequence[_Measured]) -> Iterator[tuple[Delivery, list[int]]]:
    """What a component comes to by each delivery that it ever has, in each month of a run."""
    for delivery in Delivery:
        stretches = _stretches(timeline.spans, delivery)
        bought = [each for _, each in timeline.one_offs if each.delivery is delivery]
        if stretches or bought:
            yield (
                delivery,
                [
                    accrued_in_it + sum(each.pence for each in bought if each.due_on in month.period)
                    for month, accrued_in_it in zip(run, _accrued(stretches, run), strict=True)
                ],
            )


def _accrued(stretches: Sequence[_Stretch], run: Iterable[_Measured]) -> Iterator[int]:
    """What accrues over each period: what has since 1 April by its end, without what had by its beginning.

    Both are rounded once, a half up.
    """
    known_to, weighted, told = 0, 0, 0
    for period in run:
        if known_to != period.first or period.first == period.april:
            weighted = _weighted(stretches, period.april, period.first)
            told = _half_up(weighted, period.days_in_year)
        weighted += _weighted(stretches, period.first, period.before)
        by_its_end = _half_up(weighted, period.days_in_year)
        yield by_its_end - told
        known_to, told = period.before, by_its_end


def _weighted(stretches: Sequence[_Stretch], first: int, before: int) -> int:
    """Pence a year, times the days between two that they are payable on."""
    weighted = 0
    for starts, stops, annual_pence in stretches:
        shared = min(stops, before) - max(starts, first)
        if shared > 0:
            weighted += annual_pence * shared
    return weighted


def _half_up(weighted: int, days_in_year: int) -> int:
    return (2 * weighted + days_in_year) // (2 * days_in_year)
