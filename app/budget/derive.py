"""From records to what is payable: the acts that `ras.budget` lays over one another."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.budget.contents import (
    DECIDED,
    Answered,
    AwardTerms,
    Decided,
    EndTerms,
    InterimTerms,
    Noticed,
    Served,
    StopTerms,
)
from app.budget.repository import Notice, Reconsideration, Records
from app.budget.tables import DecisionRow
from app.clock import london_day
from app.policy.repository import policy_in
from ras import budget
from ras.budget import Act, Award, Bought, End, Span, Stop, Timeline, is_fall, taken
from ras.component import AwardedComponent, Component, Rate, rate_of
from ras.dates import WorkingDays, add_months
from ras.notice import NoticeDates, notice_dates
from ras.policy.budget_rules import BudgetRules
from ras.reconsideration import Asked, Outcome, lower_from


class NoticeState(StrEnum):
    """Where a notice is on its way: derived from what happened to it and from the day."""

    DRAFT = "draft"
    ISSUED = "issued"
    RUNNING = "running"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class NoticeAct(StrEnum):
    """What can happen to a notice."""

    ISSUED = "issued"
    SERVED = "served"
    WITHDRAWN = "withdrawn"


class ReconsiderationAct(StrEnum):
    """What can happen to a reconsideration."""

    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    SERVED = "served"


@dataclass(frozen=True, slots=True)
class Budget:
    """A person's budget: each component's timeline."""

    timelines: tuple[Timeline, ...]

    def of(self, component: Component) -> Timeline:
        """One component's timeline."""
        return next(each for each in self.timelines if each.component is component)

    @property
    def began_on(self) -> date | None:
        """The first day on which anything is payable; None where nothing ever is."""
        return self.first_day_of(Component)

    def first_day_of(self, components: Iterable[Component]) -> date | None:
        """The first day on which anything of some components is payable; None where nothing ever is."""
        timelines = [self.of(each) for each in components]
        days = [span.first_day for each in timelines for span in each.spans if span.rate]
        days += [bought.due_on for each in timelines for _, bought in each.one_offs]
        return min(days, default=None)


def budget_of(records: Records, days: WorkingDays) -> Budget:
    """What is payable on every day: one pure function of the records."""
    return Budget(tuple(budget.timeline(each, acts_on(each, records, days)) for each in Component))


def acts_on(component: Component, records: Records, days: WorkingDays) -> Iterator[Act]:
    """What was decided of a component, in the order of the decisions."""
    for row in records.decisions:
        decided = content_of(row)
        match decided.terms:
            case AwardTerms() | InterimTerms():
                yield from _award(component, row, decided, records, days)
            case EndTerms() as end if component in end.components:
                if not is_overturned(records, row):
                    months = decided.notice_months[component]
                    yield End(str(row.id), end.ends_before, add_months(_counts_from(end, row), months))
            case StopTerms() as stop if stop.component is component:
                if not is_overturned(records, row):
                    starts = (
                        may_lower_from(component, row, records, days)
                        if decided.needs_notice
                        else stop.starts_on
                    )
                    yield Stop(str(row.id), starts, stop.becomes)
            case _:
                pass


def _counts_from(end: EndTerms, row: DecisionRow) -> date:
    """The day from which an award is a restart for as long as a notice: not before the end was decided."""
    return max(end.ends_before, london_day(row.written_at))


def award_of(row_key: str, awarded: AwardedComponent, *, starts_on: date, notice_months: int) -> Award:
    """One component of an award, before any notice of it."""
    return Award(
        key=row_key,
        starts_on=starts_on,
        rate=rate_in(awarded),
        notice_months=notice_months,
        ends_before=awarded.agreed_end.ends_before if awarded.agreed_end else None,
        delivery_asked_for=awarded.delivery_asked_for_on is not None,
        one_offs=tuple(
            Bought(each.code, each.delivery, each.due_on, each.pence) for each in awarded.one_offs
        ),
    )


def award_in(row: DecisionRow, awarded: AwardedComponent) -> Award:
    """One component of a decision's award, before any notice of it."""
    months = content_of(row).notice_months[awarded.component]
    return award_of(str(row.id), awarded, starts_on=row.starts_on, notice_months=months)


def awards_on(component: Component, records: Records) -> Iterator[Award]:
    """Every award of a component, in order and before any notice of it."""
    for row in records.decisions:
        terms = content_of(row).terms
        if isinstance(terms, AwardTerms | InterimTerms):
            yield from (award_in(row, each) for each in terms.components if each.component is component)


def taken_by(component: Component, award: Award, records: Records, days: WorkingDays) -> Span | None:
    """The first days on which an award, decided after all these records, would take something away."""
    return taken(component, acts_on(component, records, days), award)


