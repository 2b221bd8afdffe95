"""The policy checker says in a sentence, at its place, what breaks the order of need and what is doubtful."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ras.errors import PolicyDocumentError
from ras.policy import checker, order, trial
from ras.policy.checker import PolicyReport, check_policy, findings_of
from ras.policy.configuration import PolicyConfiguration
from ras.policy.document import policy_of, read_policy
from ras.policy.finding import OTHERWISE, REASONS, PolicyFinding, Severity
from ras.records import Exact
from tests.ras.examples import ROOT, Data, changed, policy_data
from tests.ras.policy.pieces import (
    BEHAVIOUR,
    INDEPENDENCE,
    LEVELS,
    NO_RESOURCES,
    SCORE,
    TWO,
    at_least,
    band,
    bands,
    limits,
    matrix,
    modifier,
    regression,
    table_of_levels,
)


def report(changes: dict[str, Any], caseload: Sequence[Exact] = ()) -> PolicyReport:
    """What the checker says of the example policy with changes."""
    return check_policy(policy_of(changed(policy_data(), changes)), caseload=caseload)


def findings(changes: dict[str, Any]) -> tuple[PolicyFinding, ...]:
    """Everything found in the example policy with changes, whether it can be read or not."""
    try:
        return report(changes).findings
    except PolicyDocumentError as refusal:
        return findings_of(refusal.problems)


UNDER_16 = {"age": {"before_age": 16}}
OLDER = {"age": {"from_age": 16, "before_age": 18}}

Case = tuple[str, dict[str, Any], Severity, str, str, str]

# (what is wrong, what is changed in the example policy, severity, code, path, the whole sentence)
OUT_OF_ORDER: list[Case] = [
    (
        "a level of more need has fewer points",
        {"domains.education.levels.frequent.points": "6"},
        Severity.ERROR,
        "falls",
        "domains.education.levels.frequent.points",
        "'Every school day' is more need than 'Every week' and has fewer points.",
    ),
    (
        "a level of a table has less money than the one below it",
        {
            "allocation": table_of_levels(
                (2_000, 1_999), [{"score": {"at_least": "30"}}, None], ["higher", "lower"]
            )
        },
        Severity.ERROR,
        "falls",
        "allocation.levels.higher.amount_pence",
        "“Higher” stands above “Lower” and has less money.",
    ),
    (
        "a band of more points has less money",
        {"allocation": bands(band("0", "20", 0), band("20", "50", 3_000), band("50", None, 2_999))},
        Severity.ERROR,
        "falls",
        "allocation.bands.2.amount_pence",
        "This band has more need and less money than the one before it.",
    ),
    (
        "rules give the lower level for more need",
        {
            "allocation": table_of_levels(
                (1_000, 2_000), [{"score": {"at_least": "30"}}, None], ["lower", "higher"]
            )
        },
        Severity.ERROR,
        "falls-with-need",
        "allocation.levels.lower",
        "With a score of 30 points instead of a score just below 30 points the amount falls from "
        "£2,160 a year to £1,080 a year.",
    ),
    (
        "a coefficient on need is negative",
        {"domains": TWO, "allocation": regression(("-3", [BEHAVIOUR]), ("50", [INDEPENDENCE]))},
        Severity.ERROR,
        "falls-with-need",
        "allocation.terms.0",
        "With “All the time, day and night” instead of “Most of the day” in “Behaviour management” the "
        "amount falls from £1,028 a year to £999 a year.",
    ),
    (
        "the coefficient of a level is negative",
        {
            "domains": TWO,
            "allocation": regression(
                ("500", [at_least("behaviour", "regular")]), ("-100", [at_least("behaviour", "constant")])
            ),
            "resources_present": NO_RESOURCES,
        },
        Severity.ERROR,
        "falls-with-need",
        "allocation.terms.1",
        "With “All the time, day and night” instead of “Most of the day” in “Behaviour management” the "
        "amount falls from £1,620 a year to £1,512 a year.",
    ),
    (
        "an interaction of two needs turns negative within the allowed answers",
        # A point of independence adds 50 - 3 for each point of behaviour: less than nothing from 17 up.
        {"domains": TWO, "allocation": regression(("50", [SCORE]), ("-3", [BEHAVIOUR, INDEPENDENCE]))},
        Severity.ERROR,
        "falls-with-need",
        "allocation.terms.1",
        "With “All the time, day and night” instead of “Most of the day” in “Independence skills” the "
        "amount falls from £1,998 a year to £1,755 a year.",
    ),
    (
        "an interaction with a number turns negative at the largest one allowed",
        # A point adds 50 - 4.3 for each sibling: less than nothing for 12, the most there can be.
        {
            "domains": TWO,
            "allocation": regression(
                ("50", [SCORE]), ("-4.3", [SCORE, {"kind": "count", "circumstance": "disabled-siblings"}])
            ),
        },
        Severity.ERROR,
        "falls-with-need",
        "allocation.terms.1",
        "With “All the time, day and night” instead of “Most of the day” in “Independence skills” the "
        "amount falls from £1,437 a year to £1,421 a year.",
    ),
    (
        "an interaction with age turns negative before the policy ends",
        {"domains": TWO, "allocation": regression(("50", [SCORE]), ("-3", [SCORE, {"kind": "age"}]))},
        Severity.ERROR,
        "falls-with-need",
        "allocation.terms.1",
        "With “All the time, day and night” instead of “Most of the day” in “Independence skills” the "
        "amount falls from £984 a year to £975 a year.",
    ),
    (
        "one row of many is out of order",
        {
            "allocation": matrix((1, 2, 1, 3), domains=[d["code"] for d in policy_data()["domains"]]),
            "resources_present": NO_RESOURCES,
        },
        Severity.ERROR,
        "falls-with-need",
        "allocation.rows.183",
        "With “Now and then” instead of “Manages like other children of this age” in “Independence skills” "
        "the amount falls from £11,000 a year to £10,500 a year.",
    ),
    (
        "a factor below 1 is for children of more need",
        {"modifiers": modifier("multiply", {"score": {"at_least": "40"}}, factor="0.8")},
        Severity.ERROR,
        "falls-with-need",
        "modifiers.wrong",
        "With a score of 40 points instead of a score just below 40 points the amount falls from "
        "£6,412 a year to £5,130 a year.",
    ),
    (
        "a deduction is for children of more need",
        {
            "domains": TWO,
            "modifiers": modifier(
                "subtract",
                {"answers": [{"domain": "behaviour", "at_least": "frequent"}]},
                amount_pence=1_200_00,
            ),
        },
        Severity.ERROR,
        "falls-with-need",
        "modifiers.wrong",
        "With “Most of the day” instead of “Every day” in “Behaviour management” the amount falls from "
        "£765 a year to £450 a year.",
    ),
    (
        "an addition is lost with more need",
        {"modifiers": modifier("add", {"score": {"below": "40"}}, amount_pence=400_00)},
        Severity.ERROR,
        "falls-with-need",
        "modifiers.wrong",
        "With a score of 40 points instead of a score just below 40 points the amount falls from "
        "£6,812 a year to £6,413 a year.",
    ),
    (
        "a cap for children of more need is lower than what others get",
        {
            "bounds": limits(
                {"title": "Most", "when": {"score": {"at_least": "50"}}, "hard_cap_pence": 5_000_00}
            )
        },
        Severity.ERROR,
        "falls-with-need",
        "bounds.groups.0.hard_cap_pence",
        "With a score of 50 points instead of a score just below 50 points the amount falls from "
        "£10,660 a year to £5,000 a year.",
    ),
    (
        "a cap for one answer of more need is lower than what others get",
        {
            "domains": TWO,
            "bounds": limits(
                {
                    "title": "Most",
                    "when": {"answers": [{"domain": "behaviour", "at_least": "constant"}]},
                    "hard_cap_pence": 5_000_00,
                }
            ),
        },
        Severity.ERROR,
        "falls-with-need",
        "bounds.groups.0.hard_cap_pence",
        "With “All the time, day and night” instead of “Most of the day” in “Behaviour management” the "
        "amount falls from £7,582 a year to £5,000 a year.",
    ),
    (
        "a floor is lost with more need",
        {
            "bounds": limits(
                {"title": "Least", "when": {"score": {"below": "9"}}, "floor_pence": 1_000_00},
                hard_cap_pence=30_000_00,
            )
        },
        Severity.ERROR,
        "falls-with-need",
        "bounds",
        "With a score of 9 points instead of a score just below 9 points the amount falls from "
        "£1,000 a year to £765 a year.",
    ),
    (
        "a factor cuts on a birthday",
        {"modifiers": modifier("multiply", OLDER, factor="0.8")},
        Severity.WARNING,
        "falls-on-birthday",
        "modifiers.wrong",
        "From the age of 15 to the age of 16, with the same answers, the amount falls from "
        "£29,000 a year to £23,200 a year.",
    ),
    (
        "a price for an age band cuts on a birthday",
        {
            "allocation": {
                "variant": "price-per-point",
                "source": "Case",
                "prices": [
                    {"title": "Under 16", "when": UNDER_16, "price_pence": "20000"},
                    {"title": "Older", "price_pence": "19999"},
                ],
            }
        },
        Severity.WARNING,
        "falls-on-birthday",
        "allocation.prices.1",
        "From the age of 15 to the age of 16, with the same answers, the amount falls from "
        "£18,000 a year to £17,999 a year.",
    ),
    (
        "a cap for an age band cuts on a birthday",
        {"bounds": limits({"title": "Older", "when": OLDER, "hard_cap_pence": 10_000_00})},
        Severity.WARNING,
        "falls-on-birthday",
        "bounds.groups.0.hard_cap_pence",
        "From the age of 15 to the age of 16, with the same answers, the amount falls from "
        "£31,720 a year to £10,000 a year.",
    ),
    (
        "an addition for a stage of schooling ends",
        {"modifiers": modifier("add", {"key_stages": ["key-stage-2"]}, amount_pence=500_00)},
        Severity.WARNING,
        "falls-on-birthday",
        "modifiers.wrong",
        "From key stage 2 at 11 to key stage 3 at 11, with the same answers, the amount falls from "
        "£500 a year to £0 a year.",
    ),
    (
        "a coefficient on age is negative",
        {"domains": TWO, "allocation": regression(("50", [SCORE]), ("-20", [{"kind": "age"}]))},
        Severity.WARNING,
        "falls-on-birthday",
        "allocation.terms.1",
        "From the age of 0 to the age of 1, with the same answers, the amount falls from "
        "£1,080 a year to £1,058 a year.",
    ),
]

PLAN_OF_EXAMPLE = {
    "born_on": "2015-06-14",
    "starts_on": "2026-09-01",
    "needs": [
        {"domain": domain["code"], "levels": {"short": "none", "medium": "none", "long": "none"}}
        for domain in policy_data()["domains"]
    ],
    "circumstances": [
        {"circumstance": "area", "choice": "town"},
        {"circumstance": "disabled-siblings", "count": 0},
    ],
}
OLD_PRICE = [{"valid_from": "2024-03-31", "price_pence": 18_00, "source": "Case"}]

DOUBTFUL: list[Case] = [
    (
        "there is a gap between two bands",
        {"allocation": bands(band("0", "20", 0), band("21", None, 1))},
        Severity.ERROR,
        "gap",
        "allocation.bands.1.from_points",
        "The band before ends at 20 points and this one begins at 21: they must be the same.",
    ),
    (
        "two bands overlap",
        {"allocation": bands(band("0", "20", 0), band("19", None, 1))},
        Severity.ERROR,
        "overlap",
        "allocation.bands.1.from_points",
        "The band before ends at 20 points and this one begins at 19: they must be the same.",
    ),
    (
        "the same support comes off twice",
        {
            "modifiers": [
                {
                    **modifier("subtract", UNDER_16, amount_pence=1)[0],
                    "counts_support_from": ["family"],
                }
            ]
        },
        Severity.ERROR,
        "counted-twice",
        "modifiers.wrong.counts_support_from",
        "“Wrong” takes account of support that `resources_present` takes off already. The same support "
        "counts once: leave one of the two out.",
    ),
    (
        "the same support could come off twice",
        {"modifiers": modifier("multiply", {}, factor="0.95")},
        Severity.WARNING,
        "perhaps-counted-twice",
        "modifiers.wrong",
        "“Wrong” lowers the amount, and what is already there is taken off as well.",
    ),
    (
        "what is there could never come off",
        {"domains": TWO, "allocation": matrix(), "modifiers": []},
        Severity.ERROR,
        "never-counts",
        "resources_present.mode",
        "Nothing could ever come off in mode 'points': with this allocation it can be one of carer-sum, "
        "in-descriptors, none.",
    ),
    (
        "notice is short and nobody has the authority",
        {"budget.notice.streams.0.months": 2},
        Severity.ERROR,
        "notice-too-short",
        "budget.notice.streams.0.months",
        "Under three months' notice needs the authority for it, in `shorter_because`.",
    ),
    (
        "a rule refers to what is not there",
        {"modifiers": modifier("add", {"answers": [{"domain": "sleep", "at_least": "x"}]}, amount_pence=1)},
        Severity.ERROR,
        "unknown-reference",
        "modifiers.wrong.when.answers.sleep.domain",
        "There is no domain 'sleep' in this policy.",
    ),
    (
        "a year has too many weeks",
        {"money.weeks_per_year": "54"},
        Severity.ERROR,
        "wrong-value",
        "money.weeks_per_year",
        "A year has from 1 to 53 weeks.",
    ),
    (
        "a question changes nothing",
        {"domains.education.weight": "0", "allocation.knots.5.points": "70"},
        Severity.WARNING,
        "dead-domain",
        "domains.education",
        "No answer about “Success in education” changes any amount.",
    ),
    (
        "a band is past the highest score",
        {"allocation.knots.5.points": "90.5"},
        Severity.WARNING,
        "unreachable",
        "allocation.knots.5.points",
        "No answers come to 90.5 points: the most there can be is 90 points.",
    ),
    (
        "a modifier is for scores past the highest",
        {"modifiers": modifier("add", {"score": {"at_least": "91"}}, amount_pence=1)},
        Severity.WARNING,
        "unreachable",
        "modifiers.wrong.when.score.at_least",
        "No answers come to 91 points: the most there can be is 90 points.",
    ),
    (
        "a table jumps",
        {"allocation": bands(band("0", "20", 0), band("20", "50", 3_000), band("50", None, 7_500))},
        Severity.WARNING,
        "cliff",
        "allocation.bands.2.from_points",
        "At 50 points the amount jumps by £4,500 a year (150.0%), from £3,000 a year to £7,500 a year. "
        "There are 2 such steps; this is the greatest.",
    ),
    (
        "a modifier makes the amount jump",
        {"modifiers": modifier("add", {"score": {"at_least": "12"}}, amount_pence=85_00)},
        Severity.WARNING,
        "cliff",
        "modifiers.wrong.when.score.at_least",
        "At 12 points the amount jumps by £85 a year (7.6%), from £1,117 a year to £1,202 a year.",
    ),
    (
        "a price was old when the policy began",
        {"rate_card.items.activity-club.prices": OLD_PRICE},
        Severity.WARNING,
        "stale-price",
        "rate_card.items.activity-club.prices.0.valid_from",
        "“Activity club with support” at £18 is the price of 31 March 2024, more than 2 years before the "
        "policy begins.",
    ),
    (
        "nobody knows where a rule comes from",
        {"rounding.source": "To be confirmed"},
        Severity.WARNING,
        "unknown-source",
        "rounding.source",
        "The source is given as “To be confirmed”.",
    ),
    (
        "a cap has no equality analysis",
        {"bounds": {"hard_cap_pence": 20_000_00, "source": "Case"}},
        Severity.WARNING,
        "cap-without-equality-analysis",
        "bounds.hard_cap_pence",
        "The policy has a highest amount, and names no equality analysis of it.",
    ),
    (
        "a highest number of hours has no equality analysis",
        {
            "allocation": {
                "variant": "line-items",
                "source": "Case",
                "items": [
                    {
                        "code": "hours",
                        "title": "Hours of care",
                        "unit": "hours",
                        "by_level": {
                            "domain": domain,
                            "quantities": [
                                {"level": level, "quantity": f"{n}"} for n, level in enumerate(LEVELS)
                            ],
                        },
                        "rate_pence": "2000",
                        "at_most": "4",
                    }
                    for domain in ("independence",)
                ],
            },
            "domains": TWO[:1],
            "resources_present": NO_RESOURCES,
        },
        Severity.WARNING,
        "cap-without-equality-analysis",
        "allocation.items.hours.at_most",
        "“Hours of care” has a highest number, and names no equality analysis of it.",
    ),
    (
        "an example of the policy comes out otherwise",
        {
            "examples": [
                {
                    "name": "No help, no money",
                    "why": "So",
                    "plan": PLAN_OF_EXAMPLE,
                    "expect": {"points": "1"},
                }
            ]
        },
        Severity.ERROR,
        "example-fails",
        "examples.0.expect.points",
        "“No help, no money”: expected 1, and it comes to 0.",
    ),
    (
        "the last uprating is before the policy's last year",
        {
            "uprating": [{"kind": "none", "year": 2026, "source": "Case"}],
            "valid_before": "2027-04-02",
        },
        Severity.WARNING,
        "uprating-ends",
        "uprating",
        "The policy is for days up to 2027/28, and its last uprating is that of 2026/27.",
    ),
]


ORDER = {"falls", "falls-with-need", "falls-on-birthday"}


@pytest.mark.parametrize(
    ("changes", "severity", "code", "path", "what"),
    [pytest.param(*case[1:], id=case[0]) for case in (*OUT_OF_ORDER, *DOUBTFUL)],
)
def test_what_is_wrong_is_said_in_a_sentence_at_its_place_and_no_other_rule_is_blamed(
    changes: dict[str, Any], severity: Severity, code: str, path: str, what: str
) -> None:
    found = findings(changes)

    (said,) = [finding for finding in found if (finding.code, finding.path) == (code, path)]
    assert (said.severity, said.what) == (severity, what)
    assert (said.why, said.what_to_do) == REASONS.get(code, OTHERWISE)
    assert {finding.path for finding in found if finding.code in ORDER} <= {path}


def test_a_finding_is_told_with_its_reason_and_what_to_do() -> None:
    (found,) = findings({"modifiers": modifier("add", {"score": {"below": "40"}}, amount_pence=400_00)})[:1]

    assert str(found) == (
        "error: modifiers.wrong\n"
        "  With a score of 40 points instead of a score just below 40 points the amount falls from "
        "£6,812 a year to £6,413 a year.\n"
        "  A child who needs more would get less. No family could be given a reason for it.\n"
        "  Change the rule so that no answer of more need lowers the amount. [falls-with-need]"
    )
    assert found.pointer == "/modifiers/0"


def test_every_kind_of_finding_that_has_its_own_reason_is_seen() -> None:
    seen = {code for _, _, _, code, _, _ in (*OUT_OF_ORDER, *DOUBTFUL)}

    assert set(REASONS) - seen == {"not-everything-tried", "beyond-belief"}, "those have tests of their own"
    assert all(part.endswith(".") for reasons in (*REASONS.values(), OTHERWISE) for part in reasons)


def test_nothing_is_found_in_the_example() -> None:
    assert report({}) == PolicyReport(findings=(), cliffs=(), cliff_free=None, caseload=0)


def test_errors_come_first_and_are_told_from_warnings() -> None:
    found = report(
        {
            "rounding.source": "tbc",
            "modifiers": modifier("multiply", {"score": {"at_least": "40"}}, factor="0.8"),
        }
    )

    assert [finding.code for finding in found.findings] == [
        "falls-with-need",
        "perhaps-counted-twice",
        "unknown-source",
    ]
    assert (found.errors, found.warnings) == (found.findings[:1], found.findings[1:])


def test_the_same_finding_with_the_same_figures_is_known_again_in_another_revision() -> None:
    table = bands(band("0", "20", 0), band("20", None, 3_000))
    dearer = bands(band("0", "20", 0), band("20", None, 3_001))
    first, again, other = (
        report({"allocation": each, "version": version}).warnings[0].fingerprint
        for each, version in ((table, "1"), (table, "2"), (dearer, "2"))
    )

    assert first == again
    assert first != other


@pytest.mark.parametrize(
    "source",
    [
        "TBC",
        " tba ",
        "n/a",
        "N/A",
        "None",
        "unknown",
        "???",
        "to be decided",
        "not published",
        "Not known: ask",
    ],
)
def test_words_that_name_no_source_are_an_unknown_source(source: str) -> None:
    (found,) = report({"domains.behaviour.source": source}).findings

    assert (found.code, found.path) == ("unknown-source", "domains.behaviour.source")


@pytest.mark.parametrize("source", ["Section 1, not published online", "Nonesuch policy", "None of it: s. 4"])
def test_words_that_name_a_source_are_not(source: str) -> None:
    assert report({"domains.behaviour.source": source}).findings == ()


def test_an_age_taper_is_no_cut_on_a_birthday() -> None:
    factors = [{"age": age, "factor": factor} for age, factor in ((10, "1"), (14, "0.9"), (17, "0.5"))]

    assert report({"modifiers": modifier("age-taper", {}, factors=factors)}).findings == ()


def test_a_price_is_stale_only_if_the_policy_uses_it() -> None:
    ended = {**OLD_PRICE[0], "valid_before": "2026-04-01"}
    later = {"valid_from": "2026-04-01", "price_pence": 18_00, "source": "Case"}
    two_years = {**OLD_PRICE[0], "valid_from": "2024-04-01"}
    quote = {"valid_from": "2020-04-01", "source": "Case"}

    for prices in ([ended, later], [two_years], [quote]):
        assert report({"rate_card.items.activity-club.prices": prices}).findings == ()


def test_what_is_already_there_can_only_be_counted_twice_where_it_comes_off() -> None:
    lowers = modifier("subtract", {}, amount_pence=100)

    assert report({"modifiers": lowers, "resources_present": NO_RESOURCES}).findings == ()


def test_a_limit_within_a_part_is_found_at_its_place() -> None:
    items = {
        "variant": "line-items",
        "source": "Case",
        "items": [
            {
                "code": "hours",
                "title": "Hours",
                "unit": "hours",
                "quantity": "5",
                "rate_pence": "100",
                "at_most": "4",
            }
        ],
    }
    table = bands(band("0", None, 100))
    parts = [
        {"code": code, "title": code, "allocation": each}
        for code, each in (("table", table), ("hours", items))
    ]

    found = report(
        {
            "domains": TWO,
            "allocation": {"variant": "composite", "source": "Case", "how": "sum", "parts": parts},
        }
    ).warnings

    assert ("cap-without-equality-analysis", "/allocation/parts/1/allocation/items/0/at_most") in [
        (each.code, each.pointer) for each in found
    ]


def test_a_table_of_points_beside_a_matrix_is_looked_at_as_well() -> None:
    table = bands(band("0", "20", 0), band("20", None, 3_000))
    parts = [
        {"code": code, "title": code, "allocation": each}
        for code, each in (("points", table), ("both", matrix()))
    ]
    found = report(
        {
            "domains": TWO,
            "allocation": {"variant": "composite", "source": "Case", "how": "sum", "parts": parts},
        }
    )

    (cliff,) = found.cliffs
    assert (cliff.points, cliff.jump_annual_pence) == ("20", 3_000_00)
    assert found.errors == ()


def test_prices_are_those_of_the_day_that_is_asked_about() -> None:
    rises = [
        {"kind": "percent", "year": year, "percent": percent, "source": "Case"}
        for year, percent in ((2026, "0"), (2027, "10"))
    ]
    policy = policy_of(
        changed(
            policy_data(),
            {"allocation": bands(band("0", "20", 0), band("20", None, 3_000)), "uprating": rises},
        )
    )

    for on, jump in ((None, 3_000_00), (date(2027, 3, 31), 3_000_00), (date(2027, 4, 1), 3_300_00)):
        (cliff,) = check_policy(policy, on=on).cliffs
        assert cliff.jump_annual_pence == jump


def of_hostile_size(allocation: Data) -> PolicyConfiguration:
    """A hundred areas of ten levels, and twenty circumstances."""
    data = policy_data()
    area, circumstance = data["domains"][0], data["circumstances"][0]
    levels = [{**area["levels"][0], "code": f"level-{n}", "points": f"{n}.{n}"} for n in range(10)]
    rules = modifier(
        "add",
        {
            "circumstances": [{"circumstance": "fact-19", "is_one_of": ["remote"]}],
            "answers": [{"domain": "area-99", "at_least": "level-5"}],
        },
        amount_pence=100,
    )
    return policy_of(
        {
            **data,
            "domains": [
                {**area, "code": f"area-{n}", "title": f"Area {n}", "levels": levels} for n in range(100)
            ],
            "circumstances": [{**circumstance, "code": f"fact-{n}"} for n in range(20)],
            "modifiers": rules,
            "allocation": allocation,
            "resources_present": NO_RESOURCES,
        }
    )


@pytest.mark.parametrize(
    "allocation",
    [
        table_of_levels(
            (100, 200), [{"reached": [{"level": "level-9", "at_least": 3}]}, None], ["higher", "lower"]
        ),
        bands(band("0", "500", 1), band("500", None, 2)),
        regression(*(("1", [{"kind": "points", "domains": [f"area-{n}"]}]) for n in range(100))),
    ],
    ids=["levels", "bands", "regression"],
)
def test_a_policy_of_hostile_size_is_looked_at_as_far_as_is_said_and_no_further(
    allocation: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy, tried = of_hostile_size(allocation), 0
    price = type(policy.allocation).price

    def counted(self: Any, given: Any) -> Any:
        nonlocal tried
        tried += 1
        return price(self, given)

    monkeypatch.setattr(type(policy.allocation), "price", counted)
    for module in (checker, order, trial):
        monkeypatch.setattr(module, "MOST_TRIED", 100)
    found = check_policy(policy).warnings[-1]

    # Falls, birthdays, questions that change nothing and cliffs, each with its own limit; one past each.
    assert tried <= 4 * 101
    assert str(found) == (
        "warning: the whole document\n"
        "  The policy has so many answers and rules that not every amount was worked out.\n"
        "  A fall that was not looked at could still be there.\n"
        "  Split the policy, or test it on a caseload, and write down how it was looked at. "
        "[not-everything-tried]"
    )


TOO_MANY_ANSWERS = "florida-ibudget"
"""So many answers and terms that it takes half a minute."""
PUBLISHED = sorted((ROOT / "tests/cases/published").glob("*.yaml"))


@pytest.mark.parametrize(
    "path", [path for path in PUBLISHED if path.stem != TOO_MANY_ANSWERS], ids=lambda path: path.stem
)
def test_no_published_policy_is_called_out_of_order(path: Path) -> None:
    assert check_policy(read_policy(path.read_text("utf-8"))).errors == ()


EDUCATION = policy_data()["domains"][3]
AT_THE_TOP = {"answers": [{"domain": "education", "at_least": "frequent"}]}


def levels_alone(with_more_need: str, others: str) -> dict[str, Any]:
    """Rules that give a level and no money, by the answer about education."""
    return {
        "domains": [EDUCATION],
        "resources_present": NO_RESOURCES,
        "modifiers": [],
        "bounds": None,
        "allocation": {
            "variant": "rules",
            "source": "Case",
            "levels": [
                {"code": code, "title": code, "value": value} for code, value in (("low", "1"), ("high", "2"))
            ],
            "rules": [
                {"level": with_more_need, "because": "so", "when": AT_THE_TOP},
                {"level": others, "because": "so"},
            ],
        },
    }


def once(when: Data) -> list[Data]:
    return [
        {
            "code": "once",
            "title": "Once",
            "because": "so",
            "when": when,
            "amount_pence": 500_00,
            "source": "Case",
        }
    ]


@pytest.mark.parametrize(
    "changes",
    [
        levels_alone("high", "low"),
        {
            "domains": [TWO[0], EDUCATION],
            "allocation": regression(("50", [INDEPENDENCE])),
            "one_offs": once(AT_THE_TOP),
        },
    ],
    ids=["a level", "a sum paid once"],
)
def test_a_question_that_changes_anything_that_is_given_is_not_called_dead(changes: dict[str, Any]) -> None:
    assert "dead-domain" not in {finding.code for finding in findings(changes)}


def test_a_question_that_counts_together_with_one_other_is_not_called_dead() -> None:
    rules = [{"reached": [{"level": "constant", "at_least": 2}]}, None]
    table = table_of_levels((100, 200), rules, ["higher", "lower"])

    assert findings({"allocation": table, "resources_present": NO_RESOURCES}) == ()


@pytest.mark.parametrize(
    "changes",
    [levels_alone("low", "high"), {"one_offs": once({"score": {"below": "40"}})}],
    ids=["a level", "a sum paid once"],
)
def test_a_level_or_a_sum_paid_once_that_falls_with_need_is_an_error(changes: dict[str, Any]) -> None:
    assert [finding.code for finding in report(changes).errors] == ["falls-with-need"]


def test_a_policy_whose_amounts_are_beyond_belief_is_found_so_and_the_check_goes_on() -> None:
    prices = [{"title": "All", "price_pence": "999999999"}]
    table = {"variant": "price-per-point", "source": "Case", "prices": prices}

    found = report({"allocation": table, "money.period": "week"})

    assert [finding.code for finding in found.errors] == ["beyond-belief"]


def test_a_fall_on_a_birthday_is_not_hidden_by_the_stage_of_schooling_that_begins_later() -> None:
    """A child is eleven in Year 6 until 31 August, and in key stage 2."""
    later = {"key_stages": ["key-stage-3", "key-stage-4", "post-16"]}
    younger = modifier("add", {"age": {"from_age": 0, "before_age": 11}}, amount_pence=1_000_00)
    older = [{**modifier("add", later, amount_pence=1_000_00)[0], "code": "older"}]

    hidden = report({"modifiers": [*younger, *older]})
    falls = report({"modifiers": modifier("add", {"key_stages": ["key-stage-2"]}, amount_pence=1_000_00)})

    assert [(f.code, f.what.partition(",")[0]) for f in hidden.findings if "falls" in f.code] == [
        ("falls-on-birthday", "From the age of 10 to the age of 11")
    ]
    assert [f.what.partition(",")[0] for f in falls.findings if f.code == "falls-on-birthday"] == [
        "From key stage 2 at 11 to key stage 3 at 11"
    ]


@pytest.mark.parametrize(
    ("first", "second", "hidden"),
    [
        ({"score": {"at_least": "10"}}, {"score": {"at_least": "30"}}, True),
        ({"score": {"at_least": "30"}}, {"score": {"at_least": "10"}}, False),
        ({"score": {"below": "30"}}, {"score": {"below": "10"}}, True),
        ({"score": {"below": "30"}}, {"score": {"at_least": "10"}}, False),
        ({}, {"score": {"at_least": "10"}}, True),
        ({"age": {"before_age": 18}}, {"age": {"before_age": 5}}, True),
        ({"age": {"before_age": 5}}, {"age": {"before_age": 18}}, False),
        ({"key_stages": ["key-stage-1", "key-stage-2"]}, {"key_stages": ["key-stage-2"]}, True),
        ({"key_stages": ["key-stage-2"]}, {"key_stages": ["key-stage-1", "key-stage-2"]}, False),
        (
            {"answers": [{"domain": "education", "at_least": "regular"}]},
            {"answers": [{"domain": "education", "at_least": "regular"}], "score": {"at_least": "10"}},
            True,
        ),
        (
            {"answers": [{"domain": "education", "at_least": "regular"}], "score": {"at_least": "10"}},
            {"answers": [{"domain": "education", "at_least": "regular"}]},
            False,
        ),
    ],
)
def test_a_rule_behind_one_that_always_fits_first_is_found(
    first: dict[str, Any],
    second: dict[str, Any],
    hidden: bool,  # noqa: FBT001  what is expected
) -> None:
    by_score = {"score": {"at_least": "80"}}
    whens = [first, second, by_score, None]
    table = table_of_levels((1_000, 2_000), whens, ["higher", "higher", "higher", "lower"])
    table["rules"][0]["when"] = first

    found = report({"allocation": table})

    places = {finding.path for finding in found.findings if "earlier one" in finding.what}
    assert ("allocation.rules.1.when" in places) == hidden


SMALL_AND_LARGE = [
    {"title": "S", "because": "b", "source": "Case", "code": "small", "when": {"score": {"below": "30"}}},
    {"title": "L", "because": "b", "source": "Case", "code": "large", "when": {"score": {"at_least": "30"}}},
]


@pytest.mark.parametrize(
    ("amounts", "codes"), [((100_00, 500_00), set()), ((500_00, 100_00), {"falls-with-need"})]
)
def test_a_sum_paid_once_falls_only_where_what_is_paid_once_in_all_is_less(
    amounts: tuple[int, int], codes: set[str]
) -> None:
    once = [{**each, "amount_pence": pence} for each, pence in zip(SMALL_AND_LARGE, amounts, strict=True)]

    found = report({"one_offs": once})

    assert {finding.code for finding in found.errors} == codes


def test_a_cap_of_one_group_without_an_equality_analysis_is_found_at_the_group() -> None:
    group = {"title": "Young", "when": {"age": {"before_age": 5}}, "hard_cap_pence": 40_000_00}
    (found,) = findings({"bounds": {"groups": [group], "source": "Case"}})

    assert found.pointer == "/bounds/groups/0/hard_cap_pence"


def test_a_question_that_is_no_longer_asked_from_a_birthday_on_is_blamed_for_the_cut() -> None:
    found = findings({"domains.education.applies_if": {"age": {"before_age": 12}}})

    assert {finding.path for finding in found} == {"domains.education.applies_if"}
