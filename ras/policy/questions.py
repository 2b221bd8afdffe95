"""What a policy asks: circumstances, domains with their levels, and which children get which questions."""

from typing import Annotated

from pydantic import Field

from ras.conditions import Condition
from ras.records import Code, Line, PositiveText, Record, Whole, Words


class Choice(Record):
    """One answer to a question about circumstances."""

    code: Code
    """Its name for programs."""
    title: Line
    """What people read."""


class CircumstanceQuestion(Record):
    """A fact about the child's situation that rules depend on."""

    code: Code
    """Its name for programs."""
    title: Line
    """What it is called."""
    question: Line
    """The question in plain words."""
    why_asked: Line
    """Why the council asks, in plain words."""
    choices: Annotated[tuple[Choice, ...], Field(min_length=2)] | None = None
    """The answers to choose from; left out, the question asks how many."""
    at_most: Whole | None = None
    """For a question that asks how many: the largest number that makes sense."""
    source: Line
    """Where the policy says so."""


class Level(Record):
    """One answer about how much help is needed."""

    code: Code
    """Its name for programs."""
    title: Line
    """What people read."""
    descriptor: Words
    """What it looks like in a child's day."""
    examples: tuple[Line, ...] = ()
    """Examples families would recognise."""
    points: PositiveText | None = None
    """What it is worth in points, as text; left out where the allocation adds no points up."""


class Domain(Record):
    """An area of the child's life that the policy asks about, named by the outcome it serves."""

    code: Code
    """Its name for programs."""
    title: Line
    """What it is called."""
    question: Line
    """The question in plain words for a family."""
    why_asked: Line
    """Why the council asks, in plain words."""
    weight: PositiveText = "1"
    """What its points are multiplied by, as text."""
    applies_if: Condition | None = None
    """Which children it is asked of; left out, all (of its questionnaire)."""
    no_need: Line | None = None
    """Where a child may have no need here at all: what that answer, `no-need`, is called. It is worth no
    points. Left out, one of the levels is always chosen."""
    levels: Annotated[tuple[Level, ...], Field(min_length=2)]
    """From the least help needed to the most: the order is the rank."""
    source: Line
    """Where the policy says so."""


class Questionnaire(Record):
    """A set of domains that is asked of some children: one for the under-fives, say."""

    code: Code
    """Its name for programs."""
    title: Line
    """What people read: "The questions for children under five"."""
    when: Condition | None = None
    """Which children; left out, every child that no earlier questionnaire is for."""
    domains: Annotated[tuple[Code, ...], Field(min_length=1, max_length=100)]
    """The domains it asks. A domain can be in several."""
    source: Line
    """Where the policy says so."""


class Scoring(Record):
    """How points become a score."""

    scale: PositiveText = "1"
    """What the weighted points of all domains together are multiplied by, as text."""
    source: Line
    """Where the policy says so."""
