"""Whether an answer may be given: who gives it, and what a variation may say.

A variation is the same award at a higher rate; anything else takes a decision.
"""

from collections.abc import Mapping

from app.assessment.repository import get_assessment
from app.budget.contents import AwardTerms, InterimTerms
from app.budget.derive import answer_of, budget_of, content_of, rate_in
from app.budget.repository import Records
from app.budget.tables import DecisionRow
from app.component.service import agreed_by_partners
from app.errors import OwnCase, RequestInvalid
from app.policy.service import rules_in_force
from app.proposal.repository import proposers_of
from app.reconsideration.schemas import NewAnswer
from app.work import Work
from ras.budget import is_fall
from ras.component import AwardedComponent, Component, Delivery, PaidEvery, Part, Recipient, total
from ras.decision import refuse_above_limit
from ras.errors import Problem
from ras.reconsideration import Outcome
from ras.working import Mark


def refuse_answer(work: Work, records: Records, decision: DecisionRow, new: NewAnswer) -> None:
    """Let only an answer through that its giver may give and that makes nothing lower.

    Raises:
        OwnCase: the caller made, proposed or assessed what was decided.
        RequestInvalid: a variation is lower than what it varies, or is not one.
        DecisionRefused: a variation is more than the caller's role may agree.
    """
    if work.caller.subject in _involved(work, decision):
        raise OwnCase
    _refuse_other_variations(work, records, decision, new)
    _, rules = rules_in_force(work, work.today)
    refuse_above_limit(
        new.components,
        work.caller.role,
        rules.decision,
        other_annual_pence=_other_council_pence(work, records, decision, new),
        marks=_marks(decision) if new.outcome is Outcome.VARIED else (),
    )


def invalid(field: str, code: str, message: str) -> RequestInvalid:
    """What is wrong with one field of a request."""
    return RequestInvalid(problems=[Problem(field.replace("/", "."), f"/{field}", code, message)])


def _involved(work: Work, decision: DecisionRow) -> set[str]:
    """Who made, proposed or assessed what a decision decided."""
    involved = {decision.written_by}
    involved |= proposers_of(work.session, decision.person_id, proposal_id=decision.proposal_id)
    if decision.assessment_id is not None:
        involved.add(get_assessment(work.session, decision.assessment_id).row.written_by)
    return involved


def _marks(decision: DecisionRow) -> tuple[Mark, ...]:
    """What was marked for a person to look at when it was decided."""
    terms = content_of(decision).terms
    return terms.considered if isinstance(terms, AwardTerms) else ()


def _other_council_pence(work: Work, records: Records, decision: DecisionRow, new: NewAnswer) -> int:
    """What is payable of the council's streams that a variation does not name, in pence a year."""
    if new.outcome is not Outcome.VARIED:
        return 0
    day = max(decision.starts_on, work.today)
    named = {each.component for each in new.components} | {Component.HEALTH}
    found = budget_of(records, work.working_days)
    return sum(total(each.on(day).rate) for each in found.timelines if each.component not in named)


def _refuse_other_variations(work: Work, records: Records, decision: DecisionRow, new: NewAnswer) -> None:
    terms = content_of(decision).terms
    if new.outcome is not Outcome.VARIED:
        if new.components:
            raise invalid("components", "unknown-field", "Only a variation says what components become.")
        return
    if not isinstance(terms, AwardTerms | InterimTerms):
        raise invalid("outcome", "wrong-value", "Only an award can be varied; this was an end or a stop.")
    if not new.components:
        raise invalid("components", "missing", "A variation says what the components become.")
    varied = {each.component: each for each in terms.components}
    for answered in filter(None, map(answer_of, records.reconsiderations_of(decision.id))):
        varied |= {each.component: each for each in answered.components}
    agreed = agreed_by_partners(work, decision.person_id)
    for number, each in enumerate(new.components):
        problem = _wrong_variation(varied.get(each.component), each) or _not_agreed(each, agreed)
        if problem:
            raise invalid(f"components/{number}", *problem)


def _wrong_variation(decided: AwardedComponent | None, given: AwardedComponent) -> tuple[str, str] | None:
    if decided is None:
        return "unknown-component", "The decision says nothing about this component."
    if sum(part.annual_pence for part in given.parts) != given.annual_pence:
        return "sums-differ", "The parts do not come to what the component says."
    if is_fall(rate_in(given), rate_in(decided), delivery_asked_for=False):
        return "lower-than-decided", "A variation is never lower than the decision: that takes a new one."
    if [_way(part) for part in given.parts] != [_way(part) for part in decided.parts]:
        return (
            "other-delivery",
            "A variation keeps how it is delivered and to whom: that takes a decision.",
        )
    if given.agreed_end != decided.agreed_end or given.one_offs != decided.one_offs:
        return "other-terms", "A variation changes yearly amounts and nothing else."
    return None


def _way(part: Part) -> tuple[Delivery, Recipient | None, PaidEvery | None]:
    return part.delivery, part.recipient, part.paid_every


def _not_agreed(
    given: AwardedComponent, agreed: Mapping[Component, tuple[int, int]]
) -> tuple[str, str] | None:
    """A partner's component is varied to what the partner agreed, and to nothing else."""
    if given.component is Component.SOCIAL_CARE:
        return None
    if agreed.get(given.component, (None, 0))[0] != given.annual_pence:
        return "partner-agreed-otherwise", "The partner whose component it is enters and agrees it first."
    return None
