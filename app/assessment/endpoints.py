"""`/v1/assessments`."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from app.assessment import service
from app.assessment.repository import Found
from app.assessment.schemas import (
    AssessmentSensitivity,
    AssessmentsQuery,
    AssessmentSummary,
    AssessmentView,
    NewAssessment,
    PlanToTry,
    Replay,
    StatementFormat,
    StatementQuery,
    TriedAssessment,
)
from app.edge import Operation
from app.pages import statement_page
from app.resources import Page, linked, made, shown
from app.work import WorkDep
from ras.assessment import Assessment
from ras.statement import as_text

router = APIRouter(prefix="/v1/assessments", tags=["assessments"], route_class=Operation)


@router.post("", status_code=HTTPStatus.CREATED)
def add_assessment(new: NewAssessment, work: WorkDep, response: Response) -> AssessmentView:
    """Score a plan under the policy in force on the day, explain every step, and keep it."""
    return made(response, _view(*service.add_assessment(work, new)))


@router.post(":try")
def try_assessment(given: PlanToTry, work: WorkDep) -> TriedAssessment:
    """Score a plan under the policy in force on the day, explain every step, and keep nothing."""
    result = service.try_assessment(work, given)
    return TriedAssessment(result=result, sentences=service.sentences_of(result))


@router.get("")
def list_assessments(
    query: Annotated[AssessmentsQuery, Query()], work: WorkDep, request: Request, response: Response
) -> Page[AssessmentSummary]:
    """The assessments of one's own team without their working, oldest first."""
    return linked(request, response, service.list_assessments(work, query))


@router.get("/{assessment_id}")
def get_assessment(assessment_id: UUID, work: WorkDep, response: Response) -> AssessmentView:
    """An assessment with its whole working."""
    found = service.get_assessment(work, assessment_id)
    return shown(response, _view(found, service.result_of(found)))


@router.get("/{assessment_id}/replay")
def replay_assessment(assessment_id: UUID, work: WorkDep, request: Request) -> Replay:
    """Work an assessment out again from what was kept, and say whether the bytes are the same."""
    replay = service.replay_assessment(work, assessment_id)
    request.app.state.metrics.count_replay(equal=replay.equal)
    return replay


@router.get("/{assessment_id}/sensitivity")
def get_sensitivity(assessment_id: UUID, work: WorkDep) -> AssessmentSensitivity:
    """What would change the amount: one answer, one piece of help, the nearest jump, the next birthday."""
    return service.show_sensitivity(work, assessment_id)


@router.get(
    "/{assessment_id}/statement",
    response_class=Response,
    responses={200: {"content": {"text/html": {}, "text/plain": {}}}},
)
def get_statement(assessment_id: UUID, query: Annotated[StatementQuery, Query()], work: WorkDep) -> Response:
    """The statement for the family: what it comes to and every step, in plain sentences."""
    statement = service.write_statement(work, assessment_id)
    if query.format is StatementFormat.TEXT:
        return PlainTextResponse(as_text(statement))
    return HTMLResponse(statement_page(statement))


def _view(found: Found, result: Assessment) -> AssessmentView:
    return AssessmentView(
        **dict(service.summary_of(found)), result=result, sentences=service.sentences_of(result)
    )
