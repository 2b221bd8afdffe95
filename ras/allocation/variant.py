"""What an allocation variant is: the file that holds one tells the whole of it.

A variant is a record of typed parameters with a formula on one child's points, the sentences
that explain it and the checks its parameters must pass. A file in this folder that defines one
is found by itself: nothing else has to change.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from ras.conditions import Condition, Facts
from ras.records import Exact, Line, Record
from ras.working import Horizon, Step, Unit

Fault = tuple[tuple[str | int, ...], str, str]
"""A mistake in a policy: where (within the record that reports it), its code, and a sentence."""


class Variant(Record, ABC):
    """One way of turning points into money.

    A subclass adds `variant: Literal["its-name"]` and its parameters.
    """

    sentences: ClassVar[Mapping[str, str]]
    """For each kind of step the variant writes, the sentence a family reads."""

    variant: Any
    """Which variant this is."""
    source: Line
    """Where the table or formula is published."""

    @abstractmethod
    def amount(self, points: Exact, facts: Facts, *, unit: Unit, horizon: Horizon) -> Step:
        """The amount for so many points, in exact pence in the policy's money period.

        Args:
            points: The points left after resources present; not negative.
            facts: The child's age and circumstances, for tables that differ by group.
            unit: The money unit of the policy.
            horizon: The horizon being scored.

        Returns:
            The step of working whose result is the amount.
        """

    @abstractmethod
    def faults(self) -> Iterator[Fault]:
        """What is wrong with the parameters, taken together."""

    def conditions(self) -> Iterator[tuple[tuple[str | int, ...], Condition]]:
        """The conditions among the parameters, with their places, so that references are checked."""
        yield from ()

    @abstractmethod
    def in_words(self, unit: Unit) -> Iterator[str]:
        """The table or formula in plain sentences, as published on the Local Offer."""
