"""Our side: the same policy and plans, through what the engine offers to everybody."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import ras
from benchmarks.peers.drawn import DrawnPlan
from ras.compiled import compiled
from ras.indicative import Indicative
from ras.plan import Circumstance, Levels, Need, Resource, ResourceKind
from ras.working import Horizon

POLICY = ras.read_policy(Path(__file__).with_name("policy.yaml").read_text())
"""The policy that every side has."""
DOMAINS = tuple(domain.code for domain in POLICY.domains)
"""Its areas."""
STARTS_ON, EFFECTIVE_ON = date(2026, 9, 1), date(2026, 10, 1)
"""When every plan starts, and the day its amount is for."""


def as_plan(drawn: DrawnPlan) -> ras.Plan:
    """A drawn plan as the engine reads it."""
    levels = {domain.code: domain.levels for domain in POLICY.domains}
    contributions = POLICY.resources_present.contributions
    return ras.Plan(
        born_on=date(EFFECTIVE_ON.year - drawn["age"], 1, 31),
        starts_on=STARTS_ON,
        needs=tuple(
            Need(domain=code, levels=Levels(short=levels[code][place].code))
            for code, place in drawn["levels"].items()
        ),
        resources=tuple(
            Resource(
                domain=code,
                kind=ResourceKind.FAMILY,
                contribution=contributions[place - 1].code,
                willing_and_able=True,
                will_last=True,
            )
            for code, place in drawn["present"].items()
        ),
        circumstances=(
            Circumstance(circumstance="area", choice=drawn["area"]),
            Circumstance(circumstance="siblings", count=drawn["siblings"]),
        ),
    )


def as_estimate(drawn: DrawnPlan) -> dict[str, Any]:
    """A drawn plan as the public side takes it."""
    levels = {domain.code: domain.levels for domain in POLICY.domains}
    contributions = POLICY.resources_present.contributions
    return {
        "on": EFFECTIVE_ON.isoformat(),
        "age": drawn["age"],
        "needs": [
            {"domain": code, "level": levels[code][place].code} for code, place in drawn["levels"].items()
        ],
        "resources": [
            {"domain": code, "kind": "family", "contribution": contributions[place - 1].code}
            for code, place in drawn["present"].items()
        ],
        "circumstances": [
            {"circumstance": "area", "choice": drawn["area"]},
            {"circumstance": "siblings", "count": drawn["siblings"]},
        ],
    }


def worked_out(plan: ras.Plan) -> Indicative:
    """The indicative amount with its whole working: what a peer works out too."""
    return compiled(POLICY).amounts(plan, on=EFFECTIVE_ON)[Horizon.SHORT]


def assessed(plan: ras.Plan) -> ras.Assessment:
    """Assess a plan: the same, with the plan's cost and the record that is kept."""
    return ras.assess(plan, POLICY, effective_on=EFFECTIVE_ON)


def pence(drawn: Iterable[DrawnPlan]) -> list[int]:
    """The indicative amount of every plan in turn, in pence a year."""
    return [assessed(as_plan(plan)).indicative_annual_pence for plan in drawn]
