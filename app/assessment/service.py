"""Scoring a plan under the policy in force, keeping it, and working it out again."""

from datetime import date
from typing import Any
from uuid import UUID

from app.assessment import repository
from app.assessment.repository import Found
from app.assessment.schemas import (
    AssessmentSensitivity,
    AssessmentsQuery,
    AssessmentSummary,
    NewAssessment,
    PlanToTry,
    Replay,
    Sentences,
)
from app.assessment.tables import AssessmentRow
from app.person.repository import seen_by
from app.person.service import chain_of, get_person, get_person_to_change
from app.plan.service import document_of, engine_plan, get_plan
from app.policy.repository import policy_in
from app.policy.service import revision_in_force
from app.resources import Kept, Page, page_of
from app.work import Work
from ras.assessment import ENGINE_VERSION, Assessment, assess
from ras.canonical import as_written, canonical, sha256
from ras.plan import Plan
from ras.policy.document import policy_as_kept
from ras.reading import read_json
from ras.sensitivity import sensitivity, sensitivity_in_words
from ras.statement import Statement, family_statement, say


def add_assessment(work: Work, new: NewAssessment) -> tuple[Found, Assessment]:
    """Score a plan under the policy in force on the day, and keep it with all it came from.

    Raises:
        NotFound: there is no such plan for this caller.
        NoPolicyInForce: no published policy covers the day.
        CannotCalculate, NotAllowed: the plan cannot be scored, or asks for what may not be bought.
    """
    plan_row, version = get_plan(work, new.plan_id, new.plan_version)
    _, known = get_person_to_change(work, plan_row.person_id)
    revision = revision_in_force(work, new.effective_on)

    plan = engine_plan(read_json(version.document), born_on=known.born_on)
    result = assess(plan, policy_in(revision), effective_on=new.effective_on)

    kept = canonical(result)
    row = AssessmentRow(
        id=work.new_id(),
        person_id=plan_row.person_id,
        plan_version_id=version.id,
        policy_revision_id=revision.id,
        effective_on=new.effective_on,
        engine_version=ENGINE_VERSION,
        inputs=canonical(_inputs(plan, new.effective_on, revision.sha256)).decode(),
        result=kept.decode(),
        result_sha256=sha256(kept),
        indicative_annual_pence=result.indicative_annual_pence,
        plan_cost_annual_pence=result.plan_cost_annual_pence,
        written_by=work.caller.subject,
        written_at=work.now,
    )
    repository.add_assessment(work.session, row)
    work.record_act(
        chain_of(row.person_id),
        "assessed",
        record=row.id,
        content={"inputs": sha256(row.inputs.encode()), "result": row.result_sha256},
    )
    return Found(row, version, revision), result


def try_assessment(work: Work, given: PlanToTry) -> Assessment:
    """Score a plan under the policy in force on the day, and keep nothing.

    Raises:
        NoPolicyInForce: no published policy covers the day.
        CannotCalculate, NotAllowed: the plan cannot be scored, or asks for what may not be bought.
    """
    revision = revision_in_force(work, given.effective_on)
    plan = engine_plan(document_of(given.content), born_on=given.born_on)
    return assess(plan, policy_in(revision), effective_on=given.effective_on)


def get_assessment(work: Work, assessment_id: UUID) -> Found:
    """An assessment that the caller may see.

    Raises:
        NotFound: there is none for this caller.
    """
    found = repository.get_assessment(work.session, assessment_id)
    get_person(work, found.row.person_id)
    return found


def list_assessments(work: Work, query: AssessmentsQuery) -> Page[AssessmentSummary]:
    """A page of the assessments the caller may see."""
    rows = repository.list_assessments(work.session, query, seen=seen_by(work.caller))
    return page_of(work, rows, query, summary_of)


def replay_assessment(work: Work, assessment_id: UUID) -> Replay:
    """Work an assessment out again from what was kept, and compare the bytes.

    Raises:
        NotFound: there is none for this caller.
    """
    found = get_assessment(work, assessment_id)
    inputs = read_json(found.row.inputs)
    # The document itself, not a policy that was read from it before: this is about what is kept.
    policy = policy_as_kept(read_json(found.policy.document))
    again = assess(
        Plan.model_validate(inputs["plan"]),
        policy,
        effective_on=date.fromisoformat(inputs["effective_on"]),
    )
    recomputed = canonical(again)
    fingerprint = sha256(recomputed)
    same_bytes = recomputed == found.row.result.encode() and fingerprint == found.row.result_sha256
    return Replay(
        assessment_id=found.row.id,
        equal=same_bytes and _is_listed_as(found.row, inputs, again),
        kept_sha256=found.row.result_sha256,
        recomputed_sha256=fingerprint,
        kept_engine_version=found.row.engine_version,
        engine_version=ENGINE_VERSION,
    )


def show_sensitivity(work: Work, assessment_id: UUID) -> AssessmentSensitivity:
    """What would change an assessment's amount, worked out from what was kept.

    Raises:
        NotFound: there is none for this caller.
    """
    found = get_assessment(work, assessment_id)
    plan = Plan.model_validate(read_json(found.row.inputs)["plan"])
    shown = sensitivity(plan, policy_in(found.policy), effective_on=found.row.effective_on)
    return AssessmentSensitivity(
        assessment_id=assessment_id, sensitivity=shown, sentences=tuple(sensitivity_in_words(shown))
    )


def write_statement(work: Work, assessment_id: UUID) -> Statement:
    """The statement of an assessment for the family.

    Raises:
        NotFound: there is none for this caller.
    """
    found = get_assessment(work, assessment_id)
    plan = Plan.model_validate(read_json(found.row.inputs)["plan"])
    return family_statement(plan, policy_in(found.policy), result_of(found))


def _is_listed_as(row: AssessmentRow, inputs: dict[str, Any], result: Assessment) -> bool:
    """Whether what stands beside a kept result, to list and find it by, is what it came from and says."""
    return (
        row.engine_version == inputs["engine_version"]
        and result.policy.sha256 == inputs["policy_sha256"]
        and row.effective_on == result.effective_on
        and row.indicative_annual_pence == result.indicative_annual_pence
        and row.plan_cost_annual_pence == result.plan_cost_annual_pence
    )


def result_of(found: Found) -> Assessment:
    """The result of an assessment, as it was kept."""
    return Assessment.model_validate_json(found.row.result)


def sentences_of(result: Assessment) -> Sentences:
    """The working in plain sentences."""
    return Sentences(
        working=tuple(say(step) for step in result.working),
        plan_cost=tuple(say(step) for step in result.plan_cost.working),
    )


def summary_of(found: Found) -> AssessmentSummary:
    """An assessment without its working."""
    row = found.row
    return AssessmentSummary(
        id=row.id,
        revision=1,
        person_id=row.person_id,
        plan_id=found.plan.plan_id,
        plan_version=found.plan.version,
        policy_id=found.policy.policy_id,
        effective_on=row.effective_on,
        engine_version=row.engine_version,
        indicative_annual_pence=row.indicative_annual_pence,
        plan_cost_annual_pence=row.plan_cost_annual_pence,
        result_sha256=row.result_sha256,
        written=Kept(by=row.written_by, at=row.written_at),
    )


def _inputs(plan: Plan, effective_on: date, policy_sha256: str) -> dict[str, Any]:
    return {
        "plan": as_written(plan),
        "effective_on": effective_on.isoformat(),
        "policy_sha256": policy_sha256,
        "engine_version": ENGINE_VERSION,
    }
