"""What makes two scores differ: what is asked, what was answered, and what is already there."""

from collections.abc import Iterator

from ras.differences.difference import (
    Difference,
    DifferenceKind,
    Placed,
    Said,
    Side,
    Sides,
    by_kind,
    code_of,
    pairs,
    told,
)
from ras.working import Unit

QUESTIONNAIRE = Said(
    "The questions asked were these before: {title}.",
    "Now they are these: {title}.",
    new="The policy had one set of questions before. Now these are asked: {title}.",
    gone="Before, these questions were asked: {title}. Now the policy has one set of questions.",
)
LEVEL = Said(
    "{domain}: the answer was “{level}”, {result}.",
    "Now it is “{level}”, {result}.",
    new="{domain}: this was not asked before. Now it is: “{level}”, {result}.",
    gone="{domain}: the answer was “{level}”, {result}. Now this is not asked.",
)
ANSWERS = {
    "score.domain": LEVEL,
    "score.no-need": LEVEL,
    "score.answer": Said(
        "{domain}: the answer was “{level}”.",
        "Now it is “{level}”.",
        new="{domain}: this was not asked before. Now it is: “{level}”.",
        gone="{domain}: the answer was “{level}”. Now this is not asked.",
    ),
}
WORTH = (
    Said("{domain}: the answer “{level}” gave {level_points} before.", "Now it gives {level_points}."),
    Said("{domain}: its points were multiplied by {weight} before.", "Now they are multiplied by {weight}."),
)
"""Of an answer: what its level is worth, and what that is multiplied by."""
SCALE = Said("All areas together were multiplied by {scale} before.", "Now they are multiplied by {scale}.")
ADDED_UP = {
    "score.total": Said("Points were added up before.", "Now points are added up."),
    "score.left-out": Said(
        "The answers themselves were looked up before.", "Now the answers themselves are looked up."
    ),
}
TAKEN_OFF = Said(
    "{domain}: what is already there took off {result} before ({givers}).",
    "Now it takes off {result} ({givers}).",
    new="{domain}: nothing was taken off before. Now what is already there ({givers}) takes off {result}.",
    gone="{domain}: what was already there ({givers}) took off {result}. Now nothing is taken off.",
    by="{result}",
)
PRESENT = {
    "resources.points": TAKEN_OFF,
    "resources.fraction": TAKEN_OFF,
    "resources.hours": Said(
        "{domain}: before, {result} counted as already there ({givers}).",
        "Now {result} count ({givers}).",
        new="{domain}: nothing counted as already there before. Now {result} count ({givers}).",
        gone="{domain}: before, {result} counted as already there ({givers}). Now nothing counts.",
        by="{result}",
    ),
}
OTHER_MODES = frozenset(
    {"resources.none", "resources.in-descriptors", "resources.carer-sum", "resources.total"}
)
"""Steps that tell by which mode what is already there counts, whatever there is."""


def score_differences(sides: Sides) -> Iterator[Difference]:
    """What is asked, the answers and what they are worth; then what is already there."""
    was, now = sides.family("score")
    for before, after in pairs(*(_of_kind(side, "score.questionnaire") for side in (was, now)), by=_kind):
        yield from told(sides.by_rules, before, after, QUESTIONNAIRE)
    for before, after in pairs(_about_domains(was), _about_domains(now), by=code_of):
        yield from _answer(sides, before, after)
    are_points = was[-1].kind == now[-1].kind == "score.total"
    yield from told(DifferenceKind.RULES, was[-1], now[-1], SCALE if are_points else by_kind(ADDED_UP))
    yield from _present(sides)


def _kind(placed: Placed) -> str:
    return placed.kind


def _of_kind(steps: list[Placed], kind: str) -> list[Placed]:
    return [placed for placed in steps if placed.kind == kind]


def _about_domains(steps: list[Placed]) -> list[Placed]:
    return [placed for placed in steps if placed.kind in {*ANSWERS, "score.not-asked"}]


def _answer(sides: Sides, was: Placed | None, now: Placed | None) -> Iterator[Difference]:
    if was is None or now is None or not {was.kind, now.kind} <= ANSWERS.keys():
        yield from told(sides.why(was, now), was, now, by_kind(ANSWERS))
        return
    level_points, weight = WORTH
    is_level = was.kind == now.kind == "score.domain"
    if was.step.rule != now.step.rule:
        yield from told(DifferenceKind.NEEDS, was, now, by_kind(ANSWERS))
    elif is_level:
        yield from told(DifferenceKind.RULES, was, now, level_points)
    if is_level:
        yield from told(DifferenceKind.RULES, was, now, weight)


def _present(sides: Sides) -> Iterator[Difference]:
    modes = [OTHER_MODES & {placed.kind for placed in side} for side in sides.family("resources")]
    by_mode = sides.rules_differ and modes[0] != modes[1]
    for was, now in pairs(_counting(sides.old), _counting(sides.new), by=_where):
        is_worth_other = was and now and was["givers"] == now["givers"] and was["present"] != now["present"]
        is_by_rules = is_worth_other or (by_mode and not (was and now))
        kind = DifferenceKind.RULES if is_by_rules else DifferenceKind.RESOURCES
        yield from told(kind, was, now, by_kind(PRESENT))


def _counting(side: Side) -> list[Placed]:
    """What is already there, where it comes to anything."""
    return [
        placed for placed in side.family("resources") if placed.kind in PRESENT and placed.step.result.number
    ]


def _where(placed: Placed) -> tuple[str, Unit]:
    return placed["domain"].value, placed.step.result.unit
