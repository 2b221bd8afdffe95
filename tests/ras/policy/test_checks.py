"""Every check of a policy's sense finds its fault, and only its fault, at its place."""

import ast
from pathlib import Path
from typing import Any

import pytest

import ras
from ras.policy import checks
from ras.policy.checks import CHECKS, faults
from ras.policy.configuration import PolicyConfiguration
from ras.reading import validated
from tests.ras.examples import Data, changed, policy_data

QUESTION = {"question": "Which?", "why_asked": "So.", "source": "Case"}
NO_CHOICE = {"code": "setting", "title": "Setting", **QUESTION}
BANDS = {"variant": "banded", "source": "Case"}
KNOTS = {"variant": "piecewise-linear", "source": "Case"}
PRICES = {"variant": "price-per-point", "source": "Case"}
TOWN = {"circumstances": [{"circumstance": "area", "is_one_of": ["town"]}]}
SIBLINGS = "modifiers.disabled-siblings.when.circumstances.0"
AREA = "modifiers.remote-area.when.circumstances.0"
CLUB = "rate_card.items.activity-club.prices"
PRICE = {"price_pence": 18_00, "source": "Case"}


def band(begins: str, ends: str | None, amount: int) -> Data:
    return {"from_points": begins, **({"before_points": ends} if ends else {}), "amount_pence": amount}


def knot(points: str, amount: int) -> Data:
    return {"points": points, "amount_pence": amount}


