"""A first draft of a policy document from a few answers: complete, commented, and nobody's policy yet.

Every draft passes `ras.policy.document.read_policy`. What it cannot know says so in words that can be
looked for: each source is `NOT_PUBLISHED`, and the whole document is marked as a draft.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from pydantic import Field

from app.authoring.table import NOT_PUBLISHED
from app.authoring.writing import allocation_part, note, pence, words
from ras.allocation.banded import Banded
from ras.allocation.piecewise_linear import PiecewiseLinear
from ras.canonical import as_written
from ras.money import MoneyPeriod
from ras.records import Code, Day, Line, Record, StepPence, Version

MOST_AREAS, FEWEST_LEVELS, MOST_LEVELS = 20, 2, 6
LONGEST_CODE = 60
RESERVED = frozenset({"not-known", "not-applicable", "no-need"})
"""What an answer in a plan can be besides a level."""

Name = Annotated[Line, Field(max_length=120)]
"""A title that leaves room for the words around it."""


class Mode(StrEnum):
    """How what is already there counts."""

    NONE = "none"
    """It is written down and changes nothing."""
    IN_DESCRIPTORS = "in-descriptors"
    """The levels are chosen with it in mind."""
    POINTS = "points"
    """It takes points off its own area."""


class Answers(Record):
    """What a draft is made of."""

    council: Name
    """The council's name as people say it."""
    council_code: Code
    """Its name for programs."""
    title: Name
    """What the policy is called."""
    code: Code
    """Its name for programs."""
    version: Version
    """Which version it is: "2026.1"."""
    valid_from: Day
    """The first day it is to be in force."""
    period: MoneyPeriod
    """What the amounts of its table are for."""
    areas: Annotated[tuple[Name, ...], Field(min_length=1, max_length=MOST_AREAS)]
    """The areas of a child's life that it asks about."""
    levels: Annotated[tuple[Name, ...], Field(min_length=FEWEST_LEVELS, max_length=MOST_LEVELS)]
    """The words for how much help is needed, from the least to the most."""
    resources: Mode
    """How what is already there counts."""
    allocation: Annotated[Banded | PiecewiseLinear, Field(discriminator="variant")] | None = None
    """What points are worth; left out, invented bands to begin with."""
    step_pence: StepPence
    """What the yearly amount is rounded to a multiple of."""


LEVELS = {
    "Like others of this age": "Needs no more help than other children of this age.",
    "Now and then": "Needs more help than others a few times a month.",
    "Every week": "Needs more help than others every week.",
    "Every day": "Needs more help than others every day.",
    "Most of the day": "Needs someone close by for most of the day.",
    "All the time": "Needs someone at all times, day and night.",
}
"""Words for levels, and what they look like until the council writes it for each area."""
_CHOSEN = {2: (0, 3), 3: (0, 3, 5), 4: (0, 1, 3, 5), 5: (0, 1, 3, 4, 5), 6: (0, 1, 2, 3, 4, 5)}
_POINTS = {
    2: ("0", "10"),
    3: ("0", "8", "20"),
    4: ("0", "4", "10", "20"),
    5: ("0", "4", "9", "16", "25"),
    6: ("0", "3", "7", "12", "18", "25"),
}
_FROM_POINTS = ("0", "5", "15", "30", "50", "70")
_AMOUNTS = {
    MoneyPeriod.WEEK: (0, 20_00, 50_00, 100_00, 200_00, 400_00),
    MoneyPeriod.FOUR_WEEKS: (0, 80_00, 200_00, 400_00, 800_00, 1_600_00),
    MoneyPeriod.MONTH: (0, 85_00, 210_00, 420_00, 840_00, 1_680_00),
    MoneyPeriod.YEAR: (0, 1_000_00, 2_500_00, 5_000_00, 10_000_00, 20_000_00),
}
_EXAMPLE = {
    MoneyPeriod.WEEK: {"add": 5_00, "floor": 10_00, "soft_cap": 400_00, "hard_cap": 600_00},
    MoneyPeriod.FOUR_WEEKS: {"add": 20_00, "floor": 40_00, "soft_cap": 1_600_00, "hard_cap": 2_400_00},
    MoneyPeriod.MONTH: {"add": 20_00, "floor": 40_00, "soft_cap": 1_600_00, "hard_cap": 2_400_00},
    MoneyPeriod.YEAR: {"add": 250_00, "floor": 500_00, "soft_cap": 20_000_00, "hard_cap": 30_000_00},
}
_PERIODS = {
    MoneyPeriod.WEEK: "a week",
    MoneyPeriod.FOUR_WEEKS: "four weeks",
    MoneyPeriod.MONTH: "a month",
    MoneyPeriod.YEAR: "a year",
}
_MODE_NOTES = {
    Mode.NONE: "It is written down and changes no amount.",
    Mode.IN_DESCRIPTORS: "Levels are chosen with it in mind, and nothing is taken off again.",
    Mode.POINTS: "Each answer takes points off its own area, never below nothing.",
}
_CONTRIBUTIONS = (
    ("nothing", "nothing yet", "0"),
    ("a-little", "a little", "1"),
    ("some", "some of it", "3"),
    ("much", "much of it", "6"),
)
_ITEMS = (
    ("personal-assistant", "Personal assistant employed by the family", "hours"),
    ("agency-care", "Care from a registered agency", "hours"),
    ("activity-club", "Activity club with support", "sessions"),
)
_PURPOSES = (
    ("personal-care", "Personal care", "allowed"),
    ("short-break", "A break from caring", "allowed"),
    ("joining-in", "Joining in activities", "allowed"),
    ("shared-cost", "A part of a cost shared by several children", "needs-reason"),
    ("school-place", "A school place", "refused"),
)