def rate_in(awarded: AwardedComponent) -> Rate:
    """The rate that an award sets for a component."""
    return rate_of((part.delivery, part.annual_pence) for part in awarded.parts)


def content_of(row: DecisionRow) -> Decided:
    """What a decision holds."""
    return DECIDED.validate_json(row.content)


def is_overturned(records: Records, row: DecisionRow) -> bool:
    """Whether a reconsideration set a decision aside."""
    answers = [answer_of(each) for each in records.reconsiderations_of(row.id)]
    return any(answer is not None and answer.outcome is Outcome.OVERTURNED for answer in answers)


def answer_of(reconsideration: Reconsideration) -> Answered | None:
    """What a reconsideration was answered; None while it was not."""
    kept = [e.content for e in reconsideration.events if e.kind == ReconsiderationAct.ANSWERED]
    return Answered.model_validate_json(kept[-1]) if kept else None


def answer_served_on(reconsideration: Reconsideration, rules: BudgetRules, days: WorkingDays) -> date | None:
    """The day on which the answer was served; None while it was not."""
    kept = [e.content for e in reconsideration.events if e.kind == ReconsiderationAct.SERVED]
    if not kept:
        return None
    served = Served.model_validate_json(kept[-1])
    again = notice_dates(Component.SOCIAL_CARE, served.sent, rules.notice, days, not_before=served.served_on)
    return again.served_on


def service_of(notice: Notice) -> Served | None:
    """How a notice was served last; None where it was not, or was withdrawn."""
    if notice.events and notice.events[-1].kind == NoticeAct.WITHDRAWN:
        return None
    kept = [event.content for event in notice.events if event.kind == NoticeAct.SERVED]
    return Served.model_validate_json(kept[-1]) if kept else None


def rules_of(notice: Notice) -> BudgetRules:
    """The rules of the policy that a notice was drafted under."""
    rules = policy_in(notice.policy).budget
    if rules is None:
        raise AssertionError("a notice is drafted under a policy with rules for budgets")
    return rules


def noticed_in(notice: Notice) -> Noticed:
    """What a notice tells."""
    return Noticed.model_validate_json(notice.row.content)


def dates_of(notice: Notice, days: WorkingDays) -> tuple[NoticeDates, ...]:
    """The dates of a notice, for each component it lowers; none while it is not served."""
    served = service_of(notice)
    if served is None:
        return ()
    rules = rules_of(notice).notice
    return tuple(
        notice_dates(change.component, served.sent, rules, days, not_before=served.served_on)
        for change in noticed_in(notice).changes
    )


def may_lower_from(
    component: Component, row: DecisionRow, records: Records, days: WorkingDays
) -> date | None:
    """The first day on which a decision may lower a component; None while nothing allows it."""
    starts_on = row.starts_on
    for notice in reversed(records.notices_of(row.id)):
        dates = next((each for each in dates_of(notice, days) if each.component is component), None)
        if dates is not None:
            rules = rules_of(notice)
            asked = [_asked(each, rules, days) for each in records.reconsiderations_of(row.id)]
            return lower_from(dates.last_day, starts_on, asked, rules.reconsideration.while_pending)
    return None


def _asked(each: Reconsideration, rules: BudgetRules, days: WorkingDays) -> Asked:
    answer = answer_of(each)
    return Asked(
        each.row.received_on, answer.outcome if answer else None, answer_served_on(each, rules, days)
    )


def _award(
    component: Component, row: DecisionRow, decided: Decided, records: Records, days: WorkingDays
) -> Iterator[Award]:
    terms = decided.terms
    if not isinstance(terms, AwardTerms | InterimTerms):
        return
    for awarded in terms.components:
        if awarded.component is component:
            made = award_of(
                str(row.id),
                awarded,
                starts_on=terms.starts_on,
                notice_months=decided.notice_months[component],
            )
            yield Award(
                key=made.key,
                starts_on=made.starts_on,
                rate=_varied(made.rate, component, records.reconsiderations_of(row.id)),
                notice_months=made.notice_months,
                # What was agreed with an award is set aside with it: its end no longer counts.
                ends_before=None if is_overturned(records, row) else made.ends_before,
                delivery_asked_for=made.delivery_asked_for,
                lower_from=may_lower_from(component, row, records, days),
                one_offs=made.one_offs,
            )


def _varied(rate: Rate, component: Component, asked: Sequence[Reconsideration]) -> Rate:
    """The rate of an award as reconsiderations varied it. None of them makes it lower."""
    for answer in filter(None, map(answer_of, asked)):
        if answer.outcome is Outcome.VARIED:
            for varied in answer.components:
                kinder = rate_in(varied)
                if varied.component is component and not is_fall(kinder, rate, delivery_asked_for=False):
                    rate = kinder
    return rate
