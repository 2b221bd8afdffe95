"""Laws that hold for every policy and every plan."""

import ast
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ras import assess, canonical, read_plan, read_policy, write_policy
from ras.allocation import VARIANTS
from ras.canonical import as_written
from ras.errors import PlanDoesNotFit
from ras.fit import asked, facts_of
from ras.money import Rounding, RoundingMode
from ras.plan import NOT_KNOWN
from ras.policy.document import policy_of
from ras.records import exact, exact_text
from ras.working import Step
from tests.ras import strategies as some
from tests.ras.arithmetic import FUNCTIONS, NotArithmetic, evaluate, inputs_of
from tests.ras.breaking import written
from tests.ras.strategies import Case, plan_data, plan_of


def horizons_of(case: Case) -> list[int]:
    """The indicative amount at each horizon, in pence a year."""
    return [amount.indicative_annual_pence for amount in case.assess().horizons]


def every_step(case: Case) -> tuple[Step, ...]:
    """The working of the amounts and of the plan's cost."""
    assessment = case.assess()
    return (*assessment.working, *assessment.plan_cost.working)


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
    """The sources at and under a rule's path, or else the nearest above it."""
    found = set(re.findall(r'"source": "(.*?)"', json.dumps(at(place, document) if place else document)))
    return found or sources_of(place.rpartition(".")[0], document)


@pytest.mark.parametrize("variant", [variant.model_fields["variant"].annotation for variant in VARIANTS])
def test_there_are_policies_of_every_variant(variant: Any) -> None:
    assert variant.__args__[0] in some.ALLOCATIONS


@given(some.cases(), st.data())
def test_more_need_never_means_less_money(case: Case, data: st.DataObject) -> None:
    worse = data.draw(some.with_more_need(case))

    assert all(b >= a for a, b in zip(horizons_of(case), horizons_of(worse), strict=True))


@given(some.cases(), st.data())
def test_more_resources_present_never_mean_more_money(case: Case, data: st.DataObject) -> None:
    helped = data.draw(some.with_more_present(case))

    assert all(b <= a for a, b in zip(horizons_of(case), horizons_of(helped), strict=True))


@given(some.cases())
def test_resources_present_never_change_what_the_plan_costs(case: Case) -> None:
    alone = plan_of({**plan_data(case.plan), "resources": []})

    assert case.assess().plan_cost == assess(alone, case.policy, effective_on=case.on).plan_cost


@given(some.cases(), st.data())
def test_an_area_left_unanswered_or_not_known_is_refused_by_name(case: Case, data: st.DataObject) -> None:
    facts = facts_of(case.plan, on=case.on)
    asked_of = [domain.code for domain in case.policy.domains if asked(domain, facts)]
    assume(asked_of)
    code = data.draw(st.sampled_from(asked_of))
    horizon = data.draw(st.sampled_from(case.policy.horizons)).horizon.value
    way = data.draw(st.sampled_from(["no need", "no level", NOT_KNOWN]))
    plan = plan_data(case.plan)
    n = next(n for n, need in enumerate(plan["needs"]) if need["domain"] == code)
    place = f"needs.{code}.levels.{horizon}"
    if way == "no need":
        del plan["needs"][n]
        place = "needs"
    elif way == "no level":
        del plan["needs"][n]["levels"][horizon]
    else:
        plan["needs"][n]["levels"][horizon] = NOT_KNOWN

    with pytest.raises(PlanDoesNotFit) as refusal:
        assess(plan_of(plan), case.policy, effective_on=case.on)

    (problem,) = refusal.value.problems
    assert problem.path == place
    assert problem.code == ("answer-not-known" if way == NOT_KNOWN else "unanswered-domain")
    assert f"'{code}'" in problem.message


@given(some.cases(), st.data())
def test_a_circumstance_left_unanswered_is_refused_by_name(case: Case, data: st.DataObject) -> None:
    plan = plan_data(case.plan)
    assume(len(plan["circumstances"]) > 0)
    left_out = plan["circumstances"].pop(data.draw(st.integers(0, len(plan["circumstances"]) - 1)))[
        "circumstance"
    ]

    with pytest.raises(PlanDoesNotFit) as refusal:
        assess(plan_of(plan), case.policy, effective_on=case.on)

    (problem,) = refusal.value.problems
    assert (problem.path, problem.code) == ("circumstances", "unanswered-circumstance")
    assert f"'{left_out}'" in problem.message


