"""From a child's place in the caseload to the answers of a plan: levels, resources, circumstances.

The net score is decided first, by how severe the child's needs are in the caseload; levels are
drawn around it, and the resources present make up the difference. Points are read from the policy
only to aim: what a plan is worth is always worked out by `ras.assess`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Final, NamedTuple, TypeVar

from app.demonstration.monitoring import pick
from ras.policy.configuration import PolicyConfiguration
from ras.records import Exact, exact

NET_SCORES: Final = (
    (0.000, 0.000),
    (0.010, 0.005),
    (0.100, 0.070),
    (0.250, 0.125),
    (0.500, 0.215),
    (0.750, 0.350),
    (0.900, 0.510),
    (0.970, 0.720),
    (1.000, 1.000),
)
"""For shares of children, from the least need to the most, the net score that is not exceeded, as a share
of the policy's most points. Invented: many children with a little need, few with very much."""
AREAS: Final = {"town": 64, "village": 27, "remote": 9}
"""Where families live, in invented per cent."""
DISABLED_SIBLINGS: Final = {0: 84, 1: 13, 2: 3}
"""How many brothers and sisters are disabled too, in invented per cent of families."""
MOST_NATURAL_SUPPORT: Final = 0.15
"""Resources present are drawn up to this share of the policy's most points, and made to fit the levels."""

Item = TypeVar("Item")


class Present(NamedTuple):
    """A resource that counts today: the place of its domain in the policy, and its contribution's code."""

    domain: int
    contribution: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What decides a child's amount today.

    Attributes:
        levels: For each domain of the policy, the place of the level among its levels.
        present: The resources that count.
        area: A code of `AREAS`.
        siblings: How many brothers and sisters at home are disabled as well.
        net_score: Points after resources present, before scaling.
    """

    levels: tuple[int, ...]
    present: tuple[Present, ...]
    area: str
    siblings: int
    net_score: Exact


class Points:
    """A policy's weighted points, for aiming at a score."""

    def __init__(self, policy: PolicyConfiguration) -> None:
        """Read the points of a policy whose resources present are subtracted as points."""
        weights = [exact(domain.weight) for domain in policy.domains]
        contributions = [(c.code, exact(c.points or "0")) for c in policy.resources_present.contributions]
        self.levels: list[list[Exact]] = [
            [weight * exact(level.points) for level in domain.levels]
            for weight, domain in zip(weights, policy.domains, strict=True)
        ]
        """For each domain, the points of each level."""
        self.contributions: list[list[tuple[str, Exact]]] = [
            [(code, weight * points) for code, points in reversed(contributions) if points > 0]
            for weight in weights
        ]
        """For each domain, each contribution that is worth anything, from the most to the least."""

    @property
    def most(self) -> Exact:
        """The highest score there is."""
        return sum(levels[-1] for levels in self.levels)

    def of(self, levels: Sequence[int]) -> list[Exact]:
        """The points of a level in each domain."""
        return [points[level] for points, level in zip(self.levels, levels, strict=True)]


def draw_answers(rng: Random, severity: float, points: Points) -> Answers:
    """Draw the answers of a child whose needs are greater than those of so many others.

    Args:
        rng: The child's own source of chance.
        severity: The share of the caseload with less need, from 0 up to but not including 1.
        points: The points of the policy.
    """
    area, siblings = pick(rng, AREAS), pick(rng, DISABLED_SIBLINGS)
    aim = int(net_score_share(severity) * points.most + 0.5)
    levels = _draw_levels(rng, aim, points)
    needs = points.of(levels)
    present = _draw_present(rng, needs, sum(needs) - aim, points)
    worth = [dict(contributions) for contributions in points.contributions]
    return Answers(
        levels=tuple(levels),
        present=tuple(sorted(present)),
        area=area,
        siblings=siblings,
        net_score=sum(needs) - sum(worth[domain][contribution] for domain, contribution in present),
    )


def net_score_share(severity: float) -> float:
    """The net score of a child's place in the caseload, as a share of the most points.

    >>> net_score_share(0.5), net_score_share(0.0)
    (0.215, 0.0)
    """
    for (below, low), (above, high) in pairwise(NET_SCORES):
        if severity < above:
            return low + (high - low) * (severity - below) / (above - below)
    return NET_SCORES[-1][1]


def any_of(rng: Random, items: Sequence[Item]) -> Item:
    """One of the items, each as often as another."""
    return items[int(rng.random() * len(items))]


def _draw_levels(rng: Random, aim: Exact, points: Points) -> list[int]:
    """Levels that make at least the score aimed at, and leave some room for resources present."""
    wanted = min(points.most, aim + MOST_NATURAL_SUPPORT * float(points.most) * rng.random())
    # whole numbers, because sums of floats differ between versions of Python
    emphasis = [(40 + int(100 * rng.random())) * ladder[-1] for ladder in points.levels]
    levels = [
        _nearest(ladder, wanted * float(part / sum(emphasis)))
        for ladder, part in zip(points.levels, emphasis, strict=True)
    ]
    while sum(points.of(levels)) < max(aim, 1):
        lowest = min(levels)
        levels[any_of(rng, [n for n, level in enumerate(levels) if level == lowest])] += 1
    for n, ladder in enumerate(points.levels):
        lower = max(0, levels[n] - 1)
        if sum(points.of(levels)) - ladder[levels[n]] + ladder[lower] >= max(wanted, 1):
            levels[n] = lower
    return levels


def _nearest(ladder: list[Exact], wanted: float) -> int:
    """The place of the level whose points are nearest, the lower of two as near."""
    return min(range(len(ladder)), key=lambda place: abs(ladder[place] - wanted))


def _draw_present(rng: Random, needs: list[Exact], gap: Exact, points: Points) -> list[Present]:
    """Resources that take the gap off the score, none of them more than its domain's need."""
    room = list(needs)
    present: list[Present] = []
    while gap > 0:
        fitting = [
            (worth, Present(domain, code))
            for domain, contributions in enumerate(points.contributions)
            for code, worth in contributions
            if worth <= min(gap, room[domain])
        ]
        if not fitting:
            break
        worth = max(worth for worth, _ in fitting)
        given = any_of(rng, [given for each, given in fitting if each == worth])
        present.append(given)
        room[given.domain] -= worth
        gap -= worth
    return present
