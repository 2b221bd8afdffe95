"""The working holds together: every line follows from the policy and from the lines before it."""

import ast
import json
import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings

from ras import testing as some
from ras.assessment import HorizonAmount
from ras.canonical import as_written
from ras.testing import Case
from ras.working import Step, Unit
from tests.ras.arithmetic import FUNCTIONS, NotArithmetic, evaluate, inputs_of

of_every_variant = settings(max_examples=10 * len(some.ALLOCATIONS))


def every_step(case: Case) -> tuple[Step, ...]:
    """The working of the amounts and of the plan's cost."""
    assessment = case.assess()
    return (*assessment.working, *assessment.plan_cost.working)


def lines_at(case: Case) -> Iterator[tuple[HorizonAmount, list[Step]]]:
    """The lines of each horizon, without the one that states the result."""
    assessment = case.assess()
    for amount in assessment.horizons:
        yield amount, [line for line in assessment.working[:-1] if line.horizon is amount.horizon]


def at(place: str, document: Any) -> Any:
    """What stands at a rule's path; things in a list are named by code, horizon or number."""
    here = document
    for part in place.split("."):
        here = dict(named(here))[part] if isinstance(here, list) else here[part]
    return here


def named(items: list[Any]) -> Iterator[tuple[str, Any]]:
    """The items of a list with what they are called: a code, a horizon or else their place."""
    for number, item in enumerate(items):
        yield item.get("code", item.get("horizon", str(number))), item


def sources_of(place: str, document: Any) -> set[str]:
    """The sources at and under a rule's path, and the nearest above it."""
    found = set(re.findall(r'"source": "(.*?)"', json.dumps(at(place, document) if place else document)))
    above = place.rpartition(".")[0]
    while above and not isinstance(at(above, document), dict):
        above = above.rpartition(".")[0]
    source = (at(above, document) if above else document).get("source")
    return found | ({source} if source else set()) or sources_of(above, document)


def names_in(arithmetic: str) -> set[str]:
    """The names that a sum is over, without those of the functions."""
    return {node.id for node in ast.walk(ast.parse(arithmetic)) if isinstance(node, ast.Name)} - set(
        FUNCTIONS
    )


EXPLAINS = {
    "banded": {"points", "from_points", "before_points"},
    "banded.last": {"points", "from_points"},
    "piecewise-linear.last": {"points", "lower_points"},
    "percentile.place-first": {"points", "upper_points"},
    "percentile.place-last": {"points", "lower_points"},
    "percentile.last": {"place"},
    "bounds.soft-cap": {"soft_cap"},
    "modifier.age-taper": {"upper_factor", "passed", "months"},
    "range.from": {"cases", "share", "above"},
    "range.to": {"cases", "share", "below"},
    "cost.line": {"line"},
    "cost.line-once": {"line"},
}
"""By kind of line, the numbers that only say why the rule applies."""


@of_every_variant
@given(some.cases())
def test_every_number_of_a_step_is_in_its_arithmetic_or_says_why_the_rule_applies(case: Case) -> None:
    for line in every_step(case):
        if line.result.unit is Unit.TEXT:
            assert names_in(line.arithmetic) <= {given.name for given in line.inputs}, line
            continue
        names = set(inputs_of(line))
        assert names_in(line.arithmetic) <= names, line
        assert names - EXPLAINS.get(line.kind, set()) <= names_in(line.arithmetic), line


@of_every_variant
@given(some.cases())
def test_every_step_of_money_starts_from_what_the_step_before_it_gave(case: Case) -> None:
    for amount, lines in lines_at(case):
        priced = [line for line in lines if line.rule.partition(".")[0] == "allocation"]
        first = lines.index(priced[0])
        assert lines[first : first + len(priced)] == priced
        *after, rounding = (
            line for line in lines[first + len(priced) :] if not line.kind.startswith(("one-off", "range"))
        )
        assert rounding.kind in {"rounding", "rounding.each-line"}
        assert rounding.result.value == str(amount.indicative_annual_pence)
        for before, line in pairwise([priced[-1], *after, rounding]):
            assert line.value("amount") == before.result.value, line


@of_every_variant
@given(some.cases())
def test_what_stands_beside_the_amount_is_what_its_lines_come_to(case: Case) -> None:
    for amount, lines in lines_at(case):
        once = [line.result.number for line in lines if line.kind.startswith("one-off")]
        assert amount.indicative_one_off_pence == (sum(once) if once else None)
        carer = [line.result.number for line in lines if line.kind == "resources.carer-sum"]
        assert amount.carer_annual_pence == (carer[0] if carer else None)
        ends = [line for line in lines if line.kind.startswith("range")]
        assert [amount.lowest_annual_pence, amount.highest_annual_pence] == (
            [line.result.number for line in ends] if ends else [None, None]
        )
        assert all(line.value("amount") == str(amount.indicative_annual_pence) for line in ends)
        points = {line.value("points") for line in lines if "points" in inputs_of(line)}
        assert points <= {amount.points_after_resources}


PARTS = {
    "score.total": "points_.*",
    "resources.total": "score",
    "line-items": "item_.*",
    "regression.sum": "intercept|term_.*",
    "regression.identity": "sum",
    "regression.square-root": "sum",
    "regression.log": "sum",
    "percentile": "place",
    "percentile.last": "place",
    "composite.part": "amount",
    "composite.choose": "amount",
    "composite.sum": "part_.*",
    "composite.max": "part_.*",
    "cost.total": "line_.*",
    "cost.total-once": "line_.*",
}
"""By kind of line, the inputs that an earlier line came to."""


@of_every_variant
@given(some.cases())
def test_every_part_of_a_sum_is_what_an_earlier_line_came_to(case: Case) -> None:
    assessment = case.assess()
    for lines in (*(lines for _, lines in lines_at(case)), assessment.plan_cost.working):
        earlier: set[str] = set()
        for line in lines:
            parts = [each.value for each in line.inputs if re.fullmatch(PARTS.get(line.kind, "-"), each.name)]
            assert earlier.issuperset(parts), line
            earlier.add(line.result.value)


@of_every_variant
@given(some.cases())
def test_every_steps_rule_is_in_the_policy_document(case: Case) -> None:
    document = as_written(case.policy)
    for line in every_step(case):
        if line.kind == "bounds.none":
            assert "bounds" not in document
        else:
            assert at(line.rule, document) is not None, line.rule


@of_every_variant
@given(some.cases())
def test_every_step_says_where_its_rule_is_published(case: Case) -> None:
    document = as_written(case.policy)
    for line in every_step(case):
        place = "" if line.kind == "bounds.none" else line.rule
        assert line.source in sources_of(place, document), line


@pytest.mark.parametrize(
    "text", ["__import__('os')", "amount.real", "2 ** 9", "[1]", "open('x')", "True", "1.5", "max(*a)", "x"]
)
def test_the_evaluator_evaluates_nothing_but_sums(text: str) -> None:
    with pytest.raises(NotArithmetic):
        evaluate(text, {"amount": Fraction(1)})
