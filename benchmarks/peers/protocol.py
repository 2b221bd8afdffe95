"""What a peer's process says: its versions and pence first, then a line for each round it is asked for."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

from benchmarks.peers.drawn import DrawnPlan
from benchmarks.peers.timing import timed


@dataclass(frozen=True, slots=True)
class Way:
    """One way of evaluating.

    Attributes:
        plans: The plans, made ready for it.
        evaluate: Evaluates one; gives the pence.
    """

    plans: Sequence[Any]
    evaluate: Callable[[Any], int]


def plans_given() -> list[DrawnPlan]:
    """The plans in the file that the command names."""
    plans: list[DrawnPlan] = json.loads(Path(sys.argv[1]).read_text())
    return plans


def answer(ways: Mapping[str, Way], *, packages: Sequence[str]) -> None:
    """Say the versions and each plan's pence in every way, then time as asked: a line `round WAY SECONDS`."""
    _say(
        versions={"Python": python_version()} | {package: version(package) for package in packages},
        pence={name: [way.evaluate(plan) for plan in way.plans] for name, way in ways.items()},
    )
    for line in sys.stdin:
        _, name, seconds = line.split()
        _say(**asdict(timed(ways[name].evaluate, ways[name].plans, seconds=float(seconds))))


def _say(**answer: Any) -> None:
    print(json.dumps(answer), flush=True)
