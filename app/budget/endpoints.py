"""`/v1/budgets`. A budget's key is its person's."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.budget import service
from app.budget.schemas import BudgetView, HandOver, Payable, PayableQuery
from app.edge import Operation
from app.resources import shown
from app.work import WorkDep

router = APIRouter(prefix="/v1/budgets", tags=["budgets"], route_class=Operation)


@router.get("/{person_id}")
def get_budget(person_id: UUID, work: WorkDep, response: Response) -> BudgetView:
    """What is payable on every day, each stretch of days with its reason. Its ETag is for deciding."""
    return shown(response, service.show_budget(work, person_id))


@router.get("/{person_id}/payable")
def get_payable(person_id: UUID, query: Annotated[PayableQuery, Query()], work: WorkDep) -> Payable:
    """What is payable on a day."""
    return service.show_payable(work, person_id, query.on)


@router.get("/{person_id}/hand-over")
def get_hand_over(person_id: UUID, work: WorkDep) -> HandOver:
    """What the adult team needs to take the case over, from the age that the policy says."""
    return service.hand_over(work, person_id)
