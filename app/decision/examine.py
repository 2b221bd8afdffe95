"""What a decision would rest on and do: gathered once, for deciding and for previewing alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from app.assessment.repository import Found, find_latest_assessment
from app.assessment.service import get_assessment, result_of
from app.budget import repository as budgets
from app.budget.contents import AwardTerms, Decided, EndTerms, InterimTerms, StopTerms
from app.budget.derive import (
    Budget,
    acts_on,
    award_of,
    awards_on,
    budget_of,
    content_of,
    is_overturned,
    rate_in,
    taken_by,
)
from app.budget.repository import Records
from app.budget.service import in_parts
from app.component.service import agreed_by_partners
from app.decision.schemas import ChangeKind, DecisionToPreview, Effect
from app.errors import NotFound
from app.finding.repository import list_findings_of
from app.finding.service import findings_of
from app.person.repository import Person
from app.plan.repository import get_plan
from app.policy.repository import policy_in
from app.policy.service import rules_in_force
from app.policy.tables import PolicyRevisionRow
from app.proposal.repository import proposers_of
from app.proposal.service import get_proposal
from app.work import Work
from ras.assessment import Assessment, HorizonAmount
from ras.budget import Award, laid_under, renews, timeline
from ras.component import AwardedComponent, Component, Delivery, Recipient, total
from ras.dates import age_on
from ras.decision import Costed, Decider, Left, ProposedAward, refuse_award
from ras.eligibility import FindingKind
from ras.ending import EndGround, ProposedEnd, ProposedStop, refuse_end, refuse_stop
from ras.errors import DecisionRefused, Problem
from ras.plan import Plan
from ras.policy.budget_rules import BudgetRules
from ras.policy.configuration import PolicyConfiguration
from ras.reading import read_json

PROPOSED = "proposed"
"""The key of an award that is not decided yet."""


@dataclass(frozen=True, slots=True)
class Case:
    """All that a decision about a person depends on.

    Attributes:
        work: The piece of work.
        person: The person.
        given: What somebody wants to decide.
        records: What the budget is derived from.
        budget: The budget without the decision.
        revision: The policy in force today.
        rules: Its rules.
        found: The assessment.
        horizon: Its horizon that the award starts in.
        involved: Who assessed or proposed: they may not decide.
    """

    work: Work
    person: Person
    given: DecisionToPreview
    records: Records
    budget: Budget
    revision: PolicyRevisionRow
    rules: BudgetRules
    found: Found | None
    horizon: HorizonAmount | None
    involved: frozenset[str]

    @property
    def decider(self) -> Decider:
        """Who decides, and who may not."""
        return Decider(self.work.caller.subject, self.work.caller.role, self.involved)

    @property
    def notice_months(self) -> dict[Component, int]:
        """The notice of each component by the policy in force today."""
        return {each: self.rules.notice.months_of(each).months for each in Component}


def gather(work: Work, person: Person, given: DecisionToPreview) -> Case:
    """Gather all that a decision depends on.

    Raises:
        NotFound: the assessment or the proposal is not there for this caller, or is another person's.
        NoPolicyInForce, NoBudgetRules: nothing says how to decide today.
        DecisionRefused: the assessment cannot carry it.
    """
    row, _ = person
    revision, rules = rules_in_force(work, work.today)
    records = budgets.records_of(work.session, row.id)
    if given.proposal_id is not None:
        proposal, _ = get_proposal(work, given.proposal_id)
        _refuse_other(proposal.person_id, row.id)
    found, horizon = _assessed(work, given, person, policy_in(revision))
    return Case(
        work=work,
        person=person,
        given=given,
        records=records,
        budget=budget_of(records, work.working_days),
        revision=revision,
        rules=rules,
        found=found,
        horizon=horizon,
        involved=_involved(work, row.id, given, found),
    )


def refuse_what_breaks_rules(case: Case) -> Decided:
    """Let only a decision through that keeps every rule.

    Returns:
        What to keep of it.

    Raises:
        DecisionRefused: it breaks some; each is listed with its place and what to do.
    """
    terms, work = case.given.terms, case.work
    known = case.person[1]
    findings = findings_of(work, case.person[0].id)
    needs_notice = False
    match terms:
        case AwardTerms() | InterimTerms():
            _refuse_after_death(case.records)
            award = _proposed(case, terms)
            with _in_terms():
                refuse_award(award, case.decider, case.rules.decision, case.rules.direct_payment)
        case EndTerms():
            end = ProposedEnd(
                ground=terms.ground,
                happened_on=terms.happened_on,
                ends_before=terms.ends_before,
                components=terms.components,
                made_on=work.today,
                born_on=known.born_on,
                asked_by=terms.asked_by,
                findings=findings,
                began_on=case.budget.first_day_of(terms.components),
            )
            with _in_terms():
                refuse_end(end, case.decider)
        case StopTerms():
            stop = ProposedStop(
                ground=terms.ground,
                component=terms.component,
                starts_on=terms.starts_on,
                made_on=work.today,
                recipient=_paid_to(case, terms),
                findings=findings,
            )
            with _in_terms():
                needs_notice = refuse_stop(stop, case.decider, case.rules.direct_payment)
    return Decided(terms=terms, notice_months=case.notice_months, needs_notice=needs_notice)


def effects(case: Case) -> tuple[Effect, ...]:
    """What an award does to each of its components."""
    terms = case.given.terms
    if not isinstance(terms, AwardTerms | InterimTerms):
        return ()
    found = []
    for awarded in terms.components:
        award = _award(case, awarded, starts_on=terms.starts_on)
        acts = acts_on(awarded.component, case.records, case.work.working_days)
        was = laid_under(awarded.component, acts, award).on(terms.starts_on).rate
        lowered = taken_by(awarded.component, award, case.records, case.work.working_days)
        more = total(rate_in(awarded)) > total(was)
        kind = ChangeKind.FALL if lowered else ChangeKind.RISE if more else ChangeKind.SAME
        found.append(
            Effect(
                component=awarded.component,
                payable_before_annual_pence=total(was),
                parts_before=in_parts(was),
                annual_pence=total(rate_in(awarded)),
                parts=in_parts(rate_in(awarded)),
                change=kind,
                needs_notice=lowered is not None,
                end_does_not_count=renews(award, awards_on(awarded.component, case.records)),
            )
        )
    return tuple(found)


def lowered_components(case: Case, decided: Decided) -> tuple[Component, ...]:
    """The components of which a decision lowers something, so that it needs notice."""
    if isinstance(decided.terms, StopTerms):
        return (decided.terms.component,) if decided.needs_notice else ()
    return tuple(effect.component for effect in effects(case) if effect.needs_notice)


def _award(case: Case, awarded: AwardedComponent, *, starts_on: date) -> Award:
    months = case.notice_months[awarded.component]
    return award_of(PROPOSED, awarded, starts_on=starts_on, notice_months=months)


def _involved(work: Work, person_id: UUID, given: DecisionToPreview, found: Found | None) -> frozenset[str]:
    """Who assessed, who proposed what is not decided yet, and who recorded the adult decision that ends it.

    Nobody decides their own case.
    """
    latest = find_latest_assessment(work.session, person_id)
    involved = {each.row.written_by for each in (found, latest) if each is not None}
    if isinstance(given.terms, EndTerms) and given.terms.ground is EndGround.ADULT_DECISION:
        findings = list_findings_of(work.session, person_id)
        involved |= {row.written_by for row in findings if row.kind == FindingKind.ADULT_DECISION}
    return frozenset(involved | proposers_of(work.session, person_id, proposal_id=given.proposal_id))


def _is_past_the_policy(person: Person, terms: AwardTerms, policy: PolicyConfiguration) -> bool:
    """Whether an award is of partners' parts alone, for somebody whom the policy no longer scores.

    An EHC part goes on after 18, and what it is worth is for the partner who funds it to assess.
    """
    age = age_on(person[1].born_on, terms.starts_on)
    is_partners = all(each.component is not Component.SOCIAL_CARE for each in terms.components)
    return is_partners and age >= policy.eligibility.before_age


def _assessed(
    work: Work, given: DecisionToPreview, person: Person, policy: PolicyConfiguration
) -> tuple[Found | None, HorizonAmount | None]:
    if not isinstance(given.terms, AwardTerms):
        if given.assessment_id is not None:
            raise _refused("/assessment_id", "unknown-field", "Only an award rests on an assessment.")
        return None, None
    if given.assessment_id is None and _is_past_the_policy(person, given.terms, policy):
        return None, None
    if given.assessment_id is None:
        message = "An award rests on an assessment of a costed plan. Without one, make an interim award."
        raise _refused("/assessment_id", "no-costed-plan", message)
    found = get_assessment(work, given.assessment_id)
    _refuse_other(found.row.person_id, person[0].id)
    _, latest = get_plan(work.session, found.plan.plan_id)
    if latest.version != found.plan.version:
        message = f"The plan has a version {latest.version} since. Assess that one."
        raise _refused("/assessment_id", "plan-has-changed", message)
    starts_on = given.terms.starts_on
    for horizon in result_of(found).horizons:
        if horizon.first_day <= starts_on <= horizon.last_day:
            return found, horizon
    message = f"The plan says nothing about {starts_on}. Assess a plan that does."
    raise _refused("/terms/starts_on", "outside-plan", message)


def _proposed(case: Case, terms: AwardTerms | InterimTerms) -> ProposedAward:
    work = case.work
    named = {each.component for each in terms.components}
    others = {
        each.component: total(each.on(terms.starts_on).rate)
        for each in case.budget.timelines
        if each.component not in named
    }
    return ProposedAward(
        components=terms.components,
        starts_on=terms.starts_on,
        made_on=work.today,
        born_on=case.person[1].born_on,
        costed=_costed(case) if case.found else None,
        is_interim=isinstance(terms, InterimTerms),
        review_on=terms.review_on if isinstance(terms, InterimTerms) else None,
        lowers=tuple(each.component for each in effects(case) if each.needs_notice),
        left=tuple(_left(case, terms)),
        other_annual_pence=sum(others.values()),
        other_council_annual_pence=sum(others.values()) - others.get(Component.HEALTH, 0),
        other_one_off_pence=_bought_since(case.budget, _plan(case).starts_on) if case.found else 0,
        partner_agreed=agreed_by_partners(work, case.person[0].id),
        considered=terms.considered if isinstance(terms, AwardTerms) else (),
        reason_codes=terms.reason_codes if isinstance(terms, AwardTerms) else (),
        findings=findings_of(work, case.person[0].id),
    )


def _left(case: Case, terms: AwardTerms | InterimTerms) -> Iterator[Left]:
    """What would be left to buy the plan with once an agreed end of the award has passed."""
    if case.found is None:
        return
    after = {each.component: each for each in case.budget.timelines}
    for awarded in terms.components:
        acts = acts_on(awarded.component, case.records, case.work.working_days)
        award = _award(case, awarded, starts_on=terms.starts_on)
        after[awarded.component] = timeline(awarded.component, [*acts, award])
    for day in {each.agreed_end.ends_before for each in terms.components if each.agreed_end}:
        for horizon in result_of(case.found).horizons:
            if horizon.first_day <= day <= horizon.last_day:
                left = sum(total(each.on(day).rate) for each in after.values())
                yield Left(day, left, horizon.plan_cost_annual_pence)


def _costed(case: Case) -> Costed:
    if case.found is None or case.horizon is None:
        raise AssertionError("an award was let through without its assessment")
    result: Assessment = result_of(case.found)
    return Costed(
        indicative_annual_pence=case.horizon.indicative_annual_pence,
        plan_cost_annual_pence=case.horizon.plan_cost_annual_pence,
        plan_cost_one_off_pence=result.plan_cost_one_off_pence,
        has_lines=bool(result.plan_cost.lines),
        marks=case.horizon.marks,
        out_of_scope=_out_of_scope(_plan(case), policy_in(case.revision)),
    )


def _plan(case: Case) -> Plan:
    if case.found is None:
        raise AssertionError("an award was let through without its assessment")
    return Plan.model_validate(read_json(case.found.row.inputs)["plan"])


def _out_of_scope(plan: Plan, policy: PolicyConfiguration) -> tuple[str, ...]:
    """What the policy in force today does not let a budget buy, whatever the one assessed under did."""
    refused = []
    for number, line in enumerate(plan.lines, 1):
        purpose = policy.purposes.get(line.purpose)
        if purpose is None:
            refused.append(f"Line {number}: the policy in force has no purpose '{line.purpose}'.")
        elif purpose.effect == "refused":
            refused.append(f"Line {number}: {purpose.title}: a budget may not buy this ({purpose.source}).")
        elif purpose.effect == "needs-reason" and not line.reason_given:
            refused.append(f"Line {number}: {purpose.title}: record a reason ({purpose.source}).")
    return tuple(refused)


def _bought_since(found: Budget, day: date) -> int:
    """What was agreed as one-off sums that are payable from a day on."""
    return sum(
        bought.pence for each in found.timelines for _, bought in each.one_offs if bought.due_on >= day
    )


def _paid_to(case: Case, stop: StopTerms) -> Recipient | None:
    """Who is paid a component directly on the day of a stop; None where nobody is."""
    span = case.budget.of(stop.component).on(stop.starts_on)
    if Delivery.DIRECT_PAYMENT not in dict(span.rate):
        return None
    paid = None
    for row in case.records.decisions:
        terms = content_of(row).terms
        if isinstance(terms, AwardTerms | InterimTerms) and row.starts_on <= stop.starts_on:
            for awarded in terms.components:
                if awarded.component is stop.component:
                    paid = next((part.recipient for part in awarded.parts if part.recipient), paid)
    return paid


def _refuse_after_death(records: Records) -> None:
    for row in records.decisions:
        terms = content_of(row).terms
        is_death = isinstance(terms, EndTerms) and terms.ground is EndGround.DEATH
        if is_death and not is_overturned(records, row):
            raise _refused("/terms", "ended-by-death", "The budget ended with a death; nothing follows it.")


@contextmanager
def _in_terms() -> Iterator[None]:
    """Point at a decision's terms as they stand in the request."""
    try:
        yield
    except DecisionRefused as error:
        raise DecisionRefused([_moved(problem) for problem in error.problems]) from None


def _moved(problem: Problem) -> Problem:
    if problem.pointer == "/assessment_id":
        return problem
    path = f"terms.{problem.path}" if problem.path else "terms"
    return replace(problem, path=path, pointer=f"/terms{problem.pointer}")


def _refuse_other(one: UUID, other: UUID) -> None:
    if one != other:
        raise NotFound


def _refused(pointer: str, code: str, message: str) -> DecisionRefused:
    path = pointer.strip("/").replace("/", ".")
    return DecisionRefused([Problem(path=path, pointer=pointer, code=code, message=message)])
