"""Who controls a budget, who may receive a direct payment, and what stands in the way of one.

Capacity and ability to manage are dated findings by a named person, never worked out from age
(`docs/rules.md` 2). An exclusion blocks the direct payment only: a budget can always be notional or
held by a third party.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from ras.component import Component, Recipient
from ras.conditions import Age
from ras.dates import SCHOOL_YEAR_BEGINS, age_on, day_in_words
from ras.records import Code, Day, Flag, Line, Record, Told, in_form

JUNE, FRIDAY, SIXTEEN = 6, 4, 16


class FindingKind(StrEnum):
    """What a dated finding is about."""

    CONSENT = "consent"
    AGREEMENT = "agreement"
    ACCOUNT = "account"
    ABILITY = "ability-to-manage"
    CAPACITY = "capacity"
    NOMINATION = "nomination"
    EXCLUSION = "exclusion"
    CONDITION = "exclusion-condition"
    ADULT_DECISION = "adult-decision"


class FindingOutcome(StrEnum):
    """What was found."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    SIGNED = "signed"
    ENDED = "ended"
    DESIGNATED_ACCOUNT = "designated-account"
    PREPAID_CARD = "prepaid-card"
    CLOSED = "closed"
    ABLE = "able"
    ABLE_WITH_HELP = "able-with-help"
    NOT_ABLE = "not-able"
    HAS_CAPACITY = "has-capacity"
    LACKS_CAPACITY = "lacks-capacity"
    NAMED = "named"
    APPLIES = "applies"
    LIFTED = "lifted"
    MET = "met"
    NOT_MET = "not-met"
    RECORDED = "recorded"


OUTCOMES: dict[FindingKind, frozenset[FindingOutcome]] = {
    FindingKind.CONSENT: frozenset({FindingOutcome.GIVEN, FindingOutcome.WITHDRAWN}),
    FindingKind.AGREEMENT: frozenset({FindingOutcome.SIGNED, FindingOutcome.ENDED}),
    FindingKind.ACCOUNT: frozenset(
        {FindingOutcome.DESIGNATED_ACCOUNT, FindingOutcome.PREPAID_CARD, FindingOutcome.CLOSED}
    ),
    FindingKind.ABILITY: frozenset(
        {FindingOutcome.ABLE, FindingOutcome.ABLE_WITH_HELP, FindingOutcome.NOT_ABLE}
    ),
    FindingKind.CAPACITY: frozenset({FindingOutcome.HAS_CAPACITY, FindingOutcome.LACKS_CAPACITY}),
    FindingKind.NOMINATION: frozenset({FindingOutcome.NAMED, FindingOutcome.WITHDRAWN}),
    FindingKind.EXCLUSION: frozenset({FindingOutcome.APPLIES, FindingOutcome.LIFTED}),
    FindingKind.CONDITION: frozenset({FindingOutcome.MET, FindingOutcome.NOT_MET}),
    FindingKind.ADULT_DECISION: frozenset({FindingOutcome.RECORDED}),
}
"""What each kind of finding can come to."""

ABOUT_RECIPIENT = frozenset(
    {FindingKind.CONSENT, FindingKind.AGREEMENT, FindingKind.ACCOUNT, FindingKind.ABILITY}
)
"""Findings that are about one recipient of the direct payment."""
ABOUT_GROUND = frozenset({FindingKind.EXCLUSION, FindingKind.CONDITION})
"""Findings that name a ground of the policy's list of exclusions."""


class Finding(Record):
    """A finding: what, about whom, on which day. Of several, the latest counts."""

    kind: FindingKind
    """What it is about."""
    outcome: FindingOutcome
    """What was found."""
    found_on: Day
    """The day it was made, given or signed."""
    recipient: Recipient | None = None
    """For consent, agreement, account and ability: which recipient."""
    ground: Code | None = None
    """For an exclusion and its condition: the ground's code in the policy."""


class ExclusionKind(StrEnum):
    """Whether anything but its end can lift an exclusion."""

    HARD = "hard"
    CONDITIONAL = "conditional"


class Exclusion(Record):
    """A ground on which somebody may not hold a direct payment: a dated value of the policy."""

    code: Code
    """Its name for programs."""
    title: Line
    """What people read."""
    streams: Annotated[tuple[Component, ...], Field(min_length=1, max_length=3)]
    """The funding streams whose regulations have it."""
    kind: ExclusionKind
    """Hard: it blocks until it has ended. Conditional: it blocks unless what it asks for was found."""
    lifted_by: Line
    """What is needed to lift it."""
    source: Line
    """The Schedule."""


