"""What a family is told: the figure, what must be looked at, where they differ, and every sentence."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from ras import as_text, assess, family_statement, read_plan, read_policy
from ras import statement as saying
from ras import testing as some
from ras.statement import MARKS, NOT_AN_OFFER, Statement
from ras.testing import Case
from tests.ras.examples import changed, plan_data, policy_data

ON = date(2026, 10, 1)


def statement(policy: dict[str, Any] | None = None, plan: dict[str, Any] | None = None) -> Statement:
    """The statement on the example with changes."""
    read = read_policy(json.dumps(changed(policy_data(), policy or {})))
    of = read_plan(json.dumps(changed(plan_data(), plan or {})))
    return family_statement(of, read, assess(of, read, effective_on=ON))


def test_the_words_that_say_it_is_no_councils_come_before_any_figure() -> None:
    lines = as_text(statement()).split("\n")

    assert lines[3].startswith("[ILLUSTRATIVE ONLY: Exampleshire is fictional.")
    assert not any("£" in line for line in lines[:4])


def test_the_figure_is_told_first_and_never_as_a_promise() -> None:
    told = statement()

    assert told.summary[0] == "The indicative amount for your child is £4,617 a year."
    assert told.summary[-1] == NOT_AN_OFFER


@pytest.mark.parametrize(
    ("mark", "policy", "plan"),
    [
        ("above-soft-cap", {"bounds.soft_cap_pence": 1_00}, {}),
        ("cut-to-hard-cap", {"bounds": {"hard_cap_pence": 1_00, "source": "Case"}}, {}),
        ("zero", {"bounds": {"hard_cap_pence": 0, "source": "Case"}}, {}),
        ("needs-not-captured", {}, {"needs_not_captured": True}),
    ],
)
def test_what_a_person_must_look_at_is_told(mark: str, policy: dict[str, Any], plan: dict[str, Any]) -> None:
    words = {key.value: sentence for key, sentence in MARKS.items()}

    assert words[mark] in statement(policy, plan).summary
    assert words[mark] not in statement().summary


def test_a_plan_that_costs_more_is_told_as_not_enough() -> None:
    told = "The indicative amount is less than the plan costs."

    assert not any(told in paragraph for paragraph in statement(plan={"lines": []}).summary)
    assert any(told in paragraph for paragraph in statement().summary)


def test_where_the_family_sees_it_differently_both_levels_are_told() -> None:
    sections = {section.heading: section.paragraphs for section in statement().sections}

    assert sections["Where you see it differently"] == (
        "Independence skills, first six months: you said “All the time, day and night”; the worker said "
        "“Most of the day”. The worker's answer was scored. The person who decides sees both.",
    )


def test_where_nobody_differs_there_is_no_such_section() -> None:
    agreed = changed(plan_data(), {"needs.independence.family_levels": None})["needs"]
    told = statement(plan={"needs": agreed})

    assert "Where you see it differently" not in [section.heading for section in told.sections]


def test_the_rules_are_named_with_their_fingerprint() -> None:
    policy = read_policy(json.dumps(policy_data()))
    rules = statement().sections[-1]

    assert rules.heading == "The rules that were used"
    assert policy.source in rules.paragraphs[1]
    assert policy.sha256 in rules.paragraphs[2]


@given(some.cases())
def test_every_case_has_a_statement_with_every_horizon_in_it(case: Case) -> None:
    told = family_statement(case.plan, case.policy, case.assess())

    headings = [section.heading for section in told.sections if section.heading.startswith("Step by step: ")]
    assert len(headings) == len(case.policy.horizons)
    assert as_text(told).startswith(told.title)


@pytest.mark.parametrize("most", [0, 1, 1_000])
def test_what_is_remembered_of_a_line_is_what_is_said_of_it(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(saying, "MOST_REMEMBERED", most)
    monkeypatch.setattr(saying, "_SAID", {})
    lines = assess(
        read_plan(json.dumps(plan_data())), read_policy(json.dumps(policy_data())), effective_on=ON
    ).working
    sentences = [saying._say(line) for line in lines]  # noqa: SLF001  what `say` remembers

    for _ in range(3):
        assert [saying.say(line) for line in lines] == sentences
        assert [
            saying.say(line.model_copy()) for line in lines
        ] == sentences  # what is gone leaves its place to others
    assert len(saying._SAID) <= max(most, 1)  # noqa: SLF001  there is no other way to look


def test_the_longest_words_that_a_policy_may_hold_still_make_a_statement() -> None:
    longest = "x" * 300
    policy = changed(
        policy_data(),
        {
            "horizons.short.title": longest,
            "domains.independence.title": longest,
            "resources_present.contributions.some.title": longest,
            "modifiers.remote-area.because": longest,
        },
    )
    plan = plan_data()
    plan["resources"] = [plan["resources"][0]] * 200
    plan["lines"] = [plan["lines"][0]] * 200
    read, of = read_policy(json.dumps(policy)), read_plan(json.dumps(plan))

    told = family_statement(of, read, assess(of, read, effective_on=ON))

    assert any(longest in section.heading for section in told.sections)


def test_a_hundred_areas_can_be_scored() -> None:
    policy, plan = policy_data(), plan_data()
    policy["domains"] = [{**policy["domains"][0], "code": f"{n}-{'x' * 55}"} for n in range(100)]
    plan["needs"] = [{**plan["needs"][0], "domain": domain["code"]} for domain in policy["domains"]]
    plan["resources"], plan["lines"] = [], []
    read, of = read_policy(json.dumps(policy)), read_plan(json.dumps(plan))

    assert assess(of, read, effective_on=ON).horizons[0].points == "1600"
