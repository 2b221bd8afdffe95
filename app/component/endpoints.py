"""`/v1/component-agreements`."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.component import service
from app.component.schemas import (
    ComponentAgreementsQuery,
    ComponentAgreementView,
    NewComponentAgreement,
)
from app.edge import Operation
from app.resources import Page, linked, made, shown
from app.work import WorkDep

router = APIRouter(prefix="/v1/component-agreements", tags=["components"], route_class=Operation)


@router.post("", status_code=HTTPStatus.CREATED)
def add_component_agreement(
    new: NewComponentAgreement, work: WorkDep, response: Response
) -> ComponentAgreementView:
    """Enter and agree one's own component of the budget of a case that was shared with one."""
    return made(response, service.add_agreement(work, new))


@router.get("")
def list_component_agreements(
    query: Annotated[ComponentAgreementsQuery, Query()],
    work: WorkDep,
    request: Request,
    response: Response,
) -> Page[ComponentAgreementView]:
    """What partners agreed, oldest first; a partner sees its own."""
    return linked(request, response, service.list_agreements(work, query))


@router.get("/{agreement_id}")
def get_component_agreement(agreement_id: UUID, work: WorkDep, response: Response) -> ComponentAgreementView:
    """What a partner agreed."""
    return shown(response, service.show_agreement(work, agreement_id))
