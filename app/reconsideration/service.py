"""A second look: asked, acknowledged, answered in writing by someone else, the answer served."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.budget import repository as budgets
from app.budget.contents import Answered, Served
from app.budget.derive import (
    ReconsiderationAct,
    answer_of,
    answer_served_on,
    budget_of,
    dates_of,
    rules_of,
)
from app.budget.repository import Reconsideration, Records
from app.budget.tables import DecisionRow, ReconsiderationEventRow, ReconsiderationRow
from app.decision.service import get_decision
from app.errors import WrongState
from app.notice.schemas import NewService
from app.notice.service import refuse_wrong_moment
from app.person.repository import seen_by
from app.person.service import chain_of, get_person, get_person_to_change
from app.policy.repository import policy_in
from app.policy.service import rules_in_force
from app.reconsideration import repository
from app.reconsideration.examine import invalid, refuse_answer
from app.reconsideration.repository import Found
from app.reconsideration.schemas import (
    AnswerView,
    NewAnswer,
    NewReconsideration,
    ReconsiderationsQuery,
    ReconsiderationState,
    ReconsiderationView,
)
from app.resources import Kept, Page, page_of, refuse_future, refuse_stale
from app.words import add_words, find_words
from app.work import Work
from ras.canonical import as_written, canonical
from ras.component import Recipient
from ras.dates import Period
from ras.forecast import owed_over
from ras.notice import Sent, served_on
from ras.policy.budget_rules import BudgetRules
from ras.reading import read_json
from ras.reconsideration import Outcome, WhilePending, answer_aimed_by, refuse_late

STATES: Mapping[str, ReconsiderationState] = {
    ReconsiderationAct.ACKNOWLEDGED: ReconsiderationState.ACKNOWLEDGED,
    ReconsiderationAct.ANSWERED: ReconsiderationState.ANSWERED,
    ReconsiderationAct.SERVED: ReconsiderationState.SERVED,
}


@dataclass(frozen=True, slots=True)
class OpenReconsideration:
    """Where a reconsideration is whose answer was not served.

    Attributes:
        state: Where.
        received_on: The day the request came.
        aimed_by: The last day of the council's own time to answer; None where the policy says none.
    """

    state: ReconsiderationState
    received_on: date
    aimed_by: date | None


def ask(work: Work, new: NewReconsideration) -> ReconsiderationView:
    """Write down that the family asks for a decision to be looked at again.

    Raises:
        NotFound: there is no such decision for this caller.
        AskedTooLate: the policy's time to ask has gone, and nobody grants one.
        RequestInvalid: it is not the first, and nobody says why it is granted.
        WrongState: one of that decision is pending.
    """
    decision, _ = get_decision(work, new.decision_id)
    get_person_to_change(work, decision.person_id)
    records = budgets.records_of(work.session, decision.person_id)
    refuse_future(work, new.received_on, "received_on")
    if new.received_on < decision.made_on:
        raise invalid("received_on", "too-early", "The decision was not made yet on that day.")
    before = records.reconsiderations_of(decision.id)
    revision, rules = rules_in_force(work, work.today)
    _refuse_unowed(new, before, rules, _told_on(work, records, decision))

    row = ReconsiderationRow(
        id=work.new_id(),
        person_id=decision.person_id,
        decision_id=decision.id,
        number=len(before) + 1,
        policy_revision_id=revision.id,
        asked_by=new.asked_by,
        received_on=new.received_on,
        written_by=work.caller.subject,
        written_at=work.now,
    )
    words = {
        name: text
        for name in ("representations", "granted_because")
        if (text := getattr(new, name)) is not None
    }
    row.representations_commitment = add_words(work.session, words, record=row.id, person=row.person_id)
    repository.add_reconsideration(work.session, row)
    content = {
        "decision_id": str(row.decision_id),
        "received_on": row.received_on.isoformat(),
        "words": row.representations_commitment,
    }
    work.record_act(chain_of(row.person_id), "reconsideration-asked", record=row.id, content=content)
    return view_of(work, (Reconsideration(row, ()), revision))


def acknowledge(work: Work, reconsideration_id: UUID) -> ReconsiderationView:
    """Write down that the request was acknowledged.

    Raises:
        WrongState: it was acknowledged or answered before.
    """
    found, _ = _to_change(work, reconsideration_id, ReconsiderationState.ASKED)
    return _happened(work, found, ReconsiderationAct.ACKNOWLEDGED, {})


def answer(work: Work, reconsideration_id: UUID, new: NewAnswer) -> ReconsiderationView:
    """Answer in writing, as someone who did not make, propose or assess what was decided.

    Raises:
        OwnCase: the caller did.
        RequestInvalid: a variation is lower than what it varies, or is not one.
        DecisionRefused: a variation is more than the caller's role may agree.
        WrongState: it was answered before.
    """
    states = (ReconsiderationState.ASKED, ReconsiderationState.ACKNOWLEDGED)
    found, records = _to_change(work, reconsideration_id, *states)
    decision = records.decision(found[0].row.decision_id)
    refuse_answer(work, records, decision, new)
    content = as_written(Answered(outcome=new.outcome, components=new.components))
    return _happened(work, found, ReconsiderationAct.ANSWERED, content, reasons=new.reasons)


def serve_answer(work: Work, reconsideration_id: UUID, new: NewService) -> ReconsiderationView:
    """Write down how and when the answer was sent to the family.

    Raises:
        RequestInvalid: that moment is before the answer, or is still to come.
        WrongState: it is not answered, or the answer was served before.
    """
    found, _ = _to_change(work, reconsideration_id, ReconsiderationState.ANSWERED)
    answered_at = next(
        event.written_at for event in found[0].events if event.kind == ReconsiderationAct.ANSWERED
    )
    refuse_wrong_moment(work, new.sent_at, written_at=answered_at)
    sent = Sent.at(new.method, work.local(new.sent_at))
    served = served_on(sent, _rules(found).notice.postal_rule, work.working_days)
    content = Served(sent=sent, served_on=served).model_dump(mode="json")
    return _happened(work, found, ReconsiderationAct.SERVED, content)


def get_reconsideration(work: Work, reconsideration_id: UUID) -> Found:
    """A reconsideration that the caller may see.

    Raises:
        NotFound: there is none for this caller.
    """
    found = repository.get_reconsideration(work.session, reconsideration_id)
    get_person(work, found[0].row.person_id)
    return found


def list_reconsiderations(work: Work, query: ReconsiderationsQuery) -> Page[ReconsiderationView]:
    """A page of the reconsiderations the caller may see."""
    rows = repository.list_reconsiderations(work.session, query, seen=seen_by(work.caller))
    return page_of(work, rows, query, lambda found: view_of(work, found))


def list_open_reconsiderations(work: Work) -> list[OpenReconsideration]:
    """Every reconsideration whose answer was not served, of all teams."""
    return [
        OpenReconsideration(state_of(found[0]), found[0].row.received_on, _aimed_by(found))
        for found in repository.list_open(work.session)
    ]


def state_of(reconsideration: Reconsideration) -> ReconsiderationState:
    """Where a reconsideration is on its way."""
    events = reconsideration.events
    return STATES[events[-1].kind] if events else ReconsiderationState.ASKED


def view_of(work: Work, found: Found) -> ReconsiderationView:
    """A reconsideration as the caller may see it."""
    row, rules = found[0].row, _rules(found)
    words = find_words(work.session, row.id) if work.reads_words else {}
    by = {event.kind: event for event in found[0].events}
    acknowledged = by.get(ReconsiderationAct.ACKNOWLEDGED)
    records = budgets.records_of(work.session, row.person_id)
    return ReconsiderationView(
        id=row.id,
        revision=1 + len(found[0].events),
        person_id=row.person_id,
        decision_id=row.decision_id,
        number=row.number,
        state=state_of(found[0]),
        asked_by=Recipient(row.asked_by),
        received_on=row.received_on,
        representations=words.get("representations"),
        while_pending=rules.reconsideration.while_pending,
        holds=_holds(work, found[0], records),
        answer_aimed_by=_aimed_by(found),
        acknowledged=Kept(by=acknowledged.written_by, at=acknowledged.written_at) if acknowledged else None,
        answer=_answer_view(work, found, records),
        complaint=rules.complaint,
        who_helps=rules.who_helps,
        written=Kept(by=row.written_by, at=row.written_at),
    )


def _answer_view(work: Work, found: Found, records: Records) -> AnswerView | None:
    given = answer_of(found[0])
    if given is None:
        return None
    event = next(e for e in found[0].events if e.kind == ReconsiderationAct.ANSWERED)
    words = find_words(work.session, event.id) if work.reads_words else {}
    return AnswerView(
        outcome=given.outcome,
        components=given.components,
        reasons=words.get("reasons"),
        served_on=answer_served_on(found[0], _rules(found), work.working_days),
        arrears_pence=_arrears(work, found[0], event, records),
        written=Kept(by=event.written_by, at=event.written_at),
    )


def _holds(work: Work, reconsideration: Reconsideration, records: Records) -> bool:
    """Whether a noticed reduction waits for this reconsideration, and for nothing else but its notice."""
    for notice in records.notices_of(reconsideration.row.decision_id):
        rules = rules_of(notice)
        holds = rules.reconsideration.while_pending is WhilePending.HOLD
        in_time = any(
            reconsideration.row.received_on <= dates.last_day for dates in dates_of(notice, work.working_days)
        )
        if holds and in_time and answer_served_on(reconsideration, rules, work.working_days) is None:
            given = answer_of(reconsideration)
            return given is None or given.outcome is not Outcome.OVERTURNED
    return False


def _arrears(
    work: Work, reconsideration: Reconsideration, event: ReconsiderationEventRow, records: Records
) -> int:
    """What is owed for the days before the answer on which less was payable than it says."""
    row = reconsideration.row
    if _held_before(work, reconsideration, records):
        return 0
    others = tuple(each for each in records.reconsiderations if each.row.id != row.id)
    without = replace(records, reconsiderations=others)
    upto = work.local(event.written_at).date() + timedelta(days=1)
    decision = records.decision(row.decision_id)
    days = Period(decision.starts_on, max(upto, decision.starts_on + timedelta(days=1)))
    now = budget_of(records, work.working_days).timelines
    then = budget_of(without, work.working_days).timelines
    owed = sum(owed_over(one, days) for one in now) - sum(owed_over(one, days) for one in then)
    return max(0, owed)


def _held_before(work: Work, reconsideration: Reconsideration, records: Records) -> bool:
    """Whether it held the reduction from the start, so that nothing was lost meanwhile."""
    for notice in records.notices_of(reconsideration.row.decision_id):
        rules = rules_of(notice)
        for dates in dates_of(notice, work.working_days):
            if reconsideration.row.received_on <= dates.last_day:
                return rules.reconsideration.while_pending is WhilePending.HOLD
    return False


def _refuse_unowed(
    new: NewReconsideration,
    before: tuple[Reconsideration, ...],
    rules: BudgetRules,
    told_on: date | None,
) -> None:
    pending = {ReconsiderationState.ASKED, ReconsiderationState.ACKNOWLEDGED}
    if any(state_of(each) in pending for each in before):
        raise WrongState("One of this decision is pending: what the family says more is added to it.")
    if new.granted_because is not None:
        return
    if before:
        message = "One is owed for each decision. Say why another is granted."
        raise invalid("granted_because", "missing", message)
    if told_on is not None:
        refuse_late(rules.reconsideration, told_on=told_on, asked_on=new.received_on)


def _told_on(work: Work, records: Records, decision: DecisionRow) -> date | None:
    """The day from which the time to ask runs: of the service of its notice; None while there is none."""
    served = [
        dates.served_on
        for notice in records.notices_of(decision.id)
        for dates in dates_of(notice, work.working_days)
    ]
    return max(served, default=None)


def _aimed_by(found: Found) -> date | None:
    return answer_aimed_by(_rules(found).reconsideration, found[0].row.received_on)


def _rules(found: Found) -> BudgetRules:
    rules = policy_in(found[1]).budget
    if rules is None:
        raise AssertionError("it was written down under a policy with rules for budgets")
    return rules


def _to_change(work: Work, reconsideration_id: UUID, *states: ReconsiderationState) -> tuple[Found, Records]:
    row = repository.get_reconsideration(work.session, reconsideration_id)[0].row
    get_person_to_change(work, row.person_id)
    found = repository.get_reconsideration(work.session, reconsideration_id)
    refuse_stale(work, row.id, 1 + len(found[0].events))
    state = state_of(found[0])
    if state not in states:
        wanted = " or ".join(sorted(each.value for each in states))
        raise WrongState(f"The reconsideration is {state}; this can be done while it is {wanted}.")
    return found, budgets.records_of(work.session, row.person_id)


def _happened(
    work: Work,
    found: Found,
    act: ReconsiderationAct,
    content: dict[str, Any],
    *,
    reasons: str | None = None,
) -> ReconsiderationView:
    row, kept = found[0].row, canonical(content).decode()
    event = ReconsiderationEventRow(
        id=work.new_id(),
        reconsideration_id=row.id,
        sequence=len(found[0].events) + 1,
        kind=act,
        content=kept,
        written_by=work.caller.subject,
        written_at=work.now,
    )
    words = {"reasons": reasons} if reasons is not None else {}
    event.reasons_commitment = add_words(work.session, words, record=event.id, person=row.person_id)
    repository.add_event(work.session, event)
    told = {"content": read_json(kept), "reasons": event.reasons_commitment}
    name = "answer-served" if act is ReconsiderationAct.SERVED else act.value
    work.record_act(chain_of(row.person_id), f"reconsideration-{name}", record=row.id, content=told)
    return view_of(work, (Reconsideration(row, (*found[0].events, event)), found[1]))
