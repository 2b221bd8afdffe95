"""Anonymous estimates and the published policy. It keeps nothing and knows nobody."""

from datetime import date

from app.local_offer.repository import PublishedPolicies
from app.local_offer.schemas import Estimate, NewEstimate, PolicyName, PublishedPolicy
from ras.assessment import assess
from ras.canonical import as_written
from ras.dates import add_months
from ras.plan import Levels, Need, Plan, Resource
from ras.policy.configuration import PolicyConfiguration
from ras.policy.in_words import policy_in_words
from ras.records import built
from ras.statement import NOT_AN_OFFER, say

MONTHS_A_YEAR = 12


def estimate(policy: PolicyConfiguration, given: NewEstimate, *, on: date) -> Estimate:
    """Work out an indicative estimate from anonymous answers.

    The same level is taken at every horizon, and the estimate is of the first.

    Raises:
        CannotCalculate: the answers are not complete answers to its questions.
    """
    result = assess(_plan(given, on), policy, effective_on=on)
    first = result.horizons[0]
    working = tuple(step for step in result.working if step.horizon is first.horizon)
    return built(
        Estimate,
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
        how_amounts_are_worked_out=policy_in_words(policy),
        table=tuple(policy.allocation.in_words(policy.money_unit)),
        document=as_written(policy),
    )


def _plan(given: NewEstimate, on: date) -> Plan:
    """A plan that starts on the day, for a child who is that age on it."""
    return Plan(
        born_on=add_months(on, -MONTHS_A_YEAR * given.age),
        starts_on=on,
        needs=tuple(
            built(
                Need,
                domain=need.domain,
                levels=built(Levels, short=need.level, medium=need.level, long=need.level),
                family_levels=None,
            )
            for need in given.needs
        ),
        resources=tuple(
            built(
                Resource,
                domain=resource.domain,
                kind=resource.kind,
                contribution=resource.contribution,
                horizons=None,
                cost_annual_pence=None,
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
