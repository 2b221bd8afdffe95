"""What would change a child's amount is what another assessment, asked separately, comes to."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings

from ras import assess
from ras import testing as some
from ras.assessment import headline
from ras.dates import add_months, age_on, financial_year
from ras.errors import AmountTooLarge, DayOutsidePlan, PlanDoesNotFit
from ras.fit import domains_asked, facts_of
from ras.indicative import indicative_amount
from ras.plan import NO_NEED
from ras.policy.document import policy_of
from ras.sensitivity import NearCliff, NextBirthday, Sensitivity, sensitivity, sensitivity_in_words
from ras.testing import Case, plan_data, plan_of
from tests.ras import examples
from tests.ras.examples import Data, changed, policy_data
from tests.ras.policy.pieces import LEVELS, NO_RESOURCES, TWO, band, bands, matrix, modifier

FIRST = date(2026, 9, 1)


def of(case: Case) -> Sensitivity:
    """The sensitivity of a case, whose amounts are those of real packages."""
    try:
        return sensitivity(case.plan, case.policy, effective_on=case.on)
    except AmountTooLarge:
        assume(condition=False)
        raise


def amount_with(case: Case, change: Any) -> int:
    """What the headline comes to where something in the plan is changed."""
    data = plan_data(case.plan)
    change(data)
    return case.with_plan(data).assess().indicative_annual_pence


@settings(max_examples=20)
@given(some.cases())
def test_each_answer_is_tried_a_level_down_and_a_level_up(case: Case) -> None:
    found = of(case)
    horizon = headline(case.plan, case.policy, on=case.on)
    wanted = []
    for number, need in enumerate(case.plan.needs):
        domain = next(each for each in case.policy.domains if each.code == need.domain)
        titles = {level.code: level.title for level in domain.levels}
        if domain.no_need is not None:
            titles = {NO_NEED: domain.no_need, **titles}
        codes, given_ = list(titles), need.levels.at(horizon)
        if given_ not in codes:
            continue
        for place in (codes.index(given_) - 1, codes.index(given_) + 1):
            if 0 <= place < len(codes):

                def set_level(data: Data, number: int = number, code: str = codes[place]) -> None:
                    data["needs"][number]["levels"][horizon.value] = code

                pence = amount_with(case, set_level)
                wanted.append((domain.code, domain.title, codes[place], titles[codes[place]], pence))

    assert found.indicative_annual_pence == case.assess().indicative_annual_pence
    assert found.horizon is horizon
    assert [
        (each.domain, each.title, each.level, each.level_title, each.indicative_annual_pence)
        for each in found.answers
    ] == wanted
    changes = [(each.indicative_annual_pence, each.difference_annual_pence) for each in found.answers]
    changes += [(each.indicative_annual_pence, each.difference_annual_pence) for each in found.help]
    assert all(pence - found.indicative_annual_pence == difference for pence, difference in changes)


@settings(max_examples=20)
@given(some.cases())
def test_each_piece_of_help_that_counts_is_tried_a_step_less_and_a_step_more(case: Case) -> None:
    found = of(case)
    codes = list(case.policy.contributions)
    wanted = []
    for number, resource in enumerate(case.plan.resources):
        at = codes.index(resource.contribution)
        counts = resource.willing_and_able and resource.will_last
        if counts and (resource.horizons is None or found.horizon in resource.horizons):
            for place in (at - 1, at + 1):
                if 0 <= place < len(codes):

                    def set_help(data: Data, number: int = number, code: str = codes[place]) -> None:
                        data["resources"][number]["contribution"] = code

                    wanted.append((number + 1, codes[place], amount_with(case, set_help)))

    assert [(each.resource, each.contribution, each.indicative_annual_pence) for each in found.help] == wanted


def amount_on_birthday(case: Case, birthday: date) -> int | None:
    """What the same answers come to on a birthday, at the prices of the day; None where others are asked."""
    facts = facts_of(case.plan, on=birthday)
    if domains_asked(case.policy, facts) != domains_asked(case.policy, case.facts()):
        return None
    horizon = headline(case.plan, case.policy, on=case.on)
    year = financial_year(case.on).first_day.year
    return indicative_amount(case.plan, case.policy, horizon, facts, year=year).annual_pence


def birthday_after(born_on: date, age: int) -> date:
    """The first day on which a child has an age, looked for day by day."""
    day = date(born_on.year + age, born_on.month, 1)
    while age_on(born_on, day) < age:
        day += timedelta(days=1)
    return day


@settings(max_examples=40)
@given(some.cases())
def test_the_next_birthday_that_changes_something_is_found(case: Case) -> None:
    found = of(case)
    before = case.policy.eligibility.before_age
    wanted: tuple[int, date, int | None] | None = None
    for age in range(age_on(case.plan.born_on, case.on) + 1, before + 1):
        birthday = birthday_after(case.plan.born_on, age)
        pence = amount_on_birthday(case, birthday) if age < before else None
        if pence != found.indicative_annual_pence:
            wanted = (age, birthday, pence)
            break

    birthday_found = found.birthday
    assert birthday_found is not None  # at the latest, that on which the policy ends for the child
    assert (birthday_found.age, birthday_found.on, birthday_found.indicative_annual_pence) == wanted


def policy_with(changes: dict[str, Any]) -> Any:
    return policy_of(changed(policy_data(), changes))


def plan_with(changes: dict[str, Any]) -> Any:
    return plan_of(changed(examples.plan_data(), {"lines": [], **changes}))


TABLE = bands(band("0", "10", 0), band("10", "31", 1_000), band("31", "40", 2_000), band("40", None, 5_000))


@pytest.mark.parametrize(
    ("day", "table", "cliffs"),
    [
        # 31 points in the first six months, 27 in the next, 12 in the second year.
        (FIRST, TABLE, [("31", "0", 1_000), ("40", "9", 3_000)]),
        (date(2027, 3, 1), TABLE, [("10", "-17", 1_000), ("31", "4", 1_000)]),
        (date(2027, 9, 1), bands(band("0", "12.5", 0), band("12.5", None, 9)), [("12.5", "0.5", 9)]),
        (FIRST, bands(band("0", "12.5", 0), band("12.5", None, 9)), [("12.5", "-18.5", 9)]),
        (FIRST, bands(band("0", "12.5", 0), band("12.5", None, 1)), []),  # a step of rounding
    ],
)
def test_the_nearest_cliffs_are_those_on_either_side(
    day: date, table: Data, cliffs: list[tuple[str, str, int]]
) -> None:
    policy = policy_with({"allocation": table, "modifiers": []})
    found = sensitivity(plan_with({}), policy, effective_on=day)

    assert found.cliffs == tuple(
        NearCliff(points=points, points_away=away, jump_annual_pence=pounds * 100)
        for points, away, pounds in cliffs
    )


def test_a_cliff_is_that_of_the_child_and_not_of_the_usual_one() -> None:
    only_remote = {"circumstances": [{"circumstance": "area", "is_one_of": ["remote"]}]}
    more = modifier("add", {"score": {"at_least": "35"}, **only_remote}, amount_pence=70_00)
    policy = policy_with({"modifiers": more})

    (cliff,) = sensitivity(plan_with({}), policy, effective_on=FIRST).cliffs
    assert (cliff.points, cliff.points_away, cliff.jump_annual_pence) == ("35", "4", 70_00)
    in_town = plan_with(
        {
            "circumstances": [
                {"circumstance": "area", "choice": "town"},
                {"circumstance": "disabled-siblings", "count": 0},
            ]
        }
    )
    assert sensitivity(in_town, policy, effective_on=FIRST).cliffs == ()


def test_where_answers_are_looked_up_there_is_no_score_to_be_near_to() -> None:
    policy = policy_with({"domains": TWO, "allocation": matrix(), "resources_present": NO_RESOURCES})
    plan = plan_with(
        {
            "needs": [
                {"domain": domain["code"], "levels": dict.fromkeys(("short", "medium", "long"), "regular")}
                for domain in TWO
            ],
            "resources": [],
        }
    )
    found = sensitivity(plan, policy, effective_on=FIRST)

    assert found.cliffs == ()
    assert [each.level for each in found.answers] == [LEVELS[1], LEVELS[3]] * 2


@pytest.mark.parametrize(
    ("born_on", "day", "on"),
    [
        ("2012-02-29", FIRST, date(2030, 3, 1)),  # 18 in a common year
        ("2010-02-28", FIRST, date(2028, 2, 28)),
        ("2012-03-01", FIRST, date(2030, 3, 1)),
    ],
)
def test_a_birthday_is_the_day_on_which_the_age_is_reached(born_on: str, day: date, on: date) -> None:
    birthday = sensitivity(plan_with({"born_on": born_on}), policy_with({}), effective_on=day).birthday

    assert birthday is not None
    assert (birthday.age, birthday.on) == (18, on)


def test_on_a_birthday_a_child_is_so_many_years_old_and_no_months() -> None:
    # The factor falls from 1 at 10 to 0 at 20; the child is 11 years and 2 months, and 12 next.
    taper = modifier("age-taper", {}, factors=[{"age": 10, "factor": "1"}, {"age": 20, "factor": "0"}])
    policy = policy_with({"modifiers": taper, "allocation": bands(band("0", None, 1_000))})
    birthday = sensitivity(plan_with({}), policy, effective_on=FIRST).birthday

    assert birthday == NextBirthday(
        age=12,
        on=date(2027, 6, 14),
        indicative_annual_pence=800_00,
        difference_annual_pence=800_00 - 883_00,
        because=None,
    )


def test_other_questions_from_a_birthday_on_are_said_and_no_amount_is_guessed() -> None:
    policy = policy_with({"domains.education.applies_if": {"age": {"before_age": 14}}})
    birthday = sensitivity(plan_with({}), policy, effective_on=FIRST).birthday

    assert birthday == NextBirthday(
        age=14,
        on=date(2029, 6, 14),
        indicative_annual_pence=None,
        difference_annual_pence=None,
        because="other questions are asked from that age on",
    )


def test_the_lines_of_the_plan_change_nothing() -> None:
    with_lines, without = plan_of(examples.plan_data()), plan_with({})

    assert sensitivity(with_lines, policy_with({}), effective_on=FIRST) == sensitivity(
        without, policy_with({}), effective_on=FIRST
    )


def test_a_plan_that_cannot_be_assessed_is_refused_in_the_same_words() -> None:
    unfinished, policy = plan_with({"needs": []}), policy_with({})
    for plan, on, error in (
        (unfinished, FIRST, PlanDoesNotFit),
        (plan_with({}), FIRST - timedelta(days=1), DayOutsidePlan),
    ):
        with pytest.raises(error) as refused:
            assess(plan, policy, effective_on=on)
        with pytest.raises(error) as refusal:
            sensitivity(plan, policy, effective_on=on)
        assert str(refusal.value) == str(refused.value)


def test_it_is_told_in_plain_sentences() -> None:
    policy = policy_with(
        {
            "domains": [TWO[0]],
            "allocation": TABLE,
            "modifiers": modifier("multiply", {"age": {"before_age": 14}}, factor="1.2"),
        }
    )
    plan = plan_with(
        {
            "needs": examples.plan_data()["needs"][:1],
            "resources": [examples.plan_data()["resources"][0]],
        }
    )

    # 16 points, less 3 that are there.
    assert list(sensitivity_in_words(sensitivity(plan, policy, effective_on=FIRST))) == [
        "The amount is £1,200 a year.",
        "Independence skills: with “Every day” it would be £0 a year, £1,200 a year less.",
        "Independence skills: with “All the time, day and night” it would be the same, £1,200 a year.",
        "Independence skills: with “a little” from family it would be the same, £1,200 a year.",
        "Independence skills: with “much of it” from family it would be the same, £1,200 a year.",
        "The nearest jump below is 3 points away, at 10 points: £1,200 a year.",
        "The nearest jump above is 18 points away, at 31 points: £1,200 a year.",
        "From the birthday on 14 June 2029 (age 14), with the same answers, it would be £1,000 a year, "
        "£200 a year less.",
    ]


def test_the_end_of_the_policy_and_a_rise_are_told_as_such() -> None:
    ends = list(sensitivity_in_words(sensitivity(plan_with({}), policy_with({}), effective_on=FIRST)))
    rises = policy_with(
        {"modifiers": modifier("add", {"age": {"from_age": 12, "before_age": 18}}, amount_pence=1_00)}
    )

    assert ends[-1] == (
        "The birthday on 14 June 2033 (age 18) changes more: the policy is for younger children; what "
        "follows is decided before then."
    )
    assert list(sensitivity_in_words(sensitivity(plan_with({}), rises, effective_on=FIRST)))[-1] == (
        "From the birthday on 14 June 2027 (age 12), with the same answers, it would be £4,276 a year, "
        "£1 a year more."
    )


def test_birthdays_are_counted_from_the_day_that_is_asked_about() -> None:
    policy = policy_with(
        {"modifiers": modifier("add", {"age": {"from_age": 12, "before_age": 13}}, amount_pence=1_00)}
    )
    for on, age in ((date(2027, 6, 13), 12), (date(2027, 6, 14), 13), (date(2028, 6, 14), 18)):
        birthday = sensitivity(plan_with({}), policy, effective_on=on).birthday
        assert birthday is not None
        assert (birthday.age, birthday.on) == (age, add_months(date(2015, 6, 14), 12 * age))
