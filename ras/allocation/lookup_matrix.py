"""Lookup matrix: an amount for every combination of some answers. US respite matrices are so."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Annotated, ClassVar, Literal, assert_never

from pydantic import Field

from ras.allocation.variant import BY_ANSWERS, Fault, Priced, Pricing, Variant
from ras.conditions import Age, Questions
from ras.records import Code, Line, Pence, Record
from ras.working import Quantity, Unit

MOST_ROWS = 10_000


class ByDomain(Record):
    """One side of the matrix is the answer in a domain."""

    kind: Literal["domain"]
    """`domain`."""
    domain: Code
    """The domain, which must be asked of every child."""


class ByCircumstance(Record):
    """One side of the matrix is a circumstance."""

    kind: Literal["circumstance"]
    """`circumstance`."""
    circumstance: Code
    """The circumstance, which must have choices."""


class NamedAges(Record):
    """A run of ages that has a name: from the one before it to the year before `before_age`."""

    code: Code
    """Its name in the rows."""
    before_age: Age | None = None
    """The first age past it, in completed years; left out in the last, which has no end."""


class ByAge(Record):
    """One side of the matrix is the child's age."""

    kind: Literal["age"]
    """`age`."""
    bands: Annotated[tuple[NamedAges, ...], Field(min_length=2)]
    """From the youngest to the oldest."""


Side = Annotated[ByDomain | ByCircumstance | ByAge, Field(discriminator="kind")]


class MatrixRow(Record):
    """One combination of answers and what it is worth."""

    answers: Annotated[tuple[Code, ...], Field(min_length=1)]
    """One code for each side, in their order."""
    title: Line
    """The combination in words, as a family reads it: "High, two carers"."""
    amount_pence: Pence
    """What it is worth, in pence in the policy's money period."""


class LookupMatrix(Variant):
    """The row whose answers are the child's."""

    sentences: ClassVar = {"lookup-matrix": "These answers together ({row}) are worth {result}."}

    variant: Literal["lookup-matrix"]
    """`lookup-matrix`."""
    sides: Annotated[tuple[Side, ...], Field(min_length=1, max_length=6)]
    """What the rows are found by."""
    rows: Annotated[tuple[MatrixRow, ...], Field(min_length=1, max_length=MOST_ROWS)]
    """Every combination, once each."""

    def price(self, given: Pricing) -> Priced:
        """Find the row."""
        wanted = tuple(self._code(side, given) for side in self.sides)
        number, row = next((n, row) for n, row in enumerate(self.rows) if row.answers == wanted)
        line = given.money(
            "lookup-matrix",
            rule=f"{given.rule}.rows.{number}",
            source=self.source,
            words={"row": row.title},
            arithmetic="amount",
            result=row.amount_pence,
            numbers={"amount": (row.amount_pence, given.unit)},
        )
        return Priced((line,))

    def _code(self, side: Side, given: Pricing) -> str:
        match side:
            case ByDomain():
                return given.scored.answers[side.domain].code
            case ByCircumstance():
                return given.facts.choices[side.circumstance]
            case ByAge():
                ages = given.facts.age
                return next(b.code for b in side.bands if b.before_age is None or ages < b.before_age)
            case _:
                assert_never(side)

    def faults(self, asked: Questions) -> Iterator[Fault]:
        """Every combination of the answers there can be has one row, and there are no others."""
        sides: list[Sequence[str]] = []
        for number, side in enumerate(self.sides):
            codes, fault = _codes(side, asked)
            if fault is not None:
                where, code, message = fault
                yield ("sides", number, *where), code, message
            sides.append(codes)
        if not all(sides):
            return
        seen: set[tuple[str, ...]] = set()
        for number, row in enumerate(self.rows):
            known = len(row.answers) == len(sides) and all(
                code in side for code, side in zip(row.answers, sides, strict=True)
            )
            if not known:
                message = f"'{', '.join(row.answers)}' is no combination of these sides' answers."
                yield ("rows", number, "answers"), "unknown-reference", message
            elif row.answers in seen:
                yield ("rows", number, "answers"), "overlap", "This combination has a row already."
            seen.add(row.answers)
        if prod(len(side) for side in sides) > MOST_ROWS:
            yield ("sides",), "too-many", f"These sides make more than {MOST_ROWS:,} combinations."
            return
        missing = [wanted for wanted in product(*sides) if wanted not in seen]
        if missing:
            others = f", nor for {len(missing) - 1} others" if len(missing) > 1 else ""
            yield ("rows",), "gap", f"There is no row for '{', '.join(missing[0])}'{others}."

    def uses_score(self) -> bool:
        """No points are added up."""
        return False

    def reads_answers(self) -> bool:
        """It is found by single answers."""
        return True

    def resource_modes(self) -> frozenset[str]:
        """Nothing can be taken off points that are not counted."""
        return BY_ANSWERS

    def in_words(self, unit: Unit) -> Iterator[str]:
        """One sentence for each row."""
        for row in self.rows:
            yield f"{row.title}: {Quantity.of(row.amount_pence, unit)}."


def _codes(side: Side, asked: Questions) -> tuple[Sequence[str], Fault | None]:
    """The answers that one side can have, or what is wrong with it."""
    codes: Sequence[str] = ()
    fault: Fault | None = None
    match side:
        case ByDomain():
            if side.domain not in asked.levels:
                fault = ("domain",), "unknown-reference", f"There is no domain '{side.domain}'."
            elif side.domain not in asked.asked_of_all:
                fault = ("domain",), "gap", f"'{side.domain}' is not asked of every child."
            else:
                codes = asked.levels[side.domain]
        case ByCircumstance():
            codes = asked.choices.get(side.circumstance) or ()
            if not codes:
                message = f"There is no circumstance '{side.circumstance}' with choices."
                fault = ("circumstance",), "unknown-reference", message
        case ByAge():
            ends = [band.before_age for band in side.bands]
            rising = [end for end in ends[:-1] if end is not None]
            if ends[-1] is None and len(rising) == len(ends) - 1 and sorted(set(rising)) == rising:
                codes = [band.code for band in side.bands]
            else:
                message = "Ages are given in order, each band with its end, and the last without."
                fault = ("bands",), "out-of-order", message
        case _:
            assert_never(side)
    return codes, fault
