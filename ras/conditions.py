"""When a rule applies to a child: by age, key stage and circumstances, and by what the answers come to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field

from ras.records import Code, Exact, PositiveText, Record, Whole, exact

Age = Annotated[int, Field(strict=True, ge=0, le=130)]
"""Completed years of age."""


class KeyStage(StrEnum):
    """The stage of schooling a child's age puts them in (Education Act 2002, section 82)."""

    EARLY_YEARS = "early-years"
    """Before Year 1."""
    ONE = "key-stage-1"
    """Years 1 and 2."""
    TWO = "key-stage-2"
    """Years 3 to 6."""
    THREE = "key-stage-3"
    """Years 7 to 9."""
    FOUR = "key-stage-4"
    """Years 10 and 11."""
    POST_16 = "post-16"
    """After Year 11."""

    @classmethod
    def of_year(cls, year: int) -> "KeyStage":
        """The stage of a school year; Reception is year 0.

        >>> [KeyStage.of_year(year).value for year in (0, 6, 7, 12)]
        ['early-years', 'key-stage-2', 'key-stage-3', 'post-16']
        """
        last_years = {cls.EARLY_YEARS: 0, cls.ONE: 2, cls.TWO: 6, cls.THREE: 9, cls.FOUR: 11}
        return next((stage for stage, last in last_years.items() if year <= last), cls.POST_16)


class Facts(NamedTuple):
    """What rules may depend on besides needs.

    Attributes:
        age: Completed years on the effective date.
        months: Completed months of age on the effective date.
        key_stage: The stage of the school year in which the effective date falls.
        choices: For each circumstance with choices, the one chosen.
        counts: For each circumstance that asks how many, the number.
    """

    age: int
    months: int
    key_stage: KeyStage
    choices: Mapping[str, str]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered in one domain at one horizon.

    Attributes:
        code: The level's code, or `no-need`.
        title: What people read.
        rank: The level's place among the domain's, from 0; -1 for no need.
        ranks: The places of all of the domain's levels, by code.
        points: Weighted points left after resources present.
    """

    code: str
    title: str
    rank: int
    ranks: Mapping[str, int]
    points: Exact


class Scored(NamedTuple):
    """What a rule about needs may look at.

    Attributes:
        points: The score after resources present.
        answers: The answers by domain, of those that are asked.
        facts: The child's age and circumstances.
    """

    points: Exact
    answers: Mapping[str, Answered]
    facts: Facts


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
    key_stages: Annotated[tuple[KeyStage, ...], Field(min_length=1)] | None = None
    """The stages of schooling it applies to, by the school year of the effective date; left out, all."""
    circumstances: tuple[CircumstanceTest, ...] = ()
    """Tests of circumstances; all must pass."""

    def holds(self, facts: Facts) -> bool:
        """Whether the rule applies to this child."""
        in_band = self.age is None or self.age.from_age <= facts.age < self.age.before_age
        at_stage = self.key_stages is None or facts.key_stage in self.key_stages
        return in_band and at_stage and all(test.holds(facts) for test in self.circumstances)

    def meets(self, scored: Scored) -> bool:
        """Whether the rule applies to a child whose answers came to this."""
        return self.holds(scored.facts)


class ScoreRange(Record):
    """Scores after resources present: `at_least` is in the range, `below` is the first that is not."""

    at_least: PositiveText | None = None
    """The lowest score, as text."""
    below: PositiveText | None = None
    """The first score past the range, as text."""

    def __contains__(self, points: Exact) -> bool:
        return (self.at_least is None or points >= exact(self.at_least)) and (
            self.below is None or points < exact(self.below)
        )


class AnswerTest(Record):
    """A test of one domain's answer, by the order of its levels."""

    domain: Code
    """The domain's code. A domain that is not asked of a child passes no test."""
    at_least: Code | None = None
    """This level or one of more need."""
    at_most: Code | None = None
    """This level or one of less need."""

    def meets(self, scored: Scored) -> bool:
        """Whether the answer passes."""
        given = scored.answers.get(self.domain)
        return (
            given is not None
            and (self.at_least is None or given.rank >= given.ranks[self.at_least])
            and (self.at_most is None or given.rank <= given.ranks[self.at_most])
        )


