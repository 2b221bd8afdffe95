"""Notice: when a letter is served, how long it runs, and the first day a lower rate may apply.

`docs/rules.md` 8.3. Time runs from service; day C is the service day some calendar months on; the
lower rate may first apply the day after C. Weekends and holidays move service and never move C.
"""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, assert_never

from pydantic import Field

from ras.component import Component
from ras.dates import WorkingDays, add_months, day_in_words
from ras.records import Day, Line, Record

LAST_MINUTE = time(16, 30)
"""Sent electronically or handed over before this London time on a working day, it is served that day (our
rule, modelled on Civil Procedure Rules, rule 6.26)."""


class Method(StrEnum):
    """How a letter reaches the family."""

    POST = "post"
    ELECTRONIC = "electronic"
    BY_HAND = "by-hand"


class PostalRule(StrEnum):
    """When a letter sent by first-class post counts as served."""

    SECOND_WORKING_DAY = "second-working-day"
    CPR_6_26 = "cpr-6-26"


class NoticeMonths(Record):
    """How long the notice of one component is."""

    component: Component
    """Which funding stream."""
    months: Annotated[int, Field(strict=True, ge=0, le=24)]
    """Whole calendar months."""
    shorter_because: Line | None = None
    """Where it is under three months: the authority for that. The council's own streams never go without."""
    source: Line
    """Where the rule is published; for health, the partner's own."""


class NoticeRules(Record):
    """How notice of a lower amount is given."""

    postal_rule: PostalRule
    """When a posted letter is served."""
    streams: Annotated[tuple[NoticeMonths, ...], Field(min_length=1, max_length=3)]
    """The notice of each component, each once."""
    source: Line
    """Where the policy says so."""

    def months_of(self, component: Component) -> NoticeMonths:
        """The notice of a component. `ras.policy.checks` sees to it that every one is there."""
        return next(stream for stream in self.streams if stream.component is component)


class Sent(Record):
    """That a letter was sent or handed over."""

    method: Method
    """How."""
    on: Day
    """The London day."""
    in_time: bool
    """Whether it was before 16:30 London time; of no matter for post."""

    @classmethod
    def at(cls, method: Method, moment: datetime) -> "Sent":
        """Sent at a moment of London time.

        >>> Sent.at(Method.ELECTRONIC, datetime(2026, 11, 30, 16, 0)).in_time
        True
        """
        return cls(method=method, on=moment.date(), in_time=moment.time() < LAST_MINUTE)


def served_on(sent: Sent, rule: PostalRule, days: WorkingDays) -> date:
    """The day on which a letter is served.

    >>> new_year = WorkingDays(frozenset({date(2026, 1, 1)}), date(2028, 12, 31))
    >>> posted = Sent(method=Method.POST, on=date(2025, 12, 31), in_time=True)
    >>> served_on(posted, PostalRule.SECOND_WORKING_DAY, new_year)
    datetime.date(2026, 1, 5)
    >>> served_on(posted, PostalRule.CPR_6_26, new_year)
    datetime.date(2026, 1, 2)
    """
    if sent.method is not Method.POST:
        first = sent.on if sent.in_time else sent.on + timedelta(days=1)
        return days.on_or_after(first)
    match rule:
        case PostalRule.SECOND_WORKING_DAY:
            return days.after(sent.on, 2)
        case PostalRule.CPR_6_26:
            return days.on_or_after(sent.on + timedelta(days=2))
        case _:
            assert_never(rule)


class NoticeDates(Record):
    """The dates of a notice for one component, with their working."""

    component: Component
    """Which."""
    sent: Sent
    """How and when it was sent."""
    served_on: Day
    """The day of service."""
    last_day: Day
    """Day C: the notice ends at midnight at its end. Until it has passed the old rate is payable."""
    lower_from: Day
    """The first day on which the lower rate may apply."""
    months: Annotated[int, Field(strict=True, ge=0)]
    """How many calendar months of notice."""
    provisional: bool
    """Whether service lies past the published list of bank holidays: it may then still move later."""
    sources: tuple[Line, ...]
    """Where the rules are published: of service, and of the length."""

    def sentences(self) -> tuple[str, ...]:
        """The working in plain sentences, every day from the record."""
        how = {
            Method.POST: f"Posted first class on {day_in_words(self.sent.on)}",
            Method.ELECTRONIC: f"Sent electronically on {day_in_words(self.sent.on)}",
            Method.BY_HAND: f"Handed over on {day_in_words(self.sent.on)}",
        }[self.sent.method]
        late = (
            "" if self.sent.in_time or self.sent.method is Method.POST else ", at or after 16:30 London time"
        )
        length = f"{self.months} calendar month{'' if self.months == 1 else 's'}"
        said = [
            f"{how}{late}, it counts as served on {day_in_words(self.served_on)} ({self.sources[0]}).",
            f"Notice for {self.component.in_words} is {length} ({self.sources[1]}). It runs to the end of "
            f"{day_in_words(self.last_day)}.",
            f"The lower amount can start on {day_in_words(self.lower_from)} and not before.",
        ]
        if self.provisional:
            said.append(
                "Bank holidays are not yet published for that day, so these dates may still become later."
            )
        return tuple(said)


def notice_dates(
    component: Component,
    sent: Sent,
    rules: NoticeRules,
    days: WorkingDays,
    *,
    not_before: date | None = None,
) -> NoticeDates:
    """The dates of a notice that was, or would be, sent in this way.

    Args:
        component: The funding stream, whose months of notice count.
        sent: How and when the letter is sent.
        rules: The policy's rules.
        days: The working days.
        not_before: The day of service as it was worked out when the letter was sent: a holiday that has
            been struck off the list since makes nothing earlier.
    """
    stream = rules.months_of(component)
    served = served_on(sent, rules.postal_rule, days)
    if not_before is not None:
        served = max(served, not_before)
    last_day = add_months(served, stream.months)
    return NoticeDates(
        component=component,
        sent=sent,
        served_on=served,
        last_day=last_day,
        lower_from=last_day + timedelta(days=1),
        months=stream.months,
        provisional=days.is_provisional(served),
        sources=(rules.source, stream.source),
    )
