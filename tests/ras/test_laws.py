"""Laws that hold for every policy and every plan.

LAWS=10000 tries them on so many policies instead of 1,000, spread over the variants, and each time on
others; LAWS_SEED=... tries them on the same again.
"""

import os
import secrets
from fractions import Fraction

import pytest
from hypothesis import assume, given, seed, settings
from hypothesis import strategies as st

from ras import assess, canonical, read_plan, read_policy, write_policy
from ras import testing as some
from ras.allocation import VARIANTS
from ras.canonical import as_written
from ras.errors import PlanDoesNotFit
from ras.money import Rounding, RoundingMode
from ras.plan import NOT_KNOWN
from ras.policy.document import policy_of
from ras.records import exact, exact_text
from ras.testing import LAWS, Case, changes, hold_to, plan_data, plan_of
from tests.ras.arithmetic import evaluate
from tests.ras.breaking import written
from tests.ras.examples import Data

POLICIES = int(os.environ.get("LAWS", "1000"))
"""How many policies the laws are tried on, at the least and in all."""
SEED = int(os.environ.get("LAWS_SEED") or (secrets.randbelow(2**32) if "LAWS" in os.environ else 20140901))
"""The same number makes the same policies."""
EACH = -(-POLICIES // len(some.ALLOCATIONS))


def variant_of(variant: type) -> str:
    """A variant's name."""
    name: str = variant.model_fields["variant"].annotation.__args__[0]  # type: ignore[attr-defined]  # a record
    return name


def test_there_are_policies_of_every_variant() -> None:
    assert set(some.ALLOCATIONS) == {variant_of(variant) for variant in VARIANTS}


@pytest.mark.parametrize("variant", sorted(some.ALLOCATIONS))
def test_every_law_holds_for_policies_of_every_variant(variant: str) -> None:
    print(f"{EACH} policies, LAWS={POLICIES} LAWS_SEED={SEED}")  # noqa: T201  shown where it fails
    tried = 0

    @seed(SEED)
    @settings(max_examples=EACH)
    @given(case=some.cases(variant), data=st.data())
    def laws_hold(case: Case, data: st.DataObject) -> None:
        nonlocal tried
        tried += 1
        changed = data.draw(changes(case))
        for law in LAWS:
            hold_to(law, case, changed[law.change])

    laws_hold()
    assert tried >= EACH


@given(some.cases(), st.data())
def test_an_area_left_unanswered_or_not_known_is_refused_by_name(case: Case, data: st.DataObject) -> None:
    assume(case.asked())
    code = data.draw(st.sampled_from(case.asked())).code
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
def test_help_that_counts_and_help_that_does_not_are_told_in_one_order(
    case: Case, data: st.DataObject
) -> None:
    # The same help in each way that it may count or not is what is most easily told in another order.
    plan = plan_data(case.plan)
    alike = data.draw(some.resources(case.policy))
    plan["resources"] += [
        {**alike, "willing_and_able": willing, "will_last": lasts}
        for willing in (True, False)
        for lasts in (True, False)
    ]
    bytes_before = canonical(assess(plan_of(plan), case.policy, effective_on=case.on))
    plan["resources"] = data.draw(st.permutations(plan["resources"]))

    assert canonical(assess(plan_of(plan), case.policy, effective_on=case.on)) == bytes_before


@given(some.cases(), some.cases())
def test_a_plan_alone_and_again_after_another_gives_the_same_bytes(case: Case, other: Case) -> None:
    alone = canonical(case.assess())
    other.assess()

    assert canonical(case.assess()) == alone


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


@given(some.policy_documents())
def test_what_is_written_is_read_back_as_it_was(document: Data) -> None:
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


@given(st.fractions(max_denominator=10**9))
def test_a_number_written_is_read_back_exactly(value: Fraction) -> None:
    assert exact(exact_text(value)) == value
