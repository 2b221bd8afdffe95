"""`/v1/reviews`, `/v1/calendars`, and the calendars themselves."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from app.edge import Operation, address_of
from app.resources import Page, PageQuery, linked, made, shown
from app.review import service
from app.review.schemas import (
    CalendarView,
    DueReviews,
    DueReviewsQuery,
    NewCalendarView,
    NewReview,
    ReviewsQuery,
    ReviewView,
    RollOut,
    RollOutQuery,
)
from app.work import WorkDep

router = APIRouter(tags=["reviews"], route_class=Operation)


class CalendarFile(Response):
    """A calendar as calendar programs read it (RFC 5545)."""

    media_type = "text/calendar"


@router.post("/v1/reviews", status_code=HTTPStatus.CREATED)
def add_review(new: NewReview, work: WorkDep, response: Response) -> ReviewView:
    """Write down that a review was held. It changes no amount: that takes a decision."""
    return made(response, service.add_review(work, new))


@router.get("/v1/reviews")
def list_reviews(
    query: Annotated[ReviewsQuery, Query()], work: WorkDep, request: Request, response: Response
) -> Page[ReviewView]:
    """The reviews that were held on the cases one sees, oldest record first."""
    return linked(request, response, service.list_reviews(work, query))


@router.get("/v1/reviews/due")
def list_due_reviews(query: Annotated[DueReviewsQuery, Query()], work: WorkDep) -> DueReviews:
    """The reviews that are due or overdue, the one to be held soonest first.

    A package is reviewed within so many months of its last review, as the policy says, and pulled forward
    to the EHC review, never past its limit.
    """
    return service.list_due(work, query)


@router.get("/v1/reviews/roll-out")
def get_roll_out(query: Annotated[RollOutQuery, Query()], work: WorkDep) -> RollOut:
    """How many packages from before have their first award, and how many stayed, rose or fell."""
    return service.show_roll_out(work, query)


@router.get("/v1/reviews/{review_id:uuid}")
def get_review(review_id: UUID, work: WorkDep, response: Response) -> ReviewView:
    """A review that was held."""
    return shown(response, service.show_review(work, review_id))


@router.post("/v1/calendars", status_code=HTTPStatus.CREATED)
def add_calendar(work: WorkDep, response: Response) -> NewCalendarView:
    """Make a calendar of one's own team's due reviews. Its address is shown in this answer only.

    Where the request is repeated under its key, so is the answer. Calendar programs read it without a token:
    whoever knows the address sees references and days, no names, needs or amounts.
    """
    return shown(response, service.add_calendar(work))


@router.get("/v1/calendars")
def list_calendars(
    query: Annotated[PageQuery, Query()], work: WorkDep, request: Request, response: Response
) -> Page[CalendarView]:
    """The calendars of one's own team, oldest first, without their addresses."""
    return linked(request, response, service.list_calendars(work, query))


@router.post("/v1/calendars/{calendar_id}/revoke")
def revoke_calendar(calendar_id: UUID, work: WorkDep, response: Response) -> CalendarView:
    """Let a calendar's address answer no longer, for good."""
    return shown(response, service.revoke_calendar(work, calendar_id))


@router.get("/calendars/{secret}.ics", response_class=CalendarFile)
async def get_calendar(
    secret: Annotated[str, Path(description="The secret part of the address.")], request: Request
) -> CalendarFile:
    """A team's due reviews as a calendar (iCalendar): a whole day each, the one by which it is to be held."""
    state = request.app.state
    async with state.database.turn(address_of(request), to_write=False):
        file, read = await run_in_threadpool(service.read_calendar, state.database, secret, now=state.clock())
    if read is not None:
        await state.reads.keep(read)
    return CalendarFile(file, headers={"Content-Disposition": 'attachment; filename="reviews.ics"'})
