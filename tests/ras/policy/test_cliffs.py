"""Cliffs are found where the amount jumps, with who is near; and a table without them costs the same."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ras.allocation.piecewise_linear import Knot
from ras.policy.checker import check_policy
from ras.policy.cliffs import Cliff, CliffFree, cliff_free, cliffs, reach
from ras.policy.configuration import PolicyConfiguration
from ras.policy.document import policy_of
from ras.policy.trial import Trial
from ras.records import Exact
from ras.testing.draws import Draw, one_of, rising, whole
from tests.ras.examples import Data, changed, policy_data
from tests.ras.policy.pieces import (
    BEHAVIOUR,
    NO_RESOURCES,
    SCORE,
    TWO,
    band,
    bands,
    matrix,
    modifier,
    regression,
    table_of_levels,
)

YEAR = 2026
THREE_BANDS = bands(band("0", "20", 0), band("20", "50", 3_000), band("50", None, 12_000))


def policy(changes: dict[str, Any]) -> PolicyConfiguration:
    """The example, in whole pounds, with changes."""
    return policy_of(changed(policy_data(), changes))


def found_in(changes: dict[str, Any], caseload: Sequence[Exact] = ()) -> list[tuple[Any, ...]]:
    return [
        (
            cliff.points,
            cliff.before_annual_pence // 100,
            cliff.after_annual_pence // 100,
            cliff.rise_percent,
            cliff.within_reach_percent,
        )
        for cliff in cliffs(Trial(policy(changes), YEAR), caseload)
    ]


def test_a_cliff_is_found_at_the_edge_of_each_band_with_its_jump_and_who_is_near() -> None:
    # One answer is worth 9 points at the most: from 16 to 25.
    caseload = [10, 11, 19, 20, 28, 29, 40, 41, 58, 59, 90]

    assert found_in({"allocation": THREE_BANDS}, caseload) == [
        ("20", 0, 3_000, None, "36.4"),  # 11, 19, 20, 28 of eleven
        ("50", 3_000, 12_000, "300.0", "18.2"),  # 41 and 58
    ]


def test_without_a_caseload_nobody_is_said_to_be_near() -> None:
    assert found_in({"allocation": THREE_BANDS}) == [
        ("20", 0, 3_000, None, None),
        ("50", 3_000, 12_000, "300.0", None),
    ]


def test_a_jump_is_what_the_amount_jumps_by() -> None:
    cliff = Cliff(
        points="5",
        before_annual_pence=100,
        after_annual_pence=350,
        rise_percent="250.0",
        within_reach_percent=None,
    )

    assert cliff.jump_annual_pence == 250


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"allocation": bands(band("0", "20", 5), band("20", None, 6))}, []),  # a step of rounding is no jump
        ({"allocation": bands(band("0", "20", 5), band("20", None, 7))}, [("20", 5, 7, "40.0", None)]),
        (
            {"allocation": bands(band("0", "20", 5), band("20", "91", 7), band("91", None, 9))},
            [("20", 5, 7, "40.0", None)],
        ),
        (
            {
                "money.period": "week",
                "money.weeks_per_year": "50",
                "allocation": bands(band("0", "90", 1), band("90", None, 2)),
            },
            [("90", 50, 100, "100.0", None)],
        ),
        (
            {
                "allocation": table_of_levels(
                    (100, 300), [{"score": {"at_least": "30"}}, None], ["higher", "lower"]
                )
            },
            [("30", 100, 300, "200.0", None)],
        ),
        (
            {"modifiers": modifier("add", {"score": {"at_least": "10"}}, amount_pence=500_00)},
            [("10", 850, 1_350, "58.8", None)],
        ),
        (
            {
                "bounds": {
                    "groups": [
                        {"title": "Most", "when": {"score": {"at_least": "45"}}, "floor_pence": 9_000_00}
                    ],
                    "source": "Case",
                }
            },
            [("45", 7_600, 9_000, "18.4", None)],
        ),
        # A fall is no cliff to smooth: it is found elsewhere.
        ({"modifiers": modifier("add", {"score": {"below": "10"}}, amount_pence=500_00)}, []),
        # Nobody gets what only the remote get.
        (
            {
                "modifiers": modifier(
                    "add",
                    {
                        "score": {"at_least": "10"},
                        "circumstances": [{"circumstance": "area", "is_one_of": ["remote"]}],
                    },
                    amount_pence=500_00,
                )
            },
            [],
        ),
        ({"domains": TWO, "allocation": matrix(), "resources_present": NO_RESOURCES}, []),
        (
            {
                "domains": TWO,
                "allocation": regression(("50", [SCORE])),
                "modifiers": modifier("add", {"score": {"at_least": "10"}}, amount_pence=500_00),
            },
            [("10", 1_500, 2_000, "33.3", None)],
        ),
    ],
)
def test_a_jump_is_a_cliff_wherever_it_comes_from(changes: dict[str, Any], found: list[Any]) -> None:
    assert found_in(changes) == found


def test_one_answer_reaches_as_far_as_the_longest_step_of_any_area() -> None:
    for changes, far in (
        ({}, 9),
        ({"scoring.scale": "0.5"}, Fraction(9, 2)),
        ({"domains.education.weight": "2"}, 14),  # from 13 to 20, twice
        ({"domains.education.weight": "0.1"}, 9),
        ({"domains.education.no_need": "None", "domains.education.levels.none.points": "3"}, 9),
    ):
        assert reach(Trial(policy(changes), YEAR)) == far


def test_no_need_is_one_answer_away_from_the_least_level() -> None:
    levels = [{**level, "points": f"{30 + n}"} for n, level in enumerate(TWO[0]["levels"])]
    domain = {**TWO[0], "levels": levels, "no_need": "Nothing"}

    assert reach(Trial(policy({"domains": [domain]}), YEAR)) == 30


@st.composite
def tables_with_cliffs(draw: Draw) -> Data:
    """Bands that rise, as they are written in each of the variants that have steps."""
    edges = rising(draw(st.lists(st.decimals(1, 89, places=2).map(str), min_size=1, max_size=5, unique=True)))
    amounts = sorted(
        draw(st.lists(whole(0, 30_000_00), min_size=len(edges) + 1, max_size=len(edges) + 1, unique=True))
    )
    if draw(one_of("banded", "weight-x-base")) == "banded":
        begins = ["0", *edges]
        return bands(
            *(
                {**band(begin, end, 0), "amount_pence": amount}
                for begin, end, amount in zip(begins, [*edges, None], amounts, strict=True)
            )
        )
    whens = [{"when": {"score": {"below": edge}}} for edge in edges] + [{}]
    return {
        "variant": "weight-x-base",
        "source": "Case",
        "weights": [
            {"title": "Band", **when, "weight": f"{amount}"}
            for when, amount in zip(whens, amounts, strict=True)
        ],
        "base_rates": [{"title": "All", "base_pence": "1"}],
    }


scores = st.one_of(whole(0, 90), st.fractions(0, 90, max_denominator=8))


def in_place_of(before: PolicyConfiguration, proposed: CliffFree) -> PolicyConfiguration:
    """The policy with the proposed table, which has to be a table that can be read."""
    knots = [knot.model_dump() for knot in proposed.knots]
    document = before.model_dump(mode="json", exclude_unset=True)
    return policy_of(
        {**document, "allocation": {"variant": "piecewise-linear", "source": "Case", "knots": knots}}
    )


@settings(max_examples=60)
@given(tables_with_cliffs(), st.lists(scores, max_size=40))
def test_the_table_without_cliffs_costs_the_same_and_never_falls_or_jumps(
    table: Data, caseload: list[Exact]
) -> None:
    before = policy(
        {"allocation": table, "modifiers": [], "bounds": {"source": "Case"}, "rounding.step_pence": 1}
    )
    trial = Trial(before, YEAR)
    tried = caseload or list(trial.scores)
    now = sum(trial.table(score) for score in tried)
    proposed = cliff_free(trial, caseload)

    if proposed is None:
        assert now == 0
        return
    after = in_place_of(before, proposed)
    smooth = Trial(after, YEAR)

    assert (proposed.scores, proposed.over_the_caseload) == (len(tried), bool(caseload))
    assert proposed.now_pence == now
    exactly = Fraction(sum(smooth.table(score) for score in tried))
    assert abs(proposed.proposed_pence - exactly) <= Fraction(1, 2)
    assert abs(exactly - now) <= len(tried)  # a penny a child
    assert all(one.amount_pence <= other.amount_pence for one, other in pairwise(proposed.knots))
    assert cliffs(smooth) == ()
    assert check_policy(after).errors == ()


def test_the_middle_of_each_band_keeps_its_amount_before_the_total_is_made_the_same() -> None:
    # 10, 35 and 65 are the middles, of the last band as far past its edge; all keep what they have.
    found = cliff_free(Trial(policy({"allocation": THREE_BANDS}), YEAR), [0, 10, 35, 65, 90])

    assert found is not None
    assert found.knots == (
        Knot(points="0", amount_pence=0),
        Knot(points="10", amount_pence=0),
        Knot(points="35", amount_pence=3_000_00),
        Knot(points="65", amount_pence=12_000_00),
    )
    assert (found.now_pence, found.proposed_pence, found.scores) == (27_000_00, 27_000_00, 5)


def test_all_amounts_of_the_table_without_cliffs_are_multiplied_by_one_number() -> None:
    # At 20 the band gives 3,000 and the line 1,200, so every amount is multiplied by 2.5.
    found = cliff_free(Trial(policy({"allocation": THREE_BANDS}), YEAR), [20])

    assert found is not None
    assert [knot.amount_pence for knot in found.knots] == [0, 0, 7_500_00, 30_000_00]


@pytest.mark.parametrize(
    ("changes", "caseload"),
    [
        ({}, ()),  # straight lines already
        ({"allocation": bands(band("0", None, 5))}, ()),  # one band
        ({"allocation": bands(band("0", "20", 5), band("20", None, 5))}, ()),  # no step
        ({"allocation": THREE_BANDS}, (3, 19)),  # nobody has anything
        ({"domains": TWO, "allocation": matrix(), "resources_present": NO_RESOURCES}, ()),
        ({"domains": TWO, "allocation": regression(("5", [BEHAVIOUR]))}, ()),
        # The table would have to be written with nine decimal places.
        ({"allocation": bands(band("0", "0.00000001", 0), band("0.00000001", None, 5))}, ()),
        # It falls.
        (
            {
                "allocation": {
                    "variant": "weight-x-base",
                    "source": "Case",
                    "weights": [
                        {"title": "A", "when": {"score": {"below": "20"}}, "weight": "2"},
                        {"title": "B", "when": {"score": {"below": "40"}}, "weight": "1"},
                        {"title": "C", "weight": "3"},
                    ],
                    "base_rates": [{"title": "All", "base_pence": "10000"}],
                }
            },
            (),
        ),
        # It is a line with a deduction, and its edge is a third of a point.
        (
            {
                "allocation": {
                    "variant": "price-per-point",
                    "source": "Case",
                    "prices": [{"title": "All", "price_pence": "30000", "deductible_pence": 10_000}],
                }
            },
            (),
        ),
        # It has steps, and a line above them.
        (
            {
                "allocation": {
                    "variant": "composite",
                    "source": "Case",
                    "how": "choose",
                    "parts": [
                        {
                            "code": "more",
                            "title": "More",
                            "when": {"score": {"at_least": "20"}},
                            "allocation": {
                                "variant": "price-per-point",
                                "source": "Case",
                                "prices": [{"title": "All", "price_pence": "30000"}],
                            },
                        },
                        {"code": "less", "title": "Less", "allocation": bands(band("0", None, 5))},
                    ],
                }
            },
            (),
        ),
    ],
)
def test_where_there_are_no_steps_to_smooth_no_table_is_proposed(
    changes: dict[str, Any], caseload: Sequence[Exact]
) -> None:
    assert cliff_free(Trial(policy(changes), YEAR), caseload) is None


def test_the_report_has_the_cliffs_and_the_table_without_them_and_says_how_many_are_near() -> None:
    with_cliffs = policy({"allocation": THREE_BANDS})
    trial = Trial(with_cliffs, YEAR)
    caseload = [5, 45, 60]
    found = check_policy(with_cliffs, caseload=caseload)

    assert found.cliffs == cliffs(trial, caseload)
    assert found.cliff_free == cliff_free(trial, caseload)
    assert found.caseload == 3
    assert found.warnings[0].what == (
        "At 50 points the amount jumps by £9,000 a year (300.0%), from £3,000 a year to £12,000 a year. "
        "33.3% of the caseload are one answer away from it. There are 2 such steps; this is the greatest."
    )
