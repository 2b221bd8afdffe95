"""The policy checker: everything that is wrong or doubtful in a policy, in words a policy lead can act on.

A document that cannot be read is refused by `ras.policy.document` with every mistake. What is here looks at
one that can: it tries the policy out (`trial`) for falls, cliffs and questions that change nothing, reads
its sources and prices, and runs its own examples. Errors refuse publication; warnings need a written answer.
"""

import re
from collections.abc import Hashable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from ras.allocation.composite import Composite
from ras.allocation.line_items import LineItems
from ras.allocation.variant import Fault, Place, Variant
from ras.canonical import as_written
from ras.conditions import Condition, Facts, covers
from ras.dates import add_months, day_in_words, financial_year
from ras.errors import Problem
from ras.indicative import Money
from ras.money import pounds
from ras.policy.amount_rules import Multiply, Subtract
from ras.policy.cliffs import Cliff, CliffFree, cliff_free, cliffs
from ras.policy.configuration import PolicyConfiguration
from ras.policy.examples import example_faults
from ras.policy.finding import PolicyFinding, Severity, finding
from ras.policy.order import Fall, falls_on_birthdays, falls_with_need
from ras.policy.trial import MOST_TRIED, Answers, Spent, Trial, place_of_score
from ras.reading import problem_at
from ras.records import Exact, Record, Whole, exact
from ras.uprating import year_in_words
from ras.working import Quantity, Unit

STALE_MONTHS = 24
"""A price older than this when the policy begins is questioned: our reading, for want of a rule. Rates are
looked at every year; the Ombudsman found fault with one that had stood for nine (24 013 837)."""

FIRST_THAT_FITS = frozenset({"questionnaires", "groups", "rules", "prices", "parts", "weights", "base_rates"})
"""The lists of a policy of which the first entry that fits a child is used."""

NO_SOURCE = re.compile(
    r"\s*(tbc|tba|tbd|n/?a|none|unknown|\?+|to be (confirmed|decided|agreed)|not (known|published)\b.*)\s*",
    re.IGNORECASE,
)


class PolicyReport(Record):
    """What the checker says of a policy."""

    findings: tuple[PolicyFinding, ...]
    """Everything found: errors first, then in the order of the document."""
    cliffs: tuple[Cliff, ...]
    """Every score at which the amount jumps."""
    cliff_free: CliffFree | None
    """A table without cliffs that comes to the same in all; null where there are none to smooth."""
    caseload: Whole
    """How many scores of a caseload were looked at."""

    @property
    def errors(self) -> tuple[PolicyFinding, ...]:
        """The findings that refuse publication."""
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[PolicyFinding, ...]:
        """The findings that need a written answer."""
        return tuple(each for each in self.findings if each.severity is Severity.WARNING)


def check_policy(
    policy: PolicyConfiguration, *, caseload: Sequence[Exact] = (), on: date | None = None
) -> PolicyReport:
    """Look at a policy as a family, a worker and a court would.

    Args:
        policy: A policy that could be read.
        caseload: Scores after resources present of a caseload, to weigh cliffs with.
        on: The day whose prices are tried; left out, the first day of the policy.
    """
    trial = Trial(policy, financial_year(on or policy.valid_from).first_day.year)
    found = cliffs(trial, caseload)
    document = as_written(policy)
    errors = [*_falls_with_need(trial), *example_faults(policy)]
    warnings = [
        *_falls_on_birthdays(trial),
        *_cliffs(found, document),
        *_dead_domains(trial),
        *_unreachable(trial, document),
        *_hidden(policy),
        *_perhaps_counted_twice(policy),
        *_limits_without_analysis(policy),
        *_stale_prices(policy),
        *_unknown_sources(document),
        *_uprating_ends(policy),
        *_not_everything_was_tried(trial),
    ]
    errors += _beyond_belief(trial)
    return PolicyReport(
        findings=(
            *(finding(_problem(fault, document), Severity.ERROR) for fault in errors),
            *(finding(_problem(fault, document), Severity.WARNING) for fault in warnings),
        ),
        cliffs=found,
        cliff_free=cliff_free(trial, caseload) if found else None,
        caseload=len(caseload),
    )


def findings_of(problems: Sequence[Problem]) -> tuple[PolicyFinding, ...]:
    """The mistakes for which a document was refused, as findings."""
    return tuple(finding(problem, Severity.ERROR) for problem in problems)


def _problem(fault: Fault, document: Any) -> Problem:
    location, code, message = fault
    return problem_at(location, document, code=code, message=message)


