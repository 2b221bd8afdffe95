"""What the rules say is payable on every day: written from the rules, and from nothing of the service.

It is simple and slow: day by day, decision after decision, with its own calendar. It shares no code with
the engine, so that what both agree on was worked out twice.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache

from govuk_bank_holidays.bank_holidays import BankHolidays  # type: ignore[import-untyped]

Amounts = dict[str, int]
"""Pence a year by delivery; what is nothing is left out."""

DELIVERIES = ("direct-payment", "notional", "third-party")
FIRST_DAY, LAST_DAY = date(2026, 9, 1), date(2028, 12, 31)
DAYS = tuple(FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1))
SECOND_WORKING_DAY, CPR = "second-working-day", "cpr-6-26"
ONE_DAY = timedelta(days=1)


@cache
def _bank_holidays() -> frozenset[date]:
    published = BankHolidays(use_cached_holidays=True)
    return frozenset(each["date"] for each in published.get_holidays(division="england-and-wales"))


def is_working_day(day: date) -> bool:
    """Whether people work on a day in England and Wales.

    >>> [is_working_day(date(2026, 12, day)) for day in (24, 25, 26, 28, 29)]
    [True, False, False, False, True]
    """
    return day.weekday() < 5 and day not in _bank_holidays()


def working_day_after(day: date) -> date:
    """The next working day."""
    day += ONE_DAY
    while not is_working_day(day):
        day += ONE_DAY
    return day


def day_of_service(method: str, sent_at: datetime, postal_rule: str) -> date:
    """The day on which a letter counts as served, by the London moment it was sent.

    >>> posted = datetime(2025, 12, 31, 10)
    >>> day_of_service("post", posted, SECOND_WORKING_DAY), day_of_service("post", posted, CPR)
    (datetime.date(2026, 1, 5), datetime.date(2026, 1, 2))
    >>> day_of_service("electronic", datetime(2026, 11, 30, 16, 29), CPR)
    datetime.date(2026, 11, 30)
    >>> day_of_service("by-hand", datetime(2026, 11, 27, 16, 30), CPR)
    datetime.date(2026, 11, 30)
    """
    day = sent_at.date()
    if method == "post" and postal_rule == SECOND_WORKING_DAY:
        return working_day_after(working_day_after(day))
    if method == "post":
        second = day + 2 * ONE_DAY
        return second if is_working_day(second) else working_day_after(second)
    in_time = is_working_day(day) and sent_at.time() < time(16, 30)
    return day if in_time else working_day_after(day)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day if it has no such day.

    >>> months_after(date(2026, 11, 30), 3), months_after(date(2027, 1, 5), 3)
    (datetime.date(2027, 2, 28), datetime.date(2027, 4, 5))
    """
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    wanted = day.day
    while True:
        try:
            return date(year, month, wanted)
        except ValueError:
            wanted -= 1


@dataclass
class Sending:
    """A letter on its way."""

    method: str
    sent_at: datetime
    postal_rule: str

    @property
    def served_on(self) -> date:
        """The day of service."""
        return day_of_service(self.method, self.sent_at, self.postal_rule)


@dataclass
class Letter:
    """A notice: what it tells of, how long it runs, whether asking holds it, and each time it was sent."""

    id: str
    components: frozenset[str]
    months: dict[str, int]
    postal_rule: str
    holds: bool = True
    issued_at: datetime | None = None
    sendings: list[Sending] = field(default_factory=list)
    withdrawn: bool = False

    def last_day(self, component: str) -> date | None:
        """The last day of its period by the last time it was sent; None where it does not run at all."""
        if self.withdrawn or not self.sendings or component not in self.components:
            return None
        return months_after(self.sendings[-1].served_on, self.months[component])

    @property
    def last_of_all(self) -> date | None:
        """The last day of its longest period."""
        ends = [self.last_day(each) for each in self.components]
        return max((end for end in ends if end is not None), default=None)


@dataclass
class SecondLook:
    """A reconsideration."""

    id: str
    received_on: date
    postal_rule: str
    outcome: str | None = None
    becomes: dict[str, Amounts] = field(default_factory=dict)
    answered_at: datetime | None = None
    sending: Sending | None = None


