"""What an allocation variant is: the file that holds one tells the whole of it.

A variant is a record of typed parameters with a formula on one child's score or answers, the
sentences that explain it and the checks its parameters must pass. A file in this folder that
defines one is found by itself: nothing else has to change.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

from ras.conditions import Condition, Facts, Questions, Scored
from ras.money import Rounding
from ras.records import Exact, Line, Record, tidy
from ras.working import Horizon, Plainer, Step, Unit, step

Fault = tuple[tuple[str | int, ...], str, str]
"""A mistake in a policy: where (within the record that reports it), its code, and a sentence."""

Place = tuple[str | int, ...]

BY_SCORE = frozenset({"none", "in-descriptors", "points", "fraction", "carer-sum"})
"""The modes of resources present that make sense where points are priced."""
BY_ANSWERS = frozenset({"none", "in-descriptors", "carer-sum"})
"""Those that do where no score is: nothing can be taken off points that are not counted."""


class Present(NamedTuple):
    """Hours that are already there in one domain."""

    hours: Exact
    givers: str


@dataclass(frozen=True, slots=True)
class Pricing:
    """What money is worked out from at one horizon, and how its lines are written.

    Attributes:
        scored: The score, the answers and the facts.
        unit: The money unit of the policy.
        horizon: The horizon being scored.
        each_line: How every line of money is rounded, where the policy rounds each; else None.
        hours_present: Hours already there, by domain, where the policy subtracts hours.
        rule: The path of the allocation in the policy document.
    """

    scored: Scored
    unit: Unit
    horizon: Horizon
    each_line: Rounding | None = None
    hours_present: Mapping[str, Present] | None = None
    rule: str = "allocation"

    @property
    def points(self) -> Exact:
        """The score after resources present; not negative."""
        return self.scored.points

    @property
    def facts(self) -> Facts:
        """The child's age and circumstances."""
        return self.scored.facts

    def within(self, place: str, hours_left: Mapping[str, Present] | None) -> "Pricing":
        """The same for an allocation that is a part of this one, with so many hours still to come off."""
        return replace(self, rule=f"{self.rule}.{place}", hours_present=hours_left)

    def money(
        self,
        kind: str,
        *,
        rule: str,
        source: str,
        arithmetic: str,
        result: Exact,
        unit: Unit | None = None,
        words: Mapping[str, str] | None = None,
        numbers: Mapping[str, tuple[Exact, Unit]] | None = None,
    ) -> Step:
        """A line of money, rounded where the policy rounds each line."""
        words, numbers = dict(words or {}), dict(numbers or {})
        if self.each_line is not None:
            words["mode"] = self.each_line.mode_in_words
            numbers["step"] = (self.each_line.step_pence, Unit.PENCE)
            arithmetic, result = self.each_line.around(arithmetic), self.each_line.apply(result)
        return step(
            kind,
            horizon=self.horizon,
            rule=rule,
            source=source,
            words=words,
            arithmetic=arithmetic,
            result=tidy(result),
            unit=unit or self.unit,
            numbers=numbers,
        )


class Priced(NamedTuple):
    """What an allocation comes to."""

    steps: tuple[Step, ...]
    """The working; the result of the last is the amount."""
    staff_pence: Exact = 0
    """The part of it that pays for hours of staff."""
    hours_left: Mapping[str, Present] | None = None
    """Hours already there that have not come off anything yet; None where none were looked at."""

    @property
    def pence(self) -> Exact:
        """The amount, in pence in the policy's money period."""
        return self.steps[-1].result.number


class Variant(Record, ABC):
    """One way of turning a score or answers into money.

    A subclass adds `variant: Literal["its-name"]` and its parameters.
    """

    sentences: ClassVar[Mapping[str, str]]
    """For each kind of step the variant writes, the sentence a family reads."""
    plainer: ClassVar[Mapping[str, Plainer]] = {}
    """Shorter sentences, for steps in which an input changes nothing."""

    variant: Any
    """Which variant this is."""
    source: Line
    """Where the table or formula is published."""

    @abstractmethod
    def price(self, given: Pricing) -> Priced:
        """The amount, in exact pence in the policy's money period, with its working."""

    @abstractmethod
    def faults(self, asked: Questions) -> Iterator[Fault]:
        """What is wrong with the parameters, taken together and with the policy's questions."""

    @abstractmethod
    def in_words(self, unit: Unit) -> Iterator[str]:
        """The table or formula in plain sentences, as published on the Local Offer."""

    def conditions(self) -> Iterator[tuple[Place, Condition]]:
        """The conditions among the parameters, with their places, so that references are checked."""
        yield from ()

    def uses_score(self) -> bool:
        """Whether points are added up for it. Where not, levels need no points."""
        return True

    def reads_answers(self) -> bool:
        """Whether the amount depends on single answers, and not only on the score."""
        return False

    def resource_modes(self) -> frozenset[str]:
        """The modes of resources present in which what is there can count."""
        return BY_SCORE

    def pays_staff_hours(self) -> bool:
        """Whether a part of the amount pays for hours of staff."""
        return False

    def gives_money(self) -> bool:
        """Whether it comes to an amount; where not, to a level only."""
        return True

    def thresholds(self) -> Iterator[Exact]:
        """The scores at which the amount can jump or change its slope."""
        yield from ()
