"""Uprating: from the prices a table was made with to those of the year that an amount is for."""

from collections.abc import Iterator
from fractions import Fraction
from typing import assert_never

from ras.allocation.variant import Pricing
from ras.policy.amount_rules import Uprating
from ras.policy.configuration import PolicyConfiguration
from ras.records import Exact, exact
from ras.working import Step, Unit

SENTENCES = {
    "uprating.percent": "From {year}, {percent} is added to {amount}. That makes {result}.",
    "uprating.flat": "From {year}, {added} is added to {amount}. That makes {result}.",
    "uprating.index": (
        "From {year}, {amount} follows an index that went from {index_from} to {index_to}. That makes "
        "{result}."
    ),
    "uprating.none": "For {year} prices stay as they were, so {amount} stays as it is.",
    "uprating.not-set": "No uprating is set yet for {year}, so {amount} stays as it is.",
}


def uprate(amount: Exact, policy: PolicyConfiguration, given: Pricing, *, year: int) -> Iterator[Step]:
    """Bring an amount to the prices of a financial year, one line for each year that the policy gives.

    Args:
        amount: Pence in the policy's period, exactly.
        policy: The policy.
        given: How lines are written.
        year: The year in which the financial year begins.
    """
    for number, rule in enumerate(policy.uprating):
        if rule.year <= year:
            line = _step(amount, number, rule, given)
            amount = line.result.number
            yield line
    if policy.uprating and policy.uprating[-1].year < year:
        yield given.money(
            "uprating.not-set",
            rule="uprating",
            source=policy.uprating[-1].source,
            words={"year": year_in_words(year)},
            arithmetic="amount",
            result=amount,
            numbers={"amount": (amount, given.unit)},
        )


def _step(amount: Exact, number: int, rule: Uprating, given: Pricing) -> Step:
    numbers: dict[str, tuple[Exact, Unit]] = {"amount": (amount, given.unit)}
    match rule.kind:
        case "percent":
            percent = exact(rule.percent or "0")
            numbers["percent"] = (percent, Unit.PERCENT)
            arithmetic, result = "amount * (100 + percent) / 100", Fraction(amount * (100 + percent)) / 100
        case "flat":
            added = rule.amount_pence or 0
            numbers["added"] = (added, given.unit)
            arithmetic, result = "amount + added", Fraction(amount + added)
        case "index":
            index_from, index_to = exact(rule.index_from or "1"), exact(rule.index_to or "1")
            numbers |= {"index_from": (index_from, Unit.NUMBER), "index_to": (index_to, Unit.NUMBER)}
            arithmetic, result = "amount * index_to / index_from", Fraction(amount * index_to) / index_from
        case "none":
            arithmetic, result = "amount", Fraction(amount)
        case _:
            assert_never(rule.kind)
    return given.money(
        f"uprating.{rule.kind}",
        rule=f"uprating.{number}",
        source=rule.source,
        words={"year": year_in_words(rule.year)},
        arithmetic=arithmetic,
        result=result,
        numbers=numbers,
    )


def year_in_words(year: int) -> str:
    """A financial year as a person says it.

    >>> year_in_words(2026), year_in_words(2099)
    ('2026/27', '2099/00')
    """
    return f"{year}/{(year + 1) % 100:02}"
