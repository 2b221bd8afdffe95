"""`/v1/proposals`."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.edge import Operation
from app.proposal import service
from app.proposal.schemas import NewProposal, ProposalsQuery, ProposalView
from app.resources import Page, linked, made, shown
from app.work import WorkDep

router = APIRouter(prefix="/v1/proposals", tags=["decisions"], route_class=Operation)


@router.post("", status_code=HTTPStatus.CREATED)
def add_proposal(new: NewProposal, work: WorkDep, response: Response) -> ProposalView:
    """Propose a decision to a team manager or to the panel, which then sees the case."""
    return made(response, service.add_proposal(work, new))


@router.get("")
def list_proposals(
    query: Annotated[ProposalsQuery, Query()], work: WorkDep, request: Request, response: Response
) -> Page[ProposalView]:
    """The proposals on the cases one sees, oldest first."""
    return linked(request, response, service.list_proposals(work, query))


@router.get("/{proposal_id}")
def get_proposal(proposal_id: UUID, work: WorkDep, response: Response) -> ProposalView:
    """A proposal, and the decision made on it."""
    return shown(response, service.show_proposal(work, proposal_id))
