"""The answer to a reconsideration: its outcome and reasons, what it changes, and where to go after it."""

from collections.abc import Iterator
from datetime import date

from ras.letter import parts
from ras.letter.told import About, AnswerTold, Lowered
from ras.letter.words import COMPONENTS
from ras.reconsideration import Outcome
from ras.statement import Statement


def answer_letter(about: About, answer: AnswerTold, *, starts_on: date) -> Statement:
    """Write the answer. What the family said is not repeated.

    Args:
        about: What every letter is about.
        answer: The answer.
        starts_on: The day the decision says.
    """
    return parts.letter(
        about,
        title=about.say("answer"),
        summary=_summary(about, answer),
        sections=(
            parts.section("agreed", parts.amounts(about, answer.components)),
            parts.section("lower", _lower(about, answer, starts_on)),
            parts.reasons(about),
            parts.section("ask", (about.say("ask-again"), parts.complaint(about))),
            parts.who_helps(about),
        ),
    )


def _summary(about: About, answer: AnswerTold) -> Iterator[str]:
    yield about.say(f"answer-{answer.outcome}")
    days = {"made_on": parts.day(answer.made_on), "received_on": parts.day(answer.received_on)}
    yield f"{about.say('asked-on', **days)} {about.say('answered-by')}"
    if answer.arrears_pence:
        yield about.say("arrears", amount=parts.once(answer.arrears_pence))


def _lower(about: About, answer: AnswerTold, starts_on: date) -> Iterator[str]:
    for each in answer.lowered:
        yield _starts(about, answer.outcome, each, starts_on)
    for component in answer.waits_for:
        yield about.say("answer-no-notice", component=COMPONENTS[component])
    if not answer.lowered and not answer.waits_for:
        yield about.say("answer-nothing-lower")
    if not answer.arrears_pence and answer.outcome is not Outcome.UPHELD:
        yield about.say("no-arrears")


def _starts(about: About, outcome: Outcome, each: Lowered, starts_on: date) -> str:
    component, old = COMPONENTS[each.component], parts.a_year(each.old_annual_pence)
    if outcome is Outcome.OVERTURNED:
        return about.say("answer-not-lower", component=component, old=old)
    if each.lower_from is not None:
        new, from_day = parts.a_year(each.new_annual_pence), parts.day(each.lower_from)
        return about.say("answer-starts", component=component, new=new, day=from_day)
    if each.dates is None:
        return about.say("answer-no-notice", component=component)
    earliest = max(starts_on, each.dates.lower_from)
    return about.say("answer-waits", component=component, day=parts.day(earliest))
