"""The letter of a decision, and what the letters of its notice and its answer share with it."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from app.assessment.repository import get_assessment
from app.assessment.service import result_of
from app.budget import repository as budgets
from app.budget.contents import AwardTerms, EndTerms, InterimTerms, StopTerms
from app.budget.derive import acts_on, award_in, awards_on, content_of, taken_by
from app.budget.repository import Records
from app.budget.tables import DecisionRow
from app.decision.service import get_decision
from app.finding.service import findings_of
from app.person.service import get_person
from app.policy.repository import policy_in
from app.policy.tables import PolicyRevisionRow
from app.words import find_words
from app.work import Work
from ras.budget import Timeline, renews, timeline
from ras.component import AwardedComponent, Component, Delivery
from ras.decision import distance
from ras.eligibility import Controller, controller
from ras.ending import EndGround
from ras.letter import decision_letter
from ras.letter.told import (
    KEPT_APART,
    NO_LONGER_KEPT,
    About,
    AwardTold,
    EndTold,
    Figures,
    Reader,
    StopTold,
)
from ras.statement import Statement


def write_decision_letter(work: Work, decision_id: UUID) -> Statement:
    """The letter of a decision, as things stood when it was made.

    Raises:
        NotFound: there is no such decision for this caller.
    """
    row, revision = get_decision(work, decision_id)
    records = as_of(budgets.records_of(work.session, row.person_id), row, row.written_at)

    told = _told(work, records, row)
    about = about_decision(work, row, revision, written_on=row.made_on, reasons=reasons_of(work, row.id))
    return decision_letter(about, told, role=row.written_role)


def about_decision(
    work: Work, row: DecisionRow, revision: PolicyRevisionRow, *, written_on: date, reasons: str
) -> About:
    """What every letter about a decision begins from. After a death it is the family that is written to."""
    person, known = get_person(work, row.person_id)
    policy = policy_in(revision)
    if policy.budget is None:
        raise AssertionError("it was written down under a policy with rules for budgets")
    terms = content_of(row).terms
    is_death = isinstance(terms, EndTerms) and terms.ground is EndGround.DEATH
    decides = controller(findings_of(work, person.id), born_on=known.born_on, on=written_on)
    is_own = decides is Controller.YOUNG_PERSON and not is_death
    return About(
        reference=person.reference,
        reader=Reader.YOUNG_PERSON if is_own else Reader.PARENT,
        policy=policy,
        rules=policy.budget,
        written_on=written_on,
        reasons=reasons,
    )


def reasons_of(work: Work, record: UUID) -> str:
    """The reasons kept with a record, for a caller who reads words; else words that say where they are."""
    if not work.reads_words:
        return KEPT_APART
    return str(find_words(work.session, record).get("reasons") or NO_LONGER_KEPT)


def as_of(records: Records, row: DecisionRow, moment: datetime) -> Records:
    """What had been written by a moment, of all that came before a decision."""
    return Records(
        decisions=tuple(each for each in records.decisions if each.number < row.number),
        notices=tuple(
            replace(each, events=tuple(event for event in each.events if event.written_at <= moment))
            for each in records.notices
            if each.row.written_at <= moment
        ),
        reconsiderations=tuple(
            replace(each, events=tuple(event for event in each.events if event.written_at <= moment))
            for each in records.reconsiderations
            if each.row.written_at <= moment
        ),
    )


def before(work: Work, records: Records, component: Component) -> Timeline:
    """What is payable of a component by records alone."""
    return timeline(component, acts_on(component, records, work.working_days))


def lowered_by(
    work: Work, records: Records, row: DecisionRow, *, varied: tuple[AwardedComponent, ...] = ()
) -> tuple[Component, ...]:
    """The components of which a decision, as it was varied, takes something away: it needs notice."""
    decided = content_of(row)
    match decided.terms:
        case AwardTerms() | InterimTerms() as terms:
            set_now = {each.component: each for each in (*terms.components, *varied)}
            return tuple(
                component
                for component, each in set_now.items()
                if taken_by(component, award_in(row, each), records, work.working_days) is not None
            )
        case StopTerms() as terms if decided.needs_notice:
            return (terms.component,)
        case _:
            return ()


def _told(work: Work, records: Records, row: DecisionRow) -> AwardTold | EndTold | StopTold:
    decided = content_of(row)
    match decided.terms:
        case AwardTerms() | InterimTerms() as terms:
            return AwardTold(
                starts_on=terms.starts_on,
                components=terms.components,
                agreed_annual_pence=row.agreed_annual_pence or 0,
                figures=_figures(work, row, terms) if isinstance(terms, AwardTerms) else None,
                review_on=terms.review_on if isinstance(terms, InterimTerms) else None,
                lowered=lowered_by(work, records, row),
                renewing=tuple(
                    each.component
                    for each in terms.components
                    if renews(award_in(row, each), awards_on(each.component, records))
                ),
            )
        case EndTerms() as terms:
            others = [each for each in Component if each not in terms.components]
            return EndTold(
                ground=terms.ground,
                happened_on=terms.happened_on,
                ends_before=terms.ends_before,
                components=terms.components,
                goes_on=tuple(
                    each for each in others if before(work, records, each).on(terms.ends_before).rate
                ),
                recoverable_pence=terms.recoverable_pence,
            )
        case StopTerms() as terms:
            rate = before(work, records, terms.component).on(terms.starts_on).rate
            return StopTold(
                ground=terms.ground,
                component=terms.component,
                starts_on=terms.starts_on,
                becomes=terms.becomes,
                annual_pence=dict(rate).get(Delivery.DIRECT_PAYMENT, 0),
                needs_notice=decided.needs_notice,
                recoverable_pence=terms.recoverable_pence,
            )


def _figures(work: Work, row: DecisionRow, terms: AwardTerms) -> Figures | None:
    if row.assessment_id is None or row.indicative_annual_pence is None:
        return None
    indicative = row.indicative_annual_pence
    return Figures(
        indicative_annual_pence=indicative,
        plan_cost_annual_pence=row.plan_cost_annual_pence or 0,
        plan_cost_one_off_pence=result_of(
            get_assessment(work.session, row.assessment_id)
        ).plan_cost_one_off_pence,
        distance_annual_pence=distance(terms.components, indicative),
        reason_codes=terms.reason_codes,
        other_annual_pence=terms.other_assessment.annual_pence if terms.other_assessment else None,
    )
