"""What changed between two assessments is told in words, and only from their two workings."""

import json
import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ras import Assessment, assess, read_plan, read_policy
from ras.differences import Difference, DifferenceKind, differences, explained
from ras.working import Horizon, Step
from tests.ras import strategies as some
from tests.ras.examples import changed, plan_data, policy_data
from tests.ras.strategies import Case

ON = date(2026, 10, 1)
LATER = date(2027, 4, 1)
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def assessed(
    policy: dict[str, Any] | None = None, plan: dict[str, Any] | None = None, *, on: date = ON
) -> Assessment:
    """The example with changes."""
    return assess(
        read_plan(json.dumps(changed(plan_data(), plan or {}))),
        read_policy(json.dumps(changed(policy_data(), policy or {}))),
        effective_on=on,
    )


def told(found: tuple[Difference, ...]) -> list[tuple[str, str]]:
    """The kind and the sentence of each difference."""
    return [(each.kind.value, each.sentence) for each in found]


def at(assessment: Assessment, pointer: str) -> str:
    """All that stands at a pointer of an assessment, as a person reads it."""
    here: Any = assessment
    for part in pointer.strip("/").split("/"):
        here = here[int(part)] if part.isdigit() else getattr(here, part)
    if isinstance(here, Step):
        return " ".join([*(str(given) for given in here.inputs), str(here.result)])
    return f"{here.title} {here.version}"


def test_another_level_is_told_with_both_and_what_they_come_to() -> None:
    found = differences(assessed(), assessed(plan={"needs.independence.levels.short": "regular"}))

    assert told(found) == [
        (
            "needs",
            "Independence skills: the answer was “Most of the day”, 16 points. Now it is “Every day”, 9 "
            "points.",
        ),
        (
            "needs",
            "The score was 31 points before, which gave £4,275 a year. Now it is 24 points, which gives "
            "about £2,716.67 a year.",
        ),
    ]
    assert found[0].old == found[0].new == ("/working/0",)


def test_another_table_is_told_with_the_score_and_both_amounts() -> None:
    found = differences(
        assessed(), assessed({"version": "2026.2", "allocation.knots.2.amount_pence": 2_600_00})
    )

    assert told(found) == [
        (
            "rules",
            "The rules changed. Before: Children's Resource Allocation System, version 2026.1. Now: "
            "Children's Resource Allocation System, version 2026.2.",
        ),
        ("rules", "For 31 points the table gave £4,275 a year before. Now it gives £4,100 a year."),
    ]


def test_where_needs_and_table_changed_both_are_told() -> None:
    found = differences(
        assessed(),
        assessed(
            {"version": "2026.2", "allocation.knots.2.amount_pence": 2_600_00},
            {"needs.independence.levels.short": "constant"},
        ),
    )

    assert (
        "rules",
        "For 25 points the table gave £2,850 a year before. Now it gives £2,600 a year.",
    ) in told(found)


@pytest.mark.parametrize(
    ("policy", "plan", "kind", "sentence"),
    [
        (
            {"rate_card.items.personal-assistant.prices.0.price_pence": 14_00},
            {},
            "prices",
            "Personal assistant employed by the family (hours): the price of each was £13.50 before. Now "
            "it is £14.",
        ),
        (
            {"rate_card.items.personal-assistant.prices.0.on_costs.0.percent": "10"},
            {},
            "prices",
            "Personal assistant employed by the family: what comes on top of the price was 18.57% before. "
            "Now it is 16.5%.",
        ),
        (
            {},
            {"lines.2.quantity": "2"},
            "plan",
            "Overnight short break (nights): the plan had 4 a year before. Now it has 2 a year.",
        ),
        (
            {},
            {"lines.1.weeks": 20},
            "plan",
            "Activity club with support (sessions): the plan had 1 a week, 39 times a year before. Now it "
            "has 1 a week, 20 times a year.",
        ),
        (
            {},
            {"lines.2.horizons": ["long"]},
            "plan",
            "Overnight short break (nights): this is no longer in this part of the plan. It cost £1,140 a "
            "year.",
        ),
        (
            {},
            {"resources.1.contribution": "much"},
            "resources",
            "Good relationships with family and community: what is already there took off 1 point before "
            "(community: a little). Now it takes off 6 points (community: much of it).",
        ),
        (
            {},
            {"resources.0.will_last": False},
            "resources",
            "Independence skills: what was already there (family: some of it) took off 3 points. Now "
            "nothing is taken off.",
        ),
        (
            {},
            {"resources.2.will_last": True},
            "resources",
            "Behaviour management: nothing was taken off before. Now what is already there (family: some "
            "of it) takes off 3 points.",
        ),
        (
            {"resources_present.contributions.some.points": "4"},
            {},
            "rules",
            "Independence skills: what is already there took off 3 points before (family: some of it). Now "
            "it takes off 4 points (family: some of it).",
        ),
        (
            {},
            {"circumstances.0.choice": "town"},
            "circumstances",
            "Living far from services: before, the amount was multiplied by 1.08. Now this does not apply.",
        ),
        (
            {},
            {"circumstances.1.count": 1},
            "circumstances",
            "Disabled brothers and sisters: this did not apply before. Now £400 a year is added, because you "
            "care for more than one disabled child.",
        ),
        (
            {"modifiers.remote-area.factor": "1.05"},
            {},
            "rules",
            "Living far from services: before, the amount was multiplied by 1.08. Now, the amount is "
            "multiplied by 1.05.",
        ),
        (
            {"domains.independence.levels.frequent.points": "15"},
            {},
            "rules",
            "Independence skills: the answer “Most of the day” gave 16 points before. Now it gives 15 "
            "points.",
        ),
        (
            {"domains.independence.weight": "0.5"},
            {},
            "rules",
            "Independence skills: its points were multiplied by 1 before. Now they are multiplied by 0.5.",
        ),
        (
            {"scoring.scale": "0.9"},
            {},
            "rules",
            "All areas together were multiplied by 1 before. Now they are multiplied by 0.9.",
        ),
        (
            {"bounds.hard_cap_pence": 4_000_00, "bounds.soft_cap_pence": 3_000_00},
            {},
            "rules",
            "Before, no lowest or highest amount changed it. Now it is cut to the highest one of the policy, "
            "£4,000 a year.",
        ),
        (
            {"rounding.step_pence": 500},
            {},
            "rules",
            "The amount was rounded to a multiple of £1, to the nearest (a half goes up). Now it is "
            "rounded to a multiple of £5, to the nearest (a half goes up).",
        ),
        (
            {"domains.independence.applies_if": {"age": {"before_age": 5}}},
            {"needs.independence.levels": dict.fromkeys(("short", "medium", "long"), "not-applicable")},
            "circumstances",
            "Independence skills: the answer was “Most of the day”, 16 points. Now this is not asked.",
        ),
    ],
)
def test_each_thing_that_changed_is_told(
    policy: dict[str, Any], plan: dict[str, Any], kind: str, sentence: str
) -> None:
    plan = (
        {**plan, "needs.independence.family_levels": None} if "domains.independence" in str(policy) else plan
    )

    assert (kind, sentence) in told(differences(assessed(), assessed(policy, plan)))


