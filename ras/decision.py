"""What may be decided, by whom and on what: every rule that a decision breaks is listed at once.

The machine decides nothing. Whether an amount falls is not asked here: a fall may be decided, and then
waits for its notice (`ras.budget`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from ras.component import AwardedComponent, Component, Delivery
from ras.dates import add_months, day_in_words
from ras.eligibility import (
    DirectPaymentRules,
    Finding,
    barriers,
)
from ras.errors import DecisionRefused, Problem
from ras.money import pounds
from ras.records import Code, Flag, Line, Pence, Record
from ras.working import Mark

Fault = tuple[str, str, str]
"""Where (a pointer), the code, and what is wrong."""


class Limit(Record):
    """How much one role may agree."""

    role: Literal["team-manager", "panel-chair"]
    """The role."""
    up_to_annual_pence: Pence | None = None
    """The most of social care and SEN top-up together: what is payable a year once it is decided, and what is
    bought once; left out, there is no limit."""
    decides_flagged: Flag
    """Whether it may decide a case that the policy's caps flag."""
    source: Line
    """Where the scheme of delegation says so."""


class ReasonCode(Record):
    """Why an agreed amount may differ from the indicative one."""

    code: Code
    """Its name for programs."""
    title: Line
    """What people read."""


class DecisionRules(Record):
    """Who may agree how much, and why it may differ from the indicative amount."""

    limits: Annotated[tuple[Limit, ...], Field(min_length=1, max_length=2)]
    """What each role may agree. A role that is not named may agree nothing."""
    interim_months: Annotated[int, Field(strict=True, ge=1, le=24)]
    """For how many calendar months an interim award may be made."""
    reason_codes: Annotated[tuple[ReasonCode, ...], Field(min_length=1, max_length=50)]
    """The reasons for which an agreed amount may differ from the indicative one."""
    source: Line
    """Where the policy says so."""


@dataclass(frozen=True, slots=True)
class Costed:
    """The assessment that an award rests on.

    Attributes:
        indicative_annual_pence: Of the horizon that the award starts in.
        plan_cost_annual_pence: Of the same.
        plan_cost_one_off_pence: Of the plan.
        has_lines: Whether the plan has costed lines, each tied to an outcome.
        marks: What a person has to look at.
        out_of_scope: What may not be bought under the policy in force now, in words.
    """

    indicative_annual_pence: int
    plan_cost_annual_pence: int
    plan_cost_one_off_pence: int
    has_lines: bool
    marks: tuple[Mark, ...] = ()
    out_of_scope: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """What is left to buy the plan with from a day on which an agreed end has passed.

    Attributes:
        on: The day.
        annual_pence: What would be payable then, of all components.
        plan_cost_annual_pence: What the plan costs then.
    """

    on: date
    annual_pence: int
    plan_cost_annual_pence: int


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides, and who may not.

    Attributes:
        subject: Who decides.
        role: Their role.
        involved: Who assessed or proposed: they may not decide.
    """

    subject: str
    role: str
    involved: frozenset[str]


@dataclass(frozen=True, slots=True)
class ProposedAward:
    """An award that somebody wants to decide, with all that its rules depend on.

    Attributes:
        components: What it sets.
        starts_on: Its day.
        made_on: The day it is decided.
        born_on: The child's date of birth.
        costed: The assessment; None for an interim award, and for partners' parts past the policy's ages.
        is_interim: Whether it is an interim award.
        review_on: For an interim award: when it is looked at again.
        lowers: The components of which it would take something away.
        left: What would be payable once an agreed end of it has passed, while the plan still has a cost.
        other_annual_pence: What components it does not name are worth on its day.
        other_council_annual_pence: The same, of the council's own streams.
        other_one_off_pence: One-off sums agreed before, since the plan began.
        partner_agreed: What each partner agreed, in pence a year and once.
        considered: The marks that the decider says they looked at.
        reason_codes: Why the agreed amount differs from the indicative one.
        findings: The dated findings, in the order in which they were written.
    """

    components: tuple[AwardedComponent, ...]
    starts_on: date
    made_on: date
    born_on: date
    costed: Costed | None
    is_interim: bool = False
    review_on: date | None = None
    lowers: tuple[Component, ...] = ()
    left: tuple[Left, ...] = ()
    other_annual_pence: int = 0
    other_council_annual_pence: int = 0
    other_one_off_pence: int = 0
    partner_agreed: Mapping[Component, tuple[int, int]] = field(default_factory=dict)
    considered: tuple[Mark, ...] = ()
    reason_codes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def annual_pence(self) -> int:
        """What its components are worth together, in pence a year."""
        return sum(each.annual_pence for each in self.components)


def distance(components: Iterable[AwardedComponent], indicative_annual_pence: int) -> int | None:
    """How far the agreed social care is from the indicative amount, in pence a year.

    None where the decision sets no social care.
    """
    agreed = [each.annual_pence for each in components if each.component is Component.SOCIAL_CARE]
    return agreed[0] - indicative_annual_pence if agreed else None


def refuse_award(
    award: ProposedAward, decider: Decider, rules: DecisionRules, payment: DirectPaymentRules
) -> None:
    """Let only an award through that keeps every rule.

    Raises:
        DecisionRefused: it breaks some; each is listed with its place and what to do.
    """
    refuse(
        [
            *_sums(award),
            *separation(decider),
            *_limit(award, decider, rules),
            *(_interim(award, rules) if award.is_interim else ()),
            *(_sufficiency(award, award.costed) if award.costed else ()),
            *(_considered(award, award.costed) if award.costed else ()),
            *(_difference(award, award.costed, rules) if award.costed else ()),
            *_partners(award),
            *_direct_payments(award, payment),
            *_days(award),
        ]
    )


def refuse(faults: Iterable[Fault]) -> None:
    """Let only through what breaks no rule.

    Raises:
        DecisionRefused: it breaks some; each is listed.
    """
    problems = [
        Problem(path=pointer.strip("/").replace("/", "."), pointer=pointer, code=code, message=message)
        for pointer, code, message in faults
    ]
    if problems:
        raise DecisionRefused(problems)


def _sums(award: ProposedAward) -> Iterator[Fault]:
    seen: set[Component] = set()
    for number, each in enumerate(award.components):
        here = f"/components/{number}"
        if each.component in seen:
            yield f"{here}/component", "repeated-component", f"{each.component} is there twice."
        seen.add(each.component)
        in_parts = sum(part.annual_pence for part in each.parts)
        if in_parts != each.annual_pence:
            yield (
                f"{here}/annual_pence",
                "sums-differ",
                f"The parts come to {pounds(in_parts)} a year, and the component says "
                f"{pounds(each.annual_pence)}.",
            )
        if len({part.delivery for part in each.parts}) != len(each.parts):
            yield f"{here}/parts", "repeated-delivery", "Each way of delivery is there once at most."


def separation(decider: Decider) -> Iterator[Fault]:
    """That whoever assessed, proposed or recorded what it rests on does not decide."""
    if decider.subject in decider.involved:
        yield (
            "",
            "decided-by-assessor",
            "Whoever assessed, proposed or recorded what this rests on does not decide. Ask somebody else.",
        )


FLAGS = frozenset({Mark.ABOVE_SOFT_CAP, Mark.CUT_TO_HARD_CAP})
"""The marks with which the policy's caps flag a case for the panel."""


