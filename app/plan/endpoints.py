"""`/v1/plans`."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from app.edge import Operation
from app.plan import service
from app.plan.schemas import NewPlan, PlanContent, PlansQuery, PlanView
from app.resources import InDigits, Page, linked, made, shown
from app.work import WorkDep

router = APIRouter(prefix="/v1/plans", tags=["plans"], route_class=Operation)


@router.post("", status_code=HTTPStatus.CREATED)
def add_plan(new: NewPlan, work: WorkDep, response: Response) -> PlanView:
    """Add a person's support plan. It may be unfinished: what is missing is told when it is scored."""
    return made(response, service.add_plan(work, new))


@router.get("")
def list_plans(
    query: Annotated[PlansQuery, Query()], work: WorkDep, request: Request, response: Response
) -> Page[PlanView]:
    """The plans of one's own team in their latest versions, oldest record first."""
    return linked(request, response, service.list_plans(work, query))


@router.get("/{plan_id}")
def get_plan(plan_id: UUID, work: WorkDep, response: Response) -> PlanView:
    """A plan in its latest version."""
    return shown(response, service.show_plan(work, plan_id))


@router.post("/{plan_id}/versions", status_code=HTTPStatus.CREATED)
def add_plan_version(plan_id: UUID, content: PlanContent, work: WorkDep, response: Response) -> PlanView:
    """Add the next version of a plan. Earlier versions stay as they were."""
    return made(response, service.add_plan_version(work, plan_id, content))


@router.get("/{plan_id}/versions/{version}")
def get_plan_version(
    plan_id: UUID,
    version: Annotated[int, InDigits, Path(ge=1, le=1_000_000)],
    work: WorkDep,
    response: Response,
) -> PlanView:
    """A plan in one of its versions."""
    return shown(response, service.show_plan(work, plan_id, version))
