"""How fast something evaluates plans one at a time: the same loop for ours and for every peer."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import TypeVar

Prepared = TypeVar("Prepared")


@dataclass(frozen=True, slots=True)
class Timed:
    """How many plans were evaluated, and in how many seconds."""

    evaluations: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Evaluations in a second.

        >>> Timed(evaluations=300, seconds=1.5).per_second
        200.0
        """
        return self.evaluations / self.seconds


def timed(evaluate: Callable[[Prepared], object], plans: Sequence[Prepared], *, seconds: float) -> Timed:
    """Evaluate the plans in turn, over and over, for about so many seconds."""
    started = time.perf_counter()
    for evaluations, plan in enumerate(cycle(plans), 1):
        evaluate(plan)
        took = time.perf_counter() - started
        if took >= seconds:
            return Timed(evaluations, took)
    raise ValueError("there are no plans to evaluate")
