"""Level table: rules in order give a level, and each level has one amount.

State tiers, SEN bands and the like are so: the level is found first, by the score or by the
answers themselves.
"""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ras.allocation import matching
from ras.allocation.matching import LevelRule
from ras.allocation.variant import BY_ANSWERS, BY_SCORE, Fault, Place, Priced, Pricing, Variant
from ras.conditions import Condition, Questions
from ras.records import Code, Exact, Line, Pence, Record
from ras.working import Quantity, Unit, step


class AmountLevel(Record):
    """A level and what it is worth."""

    code: Code
    """Its name for programs."""
    title: Line
    """What people read: "Level 3"."""
    amount_pence: Pence
    """What it is worth, in pence in the policy's money period."""


class LevelTable(Variant):
    """A level by the first rule that fits, and its amount."""

    sentences: ClassVar = {
        "level-table.level": "The level is “{level}”, because {because}.",
        "level-table": "“{level}” is worth {result}.",
    }

    variant: Literal["level-table"]
    """`level-table`."""
    levels: Annotated[tuple[AmountLevel, ...], Field(min_length=1)]
    """From the least amount to the most."""
    rules: Annotated[tuple[LevelRule, ...], Field(min_length=1)]
    """In order: the first that fits gives the level; the last has no condition."""

    def price(self, given: Pricing) -> Priced:
        """Find the level, and its amount."""
        number, rule = next(
            (number, rule)
            for number, rule in enumerate(self.rules)
            if rule.when is None or rule.when.meets(given.scored)
        )
        place, level = next((n, level) for n, level in enumerate(self.levels) if level.code == rule.level)
        found = step(
            "level-table.level",
            horizon=given.horizon,
            rule=f"{given.rule}.rules.{number}",
            source=self.source,
            words={"level": level.title, "because": rule.because},
            arithmetic="level",
            result=level.title,
            unit=Unit.TEXT,
        )
        worth = given.money(
            "level-table",
            rule=f"{given.rule}.levels.{self.levels[place].code}",
            source=self.source,
            words={"level": level.title},
            arithmetic="amount",
            result=level.amount_pence,
            numbers={"amount": (level.amount_pence, given.unit)},
        )
        return Priced((found, worth))

    def faults(self, asked: Questions) -> Iterator[Fault]:
        """Levels never fall, and rules give levels that exist."""
        yield from matching.level_faults("rules", self.rules, [level.code for level in self.levels])
        for number, (less, more) in enumerate(zip(self.levels, self.levels[1:], strict=False), 1):
            if more.amount_pence < less.amount_pence:
                yield (
                    ("levels", number, "amount_pence"),
                    "falls",
                    f"“{more.title}” stands above “{less.title}” and has less money.",
                )

    def conditions(self) -> Iterator[tuple[Place, Condition]]:
        """Each rule's condition."""
        for number, rule in enumerate(self.rules):
            if rule.when is not None:
                yield ("rules", number, "when"), rule.when

    def uses_score(self) -> bool:
        """Only where a rule looks at the score."""
        return matching.uses_score([rule.when for rule in self.rules])

    def reads_answers(self) -> bool:
        """Where a rule looks at single answers."""
        return matching.reads_answers([rule.when for rule in self.rules])

    def resource_modes(self) -> frozenset[str]:
        """What is there can count only through the score."""
        return BY_SCORE if self.uses_score() else BY_ANSWERS

    def thresholds(self) -> Iterator[Exact]:
        """The scores that rules speak of."""
        return matching.thresholds([rule.when for rule in self.rules])

    def in_words(self, unit: Unit) -> Iterator[str]:
        """One sentence for each rule, and one for each level."""
        titles = {level.code: level.title for level in self.levels}
        yield "The first of these that fits your child gives the level:"
        for rule in self.rules:
            yield f"“{titles[rule.level]}”, because {rule.because}."
        for level in self.levels:
            yield f"“{level.title}” is worth {Quantity.of(level.amount_pence, unit)}."
