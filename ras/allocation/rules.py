"""Rules: ordered first match to a level, and no money.

Decision-support tools are so: they say how much help, and a person works out what it costs.
"""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ras.allocation import matching
from ras.allocation.matching import LevelRule
from ras.allocation.variant import BY_ANSWERS, BY_SCORE, Fault, Place, Priced, Pricing, Variant
from ras.conditions import Condition, Questions
from ras.records import Code, DecimalText, Exact, Line, Record, exact
from ras.working import Unit, step


class NamedLevel(Record):
    """A level that has a name and no amount."""

    code: Code
    """Its name for programs."""
    title: Line
    """What people read: "High"."""
    value: DecimalText
    """The number it is published with, as text; it is shown and never priced."""


class Rules(Variant):
    """A level by the first rule that fits. The indicative amount is nothing, and marked so."""

    sentences: ClassVar = {
        "rules.level": "The level is “{level}” ({value}), because {because}.",
        "rules": "These rules give a level and no amount. A person has to work the amount out.",
    }

    variant: Literal["rules"]
    """`rules`."""
    levels: Annotated[tuple[NamedLevel, ...], Field(min_length=1)]
    """From the least help to the most."""
    rules: Annotated[tuple[LevelRule, ...], Field(min_length=1)]
    """In order: the first that fits gives the level; the last has no condition."""

    def price(self, given: Pricing) -> Priced:
        """Find the level."""
        number, rule = next(
            (number, rule)
            for number, rule in enumerate(self.rules)
            if rule.when is None or rule.when.meets(given.scored)
        )
        level = next(level for level in self.levels if level.code == rule.level)
        found = step(
            "rules.level",
            horizon=given.horizon,
            rule=f"{given.rule}.rules.{number}",
            source=self.source,
            words={"level": level.title, "because": rule.because},
            arithmetic="value",
            result=exact(level.value),
            unit=Unit.NUMBER,
            numbers={"value": (exact(level.value), Unit.NUMBER)},
        )
        nothing = given.money("rules", rule=given.rule, source=self.source, arithmetic="0", result=0)
        return Priced((found, nothing))

    def faults(self, asked: Questions) -> Iterator[Fault]:
        """Rules give levels that exist, whose numbers do not fall."""
        yield from matching.level_faults("rules", self.rules, [level.code for level in self.levels])
        for number, (less, more) in enumerate(zip(self.levels, self.levels[1:], strict=False), 1):
            if exact(more.value) < exact(less.value):
                yield (
                    ("levels", number, "value"),
                    "falls",
                    f"“{more.title}” stands above “{less.title}” and has a lower number.",
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

    def gives_money(self) -> bool:
        """It gives a level only."""
        return False

    def thresholds(self) -> Iterator[Exact]:
        """The scores that rules speak of."""
        return matching.thresholds([rule.when for rule in self.rules])

    def in_words(self, unit: Unit) -> Iterator[str]:
        """One sentence for each rule."""
        titles = {level.code: level.title for level in self.levels}
        yield "The first of these that fits your child gives a level. A person then works the amount out:"
        for rule in self.rules:
            yield f"“{titles[rule.level]}”, because {rule.because}."
