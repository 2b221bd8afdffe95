"""`/v1/requests`."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.edge import Operation
from app.request import service
from app.request.schemas import NewOutcome, NewRequest, RequestsQuery, RequestView
from app.resources import Page, linked, made, shown
from app.work import WorkDep

router = APIRouter(prefix="/v1/requests", tags=["requests"], route_class=Operation)


@router.post("", status_code=HTTPStatus.CREATED)
def add_request(new: NewRequest, work: WorkDep, response: Response) -> RequestView:
    """Write down that a family asked for a personal budget."""
    return made(response, service.add_request(work, new))


@router.get("")
def list_requests(
    query: Annotated[RequestsQuery, Query()], work: WorkDep, request: Request, response: Response
) -> Page[RequestView]:
    """The requests of one's own team, oldest record first."""
    return linked(request, response, service.list_requests(work, query))


@router.get("/{request_id}")
def get_request(request_id: UUID, work: WorkDep, response: Response) -> RequestView:
    """A request and what was answered."""
    return shown(response, service.show_request(work, request_id))


@router.post("/{request_id}/outcome")
def settle_request(request_id: UUID, new: NewOutcome, work: WorkDep, response: Response) -> RequestView:
    """Write down what was answered. A refusal has reasons and a right to review."""
    return shown(response, service.settle_request(work, request_id, new))