def refuse_above_limit(
    components: Iterable[AwardedComponent],
    role: str,
    rules: DecisionRules,
    *,
    other_annual_pence: int,
    marks: Iterable[Mark],
) -> None:
    """Let only through what a role may agree.

    Args:
        components: What would be agreed.
        role: The role.
        rules: The policy's.
        other_annual_pence: What else of the council's own streams is payable, in pence a year.
        marks: What was marked for a person to look at.

    Raises:
        DecisionRefused: it is more, or the policy's caps flag the case for the panel.
    """
    refuse(_above_limit(components, role, rules, other_annual_pence=other_annual_pence, marks=marks))


def _above_limit(
    components: Iterable[AwardedComponent],
    role: str,
    rules: DecisionRules,
    *,
    other_annual_pence: int,
    marks: Iterable[Mark],
) -> Iterator[Fault]:
    limit = next((limit for limit in rules.limits if limit.role == role), None)
    ours = [each for each in components if each.component is not Component.HEALTH]
    agreed = other_annual_pence + sum(each.annual_pence + each.one_off_pence for each in ours)
    most = limit.up_to_annual_pence if limit else 0
    if most is not None and agreed > most:
        yield (
            "/components",
            "above-limit",
            f"A {role} may agree up to {pounds(most)} of the council's money. With what else is payable, and "
            f"what is bought once, this is {pounds(agreed)}. Refer it to the panel.",
        )
    if FLAGS & set(marks) and (limit is None or not limit.decides_flagged):
        yield "", "flagged-for-panel", "The policy's caps flag this case for the panel. Refer it."


def _limit(award: ProposedAward, decider: Decider, rules: DecisionRules) -> Iterator[Fault]:
    return _above_limit(
        award.components,
        decider.role,
        rules,
        other_annual_pence=award.other_council_annual_pence,
        marks=award.costed.marks if award.costed else (),
    )


def _interim(award: ProposedAward, rules: DecisionRules) -> Iterator[Fault]:
    """That it lowers nothing, ends, and is looked at again before it does."""
    if award.lowers:
        yield (
            "/components",
            "interim-lowers",
            "An interim award adds for a while. What lowers an amount is an award on a costed plan.",
        )
    latest_end = add_months(award.starts_on, rules.interim_months)
    for number, each in enumerate(award.components):
        here = f"/components/{number}/agreed_end"
        if each.agreed_end is None:
            yield here, "missing", "An award without a costed plan needs the day on which it ends."
        elif each.agreed_end.ends_before > latest_end:
            yield (
                f"{here}/ends_before",
                "too-long-interim",
                f"An interim award is for {rules.interim_months} months at most, so that it ends before "
                f"{day_in_words(latest_end)}.",
            )
        elif award.review_on is not None and award.review_on >= each.agreed_end.ends_before:
            yield "/review_on", "out-of-order", "It has to be looked at again before it ends."
    if award.review_on is not None and award.review_on < award.made_on:
        yield "/review_on", "out-of-order", "The day on which it is looked at again has gone."


