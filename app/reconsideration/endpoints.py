"""`/v1/reconsiderations`."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.decision.schemas import LetterQuery
from app.edge import Operation
from app.notice.schemas import NewService
from app.pages import LETTER, letter_as
from app.reconsideration import service
from app.reconsideration.letter import write_answer_letter
from app.reconsideration.schemas import (
    NewAnswer,
    NewReconsideration,
    ReconsiderationsQuery,
    ReconsiderationView,
)
from app.resources import Page, linked, made, shown
from app.work import WorkDep

router = APIRouter(prefix="/v1/reconsiderations", tags=["reconsiderations"], route_class=Operation)


@router.post("", status_code=HTTPStatus.CREATED)
def ask_reconsideration(new: NewReconsideration, work: WorkDep, response: Response) -> ReconsiderationView:
    """Write down that the family asks for a decision to be looked at again. One is owed for each decision."""
    return made(response, service.ask(work, new))


@router.get("")
def list_reconsiderations(
    query: Annotated[ReconsiderationsQuery, Query()], work: WorkDep, request: Request, response: Response
) -> Page[ReconsiderationView]:
    """The reconsiderations on the cases one sees, oldest first."""
    return linked(request, response, service.list_reconsiderations(work, query))


@router.get("/{reconsideration_id}")
def get_reconsideration(reconsideration_id: UUID, work: WorkDep, response: Response) -> ReconsiderationView:
    """A reconsideration, whether it holds a reduction, and its answer."""
    return shown(response, service.view_of(work, service.get_reconsideration(work, reconsideration_id)))


@router.get("/{reconsideration_id}/letter", response_class=Response, responses=LETTER)
def get_answer_letter(
    reconsideration_id: UUID, query: Annotated[LetterQuery, Query()], work: WorkDep
) -> Response:
    """The answer to the family: what it came to and why, what changes and from when, where to go next."""
    return letter_as(query.format, write_answer_letter(work, reconsideration_id))


@router.post("/{reconsideration_id}/acknowledge")
def acknowledge_reconsideration(
    reconsideration_id: UUID, work: WorkDep, response: Response
) -> ReconsiderationView:
    """Write down that the request was acknowledged."""
    return shown(response, service.acknowledge(work, reconsideration_id))


@router.post("/{reconsideration_id}/answer")
def answer_reconsideration(
    reconsideration_id: UUID, new: NewAnswer, work: WorkDep, response: Response
) -> ReconsiderationView:
    """Answer in writing with reasons, as someone who did not make, propose or assess what was decided."""
    return shown(response, service.answer(work, reconsideration_id, new))


@router.post("/{reconsideration_id}/serve")
def serve_answer(
    reconsideration_id: UUID, new: NewService, work: WorkDep, response: Response
) -> ReconsiderationView:
    """Write down how and when the answer was sent to the family."""
    return shown(response, service.serve_answer(work, reconsideration_id, new))
