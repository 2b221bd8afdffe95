"""Whether a policy that has the right shape also makes sense.

Every fault is found, not only the first. Each check is one small function.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from ras.allocation.variant import Fault
from ras.errors import Problem
from ras.plan import NO_NEED, NOT_APPLICABLE, NOT_KNOWN
from ras.policy.amount_checks import amount_faults
from ras.policy.budget_checks import budget_faults
from ras.policy.configuration import PolicyConfiguration
from ras.policy.need_checks import need_faults
from ras.reading import Location, problem_at
from ras.records import exact


def faults(policy: PolicyConfiguration, data: Any) -> list[Problem]:
    """Everything that is wrong with the sense of a policy, by path.

    Args:
        policy: The policy.
        data: The plain data it was read from, to name places by code.
    """
    return [
        problem_at(location, data, code=code, message=message)
        for check in CHECKS
        for location, code, message in check(policy)
    ]


def _codes_are_unique(policy: PolicyConfiguration) -> Iterator[Fault]:
    lists: list[tuple[Location, Iterable[str]]] = [
        (("horizons",), (rule.horizon.value for rule in policy.horizons)),
        (("questionnaires",), (questionnaire.code for questionnaire in policy.questionnaires)),
        (("one_offs",), (rule.code for rule in policy.one_offs)),
        (("circumstances",), (question.code for question in policy.circumstances)),
        (("domains",), (domain.code for domain in policy.domains)),
        (("resources_present", "contributions"), (c.code for c in policy.resources_present.contributions)),
        (("modifiers",), (modifier.code for modifier in policy.modifiers)),
        (("rate_card", "items"), (item.code for item in policy.rate_card.items)),
        (("scope", "purposes"), (purpose.code for purpose in policy.scope.purposes)),
    ]
    lists += [
        (("domains", n, "levels"), (level.code for level in domain.levels))
        for n, domain in enumerate(policy.domains)
    ]
    lists += [
        (("circumstances", n, "choices"), (choice.code for choice in question.choices or ()))
        for n, question in enumerate(policy.circumstances)
    ]
    for location, codes in lists:
        seen: set[str] = set()
        for number, code in enumerate(codes):
            if code in seen:
                yield (*location, number), "repeated-code", f"'{code}' is there twice; codes are used once."
            seen.add(code)


def _no_level_has_a_reserved_code(policy: PolicyConfiguration) -> Iterator[Fault]:
    for n, domain in enumerate(policy.domains):
        for m, level in enumerate(domain.levels):
            if level.code in {NOT_KNOWN, NOT_APPLICABLE, NO_NEED}:
                yield (
                    ("domains", n, "levels", m, "code"),
                    "reserved-code",
                    f"'{level.code}' is never a level: it has its own meaning in every plan.",
                )


def _the_period_is_not_empty(policy: PolicyConfiguration) -> Iterator[Fault]:
    if policy.valid_before is not None and policy.valid_before <= policy.valid_from:
        yield ("valid_before",), "empty-period", "The policy ends before it begins."


def _ages_make_sense(policy: PolicyConfiguration) -> Iterator[Fault]:
    if policy.eligibility.before_age <= policy.eligibility.from_age:
        yield ("eligibility", "before_age"), "empty-age-band", "No age is in this band."
    for location, condition in policy.conditions():
        if condition.age and condition.age.before_age <= condition.age.from_age:
            yield (*location, "age"), "empty-age-band", "No age is in this band."


def _a_year_has_weeks(policy: PolicyConfiguration) -> Iterator[Fault]:
    if not 1 <= exact(policy.money.weeks_per_year) <= 53:  # noqa: PLR2004  ISO 8601 years have 52 or 53 weeks
        yield ("money", "weeks_per_year"), "wrong-value", "A year has from 1 to 53 weeks."


def _horizons_are_in_order(policy: PolicyConfiguration) -> Iterator[Fault]:
    order = ["short", "medium", "long"]
    for n, (one, other) in enumerate(pairwise(policy.horizons)):
        if order.index(other.horizon) < order.index(one.horizon):
            yield ("horizons", n + 1), "out-of-order", "Horizons are given from the short to the long."


def _questions_are_of_one_kind(policy: PolicyConfiguration) -> Iterator[Fault]:
    for n, question in enumerate(policy.circumstances):
        if question.choices is not None and question.at_most is not None:
            yield (
                ("circumstances", n, "at_most"),
                "unknown-field",
                "A question with choices does not ask how many; leave one of the two out.",
            )


def _references_exist(policy: PolicyConfiguration) -> Iterator[Fault]:
    questions = {question.code: question for question in policy.circumstances}
    for location, condition in policy.conditions():
        for n, test in enumerate(condition.circumstances):
            here = (*location, "circumstances", n)
            question = questions.get(test.circumstance)
            if question is None:
                yield (
                    (*here, "circumstance"),
                    "unknown-reference",
                    f"There is no circumstance '{test.circumstance}' in this policy.",
                )
                continue
            counted = test.at_least is not None or test.at_most is not None
            if question.choices is None:
                if test.is_one_of is not None or not counted:
                    yield (
                        here,
                        "wrong-test",
                        f"'{question.code}' asks how many: test it with at_least or at_most.",
                    )
                continue
            if counted or test.is_one_of is None:
                yield here, "wrong-test", f"'{question.code}' has choices: test it with is_one_of."
            codes = {choice.code for choice in question.choices}
            for m, code in enumerate(test.is_one_of or ()):
                if code not in codes:
                    yield (
                        (*here, "is_one_of", m),
                        "unknown-reference",
                        f"'{question.code}' has no choice '{code}'.",
                    )


def _prices_follow_one_another(policy: PolicyConfiguration) -> Iterator[Fault]:
    for n, item in enumerate(policy.rate_card.items):
        for m, price in enumerate(item.prices):
            here: Location = ("rate_card", "items", n, "prices", m)
            if price.valid_before is not None and price.valid_before <= price.valid_from:
                yield (*here, "valid_before"), "empty-period", "The price ends before it begins."
            for k, on_cost in enumerate(price.on_costs):
                if exact(on_cost.percent) < 0:
                    yield (*here, "on_costs", k, "percent"), "wrong-value", "An on-cost is never negative."
        for m, (one, other) in enumerate(pairwise(item.prices)):
            here = ("rate_card", "items", n, "prices", m + 1, "valid_from")
            if one.valid_before is None or other.valid_from < one.valid_before:
                yield here, "overlap", "This price begins before the one above it has ended."
            elif other.valid_from > one.valid_before:
                yield here, "gap", "Between the price above and this one there is none."


CHECKS = (
    _codes_are_unique,
    _no_level_has_a_reserved_code,
    _the_period_is_not_empty,
    _ages_make_sense,
    _a_year_has_weeks,
    _horizons_are_in_order,
    need_faults,
    _questions_are_of_one_kind,
    _references_exist,
    _prices_follow_one_another,
    amount_faults,
    budget_faults,
)
"""Every check."""
