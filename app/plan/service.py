"""Adding support plans, version by version."""

from datetime import date
from typing import Any
from uuid import UUID

from app.errors import RequestInvalid
from app.person.repository import seen_by
from app.person.service import chain_of, get_person, get_person_to_change
from app.plan import repository
from app.plan.schemas import NewPlan, PlanContent, PlanKind, PlansQuery, PlanView
from app.plan.tables import PlanRow, PlanVersionRow
from app.policy.repository import policy_in
from app.policy.service import revision_in_force
from app.resources import Kept, Page, page_of, refuse_stale
from app.words import add_words, find_words
from app.work import Work
from ras.canonical import as_written, canonical, sha256
from ras.errors import NoPolicyInForce, Problem
from ras.fit import refuse_unknown_codes
from ras.plan import Plan
from ras.reading import read_json

NOT_IN_DOCUMENT = {"person_id", "kind", "reference", "next_ehc_review_on", "words"}


def add_plan(work: Work, new: NewPlan) -> PlanView:
    """Add a person's plan. It may be unfinished, but is in the codes of the policy of its day.

    Raises:
        NotFound: there is no such person for this caller.
        PlanDoesNotFit: it names something the policy in force on its first day does not have.
    """
    person, known = get_person_to_change(work, new.person_id)
    row = PlanRow(id=work.new_id(), person_id=person.id)
    version = _version(work, row, 1, new, born_on=known.born_on)
    repository.add_plan(work.session, row)
    _keep_version(work, row, version)
    return _view(work, (row, version))


def add_plan_version(work: Work, plan_id: UUID, content: PlanContent) -> PlanView:
    """Add the next version of a plan.

    Raises:
        NotFound: there is no such plan for this caller.
        PreconditionRequired, PreconditionFailed: it does not start from the latest version.
        PlanDoesNotFit: it names something the policy in force on its first day does not have.
    """
    row, _ = repository.get_plan(work.session, plan_id)
    _, known = get_person_to_change(work, row.person_id)
    row, latest = repository.get_plan(work.session, plan_id)
    refuse_stale(work, row.id, latest.version)
    version = _version(work, row, latest.version + 1, content, born_on=known.born_on)
    _keep_version(work, row, version)
    return _view(work, (row, version))


def get_plan(work: Work, plan_id: UUID, version: int | None = None) -> repository.Plan:
    """A plan that the caller may see, in one version or in its latest.

    Raises:
        NotFound: there is none for this caller.
    """
    found = repository.get_plan(work.session, plan_id, version)
    get_person(work, found[0].person_id)
    return found


def show_plan(work: Work, plan_id: UUID, version: int | None = None) -> PlanView:
    """A plan, in one version or in its latest.

    Raises:
        NotFound: there is none for this caller.
    """
    return _view(work, get_plan(work, plan_id, version))


def list_plans(work: Work, query: PlansQuery) -> Page[PlanView]:
    """A page of the plans the caller may see, in their latest versions."""
    rows = repository.list_plans(work.session, query, seen=seen_by(work.caller))
    return page_of(work, rows, query, lambda row: _view(work, row))


def engine_plan(document: dict[str, Any], *, born_on: date) -> Plan:
    """A plan as the engine takes it: what was kept, and the date of birth."""
    return Plan.model_validate({**document, "born_on": born_on.isoformat()})


def document_of(content: PlanContent) -> dict[str, Any]:
    """The part of a plan that is scored: codes only. Of a reason, only that it was given."""
    data = as_written(content)
    for line in data.get("lines", ()):
        line["reason_given"] = line.pop("reason", None) is not None
    document = {name: value for name, value in data.items() if name not in NOT_IN_DOCUMENT}
    document["needs_not_captured"] = content.words.needs_not_captured is not None
    return document


def _version(
    work: Work, row: PlanRow, version: int, content: PlanContent, *, born_on: date
) -> PlanVersionRow:
    document = document_of(content)
    _refuse_what_cannot_stand(work, engine_plan(document, born_on=born_on), content)
    new_id = work.new_id()
    words = _words_of(content)
    committed = add_words(work.session, words, record=new_id, person=row.person_id)
    return PlanVersionRow(
        id=new_id,
        plan_id=row.id,
        version=version,
        kind=content.kind,
        reference=content.reference,
        next_ehc_review_on=content.next_ehc_review_on,
        document=canonical(document).decode(),
        words_commitment=committed,
        written_by=work.caller.subject,
        written_at=work.now,
    )


def _keep_version(work: Work, row: PlanRow, version: PlanVersionRow) -> None:
    repository.add_version(work.session, version)
    content = {
        "version": version.version,
        "document": sha256(version.document.encode()),
        "words": version.words_commitment,
    }
    work.record_act(chain_of(row.person_id), "plan-written", record=version.id, content=content)


def _refuse_what_cannot_stand(work: Work, plan: Plan, content: PlanContent) -> None:
    """Check a plan against the policy of its first day; where there is none yet, when it is scored."""
    if content.kind is PlanKind.EHC and content.next_ehc_review_on is None:
        message = "An EHC plan names the day of its next review."
        problem = Problem("next_ehc_review_on", "/next_ehc_review_on", "missing", message)
        raise RequestInvalid(problems=[problem])
    try:
        revision = revision_in_force(work, plan.starts_on)
    except NoPolicyInForce:
        return
    refuse_unknown_codes(plan, policy_in(revision))


def _words_of(content: PlanContent) -> dict[str, Any]:
    words: dict[str, Any] = as_written(content.words)
    reasons = {str(n): line.reason for n, line in enumerate(content.lines, 1) if line.reason is not None}
    return {**words, **({"line_reasons": reasons} if reasons else {})}


def _view(work: Work, found: repository.Plan) -> PlanView:
    row, version = found
    document = read_json(version.document)
    document.pop("needs_not_captured")
    words = find_words(work.session, version.id) if work.reads_words else {}
    reasons = words.pop("line_reasons", {})
    for number, line in enumerate(document.get("lines", ()), 1):
        line.pop("reason_given")
        if str(number) in reasons:
            line["reason"] = reasons[str(number)]
    content = PlanContent.model_validate(
        {
            **document,
            "kind": version.kind,
            "reference": version.reference,
            "next_ehc_review_on": version.next_ehc_review_on,
            "words": words,
        }
    )
    return PlanView(
        id=row.id,
        revision=version.version,
        person_id=row.person_id,
        content=content,
        written=Kept(by=version.written_by, at=version.written_at),
    )
