"""`/v1/policies`."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.edge import Operation
from app.policy import service
from app.policy.schemas import (
    ChangesQuery,
    InForceQuery,
    NewFindingAnswer,
    PoliciesQuery,
    PolicyChanges,
    PolicyCheck,
    PolicyFindings,
    PolicySummary,
    PolicyText,
    PolicyToCheck,
    PolicyView,
    PublishedPolicy,
)
from app.resources import Page, linked, made, shown
from app.work import WorkDep

router = APIRouter(prefix="/v1/policies", tags=["policies"], route_class=Operation)


@router.post("", status_code=HTTPStatus.CREATED)
def draft_policy(new: PolicyText, work: WorkDep, response: Response) -> PolicyView:
    """Keep a new policy as a draft. Every mistake in it is listed by path, or none is there."""
    return made(response, service.draft_policy(work, new.document))


@router.get("")
def list_policies(
    query: Annotated[PoliciesQuery, Query()], work: WorkDep, request: Request, response: Response
) -> Page[PolicySummary]:
    """The policies, without their documents."""
    return linked(request, response, service.list_policies(work, query))


@router.post(":check")
def check_policy(text: PolicyToCheck, work: WorkDep) -> PolicyCheck:
    """Look for everything wrong or doubtful in a document, and keep nothing: mistakes, falls, jumps, days."""
    return service.check_policy(work, text)


@router.get("/in-force")
def get_policy_in_force(
    query: Annotated[InForceQuery, Query()], work: WorkDep, response: Response
) -> PolicyView:
    """The policy in force on a day. There is at most one."""
    return shown(response, service.show_policy_in_force(work, query.on))


@router.get("/{policy_id:uuid}")
def get_policy(policy_id: UUID, work: WorkDep, response: Response) -> PolicyView:
    """A policy with its document."""
    return shown(response, service.show_policy(work, policy_id))


@router.get("/{policy_id:uuid}/findings")
def get_policy_findings(policy_id: UUID, work: WorkDep) -> PolicyFindings:
    """What the checker finds in a policy, why it matters to a family, what to do, and what was answered."""
    return service.list_findings(work, policy_id)


@router.post("/{policy_id:uuid}/answers", status_code=HTTPStatus.CREATED)
def answer_policy_finding(policy_id: UUID, new: NewFindingAnswer, work: WorkDep) -> PolicyFindings:
    """Answer a warning in writing: publication needs an answer to each."""
    return service.answer_finding(work, policy_id, new)


@router.get("/{policy_id:uuid}/changes")
def get_policy_changes(
    policy_id: UUID, query: Annotated[ChangesQuery, Query()], work: WorkDep
) -> PolicyChanges:
    """What differs from another policy, in sentences: what can change amounts first."""
    return service.compare_policies(work, policy_id, query.since)


@router.put("/{policy_id:uuid}")
def revise_policy(policy_id: UUID, text: PolicyText, work: WorkDep, response: Response) -> PolicyView:
    """Change a draft. An approval given before no longer counts."""
    return shown(response, service.revise_policy(work, policy_id, text.document))


@router.post("/{policy_id:uuid}/approve")
def approve_policy(policy_id: UUID, work: WorkDep, response: Response) -> PolicyView:
    """Approve a draft that somebody else wrote."""
    return shown(response, service.approve_policy(work, policy_id))


@router.post("/{policy_id:uuid}/publish")
def publish_policy(policy_id: UUID, work: WorkDep, response: Response) -> PublishedPolicy:
    """Publish an approved policy that somebody else wrote. It cannot be edited from then on."""
    return shown(response, service.publish_policy(work, policy_id))


@router.post("/{policy_id:uuid}/withdraw")
def withdraw_policy(policy_id: UUID, work: WorkDep, response: Response) -> PolicyView:
    """Withdraw a published policy before the day it starts."""
    return shown(response, service.withdraw_policy(work, policy_id))