@dataclass
class Decision(ABC):
    """A decision, with the letters and second looks that followed."""

    id: str
    made_on: date
    notice_months: dict[str, int]
    letters: list[Letter] = field(default_factory=list)
    looks: list[SecondLook] = field(default_factory=list)

    @abstractmethod
    def is_about(self, component: str) -> bool:
        """Whether it says anything about a component."""

    @property
    def is_overturned(self) -> bool:
        """Whether an answer set it aside."""
        return any(look.outcome == "overturned" for look in self.looks)

    @property
    def letter(self) -> Letter | None:
        """Its notice, unless that was withdrawn."""
        return next((each for each in self.letters if not each.withdrawn), None)

    def may_lower_from(self, component: str, starts_on: date) -> date | None:
        """The first day on which its notice lets it take anything away; None while there is none."""
        last_day = self.letter.last_day(component) if self.letter else None
        if last_day is None or self.is_overturned:
            return None
        first = max(starts_on, last_day + ONE_DAY)
        for look in self.looks:
            if look.received_on > last_day or not (self.letter and self.letter.holds):
                continue  # it came too late to hold anything, or the policy lets the notice run
            if look.sending is None:
                return None
            first = max(first, look.sending.served_on + ONE_DAY)
        return first


@dataclass
class Awarded:
    """What an award sets for one component."""

    amounts: Amounts
    ends_before: date | None = None
    asked_for: bool = False
    buys_on: date | None = None
    """The day on which something is bought once."""


@dataclass
class Award(Decision):
    """An award, interim or not."""

    starts_on: date = FIRST_DAY
    components: dict[str, Awarded] = field(default_factory=dict)

    def is_about(self, component: str) -> bool:
        """Whether it sets a component."""
        return component in self.components

    def ends_before(self, component: str) -> date | None:
        """Its agreed end; what was agreed with an award is set aside with it."""
        return None if self.is_overturned else self.components[component].ends_before

    def amounts(self, component: str) -> Amounts:
        """What it sets, by the answers that varied it; none of them makes it lower."""
        amounts = self.components[component].amounts
        for look in self.looks:
            varied = look.becomes.get(component, {})
            if not takes_anything_away(varied, amounts, asked_for=False):
                amounts = varied
        return amounts


@dataclass
class End(Decision):
    """An end on a ground of its own."""

    ends_before: date = LAST_DAY
    components: frozenset[str] = frozenset()

    def is_about(self, component: str) -> bool:
        """Whether it ends a component."""
        return component in self.components


@dataclass
class Stop(Decision):
    """A stop of a direct payment."""

    starts_on: date = LAST_DAY
    component: str = ""
    becomes: str = ""
    needs_notice: bool = False

    def is_about(self, component: str) -> bool:
        """Whether it stops the direct payment of a component."""
        return component == self.component

    @property
    def first_day(self) -> date | None:
        """The first day without the direct payment."""
        if self.is_overturned:
            return None
        return self.may_lower_from(self.component, self.starts_on) if self.needs_notice else self.starts_on


Timeline = dict[date, Amounts]


@dataclass
class Entitlement:
    """What is payable of one component on every day, and what takes something away."""

    payable: Timeline
    lowered: dict[str, tuple[date, date]] = field(default_factory=dict)
    """The decisions that take something away once they may, told from what is payable without them: the
    first and the last day on which each does."""


def entitlement(
    decisions: Iterable[Decision], component: str, *, as_if_not: frozenset[str] = frozenset()
) -> Entitlement:
    """What the rules say of a component.

    Args:
        decisions: In the order in which they were made.
        component: Which component.
        as_if_not: Decisions to leave out.
    """
    found = Entitlement({day: {} for day in DAYS})
    about = [each for each in decisions if each.is_about(component)]
    for number, decision in enumerate(about):
        if decision.id in as_if_not:
            continue
        match decision:
            case End():
                _end(found, decision)
            case Stop():
                _stop(found, decision)
            case Award():
                without = _without(found, decision, about[:number], component, as_if_not)
                _award(found, decision, without, component, is_renewal(decision, about[:number], component))
    return found


def _from(day: date) -> tuple[date, ...]:
    """Every day from one on."""
    return DAYS[(day - FIRST_DAY).days :]


def _end(found: Entitlement, end: End) -> None:
    if not end.is_overturned:
        for day in _from(end.ends_before):
            found.payable[day] = {}


def _stop(found: Entitlement, stop: Stop) -> None:
    first = stop.first_day
    lowers = []
    for day in _from(stop.starts_on):
        moved = dict(found.payable[day])
        paid = moved.pop("direct-payment", 0)
        if not paid:
            continue
        lowers.append(day)
        if first is not None and day >= first:
            found.payable[day] = {**moved, stop.becomes: moved.get(stop.becomes, 0) + paid}
    if lowers and stop.needs_notice:
        found.lowered[stop.id] = (lowers[0], lowers[-1])


