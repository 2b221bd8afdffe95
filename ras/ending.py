"""Ends on a ground of their own, and stops of a direct payment: neither is a lower amount.

An end needs no notice, so its ground has to be there. A stop changes how a component reaches the family
and never how much it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ras.component import Component, Recipient
from ras.dates import day_in_words
from ras.decision import Decider, Fault, refuse, separation
from ras.eligibility import (
    DirectPaymentRules,
    Finding,
    FindingKind,
    FindingOutcome,
    StopGround,
    controller,
    exclusions,
    latest,
)

ADULT_AGE = 18


class EndGround(StrEnum):
    """Why a budget ends without notice. Everything else is a lower amount, and needs one."""

    FAMILY_ASKS = "family-asks"
    DEATH = "death"
    MOVED_AWAY = "moved-away"
    ADULT_DECISION = "adult-decision"


@dataclass(frozen=True, slots=True)
class ProposedEnd:
    """An end that somebody wants to decide.

    Attributes:
        ground: Its ground.
        happened_on: The day the family asked, of the death, of the move, or of the adult decision.
        ends_before: The first day on which nothing is payable.
        components: What it ends.
        made_on: The day it is decided.
        born_on: The child's date of birth.
        asked_by: Where the family asks: who of them.
        findings: The dated findings.
        began_on: The first day on which anything of what it ends was payable; None where nothing was.
    """

    ground: EndGround
    happened_on: date
    ends_before: date
    components: tuple[Component, ...]
    made_on: date
    born_on: date
    asked_by: Recipient | None = None
    findings: tuple[Finding, ...] = ()
    began_on: date | None = None


def refuse_end(end: ProposedEnd, decider: Decider) -> None:
    """Let only an end through whose ground is there.

    Raises:
        DecisionRefused: it is not; each thing wrong is listed.
    """
    refuse([*separation(decider), *_ground(end)])


@dataclass(frozen=True, slots=True)
class ProposedStop:
    """A stop of the direct payment of one component that somebody wants to decide.

    Attributes:
        ground: Its ground.
        component: Of which component.
        starts_on: The first day without it.
        made_on: The day it is decided.
        recipient: Who is paid directly on that day; None where nobody is.
        findings: The dated findings.
    """

    ground: StopGround
    component: Component
    starts_on: date
    made_on: date
    recipient: Recipient | None
    findings: tuple[Finding, ...] = ()


def refuse_stop(stop: ProposedStop, decider: Decider, payment: DirectPaymentRules) -> bool:
    """Let only a stop through that the policy knows, from today on, on a ground that was found.

    Returns:
        Whether the component's notice has to run first.

    Raises:
        DecisionRefused: it is not; each thing wrong is listed.
    """
    rule = next((rule for rule in payment.stops if rule.ground is stop.ground), None)
    problems = [*separation(decider), *_stop_ground(stop, payment)]
    if rule is None:
        problems.append(("/ground", "no-such-ground", "The policy has no rule for a stop on this ground."))
    refuse(problems)
    return rule is not None and rule.needs_notice


def _ground(end: ProposedEnd) -> Iterator[Fault]:
    if end.happened_on > end.made_on:
        yield "/happened_on", "day-in-future", "That day is still to come."
    if end.ends_before <= end.happened_on:
        yield (
            "/ends_before",
            "too-early",
            f"Up to and with {day_in_words(end.happened_on)} the budget is payable; it can end from "
            f"{day_in_words(end.happened_on + timedelta(days=1))}.",
        )
    if end.began_on is not None and end.ends_before < end.began_on:
        yield (
            "/ends_before",
            "too-early",
            f"It began on {day_in_words(end.began_on)} and cannot have ended before.",
        )
    if end.ground is EndGround.ADULT_DECISION:
        yield from _adult(end)
    yield from _asked(end)


def _asked(end: ProposedEnd) -> Iterator[Fault]:
    """That whoever decides about the budget asked, and nobody in their name."""
    if end.ground is not EndGround.FAMILY_ASKS:
        if end.asked_by is not None:
            yield "/asked_by", "unknown-field", "Only an end that the family asks for is asked by somebody."
        return
    if end.asked_by is None:
        yield "/asked_by", "missing", "Say who of the family asked for the end."
        return
    decides = controller(end.findings, born_on=end.born_on, on=end.happened_on)
    if end.asked_by.value != decides.value:
        yield (
            "/asked_by",
            "not-in-control",
            f"On {day_in_words(end.happened_on)} the budget was not theirs to decide about.",
        )


def _adult(end: ProposedEnd) -> Iterator[Fault]:
    finding = latest(end.findings, FindingKind.ADULT_DECISION, on=end.made_on)
    if finding is None or finding.found_on != end.happened_on:
        yield (
            "/happened_on",
            "no-adult-decision",
            "No adult decision of that day is recorded. A birthday ends nothing: the decision does.",
        )
    if Component.SEN_TOP_UP in end.components:
        yield "/components", "goes-on-after-18", "An EHC part goes on: the adult decision does not end it."
    if end.ends_before < eighteenth_birthday(end.born_on):
        yield "/ends_before", "too-early", "The adults' system takes over at 18, not before."


def eighteenth_birthday(born_on: date) -> date:
    """The day on which somebody turns 18; 1 March for one born on 29 February.

    >>> eighteenth_birthday(date(2008, 2, 29)), eighteenth_birthday(date(2010, 6, 14))
    (datetime.date(2026, 3, 1), datetime.date(2028, 6, 14))
    """
    year = born_on.year + ADULT_AGE
    try:
        return born_on.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


_FOUND: dict[StopGround, tuple[FindingKind, FindingOutcome]] = {
    StopGround.CONSENT_WITHDRAWN: (FindingKind.CONSENT, FindingOutcome.WITHDRAWN),
    StopGround.NOT_ABLE: (FindingKind.ABILITY, FindingOutcome.NOT_ABLE),
}
"""For each ground that a finding about the recipient shows, which."""


def _stop_ground(stop: ProposedStop, payment: DirectPaymentRules) -> Iterator[Fault]:
    """Safeguarding and misuse are shown by the written reasons; the other grounds by findings."""
    if stop.starts_on < stop.made_on:
        yield "/starts_on", "too-early", "A stop counts from today on: what was payable before stays so."
    if stop.recipient is None:
        yield "/component", "no-direct-payment", "There is no direct payment of this component on that day."
    elif stop.ground in _FOUND:
        kind, outcome = _FOUND[stop.ground]
        found = latest(stop.findings, kind, on=stop.made_on, about=stop.recipient)
        if found is None or found.outcome is not outcome:
            yield "/ground", "ground-not-found", "Record the finding about who is paid, with its day."
    elif stop.ground is StopGround.EXCLUDED and not exclusions(
        stop.findings, payment, stop.component, on=stop.made_on
    ):
        yield "/ground", "ground-not-found", "Record the exclusion, with its ground and day."
