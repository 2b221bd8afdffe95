"""From answers to points: where a level becomes points, and where resources present come off, once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from ras.conditions import Facts
from ras.fit import answer
from ras.plan import Plan, Resource
from ras.policy.configuration import (
    Domain,
    FractionSubtracted,
    InsideDescriptors,
    NoResourcesPresent,
    PointsSubtracted,
    PolicyConfiguration,
)
from ras.records import Exact, exact, tidy
from ras.working import Horizon, Plainer, Step, Unit, name_of, step

SENTENCES = {
    "score.domain": (
        "{domain}: {level}. That is {level_points}, times a weight of {weight}, which makes {result}."
    ),
    "score.not-asked": "{domain} is not asked of this child, so it is left out.",
    "score.total": "All areas together, times {scale}, make {result}.",
    "resources.none": "What family, community and services give is recorded and changes nothing here.",
    "resources.in-descriptors": (
        "What family, community and services already give is part of the description of each level, "
        "so nothing more is taken off."
    ),
    "resources.not-counted": (
        "{domain}: nothing is taken off for {giver} ({contribution}), because {because}."
    ),
    "resources.points": (
        "{domain}: what is already there ({givers}) is worth {present}, times the weight of {weight}. It "
        "can take off no more than this area's {need}. Taken off: {result}."
    ),
    "resources.fraction": (
        "{domain}: what is already there ({givers}) covers {present} of this area's {need}, and never "
        "more than all of it. Taken off: {result}."
    ),
    "resources.total": "{score}, less {taken_off} times {scale} for what is already there, leaves {result}.",
}

PLAINER = {
    "score.domain": Plainer("weight", "1", "{domain}: {level}. That is {result}."),
    "score.total": Plainer("scale", "1", "All areas together make {result}."),
    "resources.points": Plainer(
        "weight",
        "1",
        "{domain}: what is already there ({givers}) is worth {present}. It can take off no more than this "
        "area's {need}. Taken off: {result}.",
    ),
    "resources.total": Plainer(
        "scale", "1", "{score}, less {taken_off} for what is already there, leaves {result}."
    ),
}


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one horizon.

    Attributes:
        before: Points before resources present.
        after: Points after; what the allocation prices.
        steps: The working.
    """

    before: Exact
    after: Exact
    steps: tuple[Step, ...]


def score(plan: Plan, policy: PolicyConfiguration, horizon: Horizon, facts: Facts) -> Score:
    """Add up the weighted points of every domain asked, then take resources present off, once.

    The plan must fit the policy (`ras.fit.refuse_misfit`).
    """
    steps: list[Step] = []
    points: dict[str, Exact] = {}
    for domain in policy.domains:
        line = _score_domain(plan, domain, horizon, facts)
        steps.append(line)
        if line.kind == "score.domain":
            points[domain.code] = line.result.number
    scale = exact(policy.scoring.scale)
    before = tidy(sum(points.values()) * scale)
    names = [name_of(code) for code in points]
    steps.append(
        step(
            "score.total",
            horizon=horizon,
            rule="scoring",
            source=policy.scoring.source,
            arithmetic=f"({' + '.join(names) or '0'}) * scale",
            result=before,
            unit=Unit.POINTS,
            numbers={
                "scale": (scale, Unit.NUMBER),
                **{name_of(code): (value, Unit.POINTS) for code, value in points.items()},
            },
        )
    )
    taken_off, resource_steps = _resources_present(plan, policy, horizon, points)
    steps += resource_steps
    after = tidy(before - taken_off * scale)
    if isinstance(policy.resources_present, PointsSubtracted | FractionSubtracted):
        steps.append(
            step(
                "resources.total",
                horizon=horizon,
                rule="resources_present",
                source=policy.resources_present.source,
                arithmetic="score - taken_off * scale",
                result=after,
                unit=Unit.POINTS,
                numbers={
                    "score": (before, Unit.POINTS),
                    "taken_off": (taken_off, Unit.POINTS),
                    "scale": (scale, Unit.NUMBER),
                },
            )
        )
    return Score(before=before, after=after, steps=tuple(steps))


