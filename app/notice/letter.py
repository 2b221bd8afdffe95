"""The document of a notice: what it lowers, from which day, and what of the workings says why."""

from uuid import UUID

from app.assessment.repository import get_assessment
from app.assessment.service import result_of
from app.budget import repository as budgets
from app.budget.contents import AwardTerms, Change, InterimTerms, StopTerms
from app.budget.derive import (
    NoticeAct,
    NoticeState,
    answer_of,
    content_of,
    dates_of,
    may_lower_from,
    noticed_in,
    rules_of,
)
from app.budget.repository import Notice, Records
from app.budget.tables import DecisionRow
from app.decision.letter import about_decision, as_of, before, reasons_of
from app.notice.service import get_notice, state_of
from app.work import Work
from ras.assessment import Assessment
from ras.component import Component
from ras.differences import Difference, explained
from ras.letter import notice_letter
from ras.letter.told import Lowered, NoticeTold, Standing
from ras.statement import Statement
from ras.working import Horizon

STANDINGS = {
    NoticeState.DRAFT: Standing.DRAFT,
    NoticeState.ISSUED: Standing.ISSUED,
    NoticeState.RUNNING: Standing.SERVED,
    NoticeState.ENDED: Standing.SERVED,
    NoticeState.WITHDRAWN: Standing.WITHDRAWN,
}


def write_notice_document(work: Work, notice_id: UUID) -> Statement:
    """The document of a notice as it stands now.

    Raises:
        NotFound: there is no such notice for this caller.
    """
    notice = get_notice(work, notice_id)
    records = budgets.records_of(work.session, notice.row.person_id)
    decision = records.decision(notice.row.decision_id)

    by = {event.kind: event for event in notice.events}
    issued, withdrawn = by.get(NoticeAct.ISSUED), by.get(NoticeAct.WITHDRAWN)
    told = NoticeTold(
        standing=STANDINGS[state_of(notice, work)],
        starts_on=decision.starts_on,
        lowered=lowered_by_notice(work, notice, records),
        why=_why(work, notice, records, decision),
        looked_at_again=tuple(
            answer.outcome if (answer := answer_of(each)) else None
            for each in records.reconsiderations_of(decision.id)
        ),
        withdrawal_reasons=reasons_of(work, withdrawn.id) if withdrawn else None,
    )
    written_at = issued.written_at if issued else notice.row.written_at
    about = about_decision(
        work,
        decision,
        notice.policy,
        written_on=work.local(written_at).date(),
        reasons=reasons_of(work, decision.id),
    )
    return notice_letter(about, told)


def lowered_by_notice(work: Work, notice: Notice, records: Records) -> tuple[Lowered, ...]:
    """What a notice lowers, with its dates, and the first day of it as things stand."""
    decision = records.decision(notice.row.decision_id)
    dates = {each.component: each for each in dates_of(notice, work.working_days)}
    return tuple(
        Lowered(
            component=change.component,
            old_annual_pence=change.old_annual_pence,
            old_parts=change.old_parts,
            new_annual_pence=change.new_annual_pence,
            new_parts=change.new_parts,
            months=rules_of(notice).notice.months_of(change.component).months,
            dates=dates.get(change.component),
            lower_from=may_lower_from(change.component, decision, records, work.working_days),
        )
        for change in noticed_in(notice).changes
    )


def _why(work: Work, notice: Notice, records: Records, decision: DecisionRow) -> tuple[Difference, ...]:
    """What differs between the working of the amount before and that of the new one."""
    changes = noticed_in(notice).changes
    social_care = next((each for each in changes if each.component is Component.SOCIAL_CARE), None)
    if social_care is None or isinstance(content_of(decision).terms, StopTerms):
        return ()
    old = _set_by(work, notice, records, decision, social_care)
    was, now = (_assessed(work, old) if old else None), _assessed(work, decision)
    if was is None or now is None:
        return explained(None, None)
    return explained(was[0], now[0], horizons=(was[1], now[1]))


def _set_by(
    work: Work, notice: Notice, records: Records, decision: DecisionRow, change: Change
) -> DecisionRow | None:
    """The award that set what was payable when the notice was drafted; a stop only moves it."""
    drafted_at = notice.row.written_at
    day = max(decision.starts_on, work.local(drafted_at).date())
    spans = before(work, as_of(records, decision, drafted_at), change.component).spans
    for span in reversed(spans):
        if span.first_day <= day and span.set_by is not None:
            row = records.decision(UUID(span.set_by))
            if isinstance(content_of(row).terms, AwardTerms | InterimTerms):
                return row
    return None


def _assessed(work: Work, row: DecisionRow) -> tuple[Assessment, Horizon] | None:
    """The assessment that an award rests on, and the horizon that the award starts in."""
    if row.assessment_id is None:
        return None
    result = result_of(get_assessment(work.session, row.assessment_id))
    return result, next(
        each.horizon for each in result.horizons if each.first_day <= row.starts_on <= each.last_day
    )
