"""Monitoring answers of a generated caseload, kept apart from plans and money.

Every proportion here is invented: it is nobody's census. Answers are drawn without looking at
needs or amounts, so an equality report over a generated caseload should find chance and no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final, TypeVar

PREFER_NOT_TO_SAY: Final = "prefer-not-to-say"
"""The answer of a family that would rather not give one."""

ETHNIC_GROUPS: Final = {
    "white-british": 74,
    "white-other": 5,
    "asian-pakistani": 6,
    "asian-other": 4,
    "black": 3,
    "mixed": 4,
    "other": 1,
    PREFER_NOT_TO_SAY: 3,
}
"""Ethnic groups, in invented per cent of children."""
SEXES: Final = {"male": 66, "female": 32, PREFER_NOT_TO_SAY: 2}
"""Sexes, in invented per cent of children."""
RELIGIONS_OR_BELIEFS: Final = {
    "no-religion": 44,
    "christian": 32,
    "muslim": 10,
    "other": 4,
    PREFER_NOT_TO_SAY: 10,
}
"""Religions or beliefs, in invented per cent of children."""
DISABILITY_KINDS: Final = {
    "autism": 38,
    "learning-disability": 24,
    "physical-disability": 14,
    "complex-health": 9,
    "sensory-impairment": 5,
    "social-emotional-mental-health": 7,
    PREFER_NOT_TO_SAY: 3,
}
"""Kinds of disability, in invented per cent of children."""
FIRST_LANGUAGES: Final = {"english": 88, "urdu": 3, "polish": 2, "other": 5, PREFER_NOT_TO_SAY: 2}
"""First languages, in invented per cent of children."""
HOUSEHOLDS: Final = {
    "two-parents": 56,
    "one-parent": 35,
    "kinship-or-foster-carer": 5,
    PREFER_NOT_TO_SAY: 4,
}
"""Who the child lives with, in invented per cent of children."""

Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True)
class Monitoring:
    """What a family said about itself for equality monitoring. Never an input to any amount.

    Attributes:
        ethnic_group: A code of `ETHNIC_GROUPS`.
        sex: A code of `SEXES`.
        religion_or_belief: A code of `RELIGIONS_OR_BELIEFS`.
        disability_kind: A code of `DISABILITY_KINDS`.
        first_language: A code of `FIRST_LANGUAGES`.
        household: A code of `HOUSEHOLDS`.
    """

    ethnic_group: str
    sex: str
    religion_or_belief: str
    disability_kind: str
    first_language: str
    household: str


def draw_monitoring(rng: Random) -> Monitoring:
    """Draw a family's monitoring answers."""
    return Monitoring(
        ethnic_group=pick(rng, ETHNIC_GROUPS),
        sex=pick(rng, SEXES),
        religion_or_belief=pick(rng, RELIGIONS_OR_BELIEFS),
        disability_kind=pick(rng, DISABILITY_KINDS),
        first_language=pick(rng, FIRST_LANGUAGES),
        household=pick(rng, HOUSEHOLDS),
    )


def pick(rng: Random, shares: Mapping[Choice, int]) -> Choice:
    """Draw one of the choices, each as often as its share of all the shares.

    >>> pick(Random("any"), {"always": 1, "never": 0})
    'always'
    """
    place = rng.random() * sum(shares.values())
    for choice, share in shares.items():
        place -= share
        if place < 0:
            return choice
    return choice
