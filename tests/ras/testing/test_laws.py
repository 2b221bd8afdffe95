"""A law can be broken: by a policy that reading lets through, and by an engine that does wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest

from ras import Assessment, read_plan, read_policy
from ras.testing import LAWS, Broken, Case, LawBroken, check_policy, plan_data
from tests.ras import examples
from tests.ras.breaking import written
from tests.ras.examples import Data, changed, policy_data

LAW = {law.code: law for law in LAWS}


MORE_FOR_LESS: Data = {"kind": "add", "amount_pence": 9_000_00, "when": {"score": {"below": "15"}}}
"""A modifier that makes a low score worth more than a higher one."""


def small_policy() -> Data:
    """The example policy with two areas and one horizon, so that much can be tried in a moment."""
    whole = policy_data()
    return changed(
        whole, {"domains": whole["domains"][:2], "horizons": whole["horizons"][:1], "examples": []}
    )


def with_modifier(modifier: Data) -> Data:
    """The small policy with one modifier and no other."""
    named = {"code": "some", "title": "Some", "because": "so", "source": "Test", **modifier}
    return changed(small_policy(), {"modifiers": [named]})


def broken_by(policy: Data, *, examples: int = 100) -> dict[str, Broken]:
    """The laws that a policy breaks, by their codes.

    Which plans a seed makes depends on the modules that are there: Hypothesis draws on their constants.
    """
    found = check_policy(read_policy(written(policy)), examples=examples, seed=7)
    return {broken.law.code: broken for broken in found}


def test_the_example_policy_breaks_no_law() -> None:
    assert check_policy(read_policy(written(policy_data())), examples=30, seed=7) == []


def test_a_policy_in_which_more_need_means_less_money_is_found_out_with_the_simplest_plan() -> None:
    when = {"answers": [{"domain": "behaviour", "at_least": "constant"}]}
    found = broken_by(with_modifier({"kind": "multiply", "factor": "0.5", "when": when}))

    broken = found["more-need"]
    assert set(found) == {"more-need"}
    assert broken.sentence.startswith("More need: “Behaviour management” went from “Most of the day” to ")
    assert "and the indicative amount for “" in broken.sentence
    assert " fell from £" in broken.sentence
    assert (broken.plan["resources"], broken.plan["lines"]) == ([], [])
    assert broken.changed is not None
    assert broken.changed != broken.plan
    read = read_plan(written(broken.plan))
    assert read.starts_on <= broken.on


def test_a_policy_in_which_more_that_is_there_means_more_money_is_found_out() -> None:
    found = broken_by(with_modifier(MORE_FOR_LESS), examples=250)

    assert set(found) == {"more-need", "more-present"}
    assert found["more-present"].sentence.startswith("More is already there: “")
    assert " rose from £" in found["more-present"].sentence


def test_a_policy_whose_amounts_are_no_real_ones_is_found_out() -> None:
    knots = [{"points": points, "amount_pence": 10**11} for points in ("0", "10")]
    found = broken_by(changed(small_policy(), {"allocation.knots": knots, "money.period": "week"}))

    assert set(found) == {"answered"}
    assert "is refused" in found["answered"].sentence


def test_the_same_seed_finds_the_same_plan() -> None:
    policy = read_policy(written(with_modifier(MORE_FOR_LESS)))

    assert check_policy(policy, examples=60, seed=3) == check_policy(policy, examples=60, seed=3)


def as_it_is(answer: Assessment) -> Assessment:
    """Nothing wrong."""
    return answer


@dataclass(frozen=True)
class Wrong(Case):
    """A case that an engine gets wrong in one way."""

    way: Callable[[Assessment], Assessment] = as_it_is

    def assess(self) -> Assessment:
        """The wrong assessment."""
        return self.way(super().assess())


@dataclass(frozen=True)
class Unfinished(Case):
    """A case with an answer missing, which an engine takes for another that has it."""

    finished: Case | None = None

    def assess(self) -> Assessment:
        """The other's assessment."""
        assert self.finished is not None
        return self.finished.assess()


def example() -> Case:
    """The example policy and plan."""
    plan = read_plan(written(examples.plan_data()))
    document = changed(policy_data(), {"bounds.hard_cap_pence": 20_000_00})
    policy = read_policy(written(document))
    return Case(document=document, policy=policy, plan=plan, on=date(2026, 10, 1))


def wrong(case: Case, way: Callable[[Assessment], Assessment]) -> Wrong:
    """The same case, assessed wrongly."""
    return Wrong(**vars(case), way=way)


def a_penny_more(answer: Assessment) -> Assessment:
    """The headline is a penny more than its last line says."""
    return answer.model_copy(update={"indicative_annual_pence": answer.indicative_annual_pence + 1})


def a_penny_lost(answer: Assessment) -> Assessment:
    """A penny of the plan's cost is lost on the way from its lines to their total."""
    cost = answer.plan_cost
    first, *others = cost.by_horizon
    less = first.model_copy(update={"annual_pence": first.annual_pence - 1})
    return answer.model_copy(update={"plan_cost": cost.model_copy(update={"by_horizon": (less, *others)})})


def another_result(answer: Assessment) -> Assessment:
    """The first line of the working does not come to its result."""
    first, *others = answer.working
    result = first.result.model_copy(update={"value": "12345"})
    return answer.model_copy(update={"working": (first.model_copy(update={"result": result}), *others)})


def rounded_twice(answer: Assessment) -> Assessment:
    """Every line is rounded, where only the total is."""
    lines = (
        line.model_copy(update={"arithmetic": f"round_down({line.arithmetic}, step)"})
        for line in answer.working
    )
    return answer.model_copy(update={"working": tuple(lines)})


def a_fortune(answer: Assessment) -> Assessment:
    """Every amount is far above any cap."""
    more = tuple(h.model_copy(update={"indicative_annual_pence": 10**9}) for h in answer.horizons)
    return answer.model_copy(update={"horizons": more})


WRONG = [
    ("last-step", a_penny_more),
    ("last-step", a_fortune),
    ("parts-sum", a_penny_lost),
    ("arithmetic", another_result),
    ("rounded-once", rounded_twice),
    ("limits", a_fortune),
    ("any-order", a_penny_more),
    ("more-need", a_fortune),
    ("cost-apart", a_penny_lost),
]


@pytest.mark.parametrize(("code", "way"), WRONG)
def test_an_engine_that_does_wrong_breaks_the_law(code: str, way: Callable[[Assessment], Assessment]) -> None:
    case = example()

    LAW[code].holds(case, case)
    with pytest.raises(LawBroken):
        LAW[code].holds(wrong(case, way), case)


def test_an_engine_that_takes_a_missing_answer_for_nothing_breaks_the_law() -> None:
    case = example()
    unfinished = case.with_plan({**plan_data(case.plan), "needs": []})

    LAW["missing-refused"].holds(case, unfinished)
    with pytest.raises(LawBroken, match="was not refused: it came to £4,617 a year"):
        LAW["missing-refused"].holds(case, Unfinished(**vars(unfinished), finished=case))


def test_every_law_is_seen_to_be_broken() -> None:
    assert LAW.keys() == {code for code, _ in WRONG} | {"answered", "more-present", "missing-refused"}
