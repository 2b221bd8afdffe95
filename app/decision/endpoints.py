"""`/v1/decisions`."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.decision import service
from app.decision.letter import write_decision_letter
from app.decision.schemas import (
    DecisionPreview,
    DecisionsQuery,
    DecisionToPreview,
    DecisionView,
    LetterQuery,
    NewDecision,
)
from app.edge import Operation
from app.pages import LETTER, letter_as
from app.resources import Page, linked, made, shown
from app.work import WorkDep

router = APIRouter(prefix="/v1/decisions", tags=["decisions"], route_class=Operation)


@router.post("", status_code=HTTPStatus.CREATED)
def add_decision(new: NewDecision, work: WorkDep, response: Response) -> DecisionView:
    """Decide about one person's budget: an award, an interim award, an end or a stop, with reasons.

    `If-Match` is the ETag of the person's budget. Every rule it breaks is listed. A lower amount is not
    refused: it waits until its notice has run.
    """
    return made(response, service.decide(work, new))


@router.post(":preview")
def preview_decision(given: DecisionToPreview, work: WorkDep) -> DecisionPreview:
    """What a decision would do, and the earliest lawful day of a lower rate. Nothing is kept."""
    return service.preview(work, given)


@router.get("")
def list_decisions(
    query: Annotated[DecisionsQuery, Query()], work: WorkDep, request: Request, response: Response
) -> Page[DecisionView]:
    """The decisions on the cases one sees, oldest first."""
    return linked(request, response, service.list_decisions(work, query))


@router.get("/{decision_id}")
def get_decision(decision_id: UUID, work: WorkDep, response: Response) -> DecisionView:
    """A decision, with its reasons and what the decider had before them."""
    return shown(response, service.view_of(work, service.get_decision(work, decision_id)))


@router.get("/{decision_id}/letter", response_class=Response, responses=LETTER)
def get_decision_letter(decision_id: UUID, query: Annotated[LetterQuery, Query()], work: WorkDep) -> Response:
    """The letter of a decision to the family: what was decided, the three figures, why, what they can do."""
    return letter_as(query.format, write_decision_letter(work, decision_id))
