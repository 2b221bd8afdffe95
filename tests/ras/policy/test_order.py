"""Every policy in which a level up lowers the amount is found, and no other: asked of every answer there is.

The oracle knows nothing of how the checker looks. It answers a small policy in every way it can be
answered, works each amount out as for a child, and compares those that are one level apart.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise, product
from typing import Any, TypeAlias

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ras import testing as some
from ras.conditions import Facts, Scored
from ras.errors import AmountTooLarge
from ras.fit import domains_asked
from ras.indicative import indicative_amount, money_for
from ras.plan import NO_NEED
from ras.policy import order
from ras.policy.configuration import PolicyConfiguration
from ras.policy.document import policy_of
from ras.policy.order import Fall, falls_on_birthdays, falls_with_need
from ras.policy.questions import Domain
from ras.policy.trial import MOST_SCORES, Trial
from ras.present import Counted
from ras.records import Exact, tidy
from ras.testing import plan_of
from ras.working import Quantity, Unit
from tests.ras.examples import changed, policy_data
from tests.ras.policy.out_of_order import small_policies, wild_policies
from tests.ras.policy.pieces import (
    BEHAVIOUR,
    INDEPENDENCE,
    LEVELS,
    NO_RESOURCES,
    SCORE,
    TWO,
    band,
    bands,
    limits,
    matrix,
    modifier,
    regression,
)

YEAR = 2026

Answers: TypeAlias = tuple[int, ...]
"""The place of each answer among those of its domain."""


def answers_to(domain: Domain) -> list[str]:
    """The answers of a domain, from the least help to the most."""
    return [*([NO_NEED] if domain.no_need is not None else []), *(level.code for level in domain.levels)]


def asked(policy: PolicyConfiguration, facts: Facts) -> list[Domain]:
    within = domains_asked(policy, facts)
    return [domain for domain in policy.domains if domain.code in within]


def every_amount(policy: PolicyConfiguration, facts: Facts) -> dict[Answers, int]:
    """What every set of answers comes to for a child, in pence a year."""
    domains, horizon = asked(policy, facts), policy.horizons[0].horizon
    amounts = {}
    for places in product(*(range(len(answers_to(domain))) for domain in domains)):
        needs = [
            {"domain": domain.code, "levels": {horizon.value: answers_to(domain)[place]}}
            for domain, place in zip(domains, places, strict=True)
        ]
        plan = plan_of({"born_on": "2010-01-01", "starts_on": "2026-04-01", "needs": needs})
        amounts[places] = indicative_amount(plan, policy, horizon, facts, year=YEAR).annual_pence
    return amounts


def falls_there_are(policy: PolicyConfiguration, facts: Facts) -> Iterator[int]:
    """By how much each level up that lowers the amount lowers it, in pence a year."""
    amounts = every_amount(policy, facts)
    for places, amount in amounts.items():
        for number in range(len(places)):
            up = (*places[:number], places[number] + 1, *places[number + 1 :])
            if amounts.get(up, amount) < amount:
                yield amount - amounts[up]


def a_higher_score_gets_less(policy: PolicyConfiguration, trial: Trial) -> bool:
    """Whether any score gets more than a higher one: also scores that only help already there leads to."""
    sides = [score - part for score in trial.thresholds for part in (0, Fraction(1, 10**6))]
    scores: Sequence[Exact] = sorted({*trial.scores, *(tidy(score) for score in sides if score >= 0)})
    horizon = policy.horizons[0].horizon
    for facts in trial.facts:
        amounts = [
            money_for(Scored(score, {}, facts), Counted(()), policy, horizon, year=YEAR).annual_pence
            for score in scores
        ]
        if any(more < less for less, more in pairwise(amounts)):
            return True
    return False


def is_found_rightly(policy: PolicyConfiguration, trial: Trial, child: Facts) -> bool:
    """Hold the checker to the oracle; whether it found anything."""
    there_are = any(falls_there_are(policy, child))
    found = falls_with_need(trial)

    assert not trial.was_spent
    if there_are:
        assert found
    elif found and policy.reads_answers:
        assert any(any(falls_there_are(policy, facts)) for facts in trial.facts)
    elif found:
        assert a_higher_score_gets_less(policy, trial)
    return bool(found)


@pytest.mark.parametrize("variant", sorted(set(some.ALLOCATIONS) - {"rules"}))
def test_a_level_up_that_lowers_an_amount_is_found_in_policies_of_every_variant(variant: str) -> None:
    tried = 0

    @settings(max_examples=10)
    @given(wild_policies(variant), st.data())
    def the_checker_says_what_the_oracle_says(policy: PolicyConfiguration, data: st.DataObject) -> None:
        nonlocal tried
        trial = Trial(policy, YEAR)
        try:
            is_found_rightly(policy, trial, data.draw(st.sampled_from(trial.facts)))
        except AmountTooLarge:
            assume(condition=False)
        tried += 1

    the_checker_says_what_the_oracle_says()
    assert tried >= 10


def test_a_level_up_that_lowers_an_amount_is_found_in_small_policies_of_any_shape() -> None:
    tried = {True: 0, False: 0}

    @settings(max_examples=200)
    @given(small_policies(), st.data())
    def the_checker_says_what_the_oracle_says(policy: PolicyConfiguration, data: st.DataObject) -> None:
        trial = Trial(policy, YEAR)
        tried[is_found_rightly(policy, trial, data.draw(st.sampled_from(trial.facts)))] += 1

    the_checker_says_what_the_oracle_says()
    assert min(tried.values()) > 30


def trial_of(changes: dict[str, Any]) -> Trial:
    """The example with two areas, no modifiers, and changes."""
    alone = {"domains": TWO, "modifiers": [], "resources_present": NO_RESOURCES, "circumstances": []}
    return Trial(policy_of(changed(policy_data(), {**alone, **changes})), YEAR)


@pytest.mark.parametrize("row", [*product(range(5), repeat=2)], ids=str)
def test_one_row_too_low_is_found_wherever_it_is(row: tuple[int, int]) -> None:
    found = falls_with_need(trial_of({"allocation": matrix(row)}))

    number = 5 * row[0] + row[1]
    assert {fall.rule for fall in found} == ({f"allocation.rows.{number}"} if number else set())
    assert {fall.by for fall in found} <= {500_00}


@pytest.mark.parametrize(
    "changes",
    [
        {"allocation": regression(("50", [SCORE]), ("-3", [BEHAVIOUR, INDEPENDENCE]))},
        {"allocation": regression(("9", [SCORE]), ("-1", [BEHAVIOUR, INDEPENDENCE]), link="square-root")},
        {
            "allocation": regression(
                ("0.1", [SCORE]), ("-0.01", [BEHAVIOUR, INDEPENDENCE]), link="log", intercept="2"
            )
        },
        {
            "modifiers": modifier(
                "multiply", {"answers": [{"domain": "behaviour", "at_least": "regular"}]}, factor="0.7"
            )
        },
        {
            "bounds": limits(
                {
                    "title": "Most",
                    "when": {"answers": [{"domain": "behaviour", "at_least": "regular"}]},
                    "hard_cap_pence": 1_000_00,
                }
            )
        },
        {
            "modifiers": modifier(
                "subtract", {"reached": [{"level": "regular", "at_least": 2}]}, amount_pence=9_99_00
            )
        },
    ],
    ids=["points", "root", "log", "modifier", "cap", "reached"],
)
def test_of_all_falls_by_a_rule_the_greatest_is_told(changes: dict[str, Any]) -> None:
    trial = trial_of(changes)
    (found,) = falls_with_need(trial)

    assert found.by == max(fall for facts in trial.facts for fall in falls_there_are(trial.policy, facts))


# A rule that lowers the amount of children of more need, of these children only.
UNFAIR = {"score": {"at_least": "20"}}
WHOM: dict[str, dict[str, Any]] = {
    "all": {"modifiers": modifier("multiply", UNFAIR, factor="0.5")},
    "some ages": {
        "modifiers": modifier("multiply", {**UNFAIR, "age": {"from_age": 7, "before_age": 8}}, factor="0.5")
    },
    "a stage of schooling": {
        "modifiers": modifier("multiply", {**UNFAIR, "key_stages": ["key-stage-3"]}, factor="0.5")
    },
    "the last choice": {
        "modifiers": modifier(
            "multiply",
            {**UNFAIR, "circumstances": [{"circumstance": "area", "is_one_of": ["remote"]}]},
            factor="0.5",
        )
    },
    "exactly three": {
        "modifiers": modifier(
            "multiply",
            {**UNFAIR, "circumstances": [{"circumstance": "disabled-siblings", "at_least": 3, "at_most": 3}]},
            factor="0.5",
        )
    },
    "more than the highest number tested": {
        "modifiers": [
            *modifier(
                "add",
                {"circumstances": [{"circumstance": "disabled-siblings", "at_most": 3}]},
                amount_pence=0,
            ),
            {
                **modifier("multiply", UNFAIR, factor="0.5")[0],
                "code": "other",
                "when": {**UNFAIR, "circumstances": [{"circumstance": "disabled-siblings", "at_least": 4}]},
            },
        ]
    },
    "the largest number allowed": {
        "allocation": regression(
            ("50", [SCORE]), ("-4.2", [SCORE, {"kind": "count", "circumstance": "disabled-siblings"}])
        )
    },
    "a number without a largest": {
        "allocation": regression(
            ("50", [SCORE]), ("-4.2", [SCORE, {"kind": "count", "circumstance": "disabled-siblings"}])
        ),
        "circumstances.disabled-siblings.at_most": None,
    },
    "the oldest": {"allocation": regression(("50", [SCORE]), ("-3", [SCORE, {"kind": "age"}]))},
    "the youngest": {"allocation": regression(("-1", [SCORE]), ("2", [SCORE, {"kind": "age"}]))},
}


def everybody(changes: dict[str, Any]) -> Trial:
    """The example with two areas, no modifiers, and changes; what is changed to None is left out."""
    data = changed(policy_data(), {"domains": TWO, "modifiers": [], **changes})
    number = data["circumstances"][1]
    if "at_most" in number and number["at_most"] is None:
        del number["at_most"]
    return Trial(policy_of(data), YEAR)


@pytest.mark.parametrize("whom", WHOM)
def test_a_rule_that_is_unfair_to_some_children_only_is_found(whom: str) -> None:
    assert falls_with_need(everybody(WHOM[whom]))


ADULT = {"age": {"from_age": 16, "before_age": 18}}
SMALL = {"age": {"before_age": 5}}


def test_a_rule_that_is_unfair_at_one_age_in_one_place_is_found() -> None:
    remote = {"circumstances": [{"circumstance": "area", "is_one_of": ["remote"]}]}
    rules = [
        *modifier("multiply", {**UNFAIR, **ADULT, **remote}, factor="0.5"),
        {**modifier("add", SMALL, amount_pence=1)[0], "code": "small"},
    ]

    assert falls_with_need(everybody({"modifiers": rules}))


def test_a_rule_that_is_unfair_in_two_circumstances_together_is_found_where_there_are_many() -> None:
    question = policy_data()["circumstances"][0]
    both = [{"circumstance": f"area-{n}", "is_one_of": ["remote"]} for n in (1, 3)]
    found = falls_with_need(
        trial_of(
            {
                "circumstances": [{**question, "code": f"area-{n}"} for n in range(4)],
                "modifiers": modifier("multiply", {**UNFAIR, "circumstances": both}, factor="0.5"),
            }
        )
    )

    assert found


def test_an_answer_of_no_need_is_called_what_the_policy_calls_it() -> None:
    domains = [{**TWO[0], "no_need": "Nothing at all"}, TWO[1]]
    table = matrix()
    for each in LEVELS:
        row = {"answers": ["no-need", each], "title": "None", "amount_pence": 99_000_00}
        table["rows"].append(row)
    found = falls_with_need(trial_of({"domains": domains, "allocation": table}))

    assert {fall.before for fall in found} == {"“Nothing at all” in “Independence skills”"}
    assert {fall.after for fall in found} == {"“Manages like other children of this age”"}


def test_a_fall_among_very_many_answers_is_found_where_a_level_up_is_worth_least() -> None:
    # A point of the first area is worth 10, and 20 more or less for each point of two others: nothing in
    # sum where both are at the least, at the most, or between. A point of the third is always worth a lot.
    one = TWO[0]
    areas = [{**one, "code": f"area-{n}", "title": f"Area {n}"} for n in range(6)]
    others = [{"kind": "points", "domains": [f"area-{n}"]} for n in range(3)]
    formula = regression(
        *(("1000" if n == 2 else "10", [{"kind": "points", "domains": [f"area-{n}"]}]) for n in range(6)),
        ("20", [others[0], others[1]]),
        ("-20", [others[0], others[2]]),
    )
    trial = trial_of({"domains": areas, "allocation": formula})
    found = falls_with_need(trial)

    assert [(fall.rule, fall.after) for fall in found] == [
        ("allocation.terms.7", "“All the time, day and night”")
    ]
    assert not trial.was_spent


@pytest.mark.parametrize(
    ("changes", "rule", "ages"),
    [
        (
            {
                "modifiers": modifier(
                    "subtract", {"age": {"from_age": 11, "before_age": 12}}, amount_pence=9_00
                )
            },
            "modifiers.wrong",
            (10, 11),
        ),
        (
            {
                "modifiers": modifier(
                    "add",
                    {
                        "age": {"before_age": 11},
                        "circumstances": [{"circumstance": "area", "is_one_of": ["remote"]}],
                    },
                    amount_pence=9_00,
                )
            },
            "modifiers.wrong",
            (10, 11),
        ),
        (
            {"modifiers": modifier("add", {"key_stages": ["early-years"]}, amount_pence=9_00)},
            "modifiers.wrong",
            ("early years at 5", "key stage 1 at 5"),
        ),
        (
            {
                "modifiers": modifier(
                    "multiply",
                    {"age": {"before_age": 11}, "score": {"at_least": "45"}},
                    factor="1.1",
                )
            },
            "modifiers.wrong",
            (10, 11),
        ),
        (
            {"allocation": regression(("10", [SCORE]), ("-1", [{"kind": "age"}]))},
            "allocation.terms.1",
            None,
        ),
    ],
    ids=["one year", "in one place", "a stage", "high scores", "every year"],
)
def test_a_cut_on_a_birthday_is_found_at_the_rule_that_cuts(
    changes: dict[str, Any], rule: str, ages: tuple[int, int] | tuple[str, str] | None
) -> None:
    (found,) = falls_on_birthdays(everybody(changes))

    assert found.rule == rule
    if ages is not None:
        words = [age if isinstance(age, str) else f"the age of {age}" for age in ages]
        assert [found.before, found.after] == words


@pytest.mark.parametrize(
    "changes",
    [
        {"modifiers": modifier("add", {"age": {"from_age": 11, "before_age": 18}}, amount_pence=9_00)},
        {"modifiers": modifier("multiply", {"age": {"before_age": 11}}, factor="0.9")},
        {
            "eligibility.before_age": 11,
            "modifiers": modifier("add", {"age": {"before_age": 11}}, amount_pence=9),
        },
        {
            "modifiers": modifier(
                "age-taper", {}, factors=[{"age": a, "factor": f} for a, f in ((5, "1"), (6, "0"))]
            )
        },
    ],
    ids=["a rise", "the end of a cut", "past the last age", "a taper"],
)
def test_what_does_not_fall_on_a_birthday_is_no_cut(changes: dict[str, Any]) -> None:
    assert falls_on_birthdays(everybody(changes)) == ()


def test_a_fall_knows_by_how_much_it_falls() -> None:
    was, now = (Quantity.of(pence, Unit.PENCE_A_YEAR) for pence in (500, 120))

    assert Fall("rule", "less", "more", was, now).by == 380


def test_the_scores_tried_are_all_those_that_answers_can_come_to() -> None:
    domains = [{**TWO[0], "weight": "0.5"}, {**TWO[1], "applies_if": {"age": {"before_age": 5}}}]
    trial = trial_of({"domains": domains, "scoring.scale": "3"})
    worth = [0, 4, 9, 16, 25]

    assert list(trial.scores) == sorted(
        {tidy(3 * (Fraction(one, 2) + other)) for one, other in product(worth, worth)}
    )


def test_where_there_are_very_many_scores_some_are_tried_and_the_least_and_the_most() -> None:
    levels = [{**TWO[0]["levels"][0], "code": f"level-{n}", "points": f"{n * n}.{n}"} for n in range(10)]
    domains = [{**TWO[0], "code": f"area-{n}", "levels": levels} for n in range(100)]
    trial = trial_of({"domains": domains})

    assert len(trial.scores) <= MOST_SCORES + 2
    assert (trial.scores[0], trial.scores[-1]) == (0, Fraction("81.9") * 100)


def test_a_fall_of_a_penny_between_two_thresholds_is_found() -> None:
    table = bands(band("0", "9", 10), band("9", "13", 20), band("13", None, 30))
    lower = [
        {"title": "Between", "when": {"score": {"at_least": "9", "below": "13"}}, "hard_cap_pence": 9_99}
    ]
    found = falls_with_need(
        trial_of({"allocation": table, "bounds": limits(*lower), "rounding.step_pence": 1})
    )

    assert [(fall.rule, fall.before, fall.by) for fall in found] == [
        ("bounds.groups.0.hard_cap_pence", "a score just below 9 points", 1)
    ]


def test_no_more_amounts_are_worked_out_than_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    class Counting(Trial):
        tried = 0

        def _money(self, scored: Scored) -> Any:
            self.tried += 1
            return super()._money(scored)

    for most in (0, 1, 50):
        monkeypatch.setattr(order, "MOST_TRIED", most)
        trial = Counting(everybody({"allocation": regression(("1", [SCORE]))}).policy, YEAR)
        falls_with_need(trial)
        assert (trial.tried, trial.was_spent) == (most + 1, True)
        falls_on_birthdays(trial)
        assert trial.tried <= 2 * (most + 1)
