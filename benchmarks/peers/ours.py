"""Our side: the same policy and plans, through what the engine offers to everybody."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import ras
from benchmarks.peers.drawn import DrawnPlan
from ras.plan import Circumstance, Levels, Need, Resource, ResourceKind

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


def assessed(plan: ras.Plan) -> ras.Assessment:
    """Assess a plan with its whole working: what is timed."""
    return ras.assess(plan, POLICY, effective_on=EFFECTIVE_ON)


def pence(drawn: Iterable[DrawnPlan]) -> list[int]:
    """The indicative amount of every plan in turn, in pence a year."""
    return [assessed(as_plan(plan)).indicative_annual_pence for plan in drawn]
