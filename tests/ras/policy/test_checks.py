"""Every check of a policy's sense finds its fault, and only its fault, at its place."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import ras
from ras.policy import amount_checks, checks, need_checks
from ras.policy.checks import CHECKS, faults
from ras.policy.configuration import PolicyConfiguration
from ras.reading import validated
from tests.ras.examples import Data, changed, policy_data
from tests.ras.policy.pieces import (
    LEVELS,
    NO_RESOURCES,
    at_least,
    matrix,
    modifier,
    regression,
    table_of_levels,
)

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


EDUCATION = policy_data()["domains"][3]["levels"]
DOMAINS = ["independence", "behaviour", "relationships", "education"]
SET = {"code": "all", "title": "All", "domains": DOMAINS, "source": "Case"}
ONCE = {"code": "once", "title": "Once", "because": "so", "amount_pence": 1, "source": "Case"}
MORE = {**modifier("add", TOWN, amount_pence=1)[0], "code": "more"}
RATIO = {**modifier("staff-ratio", TOWN, ratio="2")[0], "code": "ratio"}
ROOT = {**modifier("add-on-root-scale", TOWN, added="2")[0], "code": "root"}
TAPER = {**modifier("age-taper", TOWN)[0], "code": "taper"}
RULE = "modifiers.more.when"
HOURS = {
    "mode": "hours",
    "source": "Case",
    "contributions": [{"code": "a", "title": "A", "hours": "1"}, {"code": "b", "title": "B", "points": "1"}],
}
CALIBRATION = {
    "cases": 10,
    "share_percent": "80",
    "below_annual_pence": 1,
    "above_annual_pence": 1,
    "source": "Case",
}
TABLE = table_of_levels((100, 200), [{"score": {"at_least": "30"}}, None], ["higher", "lower"])
LEVELS_ONLY: Data = {
    "variant": "rules",
    "source": "Case",
    "levels": [
        {"code": code, "title": code, "value": value} for code, value in (("lower", "1"), ("higher", "2"))
    ],
    "rules": [
        {
            "level": "higher",
            "because": "so",
            "when": {"answers": [{"domain": "education", "at_least": "frequent"}]},
        },
        {"level": "lower", "because": "so"},
    ],
}
WEIGHT, RATE = {"title": "Band", "weight": "1"}, {"title": "All", "base_pence": "100"}
WEIGHTS: Data = {
    "variant": "weight-x-base",
    "source": "Case",
    "weights": [{"title": "More", "when": {"score": {"at_least": "30"}}, "weight": "2"}, WEIGHT],
    "base_rates": [RATE],
}


def allocation(data: Data) -> dict[str, Any]:
    return {"allocation": data}


def unscored(data: Data) -> dict[str, Any]:
    """An allocation that adds no points up, so that none can come off; and nothing for it to change."""
    gives_money = data["variant"] != "rules"
    nothing: dict[str, Any] = {} if gives_money else {"modifiers": [], "bounds": None}
    return {"allocation": data, "resources_present": NO_RESOURCES, **nothing}


def on_need(**when: Any) -> dict[str, Any]:
    return {"modifiers": [{**MORE, "when": when}]}


def uprating(kind: str, year: int = 2026, **says: Any) -> Data:
    return {"kind": kind, "year": year, **says, "source": "Case"}


def percentile(
    scores: list[str],
    costs: list[str],
    *,
    points: Sequence[str] = ("0", "10", "20", "30"),
    amounts: Sequence[int] = (0, 1, 2, 3),
) -> Data:
    return {
        "variant": "percentile",
        "source": "Case",
        "scores": [{"percentile": p, "points": s} for p, s in zip(scores, points, strict=False)],
        "costs": [{"percentile": p, "amount_pence": c} for p, c in zip(costs, amounts, strict=False)],
    }


def sides(*given: Data) -> Data:
    row = {"answers": ["none"] * len(given), "title": "Row", "amount_pence": 1}
    return {"variant": "lookup-matrix", "source": "Case", "sides": list(given), "rows": [row]}


def ages(*ends: int | None) -> Data:
    bands = [{"code": f"{n}", **({"before_age": end} if end else {})} for n, end in enumerate(ends)]
    return {"kind": "age", "bands": bands}


def items(*changes: dict[str, Any]) -> Data:
    """Hours, once for each change; what is changed to None is left out."""
    hours = {"code": "hours", "title": "Hours", "unit": "hours", "quantity": "1", "rate_pence": "100"}
    made = [
        {key: value for key, value in {**hours, **change}.items() if value is not None} for change in changes
    ]
    return {"variant": "line-items", "source": "Case", "items": made}


def by_level(
    domain: str, levels: Sequence[str] = LEVELS, quantities: Sequence[str] = ("0", "1", "2", "3", "4")
) -> Data:
    given = [{"level": level, "quantity": n} for level, n in zip(levels, quantities, strict=False)]
    return {"domain": domain, "quantities": given}


def composite(how: str, *parts: Data, whens: Sequence[Data | None] = (None, None)) -> Data:
    return {
        "variant": "composite",
        "source": "Case",
        "how": how,
        "parts": [
            {"code": f"part-{n}", "title": "Part", **({"when": when} if when else {}), "allocation": part}
            for n, (part, when) in enumerate(zip(parts, whens, strict=True))
        ],
    }


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
        "need_faults",
        {"domains.education.levels.frequent.points": "6.99"},
        ["domains.education.levels.frequent.points [falls]"],
    ),
    (
        "amount_faults",
        {"resources_present.mode": "fraction"},
        [
            f"resources_present.contributions.{code}.{field} [{problem}]"
            for code in ("none", "a-little", "some", "much")
            for field, problem in (("points", "unknown-field"), ("fraction", "missing"))
        ],
    ),
    (
        "amount_faults",
        {"resources_present.contributions.some.fraction": "0.5"},
        ["resources_present.contributions.some.fraction [unknown-field]"],
    ),
    (
        "amount_faults",
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
    ("amount_faults", {"bounds.hard_cap_pence": 19_999_00}, ["bounds.hard_cap_pence [out-of-order]"]),
    ("amount_faults", {"bounds.floor_pence": 20_001_00}, ["bounds.soft_cap_pence [out-of-order]"]),
    (
        "amount_faults",
        {"bounds": {"floor_pence": 200, "hard_cap_pence": 100, "source": "Case"}},
        ["bounds.hard_cap_pence [out-of-order]"],
    ),
    (
        "amount_faults",
        {"bounds": {"floor_pence": 150_50, "hard_cap_pence": 20_000_01, "source": "Case"}},
        ["bounds.floor_pence [not-on-a-step]", "bounds.hard_cap_pence [not-on-a-step]"],
    ),
    (
        "amount_faults",
        {"allocation": {**BANDS, "bands": [band("1", None, 1)]}},
        ["allocation.bands.0.from_points [gap]"],
    ),
    (
        "amount_faults",
        {"allocation": {**BANDS, "bands": [band("0", "5", 1)]}},
        ["allocation.bands.0.before_points [gap]"],
    ),
    (
        "amount_faults",
        {"allocation": {**BANDS, "bands": [band("0", None, 1), band("5", None, 2)]}},
        ["allocation.bands.0.before_points [overlap]"],
    ),
    (
        "amount_faults",
        {"allocation": {**BANDS, "bands": [band("0", "5", 1), band("5", "5.0", 1), band("5", None, 2)]}},
        ["allocation.bands.1.before_points [empty-band]"],
    ),
    (
        "amount_faults",
        {"allocation": {**BANDS, "bands": [band("0", "5", 1), band("5.01", None, 2)]}},
        ["allocation.bands.1.from_points [gap]"],
    ),
    (
        "amount_faults",
        {"allocation": {**BANDS, "bands": [band("0", "5", 1), band("4.99", None, 2)]}},
        ["allocation.bands.1.from_points [overlap]"],
    ),
    (
        "amount_faults",
        {"allocation": {**BANDS, "bands": [band("0", "5", 2), band("5", None, 1)]}},
        ["allocation.bands.1.amount_pence [falls]"],
    ),
    (
        "amount_faults",
        {"allocation": {**KNOTS, "knots": [knot("1", 0), knot("2", 1)]}},
        ["allocation.knots.0.points [gap]"],
    ),
    (
        "amount_faults",
        {"allocation": {**KNOTS, "knots": [knot("0", 0), knot("2", 1), knot("2.0", 1)]}},
        ["allocation.knots.2.points [overlap]"],
    ),
    (
        "amount_faults",
        {"allocation": {**KNOTS, "knots": [knot("0", 2), knot("2", 1)]}},
        ["allocation.knots.1.amount_pence [falls]"],
    ),
    (
        "amount_faults",
        {
            "allocation": {
                **PRICES,
                "prices": [{"title": "All", "price_pence": "1"}, {"title": "All", "price_pence": "1"}],
            }
        },
        ["allocation.prices.0 [unreachable]"],
    ),
    (
        "amount_faults",
        {"allocation": {**PRICES, "prices": [{"title": "Town", "when": TOWN, "price_pence": "1"}]}},
        ["allocation.prices.0 [gap]"],
    ),
    # What is asked
    (
        "_codes_are_unique",
        {"questionnaires": [{**SET, "when": TOWN}, SET]},
        ["questionnaires.all [repeated-code]"],
    ),
    ("_codes_are_unique", {"one_offs": [ONCE, ONCE]}, ["one_offs.once [repeated-code]"]),
    (
        "_no_level_has_a_reserved_code",
        {"domains.behaviour.levels.none.code": "no-need"},
        ["domains.behaviour.levels.no-need.code [reserved-code]"],
    ),
    (
        "need_faults",
        {"questionnaires": [{**SET, "domains": [*DOMAINS, "sleep"]}]},
        ["questionnaires.all.domains.4 [unknown-reference]"],
    ),
    (
        "need_faults",
        {"questionnaires": [{**SET, "domains": [*DOMAINS, "education"]}]},
        ["questionnaires.all.domains.4 [repeated-code]"],
    ),
    (
        "need_faults",
        {"questionnaires": [{**SET, "domains": DOMAINS[:3]}]},
        ["domains.education [unreachable]"],
    ),
    (
        "need_faults",
        {"questionnaires": [SET, {**SET, "code": "other"}]},
        ["questionnaires.all [unreachable]"],
    ),
    ("need_faults", {"questionnaires": [{**SET, "when": TOWN}]}, ["questionnaires.all [gap]"]),
    (
        "need_faults",
        {"domains.education.levels": [{**level, "points": None} for level in EDUCATION[:1]] + EDUCATION[1:]},
        [
            "domains.education.levels.none.points [missing]",
        ],
    ),
    # Rules that look at answers and scores
    (
        "need_faults",
        on_need(answers=[{"domain": "sleep", "at_least": "none"}]),
        [f"{RULE}.answers.sleep.domain [unknown-reference]"],
    ),
    ("need_faults", on_need(answers=[{"domain": "education"}]), [f"{RULE}.answers.education [wrong-test]"]),
    (
        "need_faults",
        on_need(answers=[{"domain": "education", "at_least": "low", "at_most": "high"}]),
        [
            f"{RULE}.answers.education.at_least [unknown-reference]",
            f"{RULE}.answers.education.at_most [unknown-reference]",
        ],
    ),
    (
        "need_faults",
        on_need(answers=[{"domain": "education", "at_most": "no-need"}]),
        [f"{RULE}.answers.education.at_most [unknown-reference]"],
    ),
    (
        "need_faults",
        on_need(reached=[{"level": "none", "domains": ["education", "sleep"], "at_least": 1}]),
        [f"{RULE}.reached.0.domains.1 [unknown-reference]"],
    ),
    (
        "need_faults",
        on_need(reached=[{"level": "high", "at_least": 1}]),
        [f"{RULE}.reached.0.level [unknown-reference]"],
    ),
    ("need_faults", on_need(score={}), [f"{RULE}.score [wrong-test]"]),
    ("need_faults", on_need(score={"at_least": "5", "below": "5.0"}), [f"{RULE}.score [empty-band]"]),
    (
        "need_faults",
        {**unscored(matrix()), **on_need(score={"at_least": "5"})},
        [f"{RULE}.score [never-counts]"],
    ),
    (
        "need_faults",
        {"bounds.groups": [{"title": "G", "when": {"score": {}}}]},
        ["bounds.groups.0.when.score [wrong-test]"],
    ),
    (
        "need_faults",
        {"one_offs": [{**ONCE, "when": {"score": {}}}]},
        ["one_offs.once.when.score [wrong-test]"],
    ),
    (
        "_references_exist",
        {"one_offs": [{**ONCE, "when": {"circumstances": [{"circumstance": "no", "at_least": 1}]}}]},
        ["one_offs.once.when.circumstances.0.circumstance [unknown-reference]"],
    ),
    (
        "_ages_make_sense",
        {"questionnaires": [{**SET, "code": "young", "when": {"age": {"before_age": 0}}}, SET]},
        ["questionnaires.young.when.age [empty-age-band]"],
    ),
    # What is already there
    (
        "amount_faults",
        {
            "resources_present": {
                "mode": "carer-sum",
                "source": "Case",
                "contributions": [
                    {"code": "a", "title": "A", "carer_pence": 2},
                    {"code": "b", "title": "B", "carer_pence": 1},
                ],
            }
        },
        ["resources_present.contributions.b.carer_pence [falls]"],
    ),
    (
        "amount_faults",
        {**unscored(items({"less_present_in": "education"})), "resources_present": HOURS},
        [
            "resources_present.contributions.b.points [unknown-field]",
            "resources_present.contributions.b.hours [missing]",
        ],
    ),
    ("amount_faults", {"allocation": matrix()}, ["resources_present.mode [never-counts]"]),
    (
        "amount_faults",
        {"resources_present": {**HOURS, "contributions": HOURS["contributions"][:1]}},
        ["resources_present.mode [never-counts]"],
    ),
    (
        "amount_faults",
        {"modifiers": [{**MORE, "counts_support_from": ["family"]}]},
        ["modifiers.more.counts_support_from [counted-twice]"],
    ),
    # Modifiers
    (
        "amount_faults",
        {"modifiers": [{**MORE, "kind": "add-for-each", "circumstance": "area"}]},
        ["modifiers.more.circumstance [unknown-reference]"],
    ),
    ("amount_faults", {"modifiers": [RATIO]}, ["modifiers.ratio [never-counts]"]),
    (
        "amount_faults",
        {**unscored(items({"staff_hours": True})), "modifiers": [ROOT, RATIO]},
        ["modifiers.ratio [out-of-order]"],
    ),
    (
        "amount_faults",
        {
            "modifiers": [
                {**TAPER, "factors": [{"age": age, "factor": "1"} for age in (5, 5, 4)]},
            ]
        },
        ["modifiers.taper.factors.1.age [out-of-order]", "modifiers.taper.factors.2.age [out-of-order]"],
    ),
    # Uprating, the deflator, the calibration
    (
        "amount_faults",
        {"uprating": [uprating("percent"), uprating("flat", 2027), uprating("index", 2028, index_from="1")]},
        [
            "uprating.0.percent [missing]",
            "uprating.1.amount_pence [missing]",
            "uprating.2.index_to [missing]",
        ],
    ),
    (
        "amount_faults",
        {
            "uprating": [
                uprating("none", percent="1"),
                uprating("flat", 2027, amount_pence=1, index_from="1", index_to="1"),
            ]
        },
        [
            "uprating.0.percent [unknown-field]",
            "uprating.1.index_from [unknown-field]",
            "uprating.1.index_to [unknown-field]",
        ],
    ),
    (
        "amount_faults",
        {"uprating": [uprating("percent", percent="1", amount_pence=1)]},
        ["uprating.0.amount_pence [unknown-field]"],
    ),
    (
        "amount_faults",
        {"uprating": [uprating("index", index_from="0.0", index_to="1")]},
        ["uprating.0.index_from [wrong-value]"],
    ),
    ("amount_faults", {"uprating": [uprating("none"), uprating("none", 2028)]}, ["uprating.1.year [gap]"]),
    ("amount_faults", {"uprating": [uprating("none"), uprating("none")]}, ["uprating.1.year [gap]"]),
    (
        "amount_faults",
        {"deflator": {"title": "D", "factor": "0.00", "source": "Case"}},
        ["deflator.factor [wrong-value]"],
    ),
    (
        "amount_faults",
        {"calibration": {**CALIBRATION, "share_percent": "0"}},
        ["calibration.share_percent [wrong-value]"],
    ),
    (
        "amount_faults",
        {"calibration": {**CALIBRATION, "share_percent": "100.1"}},
        ["calibration.share_percent [wrong-value]"],
    ),
    # Limits of groups
    (
        "amount_faults",
        {"bounds.groups": [{"title": "G", "when": TOWN, "floor_pence": 200_00, "hard_cap_pence": 100_00}]},
        ["bounds.groups.0.hard_cap_pence [out-of-order]"],
    ),
    (
        "amount_faults",
        {"bounds.groups": [{"title": "G", "when": TOWN, "floor_pence": 1_50}]},
        ["bounds.groups.0.floor_pence [not-on-a-step]"],
    ),
    (
        "amount_faults",
        {
            "money.period": "week",
            "rounding": {"mode": "half-up", "step_pence": 5_00, "stage": "each-line", "source": "Case"},
            "bounds": {"floor_pence": 10_00, "hard_cap_pence": 12_50, "source": "Case"},
        },
        ["bounds.hard_cap_pence [not-on-a-step]"],
    ),
    # Each variant's own
    (
        "amount_faults",
        {
            **unscored(LEVELS_ONLY),
            "uprating": [uprating("none")],
            "deflator": {"title": "D", "factor": "0.9", "source": "Case"},
            "calibration": CALIBRATION,
            "bounds": {"source": "Case"},
            "modifiers": [MORE],
        },
        [
            f"{field} [never-counts]"
            for field in ("modifiers", "uprating", "deflator", "bounds", "calibration")
        ],
    ),
    (
        "amount_faults",
        allocation({**TABLE, "rules": [{"level": "lower", "because": "so"}, *TABLE["rules"]]}),
        ["allocation.rules.0 [unreachable]"],
    ),
    (
        "amount_faults",
        allocation({**TABLE, "rules": TABLE["rules"][:1]}),
        ["allocation.rules.0 [gap]", "allocation.levels.lower [unreachable]"],
    ),
    (
        "amount_faults",
        allocation({**TABLE, "rules": [{**TABLE["rules"][0], "level": "highest"}, *TABLE["rules"]]}),
        ["allocation.rules.0.level [unknown-reference]"],
    ),
    (
        "amount_faults",
        allocation({**TABLE, "levels": [*TABLE["levels"], TABLE["levels"][1]]}),
        ["allocation.levels.higher [repeated-code]"],
    ),
    (
        "amount_faults",
        allocation(
            {**TABLE, "levels": [*TABLE["levels"], {"code": "top", "title": "Top", "amount_pence": 1}]}
        ),
        ["allocation.levels.top [unreachable]", "allocation.levels.top.amount_pence [falls]"],
    ),
    (
        "amount_faults",
        unscored({**LEVELS_ONLY, "rules": LEVELS_ONLY["rules"][:1]}),
        ["allocation.rules.0 [gap]", "allocation.levels.lower [unreachable]"],
    ),
    (
        "amount_faults",
        unscored(
            {
                **LEVELS_ONLY,
                "levels": [
                    {**level, "value": value}
                    for level, value in zip(LEVELS_ONLY["levels"], ("2", "1.9"), strict=True)
                ],
            }
        ),
        ["allocation.levels.higher.value [falls]"],
    ),
    (
        "amount_faults",
        unscored({**WEIGHTS, "weights": [WEIGHT, WEIGHT]}),
        ["allocation.weights.0 [unreachable]"],
    ),
    (
        "amount_faults",
        unscored({**WEIGHTS, "weights": [{**WEIGHT, "when": TOWN}]}),
        ["allocation.weights.0 [gap]"],
    ),
    (
        "amount_faults",
        allocation({**WEIGHTS, "base_rates": [RATE, RATE]}),
        ["allocation.base_rates.0 [unreachable]"],
    ),
    (
        "amount_faults",
        allocation({**WEIGHTS, "base_rates": [{**RATE, "when": TOWN}]}),
        ["allocation.base_rates.0 [gap]"],
    ),
    (
        "amount_faults",
        allocation(percentile(["1", "99"], ["2", "98"])),
        [
            "allocation.scores.0.percentile [gap]",
            "allocation.scores.1.percentile [gap]",
            "allocation.costs.0.percentile [gap]",
            "allocation.costs.1.percentile [gap]",
        ],
    ),
    (
        "amount_faults",
        allocation(percentile(["0", "50", "50.0", "100"], ["0", "60", "50", "100"])),
        [
            "allocation.scores.2.percentile [overlap]",
            "allocation.costs.2.percentile [overlap]",
        ],
    ),
    (
        "amount_faults",
        allocation(percentile(["0", "100"], ["0", "100"], points=("2", "1.9"))),
        ["allocation.scores.1.points [falls]"],
    ),
    (
        "amount_faults",
        allocation(percentile(["0", "100"], ["0", "100"], amounts=(2, 1))),
        ["allocation.costs.1.amount_pence [falls]"],
    ),
    (
        "amount_faults",
        allocation(
            regression(
                ("1", [{"kind": "score"}, {"kind": "points", "domains": ["education", "sleep"]}]),
                ("1", [at_least("sleep", "none")]),
                ("1", [at_least("education", "high")]),
                ("1", [at_least("education", "no-need")]),
                ("1", [{"kind": "count", "circumstance": "area"}]),
            )
        ),
        [
            "allocation.terms.0.variables.1.domains.1 [unknown-reference]",
            "allocation.terms.1.variables.sleep.domain [unknown-reference]",
            "allocation.terms.2.variables.education.level [unknown-reference]",
            "allocation.terms.3.variables.education.level [unknown-reference]",
            "allocation.terms.4.variables.0.circumstance [unknown-reference]",
        ],
    ),
    (
        "_references_exist",
        allocation(
            regression(
                ("1", [{"kind": "score"}]),
                ("1", [{"kind": "when", "when": {"circumstances": [{"circumstance": "no", "at_least": 1}]}}]),
            )
        ),
        ["allocation.terms.1.variables.0.when.circumstances.0.circumstance [unknown-reference]"],
    ),
    (
        "amount_faults",
        unscored(sides({"kind": "domain", "domain": "sleep"})),
        ["allocation.sides.sleep.domain [unknown-reference]"],
    ),
    (
        "amount_faults",
        {**unscored(sides({"kind": "domain", "domain": "education"})), "domains.education.applies_if": TOWN},
        ["allocation.sides.education.domain [gap]"],
    ),
    (
        "amount_faults",
        unscored(sides({"kind": "circumstance", "circumstance": "disabled-siblings"})),
        ["allocation.sides.0.circumstance [unknown-reference]"],
    ),
    ("amount_faults", unscored(sides(ages(5, 5, None))), ["allocation.sides.0.bands [out-of-order]"]),
    ("amount_faults", unscored(sides(ages(5, 8))), ["allocation.sides.0.bands [out-of-order]"]),
    ("amount_faults", unscored(sides(ages(None, 8, None))), ["allocation.sides.0.bands [out-of-order]"]),
    (
        "amount_faults",
        unscored({**matrix(), "rows": [*matrix()["rows"], {**matrix()["rows"][0], "answers": ["none"]}]}),
        ["allocation.rows.25.answers [unknown-reference]"],
    ),
    (
        "amount_faults",
        unscored(
            {**matrix(), "rows": [*matrix()["rows"], {**matrix()["rows"][0], "answers": ["none", "high"]}]}
        ),
        ["allocation.rows.25.answers [unknown-reference]"],
    ),
    (
        "amount_faults",
        unscored({**matrix(), "rows": [*matrix()["rows"], matrix()["rows"][0]]}),
        ["allocation.rows.25.answers [overlap]"],
    ),
    ("amount_faults", unscored({**matrix(), "rows": matrix()["rows"][:-1]}), ["allocation.rows [gap]"]),
    ("amount_faults", unscored({**matrix(), "rows": matrix()["rows"][:-3]}), ["allocation.rows [gap]"]),
    (
        "amount_faults",
        {
            **unscored(
                sides(
                    *({"kind": "domain", "domain": domain} for domain in DOMAINS), ages(*range(1, 17), None)
                )
            ),
        },
        ["allocation.rows.0.answers [unknown-reference]", "allocation.sides [too-many]"],
    ),
    ("amount_faults", unscored(items({}, {})), ["allocation.items.hours.code [repeated-code]"]),
    ("amount_faults", unscored(items({"quantity": None})), ["allocation.items.hours [missing]"]),
    (
        "amount_faults",
        unscored(items({"by_level": by_level("education")})),
        ["allocation.items.hours [missing]"],
    ),
    (
        "amount_faults",
        unscored(items({"quantity": None, "by_level": by_level("sleep")})),
        ["allocation.items.hours.by_level.domain [unknown-reference]"],
    ),
    (
        "amount_faults",
        unscored(items({"quantity": None, "by_level": by_level("education", LEVELS[1:])})),
        ["allocation.items.hours.by_level.quantities [gap]"],
    ),
    (
        "amount_faults",
        {
            **unscored(items({"quantity": None, "by_level": by_level("education")})),
            "domains.education.no_need": "None",
        },
        ["allocation.items.hours.by_level.quantities [gap]"],
    ),
    (
        "amount_faults",
        unscored(
            items(
                {"quantity": None, "by_level": by_level("education", quantities=("0", "1", "0.9", "1", "1"))}
            )
        ),
        ["allocation.items.hours.by_level.quantities.2.quantity [falls]"],
    ),
    (
        "amount_faults",
        unscored(items({"for_each": "area"})),
        ["allocation.items.hours.for_each [unknown-reference]"],
    ),
    (
        "amount_faults",
        unscored(items({"less_present_in": "sleep"})),
        ["allocation.items.hours.less_present_in [unknown-reference]"],
    ),
    (
        "amount_faults",
        allocation(composite("choose", TABLE, TABLE)),
        ["allocation.parts.part-0 [unreachable]"],
    ),
    (
        "amount_faults",
        allocation(composite("choose", TABLE, TABLE, whens=(TOWN, TOWN))),
        ["allocation.parts.part-1 [gap]"],
    ),
    (
        "amount_faults",
        allocation(composite("sum", TABLE, TABLE, whens=(TOWN, None))),
        ["allocation.parts.part-0.when [unknown-field]"],
    ),
    (
        "amount_faults",
        allocation(composite("sum", TABLE, LEVELS_ONLY)),
        ["allocation.parts.part-1.allocation.variant [never-counts]"],
    ),
    (
        "amount_faults",
        allocation(
            composite("max", TABLE, composite("sum", TABLE, {**BANDS, "bands": [band("1", None, 1)]}))
        ),
        ["allocation.parts.part-1.allocation.parts.part-1.allocation.bands.0.from_points [gap]"],
    ),
    (
        "amount_faults",
        allocation(composite("sum", TABLE, composite("max", *[TABLE] * 20, whens=[None] * 20))),
        ["allocation.parts [too-many]"],
    ),
    (
        "amount_faults",
        allocation(
            {
                **composite("sum", TABLE, TABLE),
                "parts": [{"code": "a", "title": "A", "allocation": TABLE}] * 2,
            }
        ),
        ["allocation.parts.a.code [repeated-code]"],
    ),
    (
        "need_faults",
        allocation(composite("choose", TABLE, TABLE, whens=({"score": {}}, None))),
        ["allocation.parts.part-0.when.score [wrong-test]"],
    ),
    (
        "need_faults",
        allocation(
            composite(
                "sum",
                TABLE,
                {
                    **TABLE,
                    "rules": [{"level": "higher", "because": "so", "when": {"score": {}}}, *TABLE["rules"]],
                },
            )
        ),
        ["allocation.parts.part-1.allocation.rules.0.when.score [wrong-test]"],
    ),
    (
        "need_faults",
        allocation(
            {**TABLE, "rules": [{"level": "higher", "because": "so", "when": {"score": {}}}, *TABLE["rules"]]}
        ),
        ["allocation.rules.0.when.score [wrong-test]"],
    ),
    (
        "need_faults",
        unscored(
            {
                **LEVELS_ONLY,
                "rules": [
                    {"level": "higher", "because": "so", "when": {"answers": [{"domain": "education"}]}},
                    *LEVELS_ONLY["rules"],
                ],
            }
        ),
        ["allocation.rules.0.when.answers.education [wrong-test]"],
    ),
    (
        "need_faults",
        allocation({**WEIGHTS, "weights": [{**WEIGHT, "when": {"score": {}}}, WEIGHT]}),
        ["allocation.weights.0.when.score [wrong-test]"],
    ),
    (
        "_ages_make_sense",
        allocation({**WEIGHTS, "base_rates": [{**RATE, "when": {"age": {"before_age": 0}}}, RATE]}),
        ["allocation.base_rates.0.when.age [empty-age-band]"],
    ),
    (
        "need_faults",
        unscored(items({"when": {"answers": [{"domain": "education"}]}})),
        ["allocation.items.hours.when.answers.education [wrong-test]"],
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


GROUPS = {need_checks: "need_faults", amount_checks: "amount_faults"}


def test_every_check_function_is_among_the_checks() -> None:
    written = {node.name for node in functions(checks)}

    assert written - {check.__name__ for check in CHECKS} == {"faults"}


@pytest.mark.parametrize("module", GROUPS, ids=lambda module: module.__name__)
def test_every_check_of_a_group_is_in_the_group(module: ModuleType) -> None:
    (group,) = (node for node in functions(module) if node.name == GROUPS[module])
    named = {node.id for node in ast.walk(group) if isinstance(node, ast.Name)}
    of_a_policy = {
        node.name for node in functions(module) if [arg.arg for arg in node.args.args] == ["policy"]
    }

    assert of_a_policy - named == {group.name} | ({"_every_bounds"} if module is amount_checks else set())


def functions(module: ModuleType) -> list[ast.FunctionDef]:
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    return [node for node in tree.body if isinstance(node, ast.FunctionDef)]


OF_VARIANTS = sorted(path.name for path in (Path(ras.__file__).parent / "allocation").glob("[a-z]*.py"))
NO_WORDS_OF_THEIR_OWN = {"price_per_point.py", "weight_x_base.py", "variant.py"}
"""Files whose checks are those of another file."""


@pytest.mark.parametrize(
    "path",
    [
        *("policy/checks.py", "policy/need_checks.py", "policy/amount_checks.py"),
        *(f"allocation/{name}" for name in OF_VARIANTS if name not in NO_WORDS_OF_THEIR_OWN),
    ],
)
def test_every_sentence_that_a_check_can_give_is_seen_given(path: str) -> None:
    told = [problem.message for _, changes, _ in FAULTS for problem in faults(*broken(changes))]
    patterns = set(sentences(Path(ras.__file__).parent / path))

    assert patterns
    assert {
        pattern for pattern in patterns if not any(re.fullmatch(pattern, message) for message in told)
    } == set()


def sentences(path: Path) -> list[str]:
    """The sentences in a file's checks, as patterns that fit them however they are filled in."""
    texts = [
        text
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef) and function.name != "in_words"
        for statement in function.body[ast.get_docstring(function) is not None :]
        for text in _texts(statement)
    ]
    return [
        "".join(re.escape(part) if part else ".*" for part in text)
        for text in texts
        if (text[-1] or "").endswith(".") and " " in "".join(part or " " for part in text)
    ]


def _texts(node: ast.AST) -> Iterator[list[str | None]]:
    """The texts in a piece of code, in parts; None for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield [node.value]
    elif isinstance(node, ast.JoinedStr):
        yield [
            part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else None
            for part in node.values
        ]
    else:
        for child in ast.iter_child_nodes(node):
            yield from _texts(child)


def test_every_fault_says_what_is_wrong_in_a_sentence() -> None:
    for _, changes, _ in FAULTS:
        for problem in faults(*broken(changes)):
            assert problem.message.endswith(".")
            assert problem.pointer.startswith("/")
