"""Made-up plans as every side can read them."""

import random
from collections.abc import Sequence
from typing import TypedDict

_LEVELS = 5
_CONTRIBUTIONS = 3


class DrawnPlan(TypedDict):
    """A plan in places: 0 is the first level of an area, and 1 the first contribution."""

    age: int
    area: str
    siblings: int
    levels: dict[str, int]
    """The place of the level in every area."""
    present: dict[str, int]
    """The place of the contribution of what is already there, in the areas that have some."""


def draw(domains: Sequence[str], count: int, *, seed: int = 2017) -> list[DrawnPlan]:
    """Draw plans from no need at all to the most: the same seed, the same plans.

    >>> draw(["sleep", "calm"], 100) == draw(["sleep", "calm"], 100) != draw(["sleep", "calm"], 100, seed=1)
    True
    """
    chance = random.Random(seed)  # noqa: S311  made-up plans need no secrecy
    return [_draw(domains, chance) for _ in range(count)]


def _draw(domains: Sequence[str], chance: random.Random) -> DrawnPlan:
    severity = chance.random()
    return DrawnPlan(
        age=chance.randrange(18),
        area=chance.choices(["town", "village", "remote"], weights=[5, 3, 2])[0],
        siblings=chance.choices([0, 1, 2, 3], weights=[6, 2, 1, 1])[0],
        levels={code: sum(chance.random() < severity for _ in range(_LEVELS - 1)) for code in domains},
        present={code: chance.randint(1, _CONTRIBUTIONS) for code in domains if chance.random() < 0.25},
    )