@given(some.cases(), st.data())
def test_any_order_of_answers_gives_the_same_bytes(case: Case, data: st.DataObject) -> None:
    plan = plan_data(case.plan)
    # The same help in each way that it may count or not is what is most easily told in another order.
    alike = data.draw(some.resources(case.policy))
    plan["resources"] += [
        {**alike, "willing_and_able": willing, "will_last": lasts}
        for willing in (True, False)
        for lasts in (True, False)
    ]
    bytes_before = canonical(assess(plan_of(plan), case.policy, effective_on=case.on))
    for answers in ("needs", "resources", "circumstances"):
        plan[answers] = data.draw(st.permutations(plan[answers]))

    assert canonical(assess(plan_of(plan), case.policy, effective_on=case.on)) == bytes_before


@given(some.cases(), some.cases())
def test_a_plan_alone_and_again_after_another_gives_the_same_bytes(case: Case, other: Case) -> None:
    alone = canonical(case.assess())
    other.assess()

    assert canonical(case.assess()) == alone


@given(some.cases())
def test_the_parts_of_the_plans_cost_sum_to_the_whole(case: Case) -> None:
    cost = case.assess().plan_cost
    by_horizon: dict[str, int] = defaultdict(int)
    by_domain: dict[tuple[str, str], int] = defaultdict(int)
    for line in cost.lines:
        for horizon in line.horizons:
            by_horizon[horizon] += line.annual_pence or 0
            by_domain[horizon, line.domain] += line.annual_pence or 0

    assert {h.horizon: h.annual_pence for h in cost.by_horizon} == {
        h.horizon: by_horizon[h.horizon] for h in case.policy.horizons
    }
    assert {(d.horizon, d.domain): d.annual_pence for d in cost.by_domain} == {
        (h.horizon, d.code): by_domain[h.horizon, d.code]
        for h in case.policy.horizons
        for d in case.policy.domains
    }
    assert cost.one_off_pence == sum(line.one_off_pence or 0 for line in cost.lines)
    assert len(cost.lines) == len(case.plan.lines)


@given(
    st.fractions(min_value=0, max_value=10**12, max_denominator=10**6),
    st.sampled_from(list(RoundingMode)),
    st.sampled_from([1, 5, 7, 100, 500, 1_000_000]),
)
def test_rounding_lands_on_a_step_less_than_one_step_away(
    amount: Fraction, mode: RoundingMode, step_pence: int
) -> None:
    rounded = Rounding(mode=mode, step_pence=step_pence, source="Law").apply(amount)

    assert rounded % step_pence == 0
    assert abs(rounded - amount) < step_pence
    assert rounded == evaluate(
        f"round_{mode.value.replace('-', '_')}(amount, step)",
        {"amount": amount, "step": Fraction(step_pence)},
    )
    if mode in {RoundingMode.HALF_UP, RoundingMode.HALF_EVEN}:
        assert abs(rounded - amount) * 2 <= step_pence


@given(some.cases())
def test_no_amount_lands_past_the_policys_floor_or_hard_cap(case: Case) -> None:
    bounds, money = case.policy.bounds, case.policy.money
    times = money.period.times_a_year(weeks_per_year=exact(money.weeks_per_year))
    for amount in case.assess().horizons:
        if bounds and bounds.hard_cap_pence is not None:
            assert amount.indicative_annual_pence <= bounds.hard_cap_pence * times
        if bounds and bounds.floor_pence is not None and exact(amount.points_after_resources) > 0:
            assert amount.indicative_annual_pence >= bounds.floor_pence * times


@given(some.cases())
def test_the_amount_is_rounded_once_and_every_line_of_cost_once(case: Case) -> None:
    assessment = case.assess()

    rounded = Counter(line.horizon for line in assessment.working if "round_" in line.arithmetic)
    assert rounded == {rule.horizon: 1 for rule in case.policy.horizons}
    assert all(line.arithmetic.count("round_") <= 1 for line in every_step(case))
    costs = [line for line in assessment.plan_cost.working if "round_" in line.arithmetic]
    assert len(costs) == len(case.plan.lines)


