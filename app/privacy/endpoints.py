"""`/v1/retention`, and a person's legal hold, erasures and subject access."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from app.edge import Operation
from app.pages import subject_access_page
from app.privacy import service, subject_access
from app.privacy.schemas import (
    Erasure,
    Erasures,
    Expired,
    Form,
    LegalHold,
    NewErasure,
    NewLegalHold,
    RetentionQuery,
    SubjectAccess,
    SubjectAccessQuery,
)
from app.privacy.service import Retention
from app.resources import Page, linked
from app.work import WorkDep

router = APIRouter(tags=["privacy"], route_class=Operation)


def _retention(request: Request) -> Retention:
    settings = request.app.state.settings
    return Retention(settings.retention_age, settings.retention_years_after_last_act)


RetentionDep = Annotated[Retention, Depends(_retention)]


HANDED_OVER: dict[int | str, dict[str, Any]] = {
    200: {"model": SubjectAccess, "content": {"text/html": {}}},
}


@router.get("/v1/retention")
def list_expired(
    query: Annotated[RetentionQuery, Query()],
    work: WorkDep,
    retention: RetentionDep,
    request: Request,
    response: Response,
) -> Page[Expired]:
    """The people about whom nothing need be held any longer, oldest record first.

    Nobody is erased by the clock: a manager looks, and erases.
    """
    return linked(request, response, service.list_expired(work, query, retention))


@router.put("/v1/people/{person_id}/legal-hold")
def put_legal_hold(person_id: UUID, new: NewLegalHold, work: WorkDep) -> LegalHold:
    """Keep what is held about a person whatever its time, for a claim or a complaint, or no longer."""
    return service.hold(work, person_id, new)


@router.get("/v1/people/{person_id}/legal-hold")
def get_legal_hold(person_id: UUID, work: WorkDep) -> LegalHold:
    """Whether a legal hold keeps what is held about a person."""
    return service.show_hold(work, person_id)


@router.post("/v1/people/{person_id}/erasures", status_code=HTTPStatus.CREATED)
def add_erasure(person_id: UUID, new: NewErasure, work: WorkDep, retention: RetentionDep) -> Erasure:
    """Erase a whole record whose time is over, the words of one record, or what was told for monitoring.

    It cannot be taken back. The audit log stays whole, and says that it was done. An older backup still holds
    what was erased: after a restore, erase again.
    """
    return service.erase(work, person_id, new, retention)


@router.get("/v1/people/{person_id}/erasures")
def get_erasures(person_id: UUID, work: WorkDep) -> Erasures:
    """What was erased about a person, also where that was everything."""
    return service.list_erasures(work, person_id)


@router.get("/v1/people/{person_id}/subject-access", response_model=None, responses=HANDED_OVER)
def get_subject_access(
    person_id: UUID, query: Annotated[SubjectAccessQuery, Query()], work: WorkDep
) -> Response:
    """Everything that is held about one person, to be handed over (UK GDPR Article 15)."""
    found = subject_access.show_everything(work, person_id)
    if query.format is Form.HTML:
        return HTMLResponse(subject_access_page(found.model_dump(mode="json")))
    return JSONResponse(found.model_dump(mode="json"))
