"""A plan as OpenFisca reads it."""

from typing import Any

from benchmarks.peers.drawn import DrawnPlan

YEAR = "2026"
AMOUNT = "indicative_annual_pence"
PANEL = "above_soft_cap"


def answers(plan: DrawnPlan) -> dict[str, int | str]:
    """The variables that a plan fills in; an area that has nothing already there is left out.

    >>> answers({"age": 9, "area": "town", "siblings": 1, "levels": {"calm": 4}, "present": {}})
    {'calm_level': 4, 'area': 'town', 'siblings': 1}
    """
    return {
        **{f"{code}_level": place for code, place in plan["levels"].items()},
        **{f"{code}_present": place for code, place in plan["present"].items()},
        "area": plan["area"],
        "siblings": plan["siblings"],
    }


def situation(plan: DrawnPlan) -> dict[str, Any]:
    """The plan as a situation, which is also the body of a request to `/calculate`.

    What is asked for is the amount and whether it is above the soft cap.
    """
    given = {**answers(plan), AMOUNT: None, PANEL: None}
    return {"children": {"child": {name: {YEAR: value} for name, value in given.items()}}}