class Reached(Record):
    """A count of domains: in how many is the answer a level, or one of more need?"""

    level: Code
    """The level's code, as in the domains that are counted. Others are left out of the count."""
    domains: Annotated[tuple[Code, ...], Field(min_length=1)] | None = None
    """The domains counted; left out, all that have such a level."""
    at_least: Annotated[int, Field(strict=True, ge=1, le=100)]
    """In how many of them."""

    def meets(self, scored: Scored) -> bool:
        """Whether there are enough."""
        reached = (
            answered.rank >= answered.ranks[self.level]
            for domain, answered in scored.answers.items()
            if self.level in answered.ranks and (self.domains is None or domain in self.domains)
        )
        return sum(reached) >= self.at_least


class Requirement(Condition):
    """When a rule about needs applies: every part that is given must hold."""

    score: ScoreRange | None = None
    """Scores after resources present; left out, all."""
    answers: tuple[AnswerTest, ...] = ()
    """Tests of single answers; all must pass."""
    reached: tuple[Reached, ...] = ()
    """Counts of levels reached; all must pass."""

    def meets(self, scored: Scored) -> bool:
        """Whether the rule applies to a child whose answers came to this."""
        return (
            self.holds(scored.facts)
            and (self.score is None or scored.points in self.score)
            and all(test.meets(scored) for test in self.answers)
            and all(count.meets(scored) for count in self.reached)
        )

    @property
    def reads_answers(self) -> bool:
        """Whether it looks at single answers, and not only at the score."""
        return bool(self.answers or self.reached)

    def thresholds(self) -> Iterator[Exact]:
        """The scores at which it begins or ceases to hold."""
        if self.score is not None:
            yield from (exact(text) for text in (self.score.at_least, self.score.below) if text is not None)


def covers(earlier: Condition, later: Condition) -> bool:
    """Whether the two conditions alone show that every child who meets the later one meets the earlier one.

    >>> low, high = (Requirement(score=ScoreRange(at_least=score)) for score in ("10", "30"))
    >>> covers(low, high), covers(high, low), covers(Condition(), high)
    (True, False, True)
    """
    age, ages = earlier.age, later.age
    stages = earlier.key_stages
    is_wider = (
        (
            age is None
            or (ages is not None and age.from_age <= ages.from_age <= ages.before_age <= age.before_age)
        )
        and (stages is None or (later.key_stages is not None and {*later.key_stages} <= {*stages}))
        and all(test in later.circumstances for test in earlier.circumstances)
    )
    if not isinstance(earlier, Requirement) or not is_wider:
        return is_wider
    if not isinstance(later, Requirement):
        return earlier.score is None and not earlier.reads_answers
    return (
        (earlier.score is None or (later.score is not None and _holds_range(earlier.score, later.score)))
        and all(test in later.answers for test in earlier.answers)
        and all(count in later.reached for count in earlier.reached)
    )


def _holds_range(outer: ScoreRange, inner: ScoreRange) -> bool:
    from_least = outer.at_least is None or (
        inner.at_least is not None and exact(inner.at_least) >= exact(outer.at_least)
    )
    return from_least and (
        outer.below is None or (inner.below is not None and exact(inner.below) <= exact(outer.below))
    )


@dataclass(frozen=True, slots=True)
class Questions:
    """What a policy asks, for whoever refers to it.

    Attributes:
        levels: By domain, the codes of its answers from the least help to the most; `no-need` first, where
            the domain has it.
        asked_of_all: The domains that are asked of every child.
        choices: By circumstance, the codes of its choices; None where it asks how many.
    """

    levels: Mapping[str, tuple[str, ...]]
    asked_of_all: frozenset[str]
    choices: Mapping[str, tuple[str, ...] | None]

    def counts(self, circumstance: str) -> bool:
        """Whether there is such a circumstance, and it asks how many."""
        return circumstance in self.choices and self.choices[circumstance] is None