def _falls_with_need(trial: Trial) -> Iterator[Fault]:
    for fall in falls_with_need(trial):
        yield (
            _place(fall.rule, trial.policy),
            "falls-with-need",
            f"With {fall.after} instead of {fall.before} {_falls_by(fall)}",
        )


def _falls_on_birthdays(trial: Trial) -> Iterator[Fault]:
    for fall in falls_on_birthdays(trial):
        yield (
            _place(fall.rule, trial.policy),
            "falls-on-birthday",
            f"From {fall.before} to {fall.after}, with the same answers, {_falls_by(fall)}",
        )


def _falls_by(fall: Fall) -> str:
    """What falls, and from what to what."""
    what = {Unit.PENCE: "what is paid once", Unit.NUMBER: "the level"}
    falls = what.get(fall.given_before.unit, "the amount")
    return f"{falls} falls from {fall.given_before} to {fall.given_after}."


def _cliffs(found: Sequence[Cliff], document: Any) -> Iterator[Fault]:
    if not found:
        return
    worst = max(found, key=lambda cliff: cliff.jump_annual_pence)
    percent = f" ({worst.rise_percent}%)" if worst.rise_percent else ""
    near = (
        f" {worst.within_reach_percent}% of the caseload are one answer away from it."
        if worst.within_reach_percent
        else ""
    )
    several = f" There are {len(found)} such steps; this is the greatest." if len(found) > 1 else ""
    yield (
        place_of_score(document, exact(worst.points)),
        "cliff",
        f"At {Quantity.of(exact(worst.points), Unit.POINTS)} the amount jumps by "
        f"{_a_year(worst.jump_annual_pence)}{percent}, from {_a_year(worst.before_annual_pence)} to "
        f"{_a_year(worst.after_annual_pence)}.{near}{several}",
    )


def _dead_domains(trial: Trial) -> Iterator[Fault]:
    trial.left = MOST_TRIED
    with suppress(Spent):
        for number, domain in enumerate(trial.policy.domains):
            if not any(_matters(trial, domain.code)):
                yield (
                    ("domains", number),
                    "dead-domain",
                    f"No answer about “{domain.title}” changes any amount.",
                )


