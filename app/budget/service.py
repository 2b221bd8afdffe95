"""Showing budgets: what is payable on a day, and the whole timeline with its reasons."""

from datetime import date, timedelta
from uuid import UUID

from app.access import Role
from app.assessment.repository import find_latest_assessment
from app.budget import repository
from app.budget.derive import Budget, budget_of, dates_of, may_lower_from
from app.budget.repository import Records
from app.budget.schemas import (
    BudgetView,
    ComponentView,
    HandOver,
    NoticeRunning,
    OneOffView,
    PartView,
    Payable,
    PayableComponent,
    SpanView,
)
from app.errors import TooYoungToHandOver
from app.finding.service import findings_of
from app.person.service import get_person
from app.plan.repository import find_latest_plan
from app.policy.service import rules_in_force
from app.work import Work
from ras.budget import Span, Timeline, Why
from ras.component import Component, Rate, total
from ras.dates import age_on, day_in_words
from ras.eligibility import FindingKind, controller, last_school_day, latest
from ras.ending import eighteenth_birthday
from ras.money import pounds


def records_for(work: Work, person_id: UUID) -> Records:
    """All that the budget of somebody whose case the caller sees is derived from.

    Raises:
        NotFound: there is no such person for this caller.
    """
    get_person(work, person_id)
    return repository.records_of(work.session, person_id)


def show_budget(work: Work, person_id: UUID) -> BudgetView:
    """A person's budget on every day.

    Raises:
        NotFound: there is no such person for this caller.
    """
    records = records_for(work, person_id)
    found = budget_of(records, work.working_days)
    return BudgetView(
        id=person_id,
        revision=records.revision,
        person_id=person_id,
        components=tuple(_component(each) for each in found.timelines if _is_decided(each)),
        notices=_notices(work, records),
    )


def show_payable(work: Work, person_id: UUID, on: date | None) -> Payable:
    """What is payable to a person on a day.

    Raises:
        NotFound: there is no such person for this caller.
    """
    records = records_for(work, person_id)
    found = payable_on(budget_of(records, work.working_days), person_id, on or work.today)
    if work.caller.role is not Role.FINANCE:
        return found
    told = tuple(each.model_copy(update={"why": None}) for each in found.components)
    return found.model_copy(update={"components": told})


def payable_on(found: Budget, person_id: UUID, day: date) -> Payable:
    """What is payable of a budget on a day."""
    components = tuple(_payable(each, day) for each in found.timelines if _is_decided(each))
    return Payable(
        person_id=person_id,
        on=day,
        annual_pence=sum(each.annual_pence for each in components),
        components=components,
    )


def hand_over(work: Work, person_id: UUID) -> HandOver:
    """What the adult team needs, from the age the policy says.

    Raises:
        NotFound: there is no such person for this caller.
        TooYoungToHandOver: they are younger than that.
    """
    person, known = get_person(work, person_id)
    _, rules = rules_in_force(work, work.today)
    if age_on(known.born_on, work.today) < rules.transition.hand_over_from_age:
        raise TooYoungToHandOver(f"Hand-over begins at {rules.transition.hand_over_from_age}.")
    findings = findings_of(work, person.id)
    assessment = find_latest_assessment(work.session, person.id)
    plan = find_latest_plan(work.session, person.id)
    adult = latest(findings, FindingKind.ADULT_DECISION, on=work.today)
    return HandOver(
        person_id=person.id,
        reference=person.reference,
        born_on=known.born_on,
        adult_on=eighteenth_birthday(known.born_on),
        last_school_day=last_school_day(known.born_on),
        decides=controller(findings, born_on=known.born_on, on=work.today),
        adult_decision_recorded=adult is not None,
        payable=show_payable(work, person.id, work.today),
        goes_on_after_18=(Component.SEN_TOP_UP,),
        latest_assessment_id=assessment.row.id if assessment else None,
        latest_plan_id=plan[0].id if plan else None,
        source=rules.transition.source,
    )


def in_parts(rate: Rate) -> tuple[PartView, ...]:
    """A rate by delivery."""
    return tuple(PartView(delivery=delivery, annual_pence=pence) for delivery, pence in rate)


def _is_decided(timeline: Timeline) -> bool:
    return len(timeline.spans) > 1 or bool(timeline.one_offs)


def _payable(timeline: Timeline, day: date) -> PayableComponent:
    span = timeline.on(day)
    return PayableComponent(
        component=timeline.component,
        annual_pence=total(span.rate),
        parts=in_parts(span.rate),
        one_off_pence=sum(bought.pence for _, bought in timeline.one_offs if bought.due_on == day),
        why=span.why,
    )


def _component(timeline: Timeline) -> ComponentView:
    spans = [span for span in timeline.spans if span.why is not Why.NOTHING_DECIDED]
    ends: list[date | None] = [span.first_day - timedelta(days=1) for span in spans[1:]]
    return ComponentView(
        component=timeline.component,
        spans=tuple(_span(span, end) for span, end in zip(spans, [*ends, None], strict=True)),
        one_offs=tuple(
            OneOffView(
                code=bought.code,
                delivery=bought.delivery,
                due_on=bought.due_on,
                pence=bought.pence,
                decision_id=UUID(key),
            )
            for key, bought in timeline.one_offs
        ),
    )


def _span(span: Span, last_day: date | None) -> SpanView:
    return SpanView(
        first_day=span.first_day,
        last_day=last_day,
        annual_pence=total(span.rate),
        parts=in_parts(span.rate),
        why=span.why,
        why_in_words=_in_words(span),
        set_by_decision_id=UUID(span.set_by) if span.set_by else None,
        waiting_for_decision_id=UUID(span.waiting_for) if span.waiting_for else None,
    )


def _in_words(span: Span) -> str:
    amount, since = f"{pounds(total(span.rate))} a year", day_in_words(span.first_day)
    return {
        Why.NOTHING_DECIDED: "Nothing was decided for these days.",
        Why.AWARDED: f"From {since} {amount} is payable, as it was agreed.",
        Why.KEPT: f"A lower amount was decided. Until its notice has run, {amount} stays payable.",
        Why.LOWERED: f"The notice has run: from {since} {amount} is payable.",
        Why.AGREED_END: f"It ended before {since}, as was agreed when it was awarded.",
        Why.ENDED: f"It ended before {since}.",
        Why.STOPPED: f"The direct payment stopped before {since}. The {amount} goes on in another way.",
    }[span.why]


def _notices(work: Work, records: Records) -> tuple[NoticeRunning, ...]:
    running = []
    for notice in records.notices:
        dates = dates_of(notice, work.working_days)
        if dates:
            row = records.decision(notice.row.decision_id)
            days = [may_lower_from(each.component, row, records, work.working_days) for each in dates]
            running.append(
                NoticeRunning(
                    notice_id=notice.row.id,
                    decision_id=row.id,
                    dates=dates,
                    lower_from=min((day for day in days if day), default=None),
                )
            )
    return tuple(running)
