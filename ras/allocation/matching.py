"""The first of several rules that fits: what variants with rules in order have in common."""

from collections.abc import Iterator, Sequence

from ras.allocation.variant import Fault
from ras.conditions import Condition, Requirement
from ras.records import Code, Exact, Line, Record


class LevelRule(Record):
    """A rule that gives a level to the children it fits."""

    level: Code
    """The level's code."""
    because: Line
    """Why it fits when it does: "two of the answers are at the highest level"."""
    when: Requirement | None = None
    """Which children; left out, every child that no earlier rule fits."""


def reads_answers(conditions: Sequence[Condition | None]) -> bool:
    """Whether any of the conditions looks at single answers."""
    return any(isinstance(when, Requirement) and when.reads_answers for when in conditions)


def uses_score(conditions: Sequence[Condition | None]) -> bool:
    """Whether any of the conditions looks at the score."""
    return any(isinstance(when, Requirement) and when.score is not None for when in conditions)


def thresholds(conditions: Sequence[Condition | None]) -> Iterator[Exact]:
    """The scores at which any of the conditions begins or ceases to hold."""
    for when in conditions:
        if isinstance(when, Requirement):
            yield from when.thresholds()


def first_match_faults(field: str, conditions: Sequence[Condition | None]) -> Iterator[Fault]:
    """Every child must meet a rule, and no rule may hide behind an earlier one."""
    *before, last = conditions
    for number, when in enumerate(before):
        if when is None:
            yield (
                (field, number),
                "unreachable",
                "This one has no condition, so those after it are never used. Put it last.",
            )
    if last is not None:
        yield (
            (field, len(before)),
            "gap",
            "A child whom none of these fits would have no amount. Leave the last one's condition out.",
        )


def level_faults(field: str, rules: Sequence[LevelRule], levels: Sequence[str]) -> Iterator[Fault]:
    """Rules give levels that exist, each level can be reached, and every child meets a rule."""
    yield from first_match_faults(field, [rule.when for rule in rules])
    for number, rule in enumerate(rules):
        if rule.level not in levels:
            yield (
                (field, number, "level"),
                "unknown-reference",
                f"There is no level '{rule.level}' in this table.",
            )
    for number, level in enumerate(levels):
        if level in levels[:number]:
            yield ("levels", number), "repeated-code", f"'{level}' is there twice; codes are used once."
        if level not in {rule.level for rule in rules}:
            yield ("levels", number), "unreachable", f"No rule gives the level '{level}'."
