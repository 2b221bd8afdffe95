"""Assessments' SQL."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.assessment.schemas import AssessmentsQuery
from app.assessment.tables import AssessmentRow
from app.errors import NotFound
from app.plan.tables import PlanVersionRow
from app.policy.tables import PolicyRevisionRow


@dataclass(frozen=True, slots=True)
class Found:
    """An assessment, the plan's version it scored and the policy it applied."""

    row: AssessmentRow
    plan: PlanVersionRow
    policy: PolicyRevisionRow


_ASSESSMENTS = (
    select(AssessmentRow, PlanVersionRow, PolicyRevisionRow)
    .join(PlanVersionRow, PlanVersionRow.id == AssessmentRow.plan_version_id)
    .join(PolicyRevisionRow, PolicyRevisionRow.id == AssessmentRow.policy_revision_id)
)


def get_assessment(session: Session, assessment_id: UUID) -> Found:
    """An assessment.

    Raises:
        NotFound: there is none.
    """
    row = session.execute(_ASSESSMENTS.where(AssessmentRow.id == assessment_id)).one_or_none()
    if row is None:
        raise NotFound
    return Found(row[0], row[1], row[2])


def find_latest_assessment(session: Session, person_id: UUID) -> Found | None:
    """A person's latest assessment."""
    wanted = _ASSESSMENTS.where(AssessmentRow.person_id == person_id)
    row = session.execute(wanted.order_by(AssessmentRow.id.desc()).limit(1)).one_or_none()
    return Found(row[0], row[1], row[2]) if row else None


def list_assessments(session: Session, query: AssessmentsQuery, *, seen: Select[UUID] | None) -> list[Found]:
    """A page of assessments and one more, oldest first."""
    wanted = _ASSESSMENTS.order_by(AssessmentRow.id).limit(query.limit + 1)
    if query.person_id is not None:
        wanted = wanted.where(AssessmentRow.person_id == query.person_id)
    if query.plan_id is not None:
        wanted = wanted.where(PlanVersionRow.plan_id == query.plan_id)
    if seen is not None:
        wanted = wanted.where(AssessmentRow.person_id.in_(seen))
    if query.after is not None:
        wanted = wanted.where(AssessmentRow.id > query.after)
    return [Found(row[0], row[1], row[2]) for row in session.execute(wanted)]


def add_assessment(session: Session, row: AssessmentRow) -> None:
    """Add an assessment."""
    session.add(row)
    session.flush()
