"""Deciding: gather, let through what keeps every rule, keep it. The machine decides nothing."""

from collections.abc import Iterator
from uuid import UUID

from app.access import Role
from app.budget import repository as budgets
from app.budget.contents import AwardTerms, Decided, EndTerms, InterimTerms
from app.budget.derive import content_of, is_overturned
from app.budget.tables import DecisionRow
from app.decision import repository
from app.decision.examine import Case, effects, gather, lowered_components, refuse_what_breaks_rules
from app.decision.repository import Decision
from app.decision.schemas import (
    DecisionPreview,
    DecisionsQuery,
    DecisionToPreview,
    DecisionView,
    Earliest,
    NewDecision,
    Saw,
)
from app.person.repository import seen_by
from app.person.service import chain_of, get_person, get_person_to_change
from app.problems import listed
from app.resources import Kept, Page, page_of, refuse_stale
from app.words import add_words, find_words
from app.work import Work
from ras.canonical import canonical, sha256
from ras.decision import distance
from ras.errors import DecisionRefused, Problem
from ras.notice import Method, Sent, notice_dates


def decide(work: Work, new: NewDecision) -> DecisionView:
    """Keep a decision of the caller about one person.

    Raises:
        NotFound: there is no such person, assessment or proposal for this caller.
        PreconditionRequired, PreconditionFailed: it does not start from the budget as it stands.
        NoPolicyInForce, NoBudgetRules: nothing says how to decide today.
        DecisionRefused: it breaks rules; each is listed.
    """
    person = get_person_to_change(work, new.person_id)
    case = gather(work, person, new)
    refuse_stale(work, person[0].id, case.records.revision)
    _refuse_unseen(case, new)

    decided = refuse_what_breaks_rules(case)

    row = _row(work, case, decided)
    committed = add_words(work.session, {"reasons": new.reasons}, record=row.id, person=row.person_id)
    row.reasons_commitment = committed or ""
    repository.add_decision(work.session, row)
    content = {"content": sha256(row.content.encode()), "saw": row.saw, "reasons": committed}
    work.record_act(chain_of(row.person_id), "decision-made", record=row.id, content=content)
    return view_of(work, (row, case.revision))


def preview(work: Work, given: DecisionToPreview) -> DecisionPreview:
    """What a decision would do, and the earliest lawful day of a lower rate, before it is made.

    Raises:
        NotFound: there is no such person, assessment or proposal for this caller.
        NoPolicyInForce, NoBudgetRules: nothing says how to decide today.
        DecisionRefused: the assessment cannot carry it.
    """
    case = gather(work, get_person(work, given.person_id), given)
    problems: tuple[Problem, ...] = ()
    needs_notice = False
    try:
        needs_notice = refuse_what_breaks_rules(case).needs_notice
    except DecisionRefused as refused:
        problems = refused.problems
    decided = Decided(terms=given.terms, notice_months=case.notice_months, needs_notice=needs_notice)
    return DecisionPreview(
        allowed=not problems,
        problems=listed(problems),
        effects=effects(case),
        earliest=tuple(_earliest(work, case, decided)),
    )


def get_decision(work: Work, decision_id: UUID) -> Decision:
    """A decision that the caller may see.

    Raises:
        NotFound: there is none for this caller.
    """
    found = repository.get_decision(work.session, decision_id)
    get_person(work, found[0].person_id)
    return found


def list_decisions(work: Work, query: DecisionsQuery) -> Page[DecisionView]:
    """A page of the decisions the caller may see."""
    rows = repository.list_decisions(work.session, query, seen=seen_by(work.caller))
    return page_of(work, rows, query, lambda found: view_of(work, found))


def view_of(work: Work, found: Decision) -> DecisionView:
    """A decision as the caller may see it."""
    row, revision = found
    decided = content_of(row)
    words = find_words(work.session, row.id) if work.reads_words else {}
    records = budgets.records_of(work.session, row.person_id)
    return DecisionView(
        id=row.id,
        revision=1,
        person_id=row.person_id,
        number=row.number,
        made_on=row.made_on,
        assessment_id=row.assessment_id,
        proposal_id=row.proposal_id,
        policy_id=revision.policy_id,
        terms=decided.terms,
        indicative_annual_pence=row.indicative_annual_pence,
        plan_cost_annual_pence=row.plan_cost_annual_pence,
        agreed_annual_pence=row.agreed_annual_pence,
        distance_annual_pence=_distance(row, decided),
        saw=Saw.model_validate_json(row.saw),
        decided_by_role=Role(row.written_role),
        overturned=is_overturned(records, row),
        reasons=words.get("reasons"),
        written=Kept(by=row.written_by, at=row.written_at),
    )


def _distance(row: DecisionRow, decided: Decided) -> int | None:
    if row.indicative_annual_pence is None or not isinstance(decided.terms, AwardTerms):
        return None
    return distance(decided.terms.components, row.indicative_annual_pence)


def _refuse_unseen(case: Case, new: NewDecision) -> None:
    """Let only someone decide on an assessment who has it before them, as it was kept."""
    if case.found is not None and new.saw_result_sha256 != case.found.row.result_sha256:
        message = "Read the assessment, and give the `result_sha256` of what you have before you."
        place = "saw_result_sha256"
        raise DecisionRefused([Problem(place, f"/{place}", "not-seen", message)])


def _row(work: Work, case: Case, decided: Decided) -> DecisionRow:
    terms = decided.terms
    awarded = terms.components if isinstance(terms, AwardTerms | InterimTerms) else None
    saw = Saw(
        budget_revision=case.records.revision,
        assessment_result_sha256=case.found.row.result_sha256 if case.found else None,
        plan_version=case.found.plan.version if case.found else None,
        proposal_id=case.given.proposal_id,
    )
    return DecisionRow(
        id=work.new_id(),
        person_id=case.person[0].id,
        number=len(case.records.decisions) + 1,
        kind=terms.kind,
        made_on=work.today,
        starts_on=terms.ends_before if isinstance(terms, EndTerms) else terms.starts_on,
        assessment_id=case.given.assessment_id,
        proposal_id=case.given.proposal_id,
        policy_revision_id=case.revision.id,
        content=canonical(decided).decode(),
        saw=canonical(saw).decode(),
        indicative_annual_pence=case.horizon.indicative_annual_pence if case.horizon else None,
        plan_cost_annual_pence=case.horizon.plan_cost_annual_pence if case.horizon else None,
        agreed_annual_pence=None if awarded is None else sum(each.annual_pence for each in awarded),
        written_by=work.caller.subject,
        written_role=work.caller.role,
        written_at=work.now,
    )


def _earliest(work: Work, case: Case, decided: Decided) -> Iterator[Earliest]:
    """The dates of a notice sent at this moment, for each way of sending it."""
    for component in lowered_components(case, decided):
        for method in Method:
            sent = Sent.at(method, work.local(work.now))
            dates = notice_dates(component, sent, case.rules.notice, work.working_days)
            yield Earliest(method=method, dates=dates, working=dates.sentences())