class StopGround(StrEnum):
    """Why a direct payment is stopped."""

    CONSENT_WITHDRAWN = "consent-withdrawn"
    EXCLUDED = "excluded"
    NOT_ABLE = "not-able-to-manage"
    SAFEGUARDING = "safeguarding"
    MISUSE = "misuse"


class StopRule(Record):
    """How soon a direct payment may be stopped on a ground."""

    ground: StopGround
    """The ground."""
    needs_notice: Flag
    """Whether the component's notice has to run first; if not, it may be stopped at once."""
    source: Line
    """The rule."""


class DirectPaymentRules(Record):
    """Who may hold a direct payment, and when one may be stopped."""

    own_right_from_age: Age
    """From which age a young person may receive it themselves, if able to manage it with help."""
    exclusions: Annotated[tuple[Exclusion, ...], Field(max_length=50)]
    """The grounds on which somebody may not."""
    stops: Annotated[tuple[StopRule, ...], Field(min_length=1, max_length=5)]
    """The grounds on which one may be stopped."""
    source: Line
    """Where the policy says so."""


class ControlRules(Record):
    """Until when the parent decides about the budget."""

    parent_until: Annotated[
        str,
        in_form(
            "^last-friday-in-june-of-year-11$",
            "Write last-friday-in-june-of-year-11: nothing else is the law.",
        ),
    ]
    """To the end of the day compulsory school age ends: `last-friday-in-june-of-year-11`."""
    source: Line
    """Where the policy says so."""


class Barrier(Record):
    """One thing that stands in the way of a direct payment."""

    code: Code
    """What kind, for programs."""
    message: Told
    """What it is and what lifts it."""


def last_school_day(born_on: date) -> date:
    """The day compulsory school age ends, at the end of Year 11.

    It is the last Friday in June of the school year, 1 September to 31 August, in which the young person
    turns 16 (Education (School Leaving Date) Order 1997).

    >>> last_school_day(date(2010, 8, 31)), last_school_day(date(2010, 9, 1))
    (datetime.date(2026, 6, 26), datetime.date(2027, 6, 25))
    """
    year = born_on.year + SIXTEEN + (born_on.month >= SCHOOL_YEAR_BEGINS)
    day = date(year, JUNE, 30)
    return day - timedelta(days=(day.weekday() - FRIDAY) % 7)


def latest(
    findings: Iterable[Finding], kind: FindingKind, *, on: date, about: str | None = None
) -> Finding | None:
    """The finding of a kind that counts on a day: of those made by then, the last written of the last day.

    Args:
        findings: In the order in which they were written down.
        kind: What they are about.
        on: The day.
        about: Only of this recipient or ground.
    """
    found = [
        finding
        for finding in findings
        if finding.kind is kind
        and finding.found_on <= on
        and (about is None or about in {finding.recipient, finding.ground})
    ]
    day = max((finding.found_on for finding in found), default=None)
    return next((finding for finding in reversed(found) if finding.found_on == day), None)


class Controller(StrEnum):
    """Who decides about the budget."""

    PARENT = "parent"
    YOUNG_PERSON = "young-person"
    NOT_FOUND = "not-found"


def controller(findings: Iterable[Finding], *, born_on: date, on: date) -> Controller:
    """Who decides about the budget on a day (Personal Budget Policy 3).

    The parent to the end of Year 11; then the young person, if they are found to have capacity, and the
    parent for them if they are found to lack it. While nobody has found either, it is not found.
    """
    if on <= last_school_day(born_on):
        return Controller.PARENT
    capacity = latest(findings, FindingKind.CAPACITY, on=on)
    if capacity is None:
        return Controller.NOT_FOUND
    return Controller.YOUNG_PERSON if capacity.outcome is FindingOutcome.HAS_CAPACITY else Controller.PARENT


def barriers(
    findings: Iterable[Finding],
    rules: DirectPaymentRules,
    component: Component,
    recipient: Recipient,
    *,
    born_on: date,
    on: date,
) -> tuple[Barrier, ...]:
    """Everything that stands in the way of a direct payment on a day; nothing where one may be made.

    >>> from datetime import date
    >>> rules = DirectPaymentRules(own_right_from_age=16, exclusions=(), source="Policy 5",
    ...     stops=({"ground": "misuse", "needs_notice": False, "source": "Policy 5"},))
    >>> [found.code for found in barriers((), rules, Component.SOCIAL_CARE, Recipient.PARENT,
    ...     born_on=date(2015, 6, 14), on=date(2026, 12, 1))]
    ['no-consent', 'no-agreement', 'no-account', 'no-finding-of-ability']
    """
    known = tuple(findings)
    found = [
        *_wrong_recipient(known, rules, recipient, born_on=born_on, on=on),
        *_conditions_missing(known, recipient, on=on),
    ]
    told = tuple(Barrier(code=code, message=message) for code, message in found)
    return told + exclusions(known, rules, component, on=on)


