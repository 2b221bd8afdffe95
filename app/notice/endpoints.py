"""`/v1/notices`."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.decision.schemas import LetterQuery
from app.edge import Operation
from app.notice import service
from app.notice.letter import write_notice_document
from app.notice.schemas import NewNotice, NewService, NewWithdrawal, NoticesQuery, NoticeView
from app.pages import LETTER, letter_as
from app.resources import Page, linked, made, shown
from app.work import WorkDep

router = APIRouter(prefix="/v1/notices", tags=["notices"], route_class=Operation)


@router.post("", status_code=HTTPStatus.CREATED)
def draft_notice(new: NewNotice, work: WorkDep, response: Response) -> NoticeView:
    """Draft the notice of what a decision lowers. Old and new amounts are worked out, never given."""
    return made(response, service.draft_notice(work, new))


@router.get("")
def list_notices(
    query: Annotated[NoticesQuery, Query()], work: WorkDep, request: Request, response: Response
) -> Page[NoticeView]:
    """The notices on the cases one sees, oldest first."""
    return linked(request, response, service.list_notices(work, query))


@router.get("/{notice_id}")
def get_notice(notice_id: UUID, work: WorkDep, response: Response) -> NoticeView:
    """A notice, its dates and how they come about."""
    return shown(response, service.view_of(work, service.get_notice(work, notice_id)))


@router.get("/{notice_id}/document", response_class=Response, responses=LETTER)
def get_notice_document(notice_id: UUID, query: Annotated[LetterQuery, Query()], work: WorkDep) -> Response:
    """The notice to the family: old and new amounts, the days, what changed, and what they can do."""
    return letter_as(query.format, write_notice_document(work, notice_id))


@router.post("/{notice_id}/issue")
def issue_notice(notice_id: UUID, work: WorkDep, response: Response) -> NoticeView:
    """Issue a notice that somebody else drafted."""
    return shown(response, service.issue_notice(work, notice_id))


@router.post("/{notice_id}/serve")
def serve_notice(notice_id: UUID, new: NewService, work: WorkDep, response: Response) -> NoticeView:
    """Write down how and when an issued notice was sent. Sent again, its clock starts again."""
    return shown(response, service.serve_notice(work, notice_id, new))


@router.post("/{notice_id}/withdraw")
def withdraw_notice(notice_id: UUID, new: NewWithdrawal, work: WorkDep, response: Response) -> NoticeView:
    """Take a notice back, with reasons. What was payable stays payable."""
    return shown(response, service.withdraw_notice(work, notice_id, new))
