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
from ras.component import rate_of
from ras.letter import answer_letter
from ras.letter.told import AnswerTold, Lowered
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
