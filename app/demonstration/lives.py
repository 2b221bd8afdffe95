"""Budgets for some of the made-up children: awards, direct payments, notices running, a request pending.

They come about as in life: somebody assesses, somebody else decides, a third issues the notice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from app.assessment.repository import Found
from app.assessment.schemas import NewAssessment
from app.assessment.service import add_assessment
from app.budget.contents import AwardTerms, Occasion
from app.budget.service import show_budget
from app.decision.schemas import DecisionView, NewDecision
from app.decision.service import decide
from app.finding.schemas import NewFinding
from app.finding.service import add_finding
from app.notice.schemas import NewNotice, NewService
from app.notice.service import draft_notice, issue_notice, serve_notice
from app.person.schemas import NewShare, PeopleQuery, PersonView, SharedWith
from app.person.service import list_people, share_case
from app.plan.repository import find_latest_plan
from app.reconsideration.schemas import NewReconsideration
from app.reconsideration.service import ask
from app.work import Work
from ras.assessment import Assessment
from ras.component import AwardedComponent, Component, Delivery, OneOff, PaidEvery, Part, Recipient
from ras.eligibility import FindingKind, FindingOutcome
from ras.errors import RasError
from ras.notice import Method
from ras.working import Mark

HOW_MANY = 24
"""How many of the children have a budget; every second one is paid directly."""
LOWERED, ASKED_AGAIN = 8, 2
"""How many of them have a lower amount with its notice running, and how many of those ask again."""
MORE = 1_200_00
"""How much more those had before, in pence a year."""
REASONS = "Made up for the demonstration: the plan was gone through with the family."
TEAM = "north"


class Acting(Protocol):
    """Makes the work of somebody on the demonstration's staff register."""

    def __call__(self, subject: str, if_match: str | None = None) -> Work:
        """Somebody's work, with the ETag that a change of theirs starts from."""


@dataclass(frozen=True, slots=True)
class _Child:
    acting: Acting
    worker: Work
    person: PersonView
    found: Found
    result: Assessment

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What a person has to look at."""
        return next(h.marks for h in self.result.horizons if h.horizon is self.result.horizon)

    @property
    def enough_annual_pence(self) -> int:
        """What buys the plan, and no less than the indicative amount."""
        return max(self.result.plan_cost_annual_pence, self.result.indicative_annual_pence)


def add_lives(acting: Acting) -> None:
    """Give some of a team's children a budget."""
    worker = acting("demo-assessor")
    people = list_people(worker, PeopleQuery(team=TEAM, limit=200)).items
    for number, child in zip(range(HOW_MANY), _assessed(acting, people), strict=False):
        share_case(worker, child.person.id, NewShare(shared_with=SharedWith.PANEL, shared=True))
        delivery = Delivery.NOTIONAL if number % 2 else Delivery.DIRECT_PAYMENT
        if delivery is Delivery.DIRECT_PAYMENT:
            _may_be_paid(child)
        if number < LOWERED:
            _award(child, delivery, Occasion.FIRST_AWARD, more=MORE)
            lower = _award(child, delivery, Occasion.RE_ASSESSMENT)
            _notice(child, lower)
            if number < ASKED_AGAIN:
                asked = {"decision_id": lower.id, "asked_by": Recipient.PARENT, "received_on": worker.today}
                ask(worker, NewReconsideration.model_validate(asked))
        else:
            _award(child, delivery, Occasion.FIRST_AWARD)


def _assessed(acting: Acting, people: tuple[PersonView, ...]) -> Iterator[_Child]:
    """The children whose plans can be scored today and want some support, each assessed."""
    worker = acting("demo-assessor")
    for person in people:
        plan = find_latest_plan(worker.session, person.id)
        if plan is None:
            continue
        try:
            found, result = add_assessment(
                worker, NewAssessment(plan_id=plan[0].id, effective_on=worker.today)
            )
        except RasError:
            continue  # a plan that cannot be scored today is somebody's to finish
        if result.plan_cost.lines and result.plan_cost_annual_pence:
            yield _Child(acting, worker, person, found, result)


def _may_be_paid(child: _Child) -> None:
    for kind, outcome in (
        (FindingKind.CONSENT, FindingOutcome.GIVEN),
        (FindingKind.AGREEMENT, FindingOutcome.SIGNED),
        (FindingKind.ACCOUNT, FindingOutcome.DESIGNATED_ACCOUNT),
        (FindingKind.ABILITY, FindingOutcome.ABLE),
        (FindingKind.CAPACITY, FindingOutcome.LACKS_CAPACITY),
    ):
        about = {} if kind is FindingKind.CAPACITY else {"recipient": Recipient.PARENT}
        found = {"kind": kind, "outcome": outcome, "found_on": child.worker.today, **about}
        add_finding(child.worker, NewFinding.model_validate({"person_id": child.person.id, **found}))


def _award(child: _Child, delivery: Delivery, occasion: Occasion, *, more: int = 0) -> DecisionView:
    etag = show_budget(child.worker, child.person.id).etag
    terms = AwardTerms(
        kind="award",
        starts_on=child.worker.today,
        components=(_social_care(child, delivery, child.enough_annual_pence + more),),
        occasion=occasion,
        reason_codes=("protected-package",) if more else ("plan-costs-more",),
        considered=child.marks,
    )
    new = NewDecision(
        person_id=child.person.id,
        assessment_id=child.found.row.id,
        saw_result_sha256=child.found.row.result_sha256,
        terms=terms,
        reasons=REASONS,
    )
    return decide(child.acting("demo-panel-chair", etag), new)


def _social_care(child: _Child, delivery: Delivery, annual_pence: int) -> AwardedComponent:
    is_paid = delivery is Delivery.DIRECT_PAYMENT
    once = OneOff(
        code="equipment",
        delivery=Delivery.NOTIONAL,
        due_on=child.worker.today,
        pence=child.result.plan_cost_one_off_pence,
    )
    return AwardedComponent(
        component=Component.SOCIAL_CARE,
        annual_pence=annual_pence,
        parts=(
            Part(
                delivery=delivery,
                annual_pence=annual_pence,
                recipient=Recipient.PARENT if is_paid else None,
                paid_every=PaidEvery.FOUR_WEEKS if is_paid else None,
            ),
        ),
        one_offs=(once,) if once.pence else (),
    )


def _notice(child: _Child, lower: DecisionView) -> None:
    drafted = draft_notice(child.worker, NewNotice(decision_id=lower.id))
    issued = issue_notice(child.acting("demo-team-manager", drafted.etag), drafted.id)
    sent = NewService(method=Method.ELECTRONIC, sent_at=child.worker.now)
    serve_notice(child.acting("demo-assessor", issued.etag), issued.id, sent)
