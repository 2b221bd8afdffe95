"""A policy made fast gives what the plain way gives, to the byte, whatever it was asked before."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ras import compiled as fast
from ras import testing as some
from ras.compiled import Compiled, compiled
from ras.costing import cost_lines
from ras.dates import add_months, financial_year
from ras.errors import RasError
from ras.fit import refuse_misfit
from ras.indicative import Indicative, indicative_amount
from ras.plan import Plan
from ras.policy.configuration import PolicyConfiguration
from ras.policy.document import policy_of
from ras.testing import Case, plan_data, plan_of
from ras.testing.draws import Draw, whole
from ras.working import Horizon
from tests.ras import examples
from tests.ras.examples import Data, changed, policy_data
from tests.ras.policy.pieces import modifier

DAY = date(2026, 9, 1)
Amounts = dict[Horizon, Indicative]
ONE_HORIZON = {"horizons": policy_data()["horizons"][:1]}


def plain(plan: Plan, policy: PolicyConfiguration, on: date) -> Amounts:
    """The plain way: what fits is scored, horizon by horizon."""
    facts = refuse_misfit(plan, policy, on=on)
    year = financial_year(on).first_day.year
    return {
        rule.horizon: indicative_amount(plan, policy, rule.horizon, facts, year=year)
        for rule in policy.horizons
    }


def outcome(way: Callable[[], Amounts]) -> Any:
    """What comes of it: the amounts with every line, or the refusal with all that it says."""
    try:
        return way()
    except RasError as refusal:
        return type(refusal), str(refusal), refusal.problems


def hold_to_the_plain_way(ready: Compiled, plan: Plan, on: date) -> Any:
    found = outcome(lambda: ready.amounts(plan, on=on))

    assert found == outcome(lambda: plain(plan, ready.policy, on))
    return found


@st.composite
def near(draw: Draw, case: Case) -> list[tuple[Plan, date]]:
    """The plan and others close to it: an answer, a fact, the help, the age, the day or the order differs."""
    data = {**plan_data(case.plan), "lines": []}
    other = {**plan_data(draw(some.plans(case.policy))[0]), "lines": []}
    months = draw(whole(-30, 30))
    born_on = add_months(case.plan.born_on, -months).isoformat()
    tried = [
        (data, case.on),
        (other, case.on),
        ({**data, "circumstances": other["circumstances"]}, case.on),
        ({**other, "circumstances": data["circumstances"]}, case.on),
        ({**data, "resources": other["resources"]}, case.on),
        ({**data, "resources": []}, case.on),
        ({**data, "born_on": born_on}, case.on),
        (data, add_months(case.on, months)),
        ({**data, "needs": data["needs"][::-1], "needs_not_captured": True}, case.on),
        (plan_data(draw(some.with_more_need(case.with_plan(data))).plan), case.on),
        (plan_data(draw(some.with_more_present(case.with_plan(data))).plan), case.on),
        (plan_data(case.plan), case.on),
    ]
    return [(plan_of(each), on) for each, on in draw(st.permutations([*tried, *tried[:4]]))]


@pytest.mark.parametrize("variant", sorted(some.ALLOCATIONS))
def test_every_variant_made_fast_is_what_it_was(variant: str) -> None:
    scored = 0

    @settings(max_examples=12)
    @given(some.cases(variant), st.data())
    def one_after_another_they_are_the_same(case: Case, data: st.DataObject) -> None:
        nonlocal scored
        ready = Compiled(case.policy)
        for plan, on in data.draw(near(case)):
            found = hold_to_the_plain_way(ready, plan, on)
            scored += isinstance(found, dict)

    one_after_another_they_are_the_same()
    assert scored > 50


@settings(max_examples=25)
@given(some.cases(), st.data())
def test_where_hardly_anything_is_remembered_the_answers_are_the_same(
    case: Case, data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast, "MOST_REMEMBERED", data.draw(st.sampled_from([0, 1, 2])))
        ready = Compiled(case.policy)
        for plan, on in data.draw(near(case)):
            hold_to_the_plain_way(ready, plan, on)


def test_no_more_is_remembered_than_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "MOST_REMEMBERED", 3)
    ready = Compiled(policy_of(policy_data()))
    for level in ("none", "now-and-then", "regular", "frequent", "constant"):
        plan = plan_with({"needs": [*examples.plan_data()["needs"][:3], need("education", level)]})
        hold_to_the_plain_way(ready, plan, DAY)

        assert all(len(kept) <= 3 for kept in ready._remembered.values())  # noqa: SLF001  there is no other way to look


def test_what_comes_back_is_not_worked_out_again() -> None:
    ready = Compiled(policy_of(policy_data()))
    first, again = ready.amounts(plan_with({}), on=DAY), ready.amounts(plan_with({}), on=DAY)

    for horizon, amount in first.items():
        same = zip(amount.steps, again[horizon].steps, strict=True)
        assert {line.kind for line, other in same if line is not other} <= {"score.total", "resources.total"}


def test_levels_at_horizons_that_are_not_scored_cost_nothing() -> None:
    """A public estimate gives one level for every horizon."""
    ready = Compiled(policy_of(changed(policy_data(), ONE_HORIZON)))
    first, again = ready.amounts(plan_with({}), on=DAY), ready.amounts(plan_with({}), on=DAY)
    same = zip(first[Horizon.SHORT].steps, again[Horizon.SHORT].steps, strict=True)

    assert {line.kind for line, other in same if line is not other} <= {"score.total", "resources.total"}


def need(domain: str, short: str | None, **others: Any) -> Data:
    levels = {"short": short, "medium": "none", "long": "none"}
    return {"domain": domain, "levels": {k: v for k, v in levels.items() if v is not None}, **others}


def plan_with(changes: dict[str, Any]) -> Plan:
    return plan_of(changed(examples.plan_data(), {"lines": [], **changes}))


def facts(**given_: str | int) -> list[Data]:
    return [
        {"circumstance": code.replace("_", "-"), ("count" if isinstance(answer, int) else "choice"): answer}
        for code, answer in given_.items()
    ]


RESOURCE = examples.plan_data()["resources"][0]
NEEDS = examples.plan_data()["needs"]
UNUSUAL = {
    "an unknown domain": {"needs": [*NEEDS, need("sleep", "none")]},
    "an unknown domain that is not applicable": {"needs": [*NEEDS, need("sleep", "not-applicable")]},
    "an unknown level": {"needs": [*NEEDS[:3], need("education", "high")]},
    "an area answered twice": {"needs": [*NEEDS, need("education", "none")]},
    "an area answered twice, first with no level": {"needs": [need("education", None), *NEEDS]},
    "an area answered twice, first as not applicable": {
        "needs": [need("education", "not-applicable"), *NEEDS]
    },
    "not known": {"needs": [*NEEDS[:3], need("education", "not-known")]},
    "not applicable": {"needs": [*NEEDS[:3], need("education", "not-applicable")]},
    "no need, which this question does not have": {"needs": [*NEEDS[:3], need("education", "no-need")]},
    "no level": {"needs": [*NEEDS[:3], need("education", None)]},
    "an area not answered": {"needs": NEEDS[:3]},
    "nothing answered": {"needs": []},
    "a family level that is unknown": {
        "needs": [*NEEDS[:3], need("education", "none", family_levels={"long": "high"})]
    },
    "a family level that is not known": {
        "needs": [*NEEDS[:3], need("education", "none", family_levels={"long": "not-known"})]
    },
    "a family level of no need": {
        "needs": [*NEEDS[:3], need("education", "none", family_levels={"short": "no-need"})]
    },
    "circumstances missing": {"circumstances": facts(area="town")},
    "no circumstances": {"circumstances": []},
    "a circumstance answered twice": {
        "circumstances": facts(area="town", disabled_siblings=0) + facts(area="town")
    },
    "an unknown circumstance": {"circumstances": facts(area="town", disabled_siblings=0, nights=2)},
    "an unknown choice": {"circumstances": facts(area="moon", disabled_siblings=0)},
    "a choice where it asks how many": {"circumstances": facts(area="town", disabled_siblings="town")},
    "a number where there are choices": {"circumstances": facts(area=1, disabled_siblings=0)},
    "more than there can be": {"circumstances": facts(area="town", disabled_siblings=13)},
    "help in an unknown domain": {"resources": [{**RESOURCE, "domain": "sleep"}]},
    "unknown help": {"resources": [{**RESOURCE, "contribution": "lots"}]},
    "too old": {"born_on": "2008-09-01"},
    "not born yet": {"born_on": "2027-09-01"},
    "ends too late": {"starts_on": "2199-06-01"},
    "ends only just": {"starts_on": "2197-12-31"},
    "lines": {"lines": examples.plan_data()["lines"]},
    "an unknown item": {"lines": [{**examples.plan_data()["lines"][0], "item": "boat"}]},
    "a refused purpose": {"lines": [{**examples.plan_data()["lines"][0], "purpose": "school-place"}]},
    "everything at once": {
        "needs": [need("sleep", "none"), need("education", "high")],
        "circumstances": facts(area="moon", nights=2),
        "resources": [{**RESOURCE, "contribution": "lots", "domain": "sleep"}],
    },
}


@pytest.mark.parametrize("way", UNUSUAL)
def test_an_unusual_plan_is_scored_or_refused_as_the_plain_way_does(way: str) -> None:
    ready = Compiled(policy_of(policy_data()))
    for plan in (plan_with({}), plan_with(UNUSUAL[way]), plan_with({})):
        hold_to_the_plain_way(ready, plan, DAY)


@pytest.mark.parametrize("second", [None, "not-applicable"])
def test_an_area_answered_again_without_a_level_is_refused(second: str | None) -> None:
    again = {"domain": "education", "levels": {} if second is None else {"short": second}}
    hold_to_the_plain_way(Compiled(policy_of(policy_data())), plan_with({"needs": [*NEEDS, again]}), DAY)


def test_an_area_that_is_not_asked_and_is_answered_twice_is_refused() -> None:
    not_asked = {"domains.education.applies_if": {"age": {"before_age": 5}}}
    again = {"domain": "education", "levels": {"short": "not-applicable"}}
    ready = Compiled(policy_of(changed(policy_data(), not_asked)))

    hold_to_the_plain_way(ready, plan_with({"needs": [*NEEDS[:3], again, again]}), DAY)


NOT_ASKED = {"domains.education.applies_if": {"age": {"before_age": 5}}}
NO_NEED = {"domains.education.no_need": "Nothing at all"}


@pytest.mark.parametrize(
    ("policy_changes", "needs"),
    [
        # At horizons that are not scored levels are looked at all the same: misspelt ones are refused.
        (ONE_HORIZON, NEEDS),
        (ONE_HORIZON, [*NEEDS[:3], {"domain": "education", "levels": {"short": "none", "long": "high"}}]),
        (
            ONE_HORIZON,
            [*NEEDS[:3], {"domain": "education", "levels": {"short": "none", "long": "not-known"}}],
        ),
        (ONE_HORIZON, [*NEEDS[:3], {"domain": "education", "levels": {"short": "none"}}]),
        (ONE_HORIZON, [*NEEDS[:3], {"domain": "education", "levels": {"long": "none"}}]),
        (NOT_ASKED, NEEDS),
        (NOT_ASKED, NEEDS[:3]),
        (NOT_ASKED, [*NEEDS[:3], {"domain": "education", "levels": {}}]),
        (NOT_ASKED, [*NEEDS[:3], {"domain": "education", "levels": {"long": "not-applicable"}}]),
        (NOT_ASKED, [*NEEDS[:3], {"domain": "education", "levels": {"long": "none"}}]),
        (NOT_ASKED, [*NEEDS[:3], {"domain": "education", "levels": {"long": "not-known"}}]),
        (NO_NEED, [*NEEDS[:3], need("education", "no-need")]),
        (NO_NEED, [*NEEDS[:3], need("education", "none", family_levels={"short": "no-need"})]),
    ],
)
def test_what_is_not_scored_or_not_asked_is_treated_as_the_plain_way_does(
    policy_changes: dict[str, Any], needs: list[Data]
) -> None:
    ready = Compiled(policy_of(changed(policy_data(), policy_changes)))
    for plan in (plan_with({"needs": needs}), plan_with({}), plan_with({"needs": needs})):
        hold_to_the_plain_way(ready, plan, DAY)


# Each changes what one child gets and another does not, of the same answers.
BY_FACTS: dict[str, dict[str, Any]] = {
    "age": {"modifiers": modifier("add", {"age": {"from_age": 11, "before_age": 12}}, amount_pence=1_00)},
    "stage": {"modifiers": modifier("add", {"key_stages": ["key-stage-3"]}, amount_pence=1_00)},
    "choice": {
        "modifiers": modifier(
            "add", {"circumstances": [{"circumstance": "area", "is_one_of": ["remote"]}]}, amount_pence=1_00
        )
    },
    "number": {
        "modifiers": modifier(
            "add", {"circumstances": [{"circumstance": "disabled-siblings", "at_most": 0}]}, amount_pence=1_00
        )
    },
    "how many": {
        "modifiers": modifier("add-for-each", {}, circumstance="disabled-siblings", amount_pence=1_00)
    },
    "month": {
        "modifiers": modifier(
            "age-taper", {}, factors=[{"age": 10, "factor": "0"}, {"age": 20, "factor": "1"}]
        )
    },
    "year": {
        "uprating": [
            {"kind": "percent", "year": year, "percent": percent, "source": "Case"}
            for year, percent in ((2026, "0"), (2027, "9"))
        ]
    },
    "price": {
        "allocation": {
            "variant": "price-per-point",
            "source": "Case",
            "prices": [
                {"title": "A", "when": {"age": {"before_age": 11}}, "price_pence": "100"},
                {"title": "B", "price_pence": "200"},
            ],
        }
    },
    "limit": {
        "bounds": {
            "groups": [{"title": "A", "when": {"age": {"before_age": 11}}, "hard_cap_pence": 1_00}],
            "source": "Case",
        }
    },
    "once": {
        "one_offs": [
            {
                "code": "once",
                "title": "Once",
                "because": "so",
                "when": {"age": {"before_age": 11}},
                "amount_pence": 5,
                "source": "Case",
            }
        ]
    },
    "questions": {"domains.education.applies_if": {"age": {"from_age": 4, "before_age": 11}}},
    "set of questions": {
        "questionnaires": [
            {
                "code": code,
                "title": code,
                **({"when": {"age": {"before_age": 11}}} if code == "young" else {}),
                "domains": [domain["code"] for domain in policy_data()["domains"]],
                "source": "Case",
            }
            for code in ("young", "older")
        ]
    },
}


@pytest.mark.parametrize("fact", BY_FACTS)
def test_what_is_remembered_of_one_child_is_not_given_to_another(fact: str) -> None:
    ready = Compiled(policy_of(changed(policy_data(), {"modifiers": [], **BY_FACTS[fact]})))
    children = [
        (plan_with({"born_on": born_on, "circumstances": facts(area=area, disabled_siblings=siblings)}), on)
        for born_on in ("2015-06-14", "2015-10-14", "2014-08-31", "2014-09-01", "2009-01-01")
        for area, siblings in (("town", 0), ("remote", 0), ("town", 2))
        for on in (DAY, date(2027, 4, 1), date(2028, 8, 31))
    ]
    outcomes = [hold_to_the_plain_way(ready, plan, on) for plan, on in [*children, *children[::-1]]]

    assert any(other != outcomes[0] for other in outcomes)


def test_a_policy_is_made_fast_once_and_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "_COMPILED", {})
    monkeypatch.setattr(fast, "MOST_POLICIES", 2)
    policies = [policy_of({**policy_data(), "version": version}) for version in ("1", "2", "3")]

    assert compiled(policies[0]) is compiled(policy_of({**policy_data(), "version": "1"}))
    for policy in [*policies, *policies]:
        assert compiled(policy).policy == policy
        assert len(fast._COMPILED) <= 2  # noqa: SLF001  there is no other way to look


def test_a_plan_without_lines_costs_nothing_whatever_the_day() -> None:
    ready = Compiled(policy_of(policy_data()))

    for on in (DAY, date(2030, 1, 1)):
        assert ready.costs_nothing == cost_lines((), ready.policy, on=on)


def test_the_plan_and_the_policy_are_left_as_they_were() -> None:
    policy, plan = policy_of(policy_data()), plan_with({})
    before = deepcopy(policy), deepcopy(plan)
    Compiled(policy).amounts(plan, on=DAY)

    assert (policy, plan) == before