def exclusions(
    findings: Iterable[Finding], rules: DirectPaymentRules, component: Component, *, on: date
) -> tuple[Barrier, ...]:
    """The grounds of exclusion that apply to a component on a day."""
    found = _exclusions(tuple(findings), rules, component, on=on)
    return tuple(Barrier(code=code, message=message) for code, message in found)


def _wrong_recipient(
    findings: tuple[Finding, ...],
    rules: DirectPaymentRules,
    recipient: Recipient,
    *,
    born_on: date,
    on: date,
) -> Iterator[tuple[str, str]]:
    decides, age = controller(findings, born_on=born_on, on=on), age_on(born_on, on)
    until = day_in_words(last_school_day(born_on))
    if decides is Controller.NOT_FOUND:
        yield (
            "no-finding-of-capacity",
            f"Year 11 ended on {until}: record a finding of the young person's capacity to decide.",
        )
    if recipient is Recipient.PARENT and decides is Controller.YOUNG_PERSON:
        yield (
            "recipient-not-in-control",
            "The young person decides now. They can receive it, or name someone (a parent too) as nominee.",
        )
    if recipient is Recipient.YOUNG_PERSON and age < rules.own_right_from_age:
        yield (
            "recipient-too-young",
            f"A direct payment to the young person is possible from age {rules.own_right_from_age}; the age "
            f"is {age}.",
        )
    nomination = latest(findings, FindingKind.NOMINATION, on=on)
    is_named = nomination is not None and nomination.outcome is FindingOutcome.NAMED
    if recipient is Recipient.NOMINEE and not is_named:
        yield "no-nomination", "Nobody is named: record the nomination by whoever decides about the budget."


_NEEDED: tuple[tuple[FindingKind, frozenset[FindingOutcome], str, str], ...] = (
    (
        FindingKind.CONSENT,
        frozenset({FindingOutcome.GIVEN}),
        "no-consent",
        "There is no consent of the recipient: record it with its day.",
    ),
    (
        FindingKind.AGREEMENT,
        frozenset({FindingOutcome.SIGNED}),
        "no-agreement",
        "There is no signed written agreement: record the day it was signed.",
    ),
    (
        FindingKind.ACCOUNT,
        frozenset({FindingOutcome.DESIGNATED_ACCOUNT, FindingOutcome.PREPAID_CARD}),
        "no-account",
        "There is no designated account and no prepaid card: record which there is.",
    ),
    (
        FindingKind.ABILITY,
        frozenset({FindingOutcome.ABLE, FindingOutcome.ABLE_WITH_HELP}),
        "no-finding-of-ability",
        "Nobody has found that the recipient can manage it: record the finding.",
    ),
)
"""What a direct payment needs of its recipient, each a dated record (Personal Budget Policy 5, 13)."""


def _conditions_missing(
    findings: tuple[Finding, ...], recipient: Recipient, *, on: date
) -> Iterator[tuple[str, str]]:
    for kind, good, code, message in _NEEDED:
        finding = latest(findings, kind, on=on, about=recipient)
        if finding is None or finding.outcome not in good:
            yield code, message


def _exclusions(
    findings: tuple[Finding, ...], rules: DirectPaymentRules, component: Component, *, on: date
) -> Iterator[tuple[str, str]]:
    for ground in rules.exclusions:
        applies = latest(findings, FindingKind.EXCLUSION, on=on, about=ground.code)
        if applies is None or applies.outcome is FindingOutcome.LIFTED or component not in ground.streams:
            continue
        condition = latest(findings, FindingKind.CONDITION, on=on, about=ground.code)
        is_met = (
            condition is not None
            and condition.outcome is FindingOutcome.MET
            and condition.found_on >= applies.found_on
        )
        if ground.kind is ExclusionKind.CONDITIONAL and is_met:
            continue
        message = f"{ground.title}. What lifts it: {ground.lifted_by} ({ground.source})."
        if ground.kind is ExclusionKind.HARD:
            yield "excluded", message
        else:
            yield "excluded-unless", message