# (the check, what is changed in the example policy, what must be found: path and code)
FAULTS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("_codes_are_unique", {"domains.behaviour.code": "education"}, ["domains.education [repeated-code]"]),
    (
        "_codes_are_unique",
        {"domains.behaviour.levels.regular.code": "none"},
        ["domains.behaviour.levels.none [repeated-code]"],
    ),
    (
        "_codes_are_unique",
        {"modifiers.disabled-siblings.code": "remote-area"},
        ["modifiers.remote-area [repeated-code]"],
    ),
    ("_codes_are_unique", {"horizons.medium.horizon": "long"}, ["horizons.long [repeated-code]"]),
    (
        "_codes_are_unique",
        {"rate_card.items.equipment.code": "activity-club"},
        ["rate_card.items.activity-club [repeated-code]"],
    ),
    (
        "_codes_are_unique",
        {"scope.purposes.equipment.code": "short-break"},
        ["scope.purposes.short-break [repeated-code]"],
    ),
    (
        "_codes_are_unique",
        {"resources_present.contributions.some.code": "none"},
        ["resources_present.contributions.none [repeated-code]"],
    ),
    (
        "_codes_are_unique",
        {"circumstances.area.choices.village.code": "town"},
        ["circumstances.area.choices.town [repeated-code]"],
    ),
    (
        "_no_level_has_a_reserved_code",
        {"domains.behaviour.levels.none.code": "not-known"},
        ["domains.behaviour.levels.not-known.code [reserved-code]"],
    ),
    (
        "_no_level_has_a_reserved_code",
        {"domains.behaviour.levels.none.code": "not-applicable"},
        ["domains.behaviour.levels.not-applicable.code [reserved-code]"],
    ),
    ("_the_period_is_not_empty", {"valid_before": "2026-04-01"}, ["valid_before [empty-period]"]),
    ("_ages_make_sense", {"eligibility.before_age": 0}, ["eligibility.before_age [empty-age-band]"]),
    (
        "_ages_make_sense",
        {"domains.education.applies_if": {"age": {"from_age": 5, "before_age": 5}}},
        ["domains.education.applies_if.age [empty-age-band]"],
    ),
    ("_a_year_has_weeks", {"money.weeks_per_year": "0"}, ["money.weeks_per_year [wrong-value]"]),
    ("_a_year_has_weeks", {"money.weeks_per_year": "53.01"}, ["money.weeks_per_year [wrong-value]"]),
    (
        "_horizons_are_in_order",
        {"horizons.short.horizon": "long", "horizons.2.horizon": "short"},
        ["horizons.medium [out-of-order]", "horizons.short [out-of-order]"],
    ),
    (
        "_more_need_has_more_points",
        {"domains.education.levels.frequent.points": "6.99"},
        ["domains.education.levels.frequent.points [falls]"],
    ),
    (
        "_contributions_say_how_much",
        {"resources_present.mode": "fraction"},
        [
            f"resources_present.contributions.{code}.{field} [{problem}]"
            for code in ("none", "a-little", "some", "much")
            for field, problem in (("points", "unknown-field"), ("fraction", "missing"))
        ],
    ),
    (
        "_contributions_say_how_much",
        {"resources_present.contributions.some.fraction": "0.5"},
        ["resources_present.contributions.some.fraction [unknown-field]"],
    ),
    (
        "_contributions_say_how_much",
        {"resources_present.contributions.some.points": "0.5"},
        ["resources_present.contributions.some.points [falls]"],
    ),
    (
        "_questions_are_of_one_kind",
        {"circumstances.area.at_most": 3},
        ["circumstances.area.at_most [unknown-field]"],
    ),
    ("_references_exist", {f"{AREA}.circumstance": "areas"}, [f"{AREA}.circumstance [unknown-reference]"]),
    (
        "_references_exist",
        {f"{AREA}.is_one_of": ["remote", "moon"]},
        [f"{AREA}.is_one_of.1 [unknown-reference]"],
    ),
    ("_references_exist", {f"{AREA}.at_least": 1}, [f"{AREA} [wrong-test]"]),
    ("_references_exist", {AREA: {"circumstance": "area"}}, [f"{AREA} [wrong-test]"]),
    ("_references_exist", {SIBLINGS: {"circumstance": "disabled-siblings"}}, [f"{SIBLINGS} [wrong-test]"]),
    ("_references_exist", {f"{SIBLINGS}.is_one_of": ["town"]}, [f"{SIBLINGS} [wrong-test]"]),
    (
        "_references_exist",
        {"domains.behaviour.applies_if": {"circumstances": [{"circumstance": "no", "at_least": 1}]}},
        ["domains.behaviour.applies_if.circumstances.0.circumstance [unknown-reference]"],
    ),
    (
        "_references_exist",
        {
            "allocation": {
                **PRICES,
                "prices": [
                    {
                        "title": "Far",
                        "when": {"circumstances": [{"circumstance": "no", "at_least": 1}]},
                        "price_pence": "1",
                    },
                    {"title": "All", "price_pence": "1"},
                ],
            }
        },
        ["allocation.prices.0.when.circumstances.0.circumstance [unknown-reference]"],
    ),
    (
        "_prices_follow_one_another",
        {f"{CLUB}.0.valid_before": "2026-04-01"},
        [f"{CLUB}.0.valid_before [empty-period]"],
    ),
    (
        "_prices_follow_one_another",
        {CLUB: [{"valid_from": "2026-04-01", **PRICE}, {"valid_from": "2027-04-01", **PRICE}]},
        [f"{CLUB}.1.valid_from [overlap]"],
    ),
    (
        "_prices_follow_one_another",
        {
            CLUB: [
                {"valid_from": "2026-04-01", "valid_before": "2027-04-02", **PRICE},
                {"valid_from": "2027-04-01", **PRICE},
            ]
        },
        [f"{CLUB}.1.valid_from [overlap]"],
    ),
    (
        "_prices_follow_one_another",
        {
            CLUB: [
                {"valid_from": "2026-04-01", "valid_before": "2027-03-31", **PRICE},
                {"valid_from": "2027-04-01", **PRICE},
            ]
        },
        [f"{CLUB}.1.valid_from [gap]"],
    ),
    (
        "_prices_follow_one_another",
        {"rate_card.items.personal-assistant.prices.0.on_costs.employer.percent": "-1"},
        ["rate_card.items.personal-assistant.prices.0.on_costs.employer.percent [wrong-value]"],
    ),
    ("_bounds_are_in_order", {"bounds.hard_cap_pence": 19_999_00}, ["bounds.hard_cap_pence [out-of-order]"]),
    ("_bounds_are_in_order", {"bounds.floor_pence": 20_001_00}, ["bounds.soft_cap_pence [out-of-order]"]),
    (
        "_bounds_are_in_order",
        {"bounds": {"floor_pence": 200, "hard_cap_pence": 100, "source": "Case"}},
        ["bounds.hard_cap_pence [out-of-order]"],
    ),
    (
        "_rounding_keeps_the_bounds",
        {"bounds": {"floor_pence": 150_50, "hard_cap_pence": 20_000_01, "source": "Case"}},
        ["bounds.floor_pence [not-on-a-step]", "bounds.hard_cap_pence [not-on-a-step]"],
    ),
    (
        "_the_allocation_makes_sense",
        {"allocation": {**BANDS, "bands": [band("1", None, 1)]}},
        ["allocation.bands.0.from_points [gap]"],
    ),
    (
        "_the_allocation_makes_sense",
        {"allocation": {**BANDS, "bands": [band("0", "5", 1)]}},
        ["allocation.bands.0.before_points [gap]"],
    ),
    (
        "_the_allocation_makes_sense",
        {"allocation": {**BANDS, "bands": [band("0", None, 1), band("5", None, 2)]}},
        ["allocation.bands.0.before_points [overlap]"],
    ),
    (
        "_the_allocation_makes_sense",
        {"allocation": {**BANDS, "bands": [band("0", "5", 1), band("5", "5.0", 1), band("5", None, 2)]}},
        ["allocation.bands.1.before_points [empty-band]"],
    ),
    (
        "_the_allocation_makes_sense",
        {"allocation": {**BANDS, "bands": [band("0", "5", 1), band("5.01", None, 2)]}},
        ["allocation.bands.1.from_points [gap]"],
    ),
    (
        "_the_allocation_makes_sense",
        {"allocation": {**BANDS, "bands": [band("0", "5", 1), band("4.99", None, 2)]}},
        ["allocation.bands.1.from_points [overlap]"],
    ),
    (
        "_the_allocation_makes_sense",
        {"allocation": {**BANDS, "bands": [band("0", "5", 2), band("5", None, 1)]}},
        ["allocation.bands.1.amount_pence [falls]"],
    ),
    (
        "_the_allocation_makes_sense",
        {"allocation": {**KNOTS, "knots": [knot("1", 0), knot("2", 1)]}},
        ["allocation.knots.0.points [gap]"],
    ),
    (
        "_the_allocation_makes_sense",
        {"allocation": {**KNOTS, "knots": [knot("0", 0), knot("2", 1), knot("2.0", 1)]}},
        ["allocation.knots.2.points [overlap]"],
    ),
    (
        "_the_allocation_makes_sense",
        {"allocation": {**KNOTS, "knots": [knot("0", 2), knot("2", 1)]}},
        ["allocation.knots.1.amount_pence [falls]"],
    ),
    (
        "_the_allocation_makes_sense",
        {
            "allocation": {
                **PRICES,
                "prices": [{"title": "All", "price_pence": "1"}, {"title": "All", "price_pence": "1"}],
            }
        },
        ["allocation.prices.0 [unreachable]"],
    ),
    (
        "_the_allocation_makes_sense",
        {"allocation": {**PRICES, "prices": [{"title": "Town", "when": TOWN, "price_pence": "1"}]}},
        ["allocation.prices.0 [gap]"],
    ),
]


