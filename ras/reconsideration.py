"""Reconsideration: what asking for it does to a reduction, and what its answer does (`docs/rules.md` 8.4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from ras.dates import Period, add_months
from ras.errors import AskedTooLate
from ras.records import Line, Record


class WhilePending(StrEnum):
    """What happens to a noticed reduction while a reconsideration is pending."""

    HOLD = "hold"
    RUN = "run"


class Outcome(StrEnum):
    """What a reconsideration came to."""

    UPHELD = "upheld"
    VARIED = "varied"
    OVERTURNED = "overturned"


class ReconsiderationRules(Record):
    """What the policy says of reconsiderations."""

    while_pending: WhilePending
    """Hold: a request received by day C holds the reduction. Run: it starts, and success brings arrears."""
    ask_within_months: Annotated[int, Field(strict=True, ge=1, le=120)] | None = None
    """Calendar months from the service of the letter in which to ask; left out, there is no deadline."""
    answer_within_days: Annotated[int, Field(strict=True, ge=1, le=365)] | None = None
    """Days from the request in which the council aims to answer, the last one inside; left out, none said."""
    source: Line
    """Where the policy says so."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One reconsideration of a decision.

    Attributes:
        received_on: The day the request came.
        outcome: What it came to; None while it is pending.
        answer_served_on: The day the answer was served; None while it was not.
    """

    received_on: date
    outcome: Outcome | None = None
    answer_served_on: date | None = None


def lower_from(
    last_day: date, starts_on: date, asked: Iterable[Asked], while_pending: WhilePending
) -> date | None:
    """The first day on which a noticed decision may lower the amount; None while it may not.

    Args:
        last_day: Day C, the last day of the notice.
        starts_on: The day the decision says.
        asked: The reconsiderations of that decision.
        while_pending: The policy's rule.

    >>> day_c, asked = date(2026, 4, 5), Asked(date(2026, 3, 1))
    >>> lower_from(day_c, date(2026, 1, 1), [], WhilePending.HOLD)
    datetime.date(2026, 4, 6)
    >>> lower_from(day_c, date(2026, 1, 1), [asked], WhilePending.HOLD) is None
    True
    >>> upheld = Asked(date(2026, 3, 1), Outcome.UPHELD, date(2026, 5, 20))
    >>> lower_from(day_c, date(2026, 1, 1), [upheld], WhilePending.HOLD)
    datetime.date(2026, 5, 21)
    """
    first = max(starts_on, last_day + timedelta(days=1))
    for each in asked:
        if each.outcome is Outcome.OVERTURNED:
            return None
        holds = while_pending is WhilePending.HOLD and each.received_on <= last_day
        if holds and each.answer_served_on is None:
            return None
        if holds and each.answer_served_on is not None:
            first = max(first, each.answer_served_on + timedelta(days=1))
    return first


def refuse_late(rules: ReconsiderationRules, *, told_on: date, asked_on: date) -> None:
    """Let a request through that comes in the time the policy sets, where it sets one.

    Raises:
        AskedTooLate: the last day has gone; the error names it.
    """
    if rules.ask_within_months is None:
        return
    last_day = add_months(told_on, rules.ask_within_months)
    if asked_on > last_day:
        raise AskedTooLate(last_day=last_day)


def answer_aimed_by(rules: ReconsiderationRules, asked_on: date) -> date | None:
    """The last day of the council's own time to answer; None where the policy says none."""
    days = rules.answer_within_days
    return None if days is None else Period(asked_on, asked_on + timedelta(days=days + 1)).last_day
