"""Resources present: what family, community and services already give, counted once, in one mode."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple, assert_never

from ras.allocation.variant import Present
from ras.plan import Plan, Resource, ResourceKind
from ras.policy.amount_rules import (
    CarerSum,
    Contribution,
    FractionSubtracted,
    HoursSubtracted,
    InsideDescriptors,
    NoResourcesPresent,
    PointsSubtracted,
)
from ras.policy.configuration import PolicyConfiguration
from ras.policy.questions import Domain
from ras.records import Exact, exact, tidy
from ras.working import Horizon, Plainer, Step, Unit, step

SENTENCES = {
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
    "resources.hours": "{domain}: what is already there ({givers}) gives {result}.",
    "resources.carer": (
        "{domain}: nothing is taken off for what the family gives ({givers}). It counts {result} towards a "
        "separate sum for the carer."
    ),
    "resources.carer-sum": (
        "The separate sum for the carer is no part of your child's amount. {sum}, {times} times a year, "
        "rounded {mode}, to a multiple of {step}, is {result}."
    ),
}

PLAINER = {
    "resources.carer-sum": Plainer(
        "times",
        "1",
        "The separate sum for the carer is no part of your child's amount. {sum}, rounded {mode}, to a "
        "multiple of {step}, is {result}.",
    ),
    "resources.points": Plainer(
        "weight",
        "1",
        "{domain}: what is already there ({givers}) is worth {present}. It can take off no more than this "
        "area's {need}. Taken off: {result}.",
    ),
}


class Counted(NamedTuple):
    """What is already there, at one horizon.

    Attributes:
        steps: The working.
        points: Weighted points it takes off, by domain.
        hours: Hours it takes off, by domain.
        carer_annual_pence: The separate sum for the carer; None where the policy has none.
    """

    steps: tuple[Step, ...]
    points: Mapping[str, Exact] = MappingProxyType({})
    hours: Mapping[str, Present] = MappingProxyType({})
    carer_annual_pence: int | None = None


def resources_present(
    plan: Plan,
    policy: PolicyConfiguration,
    horizon: Horizon,
    needs: Mapping[str, Exact],
) -> Counted:
    """Count what is already there, in the policy's one mode.

    Args:
        plan: The plan.
        policy: The policy.
        horizon: The horizon being scored.
        needs: The weighted points of each domain that is asked.
    """
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
            return Counted((line,))
        case PointsSubtracted() | FractionSubtracted() | HoursSubtracted() | CarerSum():
            steps: list[Step] = []
            found: dict[str, Step] = {}
            given: dict[str, tuple[Resource, ...]] = {}
            for resource in plan.resources:
                given[resource.domain] = (*given.get(resource.domain, ()), resource)
            for domain in policy.domains if given else ():
                if domain.code in needs and domain.code in given:
                    lines = lines_of(given[domain.code], policy, domain, horizon, needs[domain.code])
                    steps += lines
                    if lines and lines[-1].kind != "resources.not-counted":
                        found[domain.code] = lines[-1]
        case _:
            assert_never(rules)
    if isinstance(rules, HoursSubtracted):
        hours = {code: Present(line.result.number, line.value("givers")) for code, line in found.items()}
        return Counted(tuple(steps), hours=hours)
    if isinstance(rules, CarerSum):
        total = _carer_total(policy, horizon, found)
        return Counted((*steps, total), carer_annual_pence=int(total.result.number))
    return Counted(tuple(steps), points={code: line.result.number for code, line in found.items()})


def lines_of(
    resources: tuple[Resource, ...],
    policy: PolicyConfiguration,
    domain: Domain,
    horizon: Horizon,
    need: Exact,
) -> tuple[Step, ...]:
    """The lines for what is there in one domain: what does not count, and last what does, together."""
    return tuple(_lines_of(resources, policy, domain, horizon, need))


def _lines_of(
    resources: tuple[Resource, ...],
    policy: PolicyConfiguration,
    domain: Domain,
    horizon: Horizon,
    need: Exact,
) -> Iterator[Step]:
    counted: list[Resource] = []
    for resource in sorted(
        resources,
        key=lambda resource: (
            resource.kind.value,
            policy.contributions[resource.contribution][0],
            resource.willing_and_able,
            resource.will_last,
        ),
    ):
        if resource.horizons is not None and horizon not in resource.horizons:
            continue
        because = _not_counted_because(resource, policy, horizon)
        if because is None:
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
                "because": because,
            },
            arithmetic="0",
            result=0,
            unit=Unit.POINTS,
        )
    if counted:
        yield _counted(counted, policy, domain, horizon, need)


def _not_counted_because(resource: Resource, policy: PolicyConfiguration, horizon: Horizon) -> str | None:
    if not resource.counts_at(horizon):
        return "it will not last" if resource.willing_and_able else "it is not freely and ably given"
    if isinstance(policy.resources_present, CarerSum) and resource.kind is not ResourceKind.FAMILY:
        return "only what family gives leads to a sum for the carer"
    return None


def _counted(
    counted: list[Resource], policy: PolicyConfiguration, domain: Domain, horizon: Horizon, need: Exact
) -> Step:
    rules = policy.resources_present
    given = [policy.contributions[resource.contribution][1] for resource in counted]
    present = tidy(sum(_worth(each, rules.mode) for each in given))
    weight = exact(domain.weight)
    unit = {"points": Unit.POINTS, "hours": Unit.HOURS, "carer-sum": policy.money_unit}.get(
        rules.mode, Unit.NUMBER
    )
    numbers: dict[str, tuple[Exact, Unit]] = {"present": (present, unit)}
    arithmetic, result, result_unit = "present", present, unit
    if rules.mode in {"points", "fraction"}:
        numbers = {"need": (need, Unit.POINTS), **numbers}
        result_unit = Unit.POINTS
    if rules.mode == "points":
        numbers["weight"] = (weight, Unit.NUMBER)
        arithmetic, result = "min(need, weight * present)", min(need, weight * present)
    if rules.mode == "fraction":
        arithmetic, result = "need * min(1, present)", need * min(1, present)
    return step(
        "resources.carer" if rules.mode == "carer-sum" else f"resources.{rules.mode}",
        horizon=horizon,
        rule="resources_present.contributions",
        source=rules.source,
        words={
            "domain": domain.title,
            "givers": ", ".join(
                f"{resource.kind.value}: {contribution.title}"
                for resource, contribution in zip(counted, given, strict=True)
            ),
        },
        arithmetic=arithmetic,
        result=tidy(result),
        unit=result_unit,
        numbers=numbers,
    )


def _worth(contribution: Contribution, mode: str) -> Exact:
    if mode == "carer-sum":
        return contribution.carer_pence or 0
    return exact(getattr(contribution, mode) or "0")


def _carer_total(policy: PolicyConfiguration, horizon: Horizon, found: Mapping[str, Step]) -> Step:
    rounding, times = policy.rounding, policy.times_a_year
    pence = tidy(sum(line.result.number for line in found.values()))
    return step(
        "resources.carer-sum",
        horizon=horizon,
        rule="resources_present",
        source=policy.resources_present.source,
        words={"mode": rounding.mode_in_words},
        arithmetic=rounding.around("sum * times"),
        result=rounding.apply(pence * times),
        unit=Unit.PENCE_A_YEAR,
        numbers={
            "sum": (pence, policy.money_unit),
            "times": (times, Unit.NUMBER),
            "step": (rounding.step_pence, Unit.PENCE),
        },
    )