def _without(
    found: Entitlement, award: Award, before: list[Decision], component: str, as_if_not: frozenset[str]
) -> Timeline:
    """What would be payable without an award: so soon after an end, as if that had never been.

    It is so while the award runs; after its agreed end, that other end counts again.
    """
    escaped = frozenset(
        each.id
        for each in before
        if isinstance(each, End)
        and each.id not in as_if_not
        and not each.is_overturned
        and award.starts_on < months_after(max(each.ends_before, each.made_on), each.notice_months[component])
    )
    return entitlement(before, component, as_if_not=as_if_not | escaped).payable if escaped else found.payable


def _award(
    found: Entitlement,
    award: Award,
    without: Timeline,
    component: str,
    is_renewed: bool,  # noqa: FBT001
) -> None:
    wanted, asked_for = award.amounts(component), award.components[component].asked_for
    ends_before = None if is_renewed else award.ends_before(component)
    lower_from = award.may_lower_from(component, award.starts_on)
    lowers = []
    for day in _from(award.starts_on):
        was = without[day]
        if ends_before is not None and day >= ends_before:
            break
        takes_away = takes_anything_away(wanted, was, asked_for=asked_for)
        if takes_away:
            lowers.append(day)
        may_lower = lower_from is not None and day >= lower_from
        found.payable[day] = wanted if may_lower or not takes_away else kept_whole(wanted, was)
    if lowers:
        found.lowered[award.id] = (lowers[0], lowers[-1])


def bought(decisions: Iterable[Decision], component: str) -> list[date]:
    """The days on which something of a component is bought once, in the order of the decisions.

    What was agreed before an end is not, from the end's first day on; unless an award soon after it goes on
    from what the end had ended, and runs on that day.
    """
    about = [each for each in decisions if each.is_about(component)]
    found = []
    for number, award in enumerate(about):
        day = award.components[component].buys_on if isinstance(award, Award) else None
        ends = enumerate(about[number + 1 :], number + 1)
        if day is not None and not any(_is_over(each, about, n, component, day) for n, each in ends):
            found.append(day)
    return found


def _is_over(end: Decision, about: list[Decision], number: int, component: str, day: date) -> bool:
    """Whether what was agreed before a decision is over on a day, for it is an end."""
    if not isinstance(end, End) or end.is_overturned or end.ends_before > day:
        return False
    soon = months_after(max(end.ends_before, end.made_on), end.notice_months[component])
    for n, award in enumerate(about[number + 1 :], number + 1):
        if not isinstance(award, Award) or not award.starts_on <= day or award.starts_on >= soon:
            continue
        ends_before = award.ends_before(component)
        if ends_before is None or day < ends_before or is_renewal(award, about[:n], component):
            return False
    return True


def is_renewal(award: Award, before: Iterable[Decision], component: str) -> bool:
    """Whether its agreed end does not count: it goes on from an award that was to end sooner."""
    ends_before = award.ends_before(component)
    if ends_before is None:
        return False
    for other in before:
        if not isinstance(other, Award) or not other.is_about(component):
            continue
        ended = other.ends_before(component)
        if (
            ended is not None
            and ends_before > ended
            and award.starts_on <= months_after(ended, award.notice_months[component])
        ):
            return True
    return False


def takes_anything_away(wanted: Amounts, was: Amounts, *, asked_for: bool) -> bool:
    """Whether it is less, in all or in a part.

    >>> takes_anything_away({"notional": 700}, {"direct-payment": 600}, asked_for=False)
    True
    >>> takes_anything_away({"notional": 700}, {"direct-payment": 600}, asked_for=True)
    False
    """
    if sum(wanted.values()) < sum(was.values()):
        return True
    return not asked_for and any(wanted.get(each, 0) < was.get(each, 0) for each in DELIVERIES)


def kept_whole(wanted: Amounts, was: Amounts) -> Amounts:
    """What is payable while nothing may be taken away: every part, and a higher total at once.

    >>> kept_whole({"direct-payment": 100, "notional": 600}, {"direct-payment": 600})
    {'direct-payment': 600, 'notional': 100}
    >>> kept_whole({"notional": 500}, {"direct-payment": 600})
    {'direct-payment': 600}
    """
    more = sum(wanted.values()) - sum(was.values())
    if more <= 0:
        return was
    rises = {each: wanted.get(each, 0) - was.get(each, 0) for each in DELIVERIES}
    most = max(rises, key=lambda each: rises[each])
    return {**was, most: was.get(most, 0) + more}


def total(amounts: Amounts) -> int:
    """What parts come to."""
    return sum(amounts.values())