def level_words(count: int) -> tuple[str, ...]:
    """Words for so many levels, 2 to 6, from the least help to the most.

    >>> level_words(3)
    ('Like others of this age', 'Every day', 'All the time')
    """
    known = tuple(LEVELS)
    return tuple(known[place] for place in _CHOSEN[count])


def code_of(title: str, *, otherwise: str) -> str:
    """A title as a name for programs; `otherwise` where it has no letter or digit that one can have.

    >>> code_of("Children's R&A Système", otherwise="policy"), code_of("日本", otherwise="policy")
    ('childrens-r-a-systeme', 'policy')
    """
    plain = unicodedata.normalize("NFKD", re.sub("['\u2019]", "", title)).encode("ascii", "ignore").decode()
    code = "-".join(re.findall(r"[a-z0-9]+", plain.lower()))[:LONGEST_CODE].rstrip("-") or otherwise
    return f"{otherwise}-{code}" if code in RESERVED else code


def codes_of(titles: Iterable[str], *, otherwise: str) -> list[str]:
    """Titles as names for programs, each used once.

    >>> codes_of(["Out & about", "Not known", "Out and about", "Out-and-about"], otherwise="level")
    ['out-about', 'level-not-known', 'out-and-about', 'out-and-about-2']
    """
    codes: list[str] = []
    for title in titles:
        code = first = code_of(title, otherwise=otherwise)
        times = 1
        while code in codes:
            times += 1
            ending = f"-{times}"
            code = first[: LONGEST_CODE - len(ending)].rstrip("-") + ending
        codes.append(code)
    return codes


def default_allocation(period: MoneyPeriod) -> dict[str, Any]:
    """Bands to begin with, invented, where there is no table yet."""
    ends = [*({"before_points": end} for end in _FROM_POINTS[1:]), {}]
    bands = [
        {"from_points": start, **end, "amount_pence": amount}
        for start, end, amount in zip(_FROM_POINTS, ends, _AMOUNTS[period], strict=True)
    ]
    return {"variant": "banded", "source": NOT_PUBLISHED, "bands": bands}


def scaffold(answers: Answers) -> str:
    """The draft: YAML with comments that say what each part is and what to change."""
    written = as_written(answers.allocation) if answers.allocation else default_allocation(answers.period)
    return _template().render(
        answers=answers,
        council=answers.council,
        not_published=NOT_PUBLISHED,
        source=words(NOT_PUBLISHED),
        areas=list(zip(codes_of(answers.areas, otherwise="area"), answers.areas, strict=True)),
        levels=_levels(answers.levels),
        mode_note=_MODE_NOTES[answers.resources],
        takes_points=answers.resources is Mode.POINTS,
        contributions=_CONTRIBUTIONS,
        period=_PERIODS[answers.period],
        is_invented=answers.allocation is None,
        allocation=allocation_part(written),
        example={name: pence(amount) for name, amount in _EXAMPLE[answers.period].items()},
        items=_ITEMS,
        purposes=_PURPOSES,
    )


def _levels(titles: tuple[str, ...]) -> list[dict[str, str]]:
    described = (
        LEVELS.get(title, "To be written: what this looks like in a child's day.") for title in titles
    )
    return [
        {"code": code, "title": title, "points": points, "descriptor": descriptor}
        for code, title, points, descriptor in zip(
            codes_of(titles, otherwise="level"), titles, _POINTS[len(titles)], described, strict=True
        )
    ]


def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # noqa: S701  it is YAML, and `words` puts it in quotation marks
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(words=words, note=note, pence=pence)
    return environment.get_template("draft.yaml.jinja")
