"""A family can work the amount out again from the sentences they were given, and nothing else."""

import re
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ras import Assessment, as_text, family_statement, say
from ras import testing as some
from ras.assessment import HorizonAmount
from ras.statement import PLAINER, SENTENCES
from ras.testing import Case
from tests.ras.reader import MONEY, SAYS, read, steps_by_step, worked_out_again

STAFF_PART_HIDDEN = re.compile("pays for hours of staff, about £")


def amounts_in_statement_order(assessment: Assessment) -> list[HorizonAmount]:
    """The amounts: the headline's, then the others."""
    headline = [h for h in assessment.horizons if h.horizon is assessment.horizon]
    others = [h for h in assessment.horizons if h.horizon is not assessment.horizon]
    return [*headline, *others]


@pytest.mark.parametrize("variant", sorted(some.ALLOCATIONS))
@settings(max_examples=60)
@given(data=st.data())
def test_the_amount_can_be_worked_out_again_from_the_sentences_alone(
    variant: str, data: st.DataObject
) -> None:
    case: Case = data.draw(some.cases(variant))
    assessment = case.assess()
    statement = as_text(family_statement(case.plan, case.policy, assessment))
    assume(not STAFF_PART_HIDDEN.search(statement))

    found = [worked_out_again(sentences) for sentences in steps_by_step(statement)]

    amounts = amounts_in_statement_order(assessment)
    assert [worked.amount for worked in found] == [h.indicative_annual_pence for h in amounts]
    assert found[0].amount == assessment.indicative_annual_pence
    assert [worked.once for worked in found] == [h.indicative_one_off_pence for h in amounts]
    assert [worked.carer for worked in found] == [h.carer_annual_pence for h in amounts]
    assert [tuple(worked.range_ends) for worked in found] == [
        (h.lowest_annual_pence, h.highest_annual_pence) if h.highest_annual_pence is not None else ()
        for h in amounts
    ]


@given(some.cases())
def test_the_last_sentence_and_the_summary_say_the_amount_that_the_others_come_to(case: Case) -> None:
    assessment = case.assess()
    statement = family_statement(case.plan, case.policy, assessment)
    said = read(say(assessment.working[-1]))

    assert said.kind == "result"
    assert said.numbers == (Fraction(assessment.indicative_annual_pence, 100),)
    (told,) = re.fullmatch(
        rf"The indicative amount for your child is {MONEY}\.", statement.summary[0]
    ).groups()  # type: ignore[union-attr]  # a sentence that reads otherwise must fail
    assert Fraction(told.replace(",", "")) * 100 == assessment.indicative_annual_pence


@settings(max_examples=15 * len(some.ALLOCATIONS))
@given(some.cases())
def test_every_sentence_is_read_as_what_it_is(case: Case) -> None:
    for line in case.assess().working:
        assume(not STAFF_PART_HIDDEN.search(say(line)))
        assert read(say(line)).kind == line.kind


def test_every_kind_of_step_of_an_amount_is_read_here() -> None:
    said = {*SENTENCES, *(f"{kind}, plainer" for kind in PLAINER)}
    assert set(SAYS) == {kind for kind in said if not kind.startswith("cost.")}


@given(some.cases())
def test_every_step_of_the_plans_cost_has_its_sentence(case: Case) -> None:
    cost = case.assess().plan_cost
    for line in cost.working:
        assert str(line.result) in say(line)


def test_a_number_that_says_about_is_never_read() -> None:
    with pytest.raises(AssertionError):
        read("Help: because so, about £5.33 a year is added to £1 a year. That makes £6.33 a year.")