def broken(changes: dict[str, Any]) -> tuple[PolicyConfiguration, Data]:
    """The example policy with changes that leave its shape whole."""
    data = changed(policy_data(), changes)
    return validated(PolicyConfiguration, data), data


@pytest.mark.parametrize(
    ("name", "changes", "found"), FAULTS, ids=lambda part: part if isinstance(part, str) else ""
)
def test_the_check_finds_its_fault_at_its_place_and_no_other_check_does(
    name: str, changes: dict[str, Any], found: list[str]
) -> None:
    policy, data = broken(changes)

    assert [f"{problem.path} [{problem.code}]" for problem in faults(policy, data)] == found
    assert [check.__name__ for check in CHECKS if list(check(policy))] == [name]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_check_is_silent_on_the_example_policy(check: Any) -> None:
    policy, _ = broken({})

    assert list(check(policy)) == []


def test_every_check_is_seen_to_find_a_fault() -> None:
    elsewhere = {"budget_faults"}  # in test_budget_checks.py
    assert {check.__name__ for check in CHECKS} - elsewhere == {name for name, _, _ in FAULTS}


def test_every_check_function_is_among_the_checks() -> None:
    tree = ast.parse(Path(checks.__file__).read_text("utf-8"))
    written = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}

    assert written - {check.__name__ for check in CHECKS} == {"faults", "_conditions"}


@pytest.mark.parametrize(
    "path",
    ["policy/checks.py", *(f"allocation/{v}.py" for v in ("banded", "piecewise_linear", "price_per_point"))],
)
def test_every_code_that_a_check_can_give_is_seen_given(path: str) -> None:
    seen = {found.rpartition("[")[2].rstrip("]") for _, _, all_found in FAULTS for found in all_found}

    codes = set(codes_given(Path(ras.__file__).parent / path))

    assert codes
    assert codes <= seen


def codes_given(path: Path) -> list[str]:
    """The codes in the second place of what a file's checks yield."""
    given = [
        node.value.elts[1]
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 3
    ]
    return [
        part.value
        for code in given
        for part in ast.walk(code)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def test_every_fault_says_what_is_wrong_in_a_sentence() -> None:
    for _, changes, _ in FAULTS:
        for problem in faults(*broken(changes)):
            assert problem.message.endswith(".")
            assert problem.pointer.startswith("/")
