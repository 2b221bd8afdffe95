"""The questions whose answers make a first draft of a policy, each with an answer to accept as it is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from app.authoring.cells import pence_of
from app.authoring.scaffold import Answers, Mode, code_of, level_words
from app.authoring.table import Shape, Table
from ras.money import MoneyPeriod
from ras.reading import validated

Ask = Callable[[str, str], str]
"""Asks a person: the question, and the answer that stands if they give none."""
Say = Callable[[str], None]
"""Tells a person something."""

AREAS = "Looking after myself; Feeling calm and safe; Friends and joining in; Learning outside school"
APRIL = 4
"""A council's year begins with it."""
_CODE = "Lower-case letters, digits and single hyphens, such as my-council."
_NAME = "One line of words, of 120 letters at most."


@dataclass(frozen=True, slots=True)
class _Question:
    """A question, for one field of the answers."""

    field: str
    text: str
    stands: Callable[[Mapping[str, Any]], str]
    """The answer that stands if none is given, from the answers before."""
    expected: str
    """What an answer looks like, for one that cannot be used."""
    read: Callable[[str], Any] = str
    """What is written, as plain data of the field."""


def ask_for_answers(
    ask: Ask, say: Say, *, today: date, table: Table | None = None, shape: Shape = Shape.BANDED
) -> Answers:
    """Ask one question after the other, each again until its answer can be used.

    Args:
        ask: Asks a person a question.
        say: Tells them why an answer cannot be used, and what is not asked.
        today: The day in London; the first day that is offered comes after it.
        table: The council's table of points and money; None for invented bands.
        shape: How the table becomes an allocation.

    Raises:
        UnreadableText: the table does not make an allocation of this shape.
    """
    given: dict[str, Any] = {"allocation": table.allocation(shape=shape)} if table else {}
    if table and table.period:
        given["period"] = table.period.value
        say(f"The amounts of the table are for: {table.period.value}.")
    for question in _questions(today):
        while question.field not in given:
            answer = ask(question.text, question.stands(given)).strip()
            try:
                given[question.field] = _checked(question.field, question.read(answer))
            except ValueError:
                say(question.expected)
    return validated(Answers, given)


def _checked(field: str, value: Any) -> Any:
    """A value, if the field can have it; pydantic's error is a ValueError."""
    TypeAdapter(Answers.model_fields[field].rebuild_annotation()).validate_python(value)
    return value


def _questions(today: date) -> Iterator[_Question]:
    year = today.year if today < date(today.year, APRIL, 1) else today.year + 1
    yield _Question("council", "What is the council called?", lambda _: "Our Council", _NAME)
    yield _Question(
        "council_code",
        "A short name for it, for programs",
        lambda given: code_of(given["council"], otherwise="council"),
        _CODE,
    )
    yield _Question(
        "title", "What is the policy called?", lambda _: "Children's Resource Allocation System", _NAME
    )
    yield _Question(
        "code",
        "A short name for it, for programs",
        lambda given: code_of(given["title"], otherwise="policy"),
        _CODE,
    )
    yield _Question(
        "valid_from",
        "Its first day",
        lambda _: f"{year}-0{APRIL}-01",
        "A day as year, month and day, such as 2027-04-01.",
    )
    yield _Question(
        "version",
        "Which version is it?",
        lambda given: f"{given['valid_from'][:4]}.1",
        "Letters, digits, dots and hyphens, 40 at most, such as 2027.1.",
    )
    yield _Question(
        "period",
        f"What are amounts of money for: {', '.join(MoneyPeriod)}?",
        lambda _: MoneyPeriod.WEEK.value,
        f"One of {', '.join(MoneyPeriod)}.",
        str.lower,
    )
    yield _Question(
        "areas",
        "Which areas of a child's life are asked about? Put ; between two",
        lambda _: AREAS,
        "From 1 to 20 areas with ; between them, each of 120 letters at most.",
        _split,
    )
    yield _Question(
        "levels",
        "How many levels of help, 2 to 6? Or your own words, from the least to the most, with ; between two",
        lambda _: "4",
        "A number from 2 to 6, or as many names of levels with ; between them.",
        _levels,
    )
    yield _Question(
        "resources",
        f"How does what is already there count: {', '.join(Mode)}?",
        lambda _: Mode.POINTS.value,
        f"One of {', '.join(Mode)}.",
        str.lower,
    )
    yield _Question(
        "step_pence",
        "To a multiple of how many pounds is the yearly amount rounded?",
        lambda _: "1",
        "An amount in pounds from 0.01 to 10,000.",
        pence_of,
    )


def _split(written: str) -> list[str]:
    return [part.strip() for part in written.split(";") if part.strip()]


def _levels(written: str) -> list[str]:
    if not written.isdecimal():
        return _split(written)
    try:
        return list(level_words(int(written)))
    except KeyError:
        raise ValueError(written) from None
