"""Writing down requests for a personal budget, and what was answered."""

from uuid import UUID

from app.errors import WrongState
from app.person.repository import seen_by
from app.person.service import chain_of, get_person, get_person_to_change
from app.request import repository
from app.request.repository import Request
from app.request.schemas import (
    RIGHT_TO_REVIEW,
    AskedBy,
    NewOutcome,
    NewRequest,
    Outcome,
    OutcomeView,
    PlanStage,
    RequestsQuery,
    RequestView,
)
from app.request.tables import BudgetRequestRow, RequestOutcomeRow
from app.resources import Kept, Page, page_of, refuse_future, refuse_stale
from app.words import add_words, find_words
from app.work import Work
from ras.canonical import as_written


def add_request(work: Work, new: NewRequest) -> RequestView:
    """Write down that a family asked.

    Raises:
        NotFound: there is no such person for this caller.
    """
    person, _ = get_person_to_change(work, new.person_id)
    refuse_future(work, new.asked_on, "asked_on")
    row = BudgetRequestRow(
        id=work.new_id(),
        person_id=person.id,
        asked_on=new.asked_on,
        asked_by=new.asked_by,
        plan_stage=new.plan_stage,
        written_by=work.caller.subject,
        written_at=work.now,
    )
    repository.add_request(work.session, row)
    work.record_act(chain_of(person.id), "request-added", record=row.id, content=as_written(new))
    return _view(work, (row, None))


def settle_request(work: Work, request_id: UUID, new: NewOutcome) -> RequestView:
    """Write down what was answered, with its reasons.

    Raises:
        NotFound: there is no such request for this caller.
        WrongState: it was answered before.
    """
    row, _ = repository.get_request(work.session, request_id)
    get_person_to_change(work, row.person_id)
    row, outcome = repository.get_request(work.session, request_id)
    refuse_stale(work, row.id, _revision(outcome))
    if outcome is not None:
        raise WrongState("This request has been answered; a new request can be written down.")
    refuse_future(work, new.decided_on, "decided_on")
    committed = add_words(work.session, {"reasons": new.reasons}, record=row.id, person=row.person_id)
    settled = RequestOutcomeRow(
        request_id=row.id,
        outcome=new.outcome,
        decided_on=new.decided_on,
        reasons_commitment=committed,
        written_by=work.caller.subject,
        written_at=work.now,
    )
    repository.add_outcome(work.session, settled)
    content = {"outcome": new.outcome.value, "reasons": committed}
    work.record_act(chain_of(row.person_id), "request-settled", record=row.id, content=content)
    return _view(work, (row, settled))


def show_request(work: Work, request_id: UUID) -> RequestView:
    """A request.

    Raises:
        NotFound: there is none for this caller.
    """
    return _view(work, _get(work, request_id))


def list_requests(work: Work, query: RequestsQuery) -> Page[RequestView]:
    """A page of requests the caller may see."""
    rows = repository.list_requests(work.session, query, seen=seen_by(work.caller))
    return page_of(work, rows, query, lambda row: _view(work, row))


def _get(work: Work, request_id: UUID) -> Request:
    found = repository.get_request(work.session, request_id)
    get_person(work, found[0].person_id)
    return found


def _revision(outcome: RequestOutcomeRow | None) -> int:
    return 1 if outcome is None else 2


def _view(work: Work, found: Request) -> RequestView:
    row, outcome = found
    return RequestView(
        id=row.id,
        revision=_revision(outcome),
        person_id=row.person_id,
        asked_on=row.asked_on,
        asked_by=AskedBy(row.asked_by),
        plan_stage=PlanStage(row.plan_stage),
        outcome=_outcome_view(work, outcome) if outcome else None,
        written=Kept(by=row.written_by, at=row.written_at),
    )


def _outcome_view(work: Work, outcome: RequestOutcomeRow) -> OutcomeView:
    refused = outcome.outcome == Outcome.REFUSED
    words = find_words(work.session, outcome.request_id) if work.reads_words else {}
    return OutcomeView(
        outcome=Outcome(outcome.outcome),
        decided_on=outcome.decided_on,
        reasons=words.get("reasons"),
        right_to_review=RIGHT_TO_REVIEW if refused else None,
        written=Kept(by=outcome.written_by, at=outcome.written_at),
    )
