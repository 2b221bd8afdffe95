"""Anonymous estimates and the published policy. It keeps nothing and knows nobody."""

from collections.abc import Iterator
from datetime import date

from app.local_offer.repository import PublishedPolicies
from app.local_offer.schemas import Estimate, NewEstimate, PolicyName, PublishedPolicy
from ras.assessment import assess
from ras.canonical import as_written
from ras.dates import add_months
from ras.indicative import ROUNDING_WORDS
from ras.money import MoneyPeriod
from ras.plan import Levels, Need, Plan, Resource
from ras.policy.configuration import Add, PolicyConfiguration
from ras.records import exact, tidy
from ras.statement import NOT_AN_OFFER, say
from ras.working import Quantity, Unit, decimal

MONTHS_A_YEAR = 12


def estimate(policies: PublishedPolicies, given: NewEstimate, *, today: date) -> Estimate:
    """Work out an indicative estimate from anonymous answers.

    The same level is taken at every horizon, and the estimate is of the first.

    Raises:
        NoPolicyInForce: no published policy covers the day.
        CannotCalculate: the answers are not complete answers to its questions.
    """
    on = given.on or today
    policy = policies.in_force(on)
    result = assess(_plan(given, on), policy, effective_on=on)
    first = result.horizons[0]
    working = tuple(step for step in result.working if step.horizon is first.horizon)
    return Estimate(
        policy=_name(policy),
        on=on,
        indicative_annual_pence=result.indicative_annual_pence,
        meaning=NOT_AN_OFFER,
        marks=first.marks,
        working=working,
        sentences=tuple(say(step) for step in working),
    )


def published_policy(policies: PublishedPolicies, on: date) -> PublishedPolicy:
    """The policy in force on a day, in plain words and whole.

    Raises:
        NoPolicyInForce: none is.
    """
    policy = policies.in_force(on)
    return PublishedPolicy(
        policy=_name(policy),
        valid_from=policy.valid_from,
        valid_before=policy.valid_before,
        how_amounts_are_worked_out=tuple(_in_words(policy)),
        table=tuple(policy.allocation.in_words(policy.money_unit)),
        document=as_written(policy),
    )


def _plan(given: NewEstimate, on: date) -> Plan:
    """A plan that starts on the day, for a child who is that age on it."""
    return Plan(
        born_on=add_months(on, -MONTHS_A_YEAR * given.age),
        starts_on=on,
        needs=tuple(
            Need(domain=need.domain, levels=Levels(short=need.level, medium=need.level, long=need.level))
            for need in given.needs
        ),
        resources=tuple(
            Resource(
                domain=resource.domain,
                kind=resource.kind,
                contribution=resource.contribution,
                willing_and_able=True,
                will_last=True,
            )
            for resource in given.resources
        ),
        circumstances=given.circumstances,
    )


def _name(policy: PolicyConfiguration) -> PolicyName:
    return PolicyName(
        authority=policy.authority.name,
        title=policy.title,
        version=policy.version,
        sha256=policy.sha256,
        illustrative=policy.illustrative,
    )


def _in_words(policy: PolicyConfiguration) -> Iterator[str]:
    titles = ", ".join(domain.title for domain in policy.domains)
    yield f"We ask about {len(policy.domains)} areas of your child's life: {titles}."
    yield "Each answer has points. We multiply them by the area's weight and add them up."
    if policy.scoring.scale != "1":
        yield f"Then we multiply the sum by {decimal(exact(policy.scoring.scale))}."
    yield {
        "none": "What family, community and services give is written down and takes nothing off.",
        "in-descriptors": "The answers already describe the help needed beyond what is there.",
        "points": "Help that is there, is freely given and will last takes points off its own area, once.",
        "fraction": "Help that is there, is freely given and will last covers a part of its own area, once.",
    }[policy.resources_present.mode]
    yield "The points that are left become money by the table below."
    for modifier in policy.modifiers:
        if isinstance(modifier, Add):
            what = f"{Quantity.of(modifier.amount_pence, policy.money_unit)} is added"
        else:
            what = f"the amount is multiplied by {decimal(exact(modifier.factor))}"
        yield f"{modifier.title}: {what} when {modifier.because}."
    if policy.bounds and policy.bounds.floor_pence is not None:
        floor = Quantity.of(policy.bounds.floor_pence, policy.money_unit)
        yield f"A child with any points left has at least {floor}."
    if policy.bounds and policy.bounds.soft_cap_pence is not None:
        cap = Quantity.of(policy.bounds.soft_cap_pence, policy.money_unit)
        yield f"An amount above {cap} stands, and the panel looks at it."
    if policy.bounds and policy.bounds.hard_cap_pence is not None:
        cap = Quantity.of(policy.bounds.hard_cap_pence, policy.money_unit)
        yield f"An amount above {cap} is cut to it; a person then looks at the needs and gives reasons."
    if policy.money.period is not MoneyPeriod.YEAR:
        weeks = exact(policy.money.weeks_per_year)
        times = tidy(policy.money.period.times_a_year(weeks_per_year=weeks))
        yield f"What it comes to is multiplied by {decimal(times)} for a year."
    step = Quantity.of(policy.rounding.step_pence, Unit.PENCE)
    mode = ROUNDING_WORDS[policy.rounding.mode]
    yield f"The yearly amount is rounded once, {mode}, to a multiple of {step}."
    yield NOT_AN_OFFER
