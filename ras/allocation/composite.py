"""Composite: the sum, the most, or one by group, of other variants. A planning amount and a carer's, say."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from ras.allocation import matching
from ras.allocation.variant import Fault, Place, Present, Priced, Pricing, Variant
from ras.conditions import Condition, Questions, Requirement
from ras.records import Code, Exact, Line, Record, tidy
from ras.working import Step, Unit, name_of

if TYPE_CHECKING:
    from ras.allocation import Allocation


MOST_TABLES = 20
"""How many variants may be put together in all, counted through every level."""


class CompositePart(Record):
    """One of the allocations that are put together."""

    code: Code
    """Its name for programs."""
    title: Line
    """What people read: "The planning amount"."""
    when: Requirement | None = None
    """With `choose`: which children it is for; left out, every child that no earlier part fits."""
    allocation: "Allocation"
    """How it is worked out: any variant."""


class Composite(Variant):
    """Other variants put together."""

    sentences: ClassVar = {
        "composite.part": "{title} comes to {result}.",
        "composite.sum": "Added up ({parts}), that is {result}.",
        "composite.max": "The most of these ({parts}) is {result}.",
        "composite.choose": "{title} is the part that fits your child: {result}.",
    }

    variant: Literal["composite"]
    """`composite`."""
    how: Literal["sum", "max", "choose"]
    """Add the parts up, take the most of them, or take the first that fits the child."""
    parts: Annotated[tuple[CompositePart, ...], Field(min_length=2, max_length=20)]
    """The parts, in order."""

    def price(self, given: Pricing) -> Priced:
        """Price the parts, and put them together."""
        if self.how == "choose":
            part = next(part for part in self.parts if part.when is None or part.when.meets(given.scored))
            priced = part.allocation.price(given.within(f"parts.{part.code}.allocation", given.hours_present))
            chosen = self._line("choose", part.code, given, priced.pence, {"title": part.title})
            return Priced((*priced.steps, chosen), priced.staff_pence, priced.hours_left)
        steps: list[Step] = []
        amounts: dict[str, Exact] = {}
        staff: dict[str, Exact] = {}
        left = given.hours_present
        left_by: dict[str, Mapping[str, Present] | None] = {}
        for part in self.parts:
            priced = part.allocation.price(given.within(f"parts.{part.code}.allocation", left))
            if self.how == "sum" and priced.hours_left is not None:
                left = priced.hours_left  # an hour that is there comes off one part, not off each
            amounts[part.code], staff[part.code] = priced.pence, priced.staff_pence
            left_by[part.code] = priced.hours_left
            steps += [
                *priced.steps,
                self._line("part", part.code, given, priced.pence, {"title": part.title}),
            ]
        names = [name_of(code, "part") for code in amounts]
        most = max(amounts, key=lambda code: amounts[code])
        together = given.money(
            f"composite.{self.how}",
            rule=given.rule,
            source=self.source,
            words={"parts": ", ".join(part.title for part in self.parts)},
            arithmetic=" + ".join(names) if self.how == "sum" else f"max({', '.join(names)})",
            result=sum(amounts.values()) if self.how == "sum" else amounts[most],
            numbers={name: (pence, given.unit) for name, pence in zip(names, amounts.values(), strict=True)},
        )
        if self.how == "sum":
            return Priced((*steps, together), tidy(sum(staff.values())), left)
        return Priced((*steps, together), staff[most], left_by[most])

    def _line(self, kind: str, part: str, given: Pricing, pence: Exact, words: dict[str, str]) -> Step:
        return given.money(
            f"composite.{kind}",
            rule=f"{given.rule}.parts.{part}",
            source=self.source,
            words=words,
            arithmetic="amount",
            result=pence,
            numbers={"amount": (pence, given.unit)},
        )

    def faults(self, asked: Questions) -> Iterator[Fault]:
        """Each part makes sense, they are not too many, and where one is chosen every child meets one."""
        if self.tables() > MOST_TABLES:
            yield ("parts",), "too-many", f"More than {MOST_TABLES} allocations are put together here."
            return
        if self.how == "choose":
            yield from matching.first_match_faults("parts", [part.when for part in self.parts])
        for number, part in enumerate(self.parts):
            here = ("parts", number)
            if part.code in {other.code for other in self.parts[:number]}:
                yield (*here, "code"), "repeated-code", f"'{part.code}' is there twice; codes are used once."
            if self.how != "choose" and part.when is not None:
                yield (*here, "when"), "unknown-field", "Only parts that are chosen have a condition."
            if not part.allocation.gives_money():
                message = "A part that gives a level and no amount adds nothing."
                yield (*here, "allocation", "variant"), "never-counts", message
            for where, code, message in part.allocation.faults(asked):
                yield (*here, "allocation", *where), code, message

    def tables(self) -> int:
        """How many variants are put together, counted through every level."""
        inner = (part.allocation for part in self.parts)
        return sum(each.tables() if isinstance(each, Composite) else 1 for each in inner)

    def conditions(self) -> Iterator[tuple[Place, Condition]]:
        """The parts' conditions, and those within them."""
        for number, part in enumerate(self.parts):
            if part.when is not None:
                yield ("parts", number, "when"), part.when
            for where, condition in part.allocation.conditions():
                yield ("parts", number, "allocation", *where), condition

    def uses_score(self) -> bool:
        """Where any part does."""
        chosen_by_score = matching.uses_score([part.when for part in self.parts])
        return chosen_by_score or any(part.allocation.uses_score() for part in self.parts)

    def reads_answers(self) -> bool:
        """Where any part does."""
        chosen_by_answers = matching.reads_answers([part.when for part in self.parts])
        return chosen_by_answers or any(part.allocation.reads_answers() for part in self.parts)

    def resource_modes(self) -> frozenset[str]:
        """What makes sense in any part: it counts there, once."""
        return frozenset().union(*(part.allocation.resource_modes() for part in self.parts))

    def pays_staff_hours(self) -> bool:
        """Where any part does."""
        return any(part.allocation.pays_staff_hours() for part in self.parts)

    def thresholds(self) -> Iterator[Exact]:
        """Those of the parts."""
        yield from matching.thresholds([part.when for part in self.parts])
        for part in self.parts:
            yield from part.allocation.thresholds()

    def in_words(self, unit: Unit) -> Iterator[str]:
        """How the parts are put together, and each of them."""
        yield {
            "sum": "The amount is the sum of the parts below.",
            "max": "The amount is the most of the parts below.",
            "choose": "The first of the parts below that is for your child is used.",
        }[self.how]
        for part in self.parts:
            yield f"{part.title}:"
            yield from part.allocation.in_words(unit)
