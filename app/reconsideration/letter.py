"""The letter that answers a reconsideration."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from app.budget import repository as budgets
from app.budget.contents import Answered
from app.budget.derive import NoticeState, ReconsiderationAct, answer_of, rate_in
from app.budget.repository import Notice, Records
from app.budget.tables import DecisionRow
from app.decision.letter import about_decision, as_of, lowered_by, reasons_of
from app.errors import WrongState
from app.notice.letter import lowered_by_notice
from app.notice.service import state_of
from app.reconsideration.service import get_reconsideration, view_of
from app.work import Work
from ras.budget import is_fall
from ras.component import Component, Rate, rate_of
from ras.letter import answer_letter
from ras.letter.told import AnswerTold, Lowered
from ras.reconsideration import Outcome
from ras.statement import Statement


def write_answer_letter(work: Work, reconsideration_id: UUID) -> Statement:
    """The letter that answers a reconsideration.

    Raises:
        NotFound: there is no such reconsideration for this caller.
        WrongState: it is not answered yet.
    """
    found = get_reconsideration(work, reconsideration_id)
    given, view = answer_of(found[0]), view_of(work, found)
    if given is None or view.answer is None:
        raise WrongState("It is not answered yet, so there is no letter.")
    records = budgets.records_of(work.session, view.person_id)
    decision = records.decision(view.decision_id)

    lowered = _lowered(work, records, decision)
    told = AnswerTold(
        made_on=decision.made_on,
        received_on=view.received_on,
        outcome=given.outcome,
        components=given.components,
        arrears_pence=view.answer.arrears_pence,
        lowered=tuple(_still_lowered(lowered, given)),
        waits_for=() if lowered else _waits_for(work, records, decision, given),
    )
    event = next(each for each in found[0].events if each.kind == ReconsiderationAct.ANSWERED)
    about = about_decision(
        work,
        decision,
        found[1],
        written_on=work.local(event.written_at).date(),
        reasons=reasons_of(work, event.id),
    )
    return answer_letter(about, told, starts_on=decision.starts_on)


def _lowered(work: Work, records: Records, decision: DecisionRow) -> tuple[Lowered, ...]:
    """What the decision lowers by the notice of it that counts; nothing where there is none."""
    counts = [each for each in records.notices_of(decision.id) if _counts(work, each)]
    return lowered_by_notice(work, counts[-1], records) if counts else ()


def _counts(work: Work, notice: Notice) -> bool:
    return state_of(notice, work) is not NoticeState.WITHDRAWN


def _still_lowered(lowered: tuple[Lowered, ...], given: Answered) -> Iterator[Lowered]:
    """What is still lowered with the answer: to the amount as it was varied."""
    varied = {each.component: each for each in given.components}
    for each in lowered:
        kinder = varied.get(each.component)
        if kinder is None:
            yield each
        elif is_fall(rate_in(kinder), _old_rate(each), delivery_asked_for=False):
            yield replace(each, new_annual_pence=kinder.annual_pence, new_parts=kinder.parts)


def _old_rate(lowered: Lowered) -> Rate:
    return rate_of((part.delivery, part.annual_pence) for part in lowered.old_parts)


def _waits_for(work: Work, records: Records, decision: DecisionRow, given: Answered) -> tuple[Component, ...]:
    """What is lowered once a notice of it is given."""
    if given.outcome is Outcome.OVERTURNED:
        return ()
    then = as_of(records, decision, decision.written_at)
    return lowered_by(work, then, decision, varied=given.components)