def _score_domain(plan: Plan, domain: Domain, horizon: Horizon, facts: Facts) -> Step:
    level = answer(plan, domain, horizon, facts)
    if level is None:
        return step(
            "score.not-asked",
            horizon=horizon,
            rule=f"domains.{domain.code}.applies_if",
            source=domain.source,
            words={"domain": domain.title},
            arithmetic="0",
            result=0,
            unit=Unit.POINTS,
        )
    weight, level_points = exact(domain.weight), exact(level.points)
    return step(
        "score.domain",
        horizon=horizon,
        rule=f"domains.{domain.code}.levels.{level.code}",
        source=domain.source,
        words={"domain": domain.title, "level": level.title},
        arithmetic="weight * level_points",
        result=tidy(weight * level_points),
        unit=Unit.POINTS,
        numbers={"weight": (weight, Unit.NUMBER), "level_points": (level_points, Unit.POINTS)},
    )


def _resources_present(
    plan: Plan, policy: PolicyConfiguration, horizon: Horizon, points: dict[str, Exact]
) -> tuple[Exact, list[Step]]:
    """What comes off the score before scaling, with its working."""
    rules = policy.resources_present
    match rules:
        case NoResourcesPresent() | InsideDescriptors():
            line = step(
                f"resources.{rules.mode}",
                horizon=horizon,
                rule="resources_present.mode",
                source=rules.source,
                arithmetic="0",
                result=0,
                unit=Unit.POINTS,
            )
            return 0, [line]
        case PointsSubtracted() | FractionSubtracted():
            steps = [
                line
                for domain in policy.domains
                if domain.code in points
                for line in _domain_resources(plan, policy, domain, horizon, points[domain.code])
            ]
            return tidy(sum(line.result.number for line in steps)), steps
        case _:
            assert_never(rules)


def _domain_resources(
    plan: Plan, policy: PolicyConfiguration, domain: Domain, horizon: Horizon, need: Exact
) -> Iterator[Step]:
    counted: list[Resource] = []
    for resource in sorted(
        (resource for resource in plan.resources if resource.domain == domain.code),
        key=lambda resource: (
            resource.kind.value,
            policy.contributions[resource.contribution][0],
            resource.willing_and_able,
        ),
    ):
        if resource.horizons is not None and horizon not in resource.horizons:
            continue
        if resource.counts_at(horizon):
            counted.append(resource)
            continue
        yield step(
            "resources.not-counted",
            horizon=horizon,
            rule="resources_present",
            source=policy.resources_present.source,
            words={
                "domain": domain.title,
                "giver": resource.kind.value,
                "contribution": policy.contributions[resource.contribution][1].title,
                "because": (
                    "it will not last" if resource.willing_and_able else "it is not freely and ably given"
                ),
            },
            arithmetic="0",
            result=0,
            unit=Unit.POINTS,
        )
    if counted:
        yield _taken_off(counted, policy, domain, horizon, need)


def _taken_off(
    counted: list[Resource], policy: PolicyConfiguration, domain: Domain, horizon: Horizon, need: Exact
) -> Step:
    by_points = isinstance(policy.resources_present, PointsSubtracted)
    given = [policy.contributions[resource.contribution][1] for resource in counted]
    present = tidy(sum(exact((c.points if by_points else c.fraction) or "0") for c in given))
    weight = exact(domain.weight)
    numbers: dict[str, tuple[Exact, Unit]] = {
        "need": (need, Unit.POINTS),
        "present": (present, Unit.POINTS if by_points else Unit.NUMBER),
    }
    if by_points:
        numbers["weight"] = (weight, Unit.NUMBER)
    return step(
        "resources.points" if by_points else "resources.fraction",
        horizon=horizon,
        rule="resources_present.contributions",
        source=policy.resources_present.source,
        words={
            "domain": domain.title,
            "givers": ", ".join(
                f"{resource.kind.value}: {contribution.title}"
                for resource, contribution in zip(counted, given, strict=True)
            ),
        },
        arithmetic="min(need, weight * present)" if by_points else "need * min(1, present)",
        result=tidy(min(need, weight * present) if by_points else need * min(1, present)),
        unit=Unit.POINTS,
        numbers=numbers,
    )
