"""`/v1/people`."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.edge import Operation
from app.person import service
from app.person.schemas import (
    BreakingGlass,
    BrokenGlass,
    Monitoring,
    NewPerson,
    NewShare,
    PeopleQuery,
    PersonDetails,
    PersonView,
    Shares,
)
from app.resources import Page, linked, made, shown
from app.work import WorkDep

router = APIRouter(prefix="/v1/people", tags=["people"], route_class=Operation)


@router.post("", status_code=HTTPStatus.CREATED)
def add_person(new: NewPerson, work: WorkDep, response: Response) -> PersonView:
    """Add a person to one's own team, by a pseudonymous reference. No names."""
    return made(response, service.add_person(work, new))


@router.get("")
def list_people(
    query: Annotated[PeopleQuery, Query()], work: WorkDep, request: Request, response: Response
) -> Page[PersonView]:
    """The people of one's own team, oldest record first."""
    return linked(request, response, service.list_people(work, query))


@router.get("/{person_id}")
def get_person(person_id: UUID, work: WorkDep, response: Response) -> PersonView:
    """A person."""
    return shown(response, service.show_person(work, person_id))


@router.put("/{person_id}")
def revise_person(person_id: UUID, details: PersonDetails, work: WorkDep, response: Response) -> PersonView:
    """Write down what is known of a person from now on, or hand the case to another team."""
    return shown(response, service.revise_person(work, person_id, details))


@router.put("/{person_id}/monitoring")
def put_monitoring(person_id: UUID, monitoring: Monitoring, work: WorkDep) -> Monitoring:
    """Keep what the family told for equality monitoring. It is never scored."""
    return service.put_monitoring(work, person_id, monitoring)


@router.get("/{person_id}/monitoring")
def get_monitoring(person_id: UUID, work: WorkDep) -> Monitoring:
    """What the family told for equality monitoring."""
    return service.show_monitoring(work, person_id)


@router.put("/{person_id}/shares")
def share_case(person_id: UUID, share: NewShare, work: WorkDep) -> Shares:
    """Share a case with the panel or a partner, or no longer."""
    return service.share_case(work, person_id, share)


@router.get("/{person_id}/shares")
def get_shares(person_id: UUID, work: WorkDep) -> Shares:
    """Everybody, besides the team, who sees a case."""
    return service.show_shares(work, person_id)


@router.post("/{person_id}/break-glass", status_code=HTTPStatus.CREATED)
def break_glass(person_id: UUID, breaking: BreakingGlass, work: WorkDep) -> BrokenGlass:
    """As an auditor, read what people wrote and dates of birth, of one person and for an hour.

    The reason is kept, the act is in the feed of events for the team to see, and each read is marked.
    """
    return service.break_glass(work, person_id, breaking)