def _sufficiency(award: ProposedAward, costed: Costed) -> Iterator[Fault]:
    agreed = award.annual_pence + award.other_annual_pence
    if not costed.has_lines and award.annual_pence:
        yield (
            "/assessment_id",
            "no-costed-plan",
            "The plan has no costed support tied to an outcome. Cost the plan, or make an interim award.",
        )
    for words in costed.out_of_scope:
        yield "/assessment_id", "refused-by-rule", words
    if agreed < costed.plan_cost_annual_pence:
        yield (
            "/components",
            "below-plan-cost",
            f"The plan costs {pounds(costed.plan_cost_annual_pence)} a year and {pounds(agreed)} would be "
            "agreed. What is agreed must be enough to buy the plan (SEN reg 10).",
        )
    for left in award.left:
        if left.annual_pence < left.plan_cost_annual_pence:
            yield (
                "/components",
                "below-plan-cost",
                f"From {day_in_words(left.on)} {pounds(left.annual_pence)} a year would be left, and the "
                f"plan still costs {pounds(left.plan_cost_annual_pence)}.",
            )
    once = sum(each.one_off_pence for each in award.components) + award.other_one_off_pence
    if once < costed.plan_cost_one_off_pence:
        yield (
            "/components",
            "below-plan-cost",
            f"The plan's one-off support costs {pounds(costed.plan_cost_one_off_pence)} and {pounds(once)} "
            "would be agreed.",
        )


def _considered(award: ProposedAward, costed: Costed) -> Iterator[Fault]:
    marks = set(costed.marks)
    if award.annual_pence == 0:
        marks.add(Mark.ZERO)
    for mark in sorted(marks - set(award.considered)):
        yield "/considered", "mark-not-considered", f"Look at what is marked '{mark}', and say that you did."


def _difference(award: ProposedAward, costed: Costed, rules: DecisionRules) -> Iterator[Fault]:
    far = distance(award.components, costed.indicative_annual_pence)
    known = {reason.code for reason in rules.reason_codes}
    if far and not award.reason_codes:
        yield (
            "/reason_codes",
            "missing",
            f"The agreed amount is {pounds(abs(far))} a year {'more' if far > 0 else 'less'} than the "
            "indicative one. Say why by the policy's codes.",
        )
    for number, code in enumerate(award.reason_codes):
        if code not in known:
            yield (
                f"/reason_codes/{number}",
                "unknown-reason-code",
                f"The policy has no reason '{code}'. It has: {', '.join(sorted(known))}.",
            )


def _partners(award: ProposedAward) -> Iterator[Fault]:
    for number, each in enumerate(award.components):
        if each.component is Component.SOCIAL_CARE:
            continue
        agreed = award.partner_agreed.get(each.component)
        if agreed is None:
            yield (
                f"/components/{number}/component",
                "partner-has-not-agreed",
                f"The partner for {each.component.in_words} enters and agrees its own part first.",
            )
        elif agreed != (each.annual_pence, each.one_off_pence):
            yield (
                f"/components/{number}/annual_pence",
                "partner-agreed-otherwise",
                f"The partner agreed {pounds(agreed[0])} a year and {pounds(agreed[1])} once.",
            )


def _direct_payments(award: ProposedAward, rules: DirectPaymentRules) -> Iterator[Fault]:
    for number, each in enumerate(award.components):
        for place, part in enumerate(each.parts):
            here = f"/components/{number}/parts/{place}"
            if part.delivery is not Delivery.DIRECT_PAYMENT:
                if part.recipient is not None or part.paid_every is not None:
                    yield here, "unknown-field", "Only a direct payment is paid to somebody, so often."
                continue
            if part.recipient is None or part.paid_every is None:
                yield here, "missing", "A direct payment says who it is paid to, and how often."
                continue
            on = max(award.starts_on, award.made_on)
            for barrier in barriers(
                award.findings, rules, each.component, part.recipient, born_on=award.born_on, on=on
            ):
                yield here, barrier.code, barrier.message


def _days(award: ProposedAward) -> Iterator[Fault]:
    for number, each in enumerate(award.components):
        here = f"/components/{number}"
        if each.agreed_end is not None and each.agreed_end.ends_before <= award.starts_on:
            yield f"{here}/agreed_end/ends_before", "out-of-order", "It ends before it starts."
        if each.delivery_asked_for_on is not None and each.delivery_asked_for_on > award.made_on:
            yield f"{here}/delivery_asked_for_on", "day-in-future", "That day is still to come."
