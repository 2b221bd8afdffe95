"""Whether a policy's rules for budgets make sense: no unlawful cut may be written into a policy."""

from collections.abc import Iterator

from ras.allocation.variant import Fault
from ras.component import Component
from ras.eligibility import StopGround
from ras.policy.budget_rules import BudgetRules
from ras.policy.configuration import PolicyConfiguration

LEAST_MONTHS = 3
"""Recommendation 3 and paragraph 1.3 of the Cabinet report of 10 July 2017."""


def budget_faults(policy: PolicyConfiguration) -> Iterator[Fault]:
    """Everything wrong with the sense of a policy's rules for budgets."""
    if policy.budget is None:
        return
    for check in (_nothing_is_there_twice, _every_stream_has_its_notice, _every_stop_has_a_rule, _ages):
        yield from check(policy.budget)


def _nothing_is_there_twice(rules: BudgetRules) -> Iterator[Fault]:
    lists: list[tuple[tuple[str, ...], list[str]]] = [
        (("budget", "notice", "streams"), [stream.component.value for stream in rules.notice.streams]),
        (("budget", "decision", "limits"), [limit.role for limit in rules.decision.limits]),
        (("budget", "decision", "reason_codes"), [reason.code for reason in rules.decision.reason_codes]),
        (("budget", "direct_payment", "exclusions"), [e.code for e in rules.direct_payment.exclusions]),
        (("budget", "direct_payment", "stops"), [stop.ground.value for stop in rules.direct_payment.stops]),
    ]
    for location, codes in lists:
        for number, code in enumerate(codes):
            if code in codes[:number]:
                yield (*location, number), "repeated-code", f"'{code}' is there twice; codes are used once."


def _every_stream_has_its_notice(rules: BudgetRules) -> Iterator[Fault]:
    there = {stream.component for stream in rules.notice.streams}
    for component in Component:
        if component not in there:
            yield (
                ("budget", "notice", "streams"),
                "missing",
                f"Say the notice for {component.in_words}: each funding stream stands under its own rule.",
            )
    for number, stream in enumerate(rules.notice.streams):
        here = ("budget", "notice", "streams", number)
        is_ours = stream.component is not Component.HEALTH
        if is_ours and stream.months < LEAST_MONTHS and stream.shorter_because is None:
            yield (
                (*here, "months"),
                "notice-too-short",
                "Under three months' notice needs the authority for it, in `shorter_because`.",
            )
        if is_ours and stream.months == 0:
            yield (*here, "months"), "notice-too-short", "A lower amount never comes without notice."


def _every_stop_has_a_rule(rules: BudgetRules) -> Iterator[Fault]:
    there = {stop.ground for stop in rules.direct_payment.stops}
    for ground in StopGround:
        if ground not in there:
            yield (
                ("budget", "direct_payment", "stops"),
                "missing",
                f"Say whether a stop for '{ground}' needs notice.",
            )


def _ages(rules: BudgetRules) -> Iterator[Fault]:
    if rules.transition.hand_over_from_age >= rules.transition.adult_from_age:
        yield (
            ("budget", "transition", "hand_over_from_age"),
            "out-of-order",
            "The hand-over is prepared before the adults' system takes over.",
        )
