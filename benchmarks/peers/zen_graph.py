"""The policy as a decision graph of zen-engine: one node of expressions, in the order of the calculation.

One node, because that was the fastest: a node for each step costs zen-engine more. Numbers there are
decimals, so that they are exact here: no step divides by anything but a knot's distance and 100.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

Policy = dict[str, Any]
"""A policy document as plain data."""


def graph(policy: Policy) -> dict[str, Any]:
    """The decision graph; its result holds every step of the working and `indicative_annual_pence`.

    It reads a `benchmarks.peers.drawn.DrawnPlan` as it is.
    """
    expressions = [
        {"id": key, "key": key, "value": value}
        for key, value in (
            *_score(policy["domains"], policy["resources_present"]["contributions"]),
            ("allocated", _between_knots(policy["allocation"]["knots"], "$.points_after_resources")),
            *_modified(policy["modifiers"]),
            *_bounded(policy["bounds"]),
            ("indicative_annual_pence", _rounded("$.bounded", policy["rounding"]["step_pence"])),
        )
    ]
    place = {"x": 0, "y": 0}
    return {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": "plan", "name": "plan", "type": "inputNode", "position": place},
            {
                "id": "policy",
                "name": "policy",
                "type": "expressionNode",
                "position": place,
                "content": {"expressions": expressions},
            },
            {"id": "amount", "name": "amount", "type": "outputNode", "position": place},
        ],
        "edges": [
            {"id": "in", "sourceId": "plan", "targetId": "policy", "type": "edge"},
            {"id": "out", "sourceId": "policy", "targetId": "amount", "type": "edge"},
        ],
    }


def _score(domains: list[Policy], contributions: list[Policy]) -> Iterator[tuple[str, str]]:
    codes = [domain["code"] for domain in domains]
    present = f"[{', '.join(contribution['points'] for contribution in contributions)}]"
    for domain in domains:
        code, weight = domain["code"], domain["weight"]
        points = f"[{', '.join(level['points'] for level in domain['levels'])}]"
        yield f"{code}_points", f"{weight} * {points}[levels.{code}]"
    yield "points", " + ".join(f"$.{code}_points" for code in codes)
    for domain in domains:
        code, weight = domain["code"], domain["weight"]
        given = f"present.{code}"
        worth = f"{weight} * {present}[{given} - 1]"
        yield f"{code}_taken_off", f"{given} == null ? 0 : min([$.{code}_points, {worth}])"
    taken_off = " + ".join(f"$.{code}_taken_off" for code in codes)
    yield "points_after_resources", f"$.points - ({taken_off})"


def _between_knots(knots: list[Policy], points: str) -> str:
    """From the highest knot down, the first at or below the points."""
    pieces = str(knots[-1]["amount_pence"])
    found = f"{points} >= {knots[-1]['points']} ? {pieces}"
    for lower, upper in reversed(list(pairwise(knots))):
        low, high = lower["points"], upper["points"]
        rise = upper["amount_pence"] - lower["amount_pence"]
        found += (
            f" : {points} >= {low} ? {lower['amount_pence']} + ({points} - {low}) * {rise} / ({high} - {low})"
        )
    return f"{found} : 0"


def _modified(modifiers: list[Policy]) -> Iterator[tuple[str, str]]:
    remote, siblings = modifiers
    (area,) = remote["when"]["circumstances"]
    (count,) = siblings["when"]["circumstances"]
    areas = ", ".join(f"'{code}'" for code in area["is_one_of"])
    yield "after_area", f"area in [{areas}] ? $.allocated * {remote['factor']} : $.allocated"
    yield (
        "after_siblings",
        f"siblings >= {count['at_least']} ? $.after_area + {siblings['amount_pence']} : $.after_area",
    )


def _bounded(bounds: Policy) -> Iterator[tuple[str, str]]:
    floor, hard_cap = bounds["floor_pence"], bounds["hard_cap_pence"]
    yield (
        "bounded",
        f"$.points_after_resources > 0 and $.after_siblings < {floor} ? {floor} "
        f": $.after_siblings > {hard_cap} ? {hard_cap} : $.after_siblings",
    )
    yield "above_soft_cap", f"$.bounded > {bounds['soft_cap_pence']} and $.after_siblings <= {hard_cap}"


def _rounded(pence: str, step_pence: int) -> str:
    """Half-up, of an amount that is not negative."""
    return f"floor({pence} / {step_pence} + 0.5) * {step_pence}"
