"""`/v1/findings`."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.edge import Operation
from app.finding import service
from app.finding.schemas import FindingsQuery, FindingView, NewFinding
from app.resources import Page, linked, made, shown
from app.work import WorkDep

router = APIRouter(prefix="/v1/findings", tags=["findings"], route_class=Operation)


@router.post("", status_code=HTTPStatus.CREATED)
def add_finding(new: NewFinding, work: WorkDep, response: Response) -> FindingView:
    """Write down what was found, given or signed on a day: consent, agreement, account, ability, capacity.

    Of one kind the latest counts. Nothing of it is ever worked out from age.
    """
    return made(response, service.add_finding(work, new))


@router.get("")
def list_findings(
    query: Annotated[FindingsQuery, Query()], work: WorkDep, request: Request, response: Response
) -> Page[FindingView]:
    """The findings of one's own team, oldest first."""
    return linked(request, response, service.list_findings(work, query))


@router.get("/{finding_id}")
def get_finding(finding_id: UUID, work: WorkDep, response: Response) -> FindingView:
    """A finding."""
    return shown(response, service.show_finding(work, finding_id))
