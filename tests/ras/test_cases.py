"""Every case in tests/cases comes out as its practitioner says."""

import pytest

from ras import Assessment, say
from ras.errors import RasError
from tests.ras.casebook import FIELDS, Case, Data, read_cases

CASES = read_cases()
every_case = pytest.mark.parametrize("case", CASES, ids=str)


def found(assessment: Assessment) -> Data:
    """What an assessment says, in the words that cases expect it in."""
    headline = next(h for h in assessment.horizons if h.horizon is assessment.horizon)
    return {
        "indicative_annual_pence": assessment.indicative_annual_pence,
        "indicative": {h.horizon.value: h.indicative_annual_pence for h in assessment.horizons},
        "one_off_pence": headline.indicative_one_off_pence,
        "carer_annual_pence": headline.carer_annual_pence,
        "range": [headline.lowest_annual_pence, headline.highest_annual_pence],
        "plan_cost_annual_pence": assessment.plan_cost_annual_pence,
        "plan_cost_one_off_pence": assessment.plan_cost_one_off_pence,
        "plan_cost": {h.horizon.value: h.plan_cost_annual_pence for h in assessment.horizons},
        "plan_cost_by_area": {
            cost.domain: cost.annual_pence
            for cost in assessment.plan_cost.by_domain
            if cost.horizon is assessment.horizon
        },
        "sufficient": assessment.sufficient,
        "points": headline.points,
        "points_after_resources": headline.points_after_resources,
        "marks": [mark.value for mark in headline.marks],
        "headline": headline.horizon.value,
        "first_days": {h.horizon.value: h.first_day for h in assessment.horizons},
        "last_days": {h.horizon.value: h.last_day for h in assessment.horizons},
    }


def told(assessment: Assessment) -> list[str]:
    """The sentences of the headline horizon, of the result and of the cost."""
    working = [line for line in assessment.working if line.horizon is assessment.horizon]
    return [say(line) for line in (*working, *assessment.plan_cost.working)]


def is_in_order(wanted: list[str], sentences: list[str]) -> bool:
    """Whether all the wanted sentences are there, in that order, among others."""
    rest = iter(sentences)
    return all(sentence in rest for sentence in wanted)


@every_case
def test_the_case_comes_out_as_it_says(case: Case) -> None:
    expected = dict(case.written["expect"])
    sentences, code = expected.pop("sentences", []), expected.pop("refused", None)
    if code is not None:
        problems, messages = expected.pop("problems", []), expected.pop("messages", None)
        with pytest.raises(RasError) as refusal:
            case.assess()
        assert refusal.value.code == code
        assert [f"{problem.path} [{problem.code}]" for problem in refusal.value.problems] == problems
        assert messages is None or [problem.message for problem in refusal.value.problems] == messages
        assert expected == {}
        return
    not_told = expected.pop("not_told", [])

    assessment = case.assess()

    assert {word: found(assessment)[word] for word in expected} == expected
    assert is_in_order(sentences, told(assessment)), "\n".join(told(assessment))
    assert set(not_told).isdisjoint(told(assessment))


@every_case
def test_the_case_says_why_and_nothing_that_is_not_read(case: Case) -> None:
    assert case.written["why"].strip()
    assert case.written["expect"]
    assert set(case.written) <= FIELDS


def test_no_two_cases_have_one_name() -> None:
    names = [case.written["name"] for case in CASES]
    assert len(names) == len(set(names))
