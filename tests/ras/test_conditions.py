"""A rule applies where every part of its condition holds, ends included or not as they say."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ras.conditions import (
    Answered,
    AnswerTest,
    CircumstanceTest,
    Condition,
    Facts,
    KeyStage,
    Questions,
    Reached,
    Requirement,
    Scored,
    ScoreRange,
)
from ras.dates import months_on, school_year_on
from ras.fit import facts_of
from ras.policy.document import policy_of
from ras.reading import validated
from ras.records import Exact
from ras.scoring import answered
from ras.testing import plan_of
from tests.ras.examples import plan_data, policy_data

YOUNG, CHILD, ADULT = (
    Facts(4, 52, KeyStage.EARLY_YEARS, {"area": "town"}, {"siblings": 0}),
    Facts(11, 140, KeyStage.THREE, {"area": "remote"}, {"siblings": 2}),
    Facts(17, 215, KeyStage.POST_16, {"area": "village"}, {"siblings": 5}),
)
LEVELS = {"none": 0, "some": 1, "much": 2}


def answers(**given_: str) -> Mapping[str, Answered]:
    """Answers by domain; `no-need` stands below the lowest level."""
    ranks = {"no-need": -1, **LEVELS}
    return {domain: Answered(code, code, ranks[code], ranks, 0) for domain, code in given_.items()}


def who(condition: Condition) -> str:
    """Which of the three the condition holds for, by a letter each."""
    return "".join(
        letter for letter, facts in (("y", YOUNG), ("c", CHILD), ("a", ADULT)) if condition.holds(facts)
    )


@pytest.mark.parametrize(
    ("condition", "whom"),
    [
        ({}, "yca"),
        ({"age": {"before_age": 11}}, "y"),
        ({"age": {"before_age": 12}}, "yc"),
        ({"age": {"from_age": 11, "before_age": 12}}, "c"),
        ({"age": {"from_age": 12, "before_age": 17}}, ""),
        ({"age": {"from_age": 4, "before_age": 5}}, "y"),
        ({"key_stages": ["early-years"]}, "y"),
        ({"key_stages": ["key-stage-3", "post-16"]}, "ca"),
        ({"key_stages": ["key-stage-4"]}, ""),
        ({"circumstances": [{"circumstance": "area", "is_one_of": ["town"]}]}, "y"),
        ({"circumstances": [{"circumstance": "area", "is_one_of": ["town", "remote"]}]}, "yc"),
        ({"circumstances": [{"circumstance": "siblings", "at_least": 2}]}, "ca"),
        ({"circumstances": [{"circumstance": "siblings", "at_most": 2}]}, "yc"),
        ({"circumstances": [{"circumstance": "siblings", "at_least": 1, "at_most": 4}]}, "c"),
        ({"circumstances": [{"circumstance": "siblings", "at_least": 3, "at_most": 4}]}, ""),
        ({"circumstances": [{"circumstance": "siblings", "at_least": 0}]}, "yca"),
        # Every part has to hold.
        ({"age": {"before_age": 12}, "key_stages": ["key-stage-3"]}, "c"),
        ({"age": {"before_age": 11}, "key_stages": ["key-stage-3"]}, ""),
        (
            {
                "key_stages": ["key-stage-3", "post-16"],
                "circumstances": [
                    {"circumstance": "siblings", "at_least": 1},
                    {"circumstance": "area", "is_one_of": ["village"]},
                ],
            },
            "a",
        ),
    ],
)
def test_a_condition_holds_where_each_of_its_parts_does(condition: dict[str, Any], whom: str) -> None:
    assert who(validated(Condition, condition)) == whom
    assert who(validated(Requirement, condition)) == whom


def test_a_choice_that_was_not_given_passes_no_test_of_choices() -> None:
    test = CircumstanceTest(circumstance="area", is_one_of=("town",))

    assert not test.holds(YOUNG._replace(choices={}))


@pytest.mark.parametrize(
    ("ends", "inside", "outside"),
    [
        ({}, [0, 90, Fraction(1, 3)], []),
        ({"at_least": "10"}, [10, 11, Fraction(21, 2)], [0, Fraction(19, 2), Fraction(10**9 - 1, 10**8)]),
        ({"below": "10"}, [0, Fraction(10**9 - 1, 10**8)], [10, 11]),
        ({"at_least": "2.5", "below": "10"}, [Fraction(5, 2), 9], [2, Fraction(249, 100), 10]),
    ],
)
def test_a_range_of_scores_begins_at_its_first_and_ends_before_its_last(
    ends: dict[str, str], inside: list[Exact], outside: list[Exact]
) -> None:
    scores = ScoreRange(**ends)
    when = Requirement(score=scores)

    assert all(points in scores and when.meets(Scored(points, {}, CHILD)) for points in inside)
    assert not any(points in scores or when.meets(Scored(points, {}, CHILD)) for points in outside)


@pytest.mark.parametrize(
    ("test", "passes"),
    [
        ({"at_least": "none"}, "none some much"),
        ({"at_least": "some"}, "some much"),
        ({"at_least": "much"}, "much"),
        ({"at_most": "none"}, "no-need none"),
        ({"at_most": "some"}, "no-need none some"),
        ({"at_least": "some", "at_most": "some"}, "some"),
        ({"at_least": "much", "at_most": "none"}, ""),
        ({"at_most": "no-need"}, "no-need"),
        ({"at_least": "no-need"}, "no-need none some much"),
    ],
)
def test_an_answer_is_tested_by_the_order_of_its_levels(test: dict[str, str], passes: str) -> None:
    rule = AnswerTest(domain="play", **test)

    found = [code for code in ("no-need", *LEVELS) if rule.meets(Scored(0, answers(play=code), CHILD))]

    assert found == passes.split()
    assert not rule.meets(Scored(0, answers(care="much"), CHILD))  # not asked of this child


@pytest.mark.parametrize(
    ("count", "given_", "found"),
    [
        ({"level": "some", "at_least": 1}, {"care": "some", "play": "none"}, "met"),
        ({"level": "some", "at_least": 2}, {"care": "some", "play": "none"}, "not met"),
        ({"level": "some", "at_least": 2}, {"care": "much", "play": "some"}, "met"),
        ({"level": "none", "at_least": 2}, {"care": "no-need", "play": "some"}, "not met"),
        ({"level": "some", "at_least": 1, "domains": ["care"]}, {"care": "none", "play": "much"}, "not met"),
        ({"level": "some", "at_least": 1, "domains": ["care"]}, {"care": "much", "play": "none"}, "met"),
        ({"level": "some", "at_least": 1, "domains": ["sleep"]}, {"care": "much"}, "not met"),
        ({"level": "some", "at_least": 1}, {}, "not met"),
    ],
)
def test_levels_reached_are_counted_among_the_areas_that_are_asked(
    count: dict[str, Any], given_: dict[str, str], found: str
) -> None:
    is_met = validated(Reached, count).meets(Scored(0, answers(**given_), CHILD))

    assert is_met == (found == "met")


def test_an_area_that_has_no_such_level_is_not_counted() -> None:
    other = {"sleep": Answered("bad", "Bad", 1, {"good": 0, "bad": 1}, 0)}
    count = Reached(level="some", at_least=2)

    assert not count.meets(Scored(0, {**answers(care="much"), **other}, CHILD))
    assert count.meets(Scored(0, {**answers(care="much", play="some"), **other}, CHILD))


scored = st.builds(
    lambda points, care, play, facts: Scored(points, answers(care=care, play=play), facts),
    st.integers(0, 20),
    st.sampled_from(["no-need", *LEVELS]),
    st.sampled_from(["no-need", *LEVELS]),
    st.sampled_from([YOUNG, CHILD, ADULT]),
)
PARTS: dict[str, Any] = {
    "age": {"from_age": 5, "before_age": 17},
    "key_stages": ["key-stage-3", "early-years"],
    "circumstances": [{"circumstance": "siblings", "at_least": 1}],
    "score": {"at_least": "5", "below": "15"},
    "answers": [{"domain": "care", "at_least": "some"}, {"domain": "play", "at_most": "some"}],
    "reached": [{"level": "some", "at_least": 1}, {"level": "much", "at_least": 1, "domains": ["care"]}],
}


@given(scored, st.sets(st.sampled_from(sorted(PARTS))))
def test_a_rule_about_needs_is_met_where_each_part_alone_is(given_: Scored, chosen: set[str]) -> None:
    def alone(part: str) -> bool:
        several = PARTS[part] if isinstance(PARTS[part], list) and part != "key_stages" else None
        rules = [{part: [each]} for each in several] if several else [{part: PARTS[part]}]
        return all(validated(Requirement, rule).meets(given_) for rule in rules)

    whole = validated(Requirement, {part: PARTS[part] for part in chosen})

    assert whole.meets(given_) == all(alone(part) for part in chosen)
    assert whole.reads_answers == bool({"answers", "reached"} & chosen)
    assert list(whole.thresholds()) == ([5, 15] if "score" in chosen else [])


def test_a_condition_that_does_not_look_at_needs_is_met_where_it_holds() -> None:
    condition = Condition.model_validate({"age": {"before_age": 12}})

    assert condition.meets(Scored(99, {}, CHILD))
    assert not condition.meets(Scored(99, {}, ADULT))


@pytest.mark.parametrize(
    ("years", "stage"),
    [
        (range(-4, 1), KeyStage.EARLY_YEARS),
        (range(1, 3), KeyStage.ONE),
        (range(3, 7), KeyStage.TWO),
        (range(7, 10), KeyStage.THREE),
        (range(10, 12), KeyStage.FOUR),
        (range(12, 21), KeyStage.POST_16),
    ],
)
def test_each_school_year_is_in_its_stage(years: range, stage: KeyStage) -> None:
    assert {KeyStage.of_year(year) for year in years} == {stage}


DAYS = st.dates(date(2000, 1, 1), date(2035, 12, 31))


@given(DAYS, st.dates(date(2036, 1, 1), date(2060, 12, 31)))
def test_a_child_goes_up_a_school_year_each_september_and_at_no_other_time(born_on: date, on: date) -> None:
    # Counted from the first September after the fourth birthday, in which Reception begins.
    fourth = date(
        born_on.year + 4, born_on.month, born_on.day if (born_on.month, born_on.day) != (2, 29) else 28
    )
    reception = fourth.year if (fourth.month, fourth.day) <= (8, 31) else fourth.year + 1
    begun = on.year if on.month >= 9 else on.year - 1

    assert school_year_on(born_on, on) == begun - reception


@given(DAYS, st.dates(date(2036, 1, 1), date(2060, 12, 31)))
def test_months_of_age_are_twelve_to_each_year_and_never_go_back(born_on: date, on: date) -> None:
    facts = facts_of(plan_of({"born_on": born_on.isoformat(), "starts_on": "2040-01-01", "needs": []}), on=on)

    assert facts.months // 12 == facts.age
    assert facts.months == months_on(born_on, on)
    assert months_on(born_on, on.replace(day=1)) <= facts.months


def test_the_facts_of_a_plan_are_its_age_stage_and_circumstances() -> None:
    plan = plan_of(plan_data())

    assert facts_of(plan, on=date(2027, 6, 13)) == Facts(
        11, 143, KeyStage.THREE, {"area": "remote"}, {"disabled-siblings": 0}
    )
    assert facts_of(plan, on=date(2026, 8, 31)) == Facts(
        11, 134, KeyStage.TWO, {"area": "remote"}, {"disabled-siblings": 0}
    )


def test_no_need_stands_below_every_level_and_is_worth_nothing() -> None:
    data = policy_data()
    data["domains"][0]["no_need"] = "Nothing at all"
    domain = policy_of(data).domains[0]
    found = [answered(domain, code) for code in ("no-need", *(level.code for level in domain.levels))]

    assert [each.rank for each in found] == [-1, 0, 1, 2, 3, 4]
    assert [each.points for each in found] == [0, 0, 4, 9, 16, 25]
    assert found[0].title == "Nothing at all"


def test_what_is_asked_can_be_counted_only_where_it_asks_how_many() -> None:
    questions = Questions(levels={}, asked_of_all=frozenset(), choices={"area": ("town",), "siblings": None})

    assert questions.counts("siblings")
    assert not questions.counts("area")
    assert not questions.counts("nights")