@given(some.policy_documents())
def test_what_is_written_is_read_back_as_it_was(document: dict[str, Any]) -> None:
    policy = policy_of(document)
    again = read_policy(write_policy(policy))

    assert again == policy
    assert again.sha256 == policy.sha256
    assert write_policy(again) == write_policy(policy)


@given(some.cases())
def test_a_policy_and_a_plan_mean_the_same_in_json_and_in_yaml(case: Case) -> None:
    as_json = written(as_written(case.policy))
    plan = written(as_written(case.plan))

    assert read_policy(as_json).sha256 == case.policy.sha256
    assert read_policy(f"# YAML\n{as_json}").sha256 == case.policy.sha256
    assert read_plan(plan) == read_plan(f"# YAML\n{plan}") == case.plan


@given(some.cases())
def test_every_step_of_the_arithmetic_gives_its_result(case: Case) -> None:
    for line in every_step(case):
        assert evaluate(line.arithmetic, inputs_of(line)) == exact(line.result.value), line


def names_in(arithmetic: str) -> set[str]:
    """The names that a sum is over, without those of the functions."""
    return {node.id for node in ast.walk(ast.parse(arithmetic)) if isinstance(node, ast.Name)} - set(
        FUNCTIONS
    )


@given(some.cases())
def test_every_number_of_a_step_is_in_its_arithmetic_or_says_why_the_rule_applies(case: Case) -> None:
    for line in every_step(case):
        names = set(inputs_of(line))
        explains = {
            "banded": {"points", "from_points", "before_points"},
            "banded.last": {"points", "from_points"},
            "piecewise-linear.last": {"points", "lower_points"},
            "bounds.soft-cap": {"soft_cap"},
            "cost.line": {"line"},
            "cost.line-once": {"line"},
        }.get(line.kind, set())
        assert names_in(line.arithmetic) <= names, line
        assert names - explains <= names_in(line.arithmetic), line


@given(some.cases())
def test_the_last_step_states_the_result(case: Case) -> None:
    assessment = case.assess()
    last = assessment.working[-1]

    assert last.kind == "result"
    assert last.horizon is assessment.horizon
    assert last.result.value == str(assessment.indicative_annual_pence)
    for amount in assessment.horizons:
        steps = [line for line in assessment.working if line.horizon is amount.horizon]
        rounding = next(line for line in steps if line.kind == "rounding")
        assert rounding.result.value == str(amount.indicative_annual_pence)


@given(some.cases())
def test_every_step_starts_from_what_the_step_before_it_gave(case: Case) -> None:
    assessment = case.assess()
    for amount in assessment.horizons:
        steps = [line for line in assessment.working if line.horizon is amount.horizon]
        places = {line.kind: n for n, line in enumerate(steps)}
        first = next(n for n, line in enumerate(steps) if line.rule.startswith("allocation."))
        money = steps[first : places["rounding"] + 1]
        assert money[0].value("points") == amount.points_after_resources
        for before, after in pairwise(money):
            assert after.value("amount") == before.result.value


@given(some.cases())
def test_every_steps_rule_is_in_the_policy_document(case: Case) -> None:
    document = as_written(case.policy)
    for line in every_step(case):
        if line.kind == "bounds.none":
            assert "bounds" not in document
        else:
            assert at(line.rule, document) is not None, line.rule


@given(some.cases())
def test_every_step_says_where_its_rule_is_published(case: Case) -> None:
    document = as_written(case.policy)
    for line in every_step(case):
        place = "" if line.kind == "bounds.none" else line.rule
        assert line.source in sources_of(place, document), line


@given(st.fractions(max_denominator=10**9))
def test_a_number_written_is_read_back_exactly(value: Fraction) -> None:
    assert exact(exact_text(value)) == value


@pytest.mark.parametrize(
    "text", ["__import__('os')", "amount.real", "2 ** 9", "[1]", "open('x')", "True", "1.5", "max(*a)", "x"]
)
def test_the_evaluator_evaluates_nothing_but_sums(text: str) -> None:
    with pytest.raises(NotArithmetic):
        evaluate(text, {"amount": Fraction(1)})
