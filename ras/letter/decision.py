"""The decision letter: what was decided, the three figures apart, the reasons, and what the family can do."""

from collections.abc import Iterator
from typing import assert_never

from ras.ending import EndGround
from ras.letter import parts
from ras.letter.told import About, AwardTold, EndTold, Figures, StopTold
from ras.letter.words import COMPONENTS, HOW, ROLES
from ras.statement import Section, Statement


def decision_letter(about: About, decided: AwardTold | EndTold | StopTold, *, role: str) -> Statement:
    """Write the letter of a decision.

    Args:
        about: What every letter is about.
        decided: What was decided.
        role: The role in which it was decided; never a name.
    """
    by = about.say("decided-by", who=ROLES[role], day=parts.day(about.written_on))
    match decided:
        case AwardTold():
            summary, told = _award(about, decided), _award_sections(about, decided)
        case EndTold():
            summary, told = _end(about, decided), _end_sections(about, decided)
        case StopTold():
            summary, told = _stop(about, decided), _stop_sections(about, decided)
        case _:
            assert_never(decided)
    return parts.letter(
        about,
        title=about.say("decision"),
        summary=(*summary, by),
        sections=(
            *told,
            parts.reasons(about),
            parts.section("ask", (*parts.how_to_ask(about), parts.complaint(about))),
            parts.who_helps(about),
        ),
    )


def _award(about: About, award: AwardTold) -> Iterator[str]:
    agreed = {"amount": parts.a_year(award.agreed_annual_pence), "day": parts.day(award.starts_on)}
    yield about.say(
        "interim" if award.review_on else "awarded-lower" if award.lowered else "awarded", **agreed
    )
    if award.review_on is not None:
        yield about.say("interim-review", day=parts.day(award.review_on))
    for component in award.lowered:
        yield about.say("lowered", component=COMPONENTS[component])
    if not award.lowered:
        yield f"{about.say('nothing-lower')} {about.say('never-lower')}"


def _award_sections(about: About, award: AwardTold) -> Iterator[Section | None]:
    amounts = parts.amounts(about, award.components, award.renewing)
    yield parts.section("agreed", (*amounts, about.say("others-stay")))
    if award.figures is not None:
        yield parts.section("figures", _figures(about, award, award.figures))


def _figures(about: About, award: AwardTold, figures: Figures) -> Iterator[str]:
    yield about.say("indicative", amount=parts.a_year(figures.indicative_annual_pence))
    yield about.say("plan-cost", amount=parts.a_year(figures.plan_cost_annual_pence))
    if figures.plan_cost_one_off_pence:
        yield about.say("plan-cost-once", amount=parts.once(figures.plan_cost_one_off_pence))
    yield about.say("agreed", amount=parts.a_year(award.agreed_annual_pence))
    if figures.other_annual_pence is not None:
        yield about.say("other-assessment", amount=parts.a_year(figures.other_annual_pence))
    far = figures.distance_annual_pence
    if far is not None:
        which = "same" if far == 0 else "more" if far > 0 else "less"
        yield about.say(which, amount=parts.a_year(abs(far)))
    if far:
        titles = {reason.code: reason.title for reason in about.rules.decision.reason_codes}
        for code in figures.reason_codes:
            yield about.say("by-the-policy", title=titles.get(code, code))


def _end(about: About, end: EndTold) -> Iterator[str]:
    if end.ground is EndGround.DEATH:
        yield about.say("sorry")
    yield about.say("ended-in-part" if end.goes_on else "ended", day=parts.day(end.ends_before))
    for component in end.components if end.goes_on else ():
        yield about.say("ended-component", component=COMPONENTS[component])
    for component in end.goes_on:
        yield about.say("goes-on", component=COMPONENTS[component])


def _end_sections(about: About, end: EndTold) -> Iterator[Section | None]:
    ground = [about.say(end.ground, day=parts.day(end.happened_on)), about.say("no-notice")]
    yield parts.section("ground", (*ground, *_recoverable(about, end.recoverable_pence)))


def _stop(about: About, stop: StopTold) -> Iterator[str]:
    component, starts = COMPONENTS[stop.component], parts.day(stop.starts_on)
    which = "stopped-after-notice" if stop.needs_notice else "stopped"
    yield about.say(which, component=component, day=starts)
    yield about.say("stop-goes-on", amount=parts.a_year(stop.annual_pence), how=HOW[stop.becomes])


def _stop_sections(about: About, stop: StopTold) -> Iterator[Section | None]:
    rule = next(rule for rule in about.rules.direct_payment.stops if rule.ground is stop.ground)
    how_soon = about.say("stop-notice" if stop.needs_notice else "stop-at-once", source=rule.source)
    said = (about.say(stop.ground), how_soon, *_recoverable(about, stop.recoverable_pence))
    yield parts.section("stop", said)


def _recoverable(about: About, pence: int | None) -> Iterator[str]:
    if pence:
        yield about.say("recoverable", amount=parts.once(pence))