def test_another_part_of_the_plan_is_told_first() -> None:
    found = differences(assessed(), assessed(on=LATER))

    assert told(found)[0] == (
        "horizon",
        "The amount before was for the first six months. The new amount is for the next six months.",
    )
    assert found == differences(assessed(), assessed(), horizons=(Horizon.SHORT, Horizon.MEDIUM))


def test_what_is_bought_once_is_no_yearly_difference() -> None:
    assert differences(assessed(), assessed(plan={"lines.3.quoted_price_pence": 900_00})) == ()


def test_where_nothing_changed_the_written_reasons_have_to_say_why() -> None:
    (only,) = explained(assessed(), assessed())

    assert only.kind is DifferenceKind.DECISION
    assert only.sentence.startswith("Nothing in how the amount was worked out has changed.")


def test_where_the_changes_go_the_other_way_the_written_reasons_have_to_say_why() -> None:
    *changes, last = explained(assessed(), assessed(plan={"needs.independence.levels.short": "constant"}))

    assert changes
    assert last.kind is DifferenceKind.DECISION
    assert last.sentence.startswith("These changes alone do not make the amount lower.")


def test_where_the_amount_or_the_plan_is_lower_the_changes_say_why() -> None:
    for plan in ({"needs.independence.levels.short": "regular"}, {"lines.2.quantity": "2"}):
        found = explained(assessed(), assessed(plan=plan))
        assert DifferenceKind.DECISION not in {each.kind for each in found}


def test_where_an_amount_rests_on_no_assessment_nothing_is_compared() -> None:
    for old, new in ((None, assessed()), (assessed(), None)):
        (only,) = explained(old, new)
        assert only.kind is DifferenceKind.DECISION


@given(some.cases())
def test_an_assessment_does_not_differ_from_itself(case: Case) -> None:
    assert differences(case.assess(), case.assess()) == ()


def refuse_invented(old: Assessment, new: Assessment, *horizons: Horizon) -> None:
    """Every number of every sentence stands in a step that it points at."""
    chosen = (horizons[0], horizons[1]) if horizons else None
    for each in differences(old, new, horizons=chosen):
        known = " ".join([*(at(old, place) for place in each.old), *(at(new, place) for place in each.new)])
        unknown = set(NUMBER.findall(each.sentence)) - set(NUMBER.findall(known))
        assert unknown == set(), each


@given(some.cases(), some.cases())
def test_every_number_is_in_a_step_that_the_sentence_points_at(one: Case, other: Case) -> None:
    old, new = one.assess(), other.assess()

    refuse_invented(old, new)
    if {each.horizon for each in old.horizons} == {each.horizon for each in new.horizons}:
        refuse_invented(old, new, old.horizons[0].horizon, new.horizons[-1].horizon)


@given(st.data())
def test_whatever_makes_the_amount_another_is_told(data: st.DataObject) -> None:
    """An amount is never another without a sentence: here with more need, or more that is already there."""
    case = data.draw(some.cases())
    more = data.draw(st.one_of(some.with_more_need(case), some.with_more_present(case)))
    old, new = case.assess(), more.assess()

    if old.indicative_annual_pence != new.indicative_annual_pence:
        assert {each.kind for each in differences(old, new)} & {
            DifferenceKind.NEEDS,
            DifferenceKind.RESOURCES,
        }


@given(some.cases(), some.cases())
def test_two_workings_that_come_to_different_amounts_have_a_difference(one: Case, other: Case) -> None:
    old, new = one.assess(), other.assess()

    if (old.indicative_annual_pence, old.plan_cost_annual_pence) != (
        new.indicative_annual_pence,
        new.plan_cost_annual_pence,
    ):
        assert differences(old, new)
