"""When a rule applies to a child: by age and by the circumstances the policy asks for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from ras.records import Code, Record, Whole

Age = Annotated[int, Field(strict=True, ge=0, le=130)]
"""Completed years of age."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules may depend on besides needs.

    Attributes:
        age: Completed years on the effective date.
        choices: For each circumstance with choices, the one chosen.
        counts: For each circumstance that asks how many, the number.
    """

    age: int
    choices: Mapping[str, str]
    counts: Mapping[str, int]


class AgeBand(Record):
    """Ages in completed years: `from_age` is in the band, `before_age` is the first that is not."""

    from_age: Age = 0
    """The youngest age in the band."""
    before_age: Age
    """The first age past the band."""


class CircumstanceTest(Record):
    """A test of one circumstance."""

    circumstance: Code
    """The circumstance's code."""
    is_one_of: Annotated[tuple[Code, ...], Field(min_length=1)] | None = None
    """For a circumstance with choices: any of these."""
    at_least: Whole | None = None
    """For a number: this many or more."""
    at_most: Whole | None = None
    """For a number: this many or fewer."""

    def holds(self, facts: Facts) -> bool:
        """Whether the child's answer passes."""
        if self.is_one_of is not None:
            return facts.choices.get(self.circumstance) in self.is_one_of
        count = facts.counts[self.circumstance]
        return (self.at_least is None or count >= self.at_least) and (
            self.at_most is None or count <= self.at_most
        )


class Condition(Record):
    """When a rule applies: every part that is given must hold."""

    age: AgeBand | None = None
    """The ages it applies to; left out, all."""
    circumstances: tuple[CircumstanceTest, ...] = ()
    """Tests of circumstances; all must pass."""

    def holds(self, facts: Facts) -> bool:
        """Whether the rule applies to this child."""
        in_band = self.age is None or self.age.from_age <= facts.age < self.age.before_age
        return in_band and all(test.holds(facts) for test in self.circumstances)

    def tests(self) -> Iterator[tuple[int, CircumstanceTest]]:
        """The tests with their places, for checking references."""
        yield from enumerate(self.circumstances)
