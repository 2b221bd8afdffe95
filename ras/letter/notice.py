"""The notice of a lower amount: from what to what, from which day and why, and what the family can do."""

from collections.abc import Iterator

from ras.component import Component
from ras.letter import parts
from ras.letter.told import About, Lowered, NoticeTold, Standing
from ras.letter.words import COMPONENTS, HOW
from ras.reconsideration import Outcome, WhilePending
from ras.statement import Section, Statement


def notice_letter(about: About, notice: NoticeTold) -> Statement:
    """Write a notice as it stands: a draft, issued, served or withdrawn."""
    falls = any(each.new_annual_pence < each.old_annual_pence for each in notice.lowered)
    return parts.letter(
        about,
        title=about.say("notice" if falls else "notice-moves"),
        summary=_summary(about, notice),
        sections=(
            _withdrawal(notice),
            parts.section("since", _since(about, notice)),
            parts.section("why", _why(about, notice)),
            parts.reasons(about),
            parts.section("days", _days(about, notice)),
            parts.section("stays", _stays(about, notice)),
            parts.section("ask", (*_asking(about, notice), parts.complaint(about))),
            parts.section("support", about.rules.support_offered),
            parts.who_helps(about),
        ),
    )


def _summary(about: About, notice: NoticeTold) -> Iterator[str]:
    if notice.standing is Standing.WITHDRAWN:
        yield about.say("withdrawn")
    if Outcome.OVERTURNED in notice.looked_at_again:
        yield about.say(Outcome.OVERTURNED)
    for each in notice.lowered:
        change = _change(each)
        was_to = "was-to-move" if change == "is-moved" else "was-to-change"
        yield about.say(
            change if _counts(notice) else was_to,
            component=COMPONENTS[each.component],
            old=parts.a_year(each.old_annual_pence),
            new=parts.a_year(each.new_annual_pence),
        )
        yield from _parts(about, each)
    for each in notice.lowered if _counts(notice) else ():
        component = COMPONENTS[each.component]
        if each.lower_from is not None:
            yield about.say("starts", component=component, day=parts.day(each.lower_from))
        elif each.dates is not None:
            yield about.say("pending-holds", component=component)
    if notice.standing is Standing.DRAFT:
        yield about.say("draft")
    if notice.standing is Standing.ISSUED:
        yield about.say("not-sent")


def _change(each: Lowered) -> str:
    """What happens to a component: it falls, comes in another way, or is more while a part of it falls."""
    if each.new_annual_pence < each.old_annual_pence:
        return "goes-lower"
    return "is-moved" if each.new_annual_pence == each.old_annual_pence else "part-lower"


def _parts(about: About, each: Lowered) -> Iterator[str]:
    """How it comes now and then, where that is not one way that stays the same."""
    was, becomes = each.old_parts, each.new_parts
    if not becomes or (
        [each.delivery for each in was] == [each.delivery for each in becomes] and len(was) == 1
    ):
        return
    component = COMPONENTS[each.component]
    for sentence, of in (("part-now", was), ("part-then", becomes)):
        for part in of:
            amount = parts.a_year(part.annual_pence)
            yield about.say(sentence, component=component, amount=amount, how=HOW[part.delivery])


def _counts(notice: NoticeTold) -> bool:
    """Whether anything still goes lower by it: it was not taken back, and the decision was not set aside."""
    return notice.standing is not Standing.WITHDRAWN and Outcome.OVERTURNED not in notice.looked_at_again


def _withdrawal(notice: NoticeTold) -> Section | None:
    return parts.section("withdrawal", parts.in_paragraphs(notice.withdrawal_reasons or ""))


def _since(about: About, notice: NoticeTold) -> Iterator[str]:
    """What asking for another look has come to."""
    if not _counts(notice):
        return
    for outcome in notice.looked_at_again:
        yield about.say("pending") if outcome is None else about.say(outcome)
    for each in notice.lowered if notice.looked_at_again else ():
        by_notice = None if each.dates is None else max(notice.starts_on, each.dates.lower_from)
        if each.lower_from is not None and each.lower_from != by_notice:
            day = parts.day(each.lower_from)
            yield about.say("starts-after-answer", component=COMPONENTS[each.component], day=day)


def _why(about: About, notice: NoticeTold) -> Iterator[str]:
    components = [each.component for each in notice.lowered]
    if Component.SOCIAL_CARE in components:
        yield from (difference.sentence for difference in notice.why)
    for component in components:
        if component is not Component.SOCIAL_CARE:
            yield about.say("partner", component=COMPONENTS[component])


def _days(about: About, notice: NoticeTold) -> Iterator[str]:
    if not _counts(notice):
        return
    for each in notice.lowered:
        if each.dates is None:
            yield about.say("length", component=COMPONENTS[each.component], length=parts.months(each.months))
        else:
            yield from each.dates.sentences()
    known = [each.dates.lower_from for each in notice.lowered if each.dates is not None]
    if len(known) < len(notice.lowered) or notice.starts_on > min(known):
        yield about.say("not-before", day=parts.day(notice.starts_on))


def _stays(about: About, notice: NoticeTold) -> Iterator[str]:
    if not _counts(notice):
        return
    for each in notice.lowered:
        told = {"component": COMPONENTS[each.component], "amount": parts.a_year(each.old_annual_pence)}
        which = "until-part" if _change(each) == "part-lower" else "until"
        if each.dates is None:
            yield about.say(f"{which}-run", **told)
        else:
            yield about.say(which, day=parts.day(each.dates.last_day), **told)


def _asking(about: About, notice: NoticeTold) -> Iterator[str]:
    """How to ask for another look, and what asking does to the change."""
    yield from parts.how_to_ask(about)
    if not _counts(notice):
        return
    if about.rules.reconsideration.while_pending is WhilePending.RUN:
        yield about.say("run")
        return
    served = [(each.component, each.dates.last_day) for each in notice.lowered if each.dates is not None]
    for component, last_day in served:
        yield about.say("hold", component=COMPONENTS[component], day=parts.day(last_day))
    if not served:
        yield about.say("hold-unsent")
    yield about.say("hold-late")
