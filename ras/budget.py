"""What is payable on any day, derived from decisions and notices: one pure fold of the records.

Nothing sets a rate. Decisions are laid over one another in the order they were made. Each counts

- from the day it starts, wherever it lowers no part of what was payable without it;
- for the rest, from the day its notice allows; until then what was payable stays;
- never, for the rest, while it has no notice, its notice is withdrawn, a reconsideration holds it, or
  it was overturned.

So whatever is written down, in whatever order and for whatever day, an amount falls in two ways only:
by a notice that has run, or by an end on a ground of its own (`docs/no-unlawful-cut.md`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import partial

from ras.component import NOTHING, Component, Delivery, Rate, rate_of, total
from ras.dates import add_months

BEGINNING = date.min


class Why(StrEnum):
    """Why a rate is what it is."""

    NOTHING_DECIDED = "nothing-decided"
    AWARDED = "awarded"
    KEPT = "kept-until-notice-has-run"
    LOWERED = "lowered-after-notice"
    AGREED_END = "ended-as-agreed"
    ENDED = "ended"
    STOPPED = "direct-payment-stopped"


@dataclass(frozen=True, slots=True)
class Bought:
    """A one-off sum: what for, by which delivery, on which day, pence."""

    code: str
    delivery: Delivery
    due_on: date
    pence: int


@dataclass(frozen=True, slots=True)
class Award:
    """One component of an award.

    Attributes:
        key: The decision's.
        starts_on: The day it says.
        rate: What it sets.
        ends_before: The agreed end, told when the award was made.
        delivery_asked_for: Whether the family asked for this way of delivery.
        lower_from: The first day on which it may lower anything; None while no notice allows it.
        notice_months: The notice of this component; the stretch in which an award renews another.
        one_offs: What is bought once.
    """

    key: str
    starts_on: date
    rate: Rate
    notice_months: int
    ends_before: date | None = None
    delivery_asked_for: bool = False
    lower_from: date | None = None
    one_offs: tuple[Bought, ...] = ()


@dataclass(frozen=True, slots=True)
class End:
    """An end on a ground of its own: the family asks, death, a move, the adult decision.

    Attributes:
        key: The decision's.
        ends_before: The first day on which nothing is payable.
        restarts_before: An award that starts before this day takes up what was payable before the end, for as
            long as it runs: a notice's length from the end, or from the day it was decided if that is later.
    """

    key: str
    ends_before: date
    restarts_before: date


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of the direct payment. What the component is worth goes on in another delivery.

    Attributes:
        key: The decision's.
        starts_on: The first day without a direct payment; None while its notice has not been served.
        becomes: How it goes on.
    """

    key: str
    starts_on: date | None
    becomes: Delivery


Act = Award | End | Stop


@dataclass(frozen=True, slots=True)
class Span:
    """A run of days with one rate. It ends where the next begins; the last has no end.

    Attributes:
        first_day: Its first day.
        rate: What is payable a year.
        why: Why.
        set_by: The key of the decision that set the rate.
        waiting_for: The key of the decision that would set another and may not yet.
    """

    first_day: date
    rate: Rate
    why: Why
    set_by: str | None = None
    waiting_for: str | None = None


Spans = tuple[Span, ...]
"""A rate for every day: the first begins at the beginning of time."""