def _matters(trial: Trial, domain: str) -> Iterator[bool]:
    """Whether the answer in a domain changes what is given: among one set of other answers after another."""
    for facts in trial.facts:
        asked = trial.asked(facts)
        if domain in asked:
            for part in (0, 1, 2):
                others = {
                    code: trial.levels(code)[(len(trial.levels(code)) - 1) * part // 2] for code in asked
                }
                yield _changes(trial, domain, others, facts)
    asked = trial.asked(trial.usual)
    least = {code: trial.levels(code)[0] for code in asked}
    for other in asked if domain in asked else ():
        for level in trial.levels(other):
            yield _changes(trial, domain, {**least, other: level}, trial.usual)


def _changes(trial: Trial, domain: str, others: Answers, facts: Facts) -> bool:
    given = (trial.money({**others, domain: level}, facts) for level in trial.levels(domain))
    return len({_all_that_is_given(money) for money in given}) > 1


def _all_that_is_given(money: Money) -> tuple[Hashable, ...]:
    """The amount before rounding, sums paid once, and the level that rules give."""
    levels = [step.result.value for step in money.steps if step.kind == "rules.level"]
    return money.exact_annual_pence, money.one_off_pence, *levels


def _unreachable(trial: Trial, document: Any) -> Iterator[Fault]:
    highest = trial.scores[-1]
    beyond = [score for score in trial.thresholds if score > highest]
    if beyond and trial.policy.allocation.uses_score():
        yield (
            place_of_score(document, beyond[0]),
            "unreachable",
            f"No answers come to {Quantity.of(beyond[0], Unit.POINTS)}: the most there can be is "
            f"{Quantity.of(highest, Unit.POINTS)}.",
        )


def _hidden(policy: PolicyConfiguration) -> Iterator[Fault]:
    """Entries of lists of which the first that fits is used, behind an earlier one that always fits."""
    before: dict[Place, list[Condition]] = {}
    for place, condition in policy.conditions():
        *where, _number, when = place
        if when != "when" or where[-1] not in FIRST_THAT_FITS:
            continue
        earlier = before.setdefault(tuple(where), [])
        if any(covers(each, condition) for each in earlier):
            yield (
                place,
                "unreachable",
                "Whoever meets this meets an earlier one, so it is never used. Put it before that one.",
            )
        earlier.append(condition)


def _perhaps_counted_twice(policy: PolicyConfiguration) -> Iterator[Fault]:
    if policy.resources_present.mode not in {"points", "fraction", "hours"}:
        return
    for number, modifier in enumerate(policy.modifiers):
        lowers = isinstance(modifier, Subtract) or (
            isinstance(modifier, Multiply) and exact(modifier.factor) < 1
        )
        if lowers:
            yield (
                ("modifiers", number),
                "perhaps-counted-twice",
                f"“{modifier.title}” lowers the amount, and what is already there is taken off as well.",
            )


def _limits_without_analysis(policy: PolicyConfiguration) -> Iterator[Fault]:
    bounds = policy.bounds
    if bounds is not None and bounds.equality_reference is None:
        caps: list[tuple[Place, int | None]] = [(("bounds",), bounds.hard_cap_pence)]
        caps += [(("bounds", "groups", n), group.hard_cap_pence) for n, group in enumerate(bounds.groups)]
        for place in [place for place, cap in caps if cap is not None][:1]:
            yield (
                (*place, "hard_cap_pence"),
                "cap-without-equality-analysis",
                "The policy has a highest amount, and names no equality analysis of it.",
            )
    for place, items in _line_items(policy.allocation, ("allocation",)):
        for number, item in enumerate(items.items):
            if item.at_most is not None and item.at_most_equality_reference is None:
                yield (
                    (*place, "items", number, "at_most"),
                    "cap-without-equality-analysis",
                    f"“{item.title}” has a highest number, and names no equality analysis of it.",
                )


def _line_items(allocation: Variant, place: Place) -> Iterator[tuple[Place, LineItems]]:
    if isinstance(allocation, LineItems):
        yield place, allocation
    if isinstance(allocation, Composite):
        for number, part in enumerate(allocation.parts):
            yield from _line_items(part.allocation, (*place, "parts", number, "allocation"))


def _stale_prices(policy: PolicyConfiguration) -> Iterator[Fault]:
    oldest = add_months(policy.valid_from, -STALE_MONTHS)
    for number, item in enumerate(policy.rate_card.items):
        for place, price in enumerate(item.prices):
            is_used = policy.in_force.overlap(price.in_force) is not None
            if is_used and price.price_pence is not None and price.valid_from < oldest:
                yield (
                    ("rate_card", "items", number, "prices", place, "valid_from"),
                    "stale-price",
                    f"“{item.title}” at {pounds(price.price_pence)} is the price of "
                    f"{day_in_words(price.valid_from)}, more than {STALE_MONTHS // 12} years before the "
                    "policy begins.",
                )


def _unknown_sources(document: Any, place: Place = ()) -> Iterator[Fault]:
    if isinstance(document, dict):
        for key, value in document.items():
            if key == "source" and isinstance(value, str) and NO_SOURCE.fullmatch(value):
                yield (*place, key), "unknown-source", f"The source is given as “{value}”."
            yield from _unknown_sources(value, (*place, key))
    elif isinstance(document, list):
        for number, item in enumerate(document):
            yield from _unknown_sources(item, (*place, number))


def _uprating_ends(policy: PolicyConfiguration) -> Iterator[Fault]:
    last_day = policy.in_force.last_day
    if policy.uprating and last_day is not None:
        last = financial_year(last_day).first_day.year
        if policy.uprating[-1].year < last:
            yield (
                ("uprating",),
                "uprating-ends",
                f"The policy is for days up to {year_in_words(last)}, and its last uprating is that of "
                f"{year_in_words(policy.uprating[-1].year)}.",
            )


def _beyond_belief(trial: Trial) -> Iterator[Fault]:
    if trial.was_beyond_belief:
        yield (
            ("allocation",),
            "beyond-belief",
            "Some answers come to more than a thousand million pounds. Look for a slip in the numbers.",
        )


def _not_everything_was_tried(trial: Trial) -> Iterator[Fault]:
    if trial.was_spent:
        yield (
            (),
            "not-everything-tried",
            "The policy has so many answers and rules that not every amount was worked out.",
        )


def _a_year(pence: int) -> str:
    return str(Quantity.of(pence, Unit.PENCE_A_YEAR))


def _place(rule: str, policy: PolicyConfiguration) -> Place:
    """The place in the document of a rule's path, in which items of lists are called by their code."""
    here: Any = as_written(policy)
    place: list[str | int] = []
    for part in rule.split("."):
        if isinstance(here, list):
            number = next(
                n for n, item in enumerate(here) if part in {str(n), item.get("code"), item.get("horizon")}
            )
            place.append(number)
            here = here[number]
        elif isinstance(here, dict) and part in here:
            place.append(part)
            here = here[part]
        else:
            break
    return tuple(place)
