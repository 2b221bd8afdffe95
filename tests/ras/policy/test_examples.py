"""The examples that travel with a policy are run, and what comes out otherwise is said at its place."""

from typing import Any

import pytest

from ras.policy.document import policy_of
from ras.policy.examples import example_faults
from tests.ras.examples import Data, changed, plan_data, policy_data

# The example plan: 16 + 9 + 7 + 3 points, less 3 and 1 for what is there. 31 points are worth 4,275 pounds,
# and 1.08 times that far from services.
RIGHT: Data = {
    "indicative_annual_pence": 4_617_00,
    "points": "35",
    "points_after_resources": "31",
    "plan_cost_annual_pence": 5_171_45,
}
REMOTE = (
    "Living far from services: because helpers have far to travel to you, £4,275 a year is multiplied by "
    "1.08. That makes £4,617 a year."
)


def faults(expect: Data, **fields: Any) -> list[tuple[str, str, str]]:
    """What is wrong with one example, as place, code and message."""
    example = {"name": "A child", "why": "So", "plan": plan_data(), "expect": expect, **fields}
    policy = policy_of({**policy_data(), "examples": [example]})
    return [
        (".".join(str(part) for part in place), code, message)
        for place, code, message in example_faults(policy)
    ]


def said(place: str, message: str) -> list[tuple[str, str, str]]:
    return [(f"examples.0.{place}", "example-fails", f"“A child”: {message}")]


@pytest.mark.parametrize(
    ("expect", "fields"),
    [
        ({}, {}),
        (RIGHT, {}),
        (RIGHT, {"on": "2026-09-01"}),
        (
            {**RIGHT, "indicative_annual_pence": 3_591_00, "points": "31", "points_after_resources": "27"},
            {"on": "2027-03-01"},
        ),
        ({"working": [{"rule": "modifiers.remote-area", "result": "461700", "says": REMOTE}]}, {}),
        # Any of several lines that follow one rule will do.
        ({"working": [{"rule": "resources_present.contributions", "result": "3"}]}, {}),
        ({"working": [{"rule": "resources_present.contributions", "result": "1"}]}, {}),
        # Another horizon is asked about by its name.
        ({"working": [{"rule": "modifiers.remote-area", "horizon": "long", "result": "120600"}]}, {}),
        ({"working": [{"rule": "allocation.knots.1", "horizon": "long", "result": "335000/3"}]}, {}),
        ({"working": [{"rule": "bounds", "result": "120600"}]}, {"on": "2027-09-01"}),
        ({"refused": "plan-does-not-fit"}, {"plan": changed(plan_data(), {"needs": []})}),
        ({"refused": "day-outside-plan"}, {"on": "2026-08-31"}),
        ({"refused": "age-outside-policy"}, {"plan": changed(plan_data(), {"born_on": "2008-09-01"})}),
    ],
)
def test_an_example_that_comes_out_as_it_says_is_passed_over(expect: Data, fields: Data) -> None:
    assert faults(expect, **fields) == []


@pytest.mark.parametrize(
    ("expect", "fields", "found"),
    [
        (
            {**RIGHT, "indicative_annual_pence": 4_617_01},
            {},
            said("expect.indicative_annual_pence", "expected 461701, and it comes to 461700."),
        ),
        ({**RIGHT, "points": "36"}, {}, said("expect.points", "expected 36, and it comes to 35.")),
        (
            {**RIGHT, "points_after_resources": "35"},
            {},
            said("expect.points_after_resources", "expected 35, and it comes to 31."),
        ),
        (
            {**RIGHT, "plan_cost_annual_pence": 0},
            {},
            said("expect.plan_cost_annual_pence", "expected 0, and it comes to 517145."),
        ),
        (
            {"working": [{"rule": "modifiers.remote"}]},
            {},
            said("expect.working.0", "no line of the working follows 'modifiers.remote'."),
        ),
        (
            {"working": [{"rule": "horizons.short"}, {"rule": "horizons.short", "horizon": "long"}]},
            {},
            said("expect.working.1", "no line of the working follows 'horizons.short'."),
        ),
        (
            {"working": [{"rule": "modifiers.remote-area", "result": "461701"}]},
            {},
            said("expect.working.0", "'modifiers.remote-area' should come to 461701, and comes to 461700."),
        ),
        (
            {"working": [{"rule": "resources_present.contributions", "result": "2"}]},
            {},
            said("expect.working.0", "'resources_present.contributions' should come to 2, and comes to 1."),
        ),
        (
            {"working": [{"rule": "modifiers.remote-area", "says": "More."}]},
            {},
            said("expect.working.0", f"'modifiers.remote-area' should say “More.”, and says “{REMOTE}”"),
        ),
        (
            {"refused": "plan-does-not-fit"},
            {},
            said("expect.refused", "it should be refused (plan-does-not-fit), and it was scored."),
        ),
        (
            RIGHT,
            {"plan": changed(plan_data(), {"needs": plan_data()["needs"][:3]})},
            said(
                "plan",
                "the plan is refused (plan-does-not-fit): needs: 'education' (Success in education) is not "
                "answered. How much help outside school does your child need to do well there? "
                "[unanswered-domain]",
            ),
        ),
        (
            {"refused": "plan-does-not-fit"},
            {"on": "2026-08-31"},
            said(
                "plan",
                "the plan is refused (day-outside-plan): The plan speaks about 2026-09-01 to 2028-08-31; "
                "2026-08-31 is outside it. A plan whose time has run out needs a review.",
            ),
        ),
    ],
)
def test_an_example_that_comes_out_otherwise_is_said_at_its_place(
    expect: Data, fields: Data, found: list[tuple[str, str, str]]
) -> None:
    assert faults(expect, **fields) == found


def test_every_example_is_run_and_everything_that_differs_is_said() -> None:
    example = {"name": "A child", "why": "So", "plan": plan_data(), "expect": RIGHT}
    wrong = {**example, "expect": {"points": "0", "points_after_resources": "0"}}
    policy = policy_of({**policy_data(), "examples": [wrong, example, wrong]})

    assert [place for place, _, _ in example_faults(policy)] == [
        ("examples", number, "expect", field)
        for number in (0, 2)
        for field in ("points", "points_after_resources")
    ]


def test_where_no_points_are_added_up_none_can_be_expected() -> None:
    levels = [level["code"] for level in policy_data()["domains"][0]["levels"]]
    rows = [
        {"answers": [level], "title": level, "amount_pence": 100_00 * n} for n, level in enumerate(levels)
    ]
    matrix = {
        "variant": "lookup-matrix",
        "source": "Case",
        "sides": [{"kind": "domain", "domain": "independence"}],
        "rows": rows,
    }
    none = {
        "mode": "none",
        "source": "Case",
        "contributions": policy_data()["resources_present"]["contributions"],
    }
    for contribution in none["contributions"]:
        del contribution["points"]
    example = {"name": "A child", "why": "So", "plan": plan_data(), "expect": {"points": "35"}}
    policy = policy_of(
        {**policy_data(), "allocation": matrix, "resources_present": none, "examples": [example]}
    )

    ((_, _, message),) = example_faults(policy)
    assert message == "“A child”: expected 35, and there is none."
