"""Giving notice: drafted by one, issued by another, served, run. Its dates are worked out, never given."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.budget import repository as budgets
from app.budget.contents import AwardTerms, Change, Decided, Noticed, Served, StopTerms
from app.budget.derive import (
    NoticeAct,
    NoticeState,
    acts_on,
    budget_of,
    content_of,
    dates_of,
    is_overturned,
    may_lower_from,
    noticed_in,
    rules_of,
)
from app.budget.repository import Notice, Records
from app.budget.tables import DecisionRow, NoticeEventRow, NoticeRow
from app.decision.service import get_decision
from app.errors import NothingToNotice, OwnCase, RequestInvalid, WrongState
from app.notice import repository
from app.notice.schemas import (
    NewNotice,
    NewService,
    NewWithdrawal,
    NoticesQuery,
    NoticeView,
    RunningNotice,
)
from app.person.repository import seen_by
from app.person.service import chain_of, get_person, get_person_to_change
from app.policy.service import rules_in_force
from app.resources import Kept, Page, page_of, refuse_stale
from app.words import add_words, find_words
from app.work import Work
from ras.budget import Act, Award, Stop, is_fall, stopped, taken
from ras.canonical import canonical, sha256
from ras.component import Component, Delivery, Part, Rate, total
from ras.errors import Problem
from ras.notice import Sent, served_on
from ras.reading import read_json

LONGEST = timedelta(days=3 * 366)
"""A notice that was served longer ago has ended whatever its policy says: the longest is 24 months."""


@dataclass(frozen=True, slots=True)
class OpenNotice:
    """Where a notice is that has not ended and was not withdrawn, and since when."""

    state: NoticeState
    since: datetime


def draft_notice(work: Work, new: NewNotice) -> NoticeView:
    """Draft the notice of what a decision lowers.

    Raises:
        NotFound: there is no such decision for this caller.
        NothingToNotice: it lowers nothing.
        WrongState: there is a notice of it that counts, or it was overturned.
    """
    row, _ = get_decision(work, new.decision_id)
    get_person_to_change(work, row.person_id)
    records = budgets.records_of(work.session, row.person_id)
    notices = records.notices_of(row.id)
    if any(state_of(each, work) is not NoticeState.WITHDRAWN for each in notices):
        raise WrongState("There is a notice of this decision. Serve it again, or withdraw it first.")
    if is_overturned(records, row):
        raise WrongState("The decision was overturned: nothing of it is lowered.")
    changes = tuple(_changes(work, records, row))
    if not changes:
        raise NothingToNotice
    revision, _ = rules_in_force(work, work.today)
    kept = canonical(Noticed(starts_on=row.starts_on, changes=changes))
    drafted = NoticeRow(
        id=work.new_id(),
        person_id=row.person_id,
        decision_id=row.id,
        number=len(notices) + 1,
        policy_revision_id=revision.id,
        content=kept.decode(),
        written_by=work.caller.subject,
        written_at=work.now,
    )
    repository.add_notice(work.session, drafted)
    content = {"content": sha256(kept)}
    work.record_act(chain_of(row.person_id), "notice-drafted", record=drafted.id, content=content)
    return view_of(work, Notice(drafted, (), revision))


def issue_notice(work: Work, notice_id: UUID) -> NoticeView:
    """Issue a notice that somebody else drafted.

    Raises:
        OwnCase: the caller drafted it.
        WrongState: it is no draft, or was drafted under another policy or other amounts.
    """
    notice, records = _to_change(work, notice_id, NoticeState.DRAFT)
    _refuse_own(work, notice)
    _refuse_changed(work, notice, records)
    return _happened(work, notice, NoticeAct.ISSUED, {})


def serve_notice(work: Work, notice_id: UUID, new: NewService) -> NoticeView:
    """Write down how an issued notice was sent. Sent again, its clock starts again, never earlier.

    Raises:
        RequestInvalid: that moment is before it was issued or served, or is still to come.
        WrongState: it is not issued, or has ended, or what it tells has changed since it was issued.
    """
    notice, records = _to_change(work, notice_id, NoticeState.ISSUED, NoticeState.RUNNING)
    if state_of(notice, work) is NoticeState.ISSUED:
        _refuse_changed(work, notice, records)
    issued_at = next(event.written_at for event in notice.events if event.kind == NoticeAct.ISSUED)
    refuse_wrong_moment(work, new.sent_at, written_at=issued_at)
    sent = Sent.at(new.method, work.local(new.sent_at))
    served = served_on(sent, rules_of(notice).notice.postal_rule, work.working_days)
    _refuse_earlier(work, notice, served)
    content = Served(sent=sent, served_on=served)
    return _happened(work, notice, NoticeAct.SERVED, content.model_dump(mode="json"))


def refuse_wrong_moment(work: Work, sent_at: datetime, *, written_at: datetime) -> None:
    """Let a letter have been sent only when it was written already, and not in the future.

    Raises:
        RequestInvalid: it was not.
    """
    if sent_at > work.now:
        raise _invalid("sent_at", "day-in-future", "That moment is still to come.")
    if sent_at < written_at.replace(microsecond=0):  # whoever writes the moment down writes whole seconds
        raise _invalid("sent_at", "too-early", "It cannot have been sent before it was written and issued.")


def withdraw_notice(work: Work, notice_id: UUID, new: NewWithdrawal) -> NoticeView:
    """Take a notice back. What was payable stays payable, or is payable again.

    Raises:
        WrongState: it was withdrawn before.
    """
    states = set(NoticeState) - {NoticeState.WITHDRAWN}
    notice, _ = _to_change(work, notice_id, *states)
    return _happened(work, notice, NoticeAct.WITHDRAWN, {}, reasons=new.reasons)


def get_notice(work: Work, notice_id: UUID) -> Notice:
    """A notice that the caller may see.

    Raises:
        NotFound: there is none for this caller.
    """
    found = repository.get_notice(work.session, notice_id)
    get_person(work, found.row.person_id)
    return found


def list_notices(work: Work, query: NoticesQuery) -> Page[NoticeView]:
    """A page of the notices the caller may see."""
    rows = repository.list_notices(work.session, query, seen=seen_by(work.caller))
    return page_of(work, rows, query, lambda notice: view_of(work, notice))


def list_open_notices(work: Work) -> list[OpenNotice]:
    """Every notice that is a draft, is issued or runs, of all teams."""
    rows = repository.list_open(work.session, served_after=work.now - LONGEST)
    found = [
        OpenNotice(state_of(each, work), (each.events[-1] if each.events else each.row).written_at)
        for each in rows
    ]
    return [each for each in found if each.state is not NoticeState.ENDED]


def state_of(notice: Notice, work: Work) -> NoticeState:
    """Where a notice is on its way today."""
    if not notice.events:
        return NoticeState.DRAFT
    last = notice.events[-1]
    if last.kind == NoticeAct.WITHDRAWN:
        return NoticeState.WITHDRAWN
    dates = dates_of(notice, work.working_days)
    if not dates:
        return NoticeState.ISSUED
    is_over = work.today > max(each.last_day for each in dates)
    return NoticeState.ENDED if is_over else NoticeState.RUNNING


def view_of(work: Work, notice: Notice) -> NoticeView:
    """A notice as the caller may see it."""
    row, content = notice.row, noticed_in(notice)
    records = budgets.records_of(work.session, row.person_id)
    decision = records.decision(row.decision_id)
    by = {event.kind: event for event in notice.events}
    withdrawn = by.get(NoticeAct.WITHDRAWN)
    words = find_words(work.session, withdrawn.id) if withdrawn and work.reads_words else {}
    return NoticeView(
        id=row.id,
        revision=1 + len(notice.events),
        person_id=row.person_id,
        decision_id=row.decision_id,
        policy_id=notice.policy.policy_id,
        state=state_of(notice, work),
        starts_on=content.starts_on,
        changes=content.changes,
        running=tuple(
            RunningNotice(
                component=dates.component,
                dates=dates,
                working=dates.sentences(),
                lower_from=may_lower_from(dates.component, decision, records, work.working_days),
            )
            for dates in dates_of(notice, work.working_days)
        ),
        issued=_kept(by.get(NoticeAct.ISSUED)),
        withdrawn=_kept(withdrawn),
        withdrawal_reasons=words.get("reasons"),
        written=Kept(by=row.written_by, at=row.written_at),
    )


def _refuse_earlier(work: Work, notice: Notice, served: date) -> None:
    """Let a clock start again only as late as it started, by the days as they are worked out now."""
    if any(served < dates.served_on for dates in dates_of(notice, work.working_days)):
        raise _invalid("sent_at", "too-early", "It was served later than that already.")


def _refuse_own(work: Work, notice: Notice) -> None:
    if notice.row.written_by == work.caller.subject:
        raise OwnCase


def _refuse_changed(work: Work, notice: Notice, records: Records) -> None:
    """Let a notice be issued that tells what is so today."""
    revision, _ = rules_in_force(work, work.today)
    now = tuple(_changes(work, records, records.decision(notice.row.decision_id)))
    if revision.id != notice.row.policy_revision_id or now != noticed_in(notice).changes:
        raise WrongState("What it tells has changed since it was drafted. Withdraw it and draft another.")


def _kept(event: NoticeEventRow | None) -> Kept | None:
    return Kept(by=event.written_by, at=event.written_at) if event else None


def _to_change(work: Work, notice_id: UUID, *states: NoticeState) -> tuple[Notice, Records]:
    row = repository.get_notice(work.session, notice_id).row
    get_person_to_change(work, row.person_id)
    notice = repository.get_notice(work.session, notice_id)
    refuse_stale(work, row.id, 1 + len(notice.events))
    state = state_of(notice, work)
    if state not in states:
        wanted = " or ".join(sorted(state.value for state in states))
        raise WrongState(f"The notice is {state}; this can be done while it is {wanted}.")
    return notice, budgets.records_of(work.session, row.person_id)


def _happened(
    work: Work, notice: Notice, act: NoticeAct, content: dict[str, Any], *, reasons: str | None = None
) -> NoticeView:
    row, kept = notice.row, canonical(content)
    event = NoticeEventRow(
        id=work.new_id(),
        notice_id=row.id,
        sequence=len(notice.events) + 1,
        kind=act,
        content=kept.decode(),
        written_by=work.caller.subject,
        written_at=work.now,
    )
    words = {"reasons": reasons} if reasons is not None else {}
    event.reasons_commitment = add_words(work.session, words, record=event.id, person=row.person_id)
    repository.add_event(work.session, event)
    told = {"content": read_json(kept.decode()), "reasons": event.reasons_commitment}
    work.record_act(chain_of(row.person_id), f"notice-{act}", record=row.id, content=told)
    return view_of(work, Notice(row, (*notice.events, event), notice.policy))


def _changes(work: Work, records: Records, row: DecisionRow) -> Iterator[Change]:
    """What a decision lowers of what is payable today or from its day on."""
    decided, key = content_of(row), str(row.id)
    found = budget_of(records, work.working_days)
    for component in _components(decided):
        acts = list(acts_on(component, records, work.working_days))
        place = next(n for n, act in enumerate(acts) if act.key == key)
        act, first_day = acts[place], row.starts_on
        if isinstance(act, Award):
            span = taken(component, acts[:place], act)
            if span is None:
                continue
            first_day = span.first_day
        was = found.of(component).on(max(first_day, work.today)).rate
        becomes = act.rate if isinstance(act, Award) else stopped(was, _becomes(act))
        if is_fall(becomes, was, delivery_asked_for=False):
            yield _change(component, was, becomes)


def _becomes(act: Act) -> Delivery:
    if not isinstance(act, Stop):
        raise TypeError("only an award or a stop can be noticed")
    return act.becomes


def _components(decided: Decided) -> tuple[Component, ...]:
    match decided.terms:
        case AwardTerms() as award:
            return tuple(each.component for each in award.components)
        case StopTerms() as stop if decided.needs_notice:
            return (stop.component,)
        case _:
            return ()


def _change(component: Component, was: Rate, becomes: Rate) -> Change:
    return Change(
        component=component,
        old_annual_pence=total(was),
        old_parts=_parts(was),
        new_annual_pence=total(becomes),
        new_parts=_parts(becomes),
    )


def _parts(rate: Rate) -> tuple[Part, ...]:
    return tuple(Part(delivery=delivery, annual_pence=pence) for delivery, pence in rate)


def _invalid(field: str, code: str, message: str) -> RequestInvalid:
    return RequestInvalid(problems=[Problem(field, f"/{field}", code, message)])