NO_DECISION: Spans = (Span(BEGINNING, NOTHING, Why.NOTHING_DECIDED),)


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is payable of one component, on every day."""

    component: Component
    spans: Spans
    one_offs: tuple[tuple[str, Bought], ...]
    """With the key of the decision that agreed each."""

    def on(self, day: date) -> Span:
        """The span a day is in."""
        return _at(self.spans, day)


def timeline(component: Component, acts: Iterable[Act]) -> Timeline:
    """Lay the acts on one component over one another, in the order in which they were decided.

    >>> paid = rate_of([(Delivery.DIRECT_PAYMENT, 5_000_00)])
    >>> less = rate_of([(Delivery.DIRECT_PAYMENT, 4_000_00)])
    >>> first = Award("1", date(2026, 1, 1), paid, notice_months=3)
    >>> cut = Award("2", date(2026, 3, 1), less, notice_months=3)
    >>> kept = timeline(Component.SOCIAL_CARE, [first, cut])
    >>> total(kept.on(date(2036, 1, 1)).rate)
    500000
    >>> noticed = timeline(Component.SOCIAL_CARE, [first, replace(cut, lower_from=date(2026, 6, 6))])
    >>> [(str(span.first_day), total(span.rate)) for span in noticed.spans[1:]]
    [('2026-01-01', 500000), ('2026-03-01', 500000), ('2026-06-06', 400000)]
    """
    decided = tuple(_with_ends_that_count(acts))
    folds = {0: _laid(decided)}
    folds |= {n: _laid(decided[n:]) for n, act in enumerate(decided, 1) if isinstance(act, End)}
    days = {span.first_day for spans in folds.values() for span in spans}
    days |= {day for act in decided if not isinstance(act, Stop) for day in (act.ends_before,) if day}
    days |= {act.starts_on for act in decided if isinstance(act, Award)}
    spans: list[Span] = []
    for day in sorted(days):
        ended = _ended_by(decided, day)
        span = replace(_at(folds[ended], day), first_day=day)
        if ended and span.why is Why.NOTHING_DECIDED:
            span = Span(day, NOTHING, Why.ENDED, decided[ended - 1].key)
        if not spans or not _is_same(span, spans[-1]):
            spans.append(span)
    return Timeline(component, tuple(spans), tuple(_bought(decided)))


def laid_under(component: Component, acts: Iterable[Act], award: Award) -> Timeline:
    """What would be payable if an award were decided and set nothing: what it is compared with.

    It is what is payable without it, and with what the award takes up of what an end had ended.
    """
    return timeline(component, [*acts, replace(award, rate=NOTHING, lower_from=None, one_offs=())])


def _with_ends_that_count(acts: Iterable[Act]) -> Iterator[Act]:
    """The acts, without the agreed ends of awards that renew another."""
    fixed_terms: list[Award] = []
    for act in acts:
        if isinstance(act, Award) and act.ends_before is not None:
            yield replace(act, ends_before=None) if renews(act, fixed_terms) else act
            fixed_terms.append(act)
        else:
            yield act


def _laid(acts: Sequence[Act]) -> Spans:
    """Awards and stops laid over one another; ends are for `_ended_by`."""
    spans = NO_DECISION
    for act in acts:
        match act:
            case Award():
                days = (act.starts_on, act.ends_before, act.lower_from)
                spans = _changed(spans, days, partial(_overlaid, act))
            case Stop():
                spans = _changed(spans, (act.starts_on,), partial(_stopped, act))
            case End():
                pass
    return spans


def _ended_by(acts: Sequence[Act], day: date) -> int:
    """From which act on what was decided counts on a day: what was decided before an end does not.

    Unless the end is taken up again: by an award that was decided after it, runs on that day, and started
    before the notice of a lower amount would have run. So an end and a restart cannot cut.
    """
    for n in range(len(acts), 0, -1):
        end = acts[n - 1]
        if isinstance(end, End) and end.ends_before <= day and not _is_taken_up(end, acts[n:], day):
            return n
    return 0


def _is_taken_up(end: End, later: Iterable[Act], day: date) -> bool:
    return any(
        isinstance(act, Award)
        and act.starts_on < end.restarts_before
        and act.starts_on <= day
        and (act.ends_before is None or day < act.ends_before)
        for act in later
    )


def _bought(acts: Sequence[Act]) -> Iterator[tuple[str, Bought]]:
    """What is bought once: what an end that counts on its day was decided after is left out."""
    for n, act in enumerate(acts):
        if isinstance(act, Award):
            for each in act.one_offs:
                if _ended_by(acts, each.due_on) <= n:
                    yield act.key, each


def is_fall(given: Rate, old: Rate, *, delivery_asked_for: bool) -> bool:
    """Whether a rate takes something away: a part of it is lower than it was.

    A way of delivery that the family asked for takes nothing away where the whole is not lower.
    """
    if delivery_asked_for and total(given) >= total(old):
        return False
    now = dict(given)
    return any(now.get(delivery, 0) < pence for delivery, pence in old)


def falls(before: Timeline, award: Award) -> Span | None:
    """The first span of days on which an award would take something away; None where it never does."""
    for day, old in _pieces(before.spans, (award.starts_on, award.ends_before)):
        counts = award.starts_on <= day and (award.ends_before is None or day < award.ends_before)
        if counts and is_fall(award.rate, old.rate, delivery_asked_for=award.delivery_asked_for):
            return replace(old, first_day=day)
    return None


def taken(component: Component, acts: Iterable[Act], award: Award) -> Span | None:
    """The first days on which an award, decided after some acts, would take something away.

    An agreed end that does not count, because it renews another, takes away nothing and saves nothing.
    """
    before = tuple(acts)
    if renews(award, [act for act in before if isinstance(act, Award)]):
        award = replace(award, ends_before=None)
    return falls(laid_under(component, before, award), award)


def renews(award: Award, before: Iterable[Award]) -> bool:
    """Whether an award carries on one that had an agreed end, so that its own end does not count.

    It begins no later than the notice period after that end, and would end after it.
    """
    return award.ends_before is not None and any(
        earlier.ends_before is not None
        and award.ends_before > earlier.ends_before
        and award.starts_on <= add_months(earlier.ends_before, award.notice_months)
        for earlier in before
    )


def _overlaid(award: Award, old: Span, day: date) -> Span:
    """The span of a day as an award leaves it. Past its agreed end, what goes on without it."""
    if day < award.starts_on:
        return old
    if award.ends_before is not None and day >= award.ends_before:
        return old if old.rate else Span(day, NOTHING, Why.AGREED_END, award.key)
    takes_away = is_fall(award.rate, old.rate, delivery_asked_for=award.delivery_asked_for)
    if not takes_away:
        return Span(day, award.rate, Why.AWARDED, award.key)
    if award.lower_from is not None and day >= award.lower_from:
        return Span(day, award.rate, Why.LOWERED, award.key)
    more = total(award.rate) - total(old.rate)
    if more <= 0:
        return replace(old, why=Why.KEPT, waiting_for=award.key)
    # More in all, but not in each part: what is more is payable now, and no part is lower.
    was = dict(old.rate)
    rises_most = max(award.rate, key=lambda part: part[1] - was.get(part[0], 0))[0]
    return Span(day, rate_of([*old.rate, (rises_most, more)]), Why.KEPT, old.set_by, award.key)


def ended(end: End, spans: Spans) -> Spans:
    """What is payable with an end that nothing takes up again."""
    return _changed(spans, (end.ends_before,), partial(_ended, end))


def _ended(end: End, old: Span, day: date) -> Span:
    return old if day < end.ends_before else Span(day, NOTHING, Why.ENDED, end.key)


def stopped(rate: Rate, becomes: Delivery) -> Rate:
    """A rate without its direct payment: what that was worth goes on in another delivery."""
    return rate_of(
        (becomes if delivery is Delivery.DIRECT_PAYMENT else delivery, pence) for delivery, pence in rate
    )


def _stopped(stop: Stop, old: Span, day: date) -> Span:
    if stop.starts_on is None or day < stop.starts_on:
        return old
    moved = stopped(old.rate, stop.becomes)
    return old if moved == old.rate else Span(day, moved, Why.STOPPED, stop.key)


def _pieces(spans: Spans, days: Sequence[date | None]) -> Iterator[tuple[date, Span]]:
    """Each day on which a rate or an act changes, and the span it is in."""
    for day in sorted({*(span.first_day for span in spans), *(day for day in days if day)}):
        yield day, _at(spans, day)


def _changed(spans: Spans, days: Sequence[date | None], change: Callable[[Span, date], Span]) -> Spans:
    """What is payable after an act that changes something on these days at most."""
    changed: list[Span] = []
    for day, old in _pieces(spans, days):
        new = replace(change(old, day), first_day=day)
        if not changed or not _is_same(new, changed[-1]):
            changed.append(new)
    return tuple(changed)


def _is_same(one: Span, other: Span) -> bool:
    """Whether two spans say the same of their days."""
    return replace(one, first_day=BEGINNING) == replace(other, first_day=BEGINNING)


def _at(spans: Spans, day: date) -> Span:
    return next(span for span in reversed(spans) if span.first_day <= day)
