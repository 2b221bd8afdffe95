"""A family can work the amount out again from the sentences they were given, and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ras import Assessment, as_text, family_statement, say
from ras.statement import PLAINER, SENTENCES
from tests.ras import strategies as some
from tests.ras.arithmetic import FUNCTIONS
from tests.ras.strategies import Case

# How the sentences read. A number is only ever taken where it is exact: never one that says "about".
N = r"([\d,]+(?:\.\d+)?)"
POINTS = rf"{N} points?"
MONEY = r"£([\d,]+(?:\.\d+)?) (?:a week|every four weeks|a year)"
SAYS = {
    "score.domain": rf".*: .*\. That is {POINTS}, times a weight of {N}, which makes .*\.",
    "score.domain, plainer": rf".*: .*\. That is {POINTS}\.",
    "score.not-asked": r".* is not asked of this child, so it is left out\.",
    "score.total": rf"All areas together, times {N}, make .*\.",
    "score.total, plainer": r"All areas together make .*\.",
    "resources.none": r"What family, community and services give is recorded and changes nothing here\.",
    "resources.in-descriptors": (
        r"What family, community and services already give is part of the description of each level, "
        r"so nothing more is taken off\."
    ),
    "resources.not-counted": (
        r".*: nothing is taken off for .* \(.*\), because it (?:will not last|is not freely and ably given)\."
    ),
    "resources.points": (
        rf".*: what is already there \(.*\) is worth {POINTS}, times the weight of {N}\. "
        rf"It can take off no more than this area's {POINTS}\. Taken off: .*\."
    ),
    "resources.points, plainer": (
        rf".*: what is already there \(.*\) is worth {POINTS}\. "
        rf"It can take off no more than this area's {POINTS}\. Taken off: .*\."
    ),
    "resources.fraction": (
        rf".*: what is already there \(.*\) covers {N} of this area's {POINTS}, "
        r"and never more than all of it\. Taken off: .*\."
    ),
    "resources.total": rf".*, less .* times {N} for what is already there, leaves .*\.",
    "resources.total, plainer": (
        r"[\d.,]+ points?, less [\d.,]+ points? for what is already there, leaves .*\."
    ),
    "price-per-point": (
        rf".*: each point is worth {MONEY}\. .* each, less {MONEY}, and never less than nothing, makes .*\."
    ),
    "banded": rf".* is in the band from {POINTS} to below {POINTS}: {MONEY}\.",
    "banded.last": rf".* is in the highest band, {POINTS} or more: {MONEY}\.",
    "piecewise-linear": (
        rf".* is between {POINTS}, worth {MONEY}, and {POINTS}, worth {MONEY}\. "
        r"In proportion between the two, that is .*\."
    ),
    "piecewise-linear.last": rf".* is at or above {POINTS}, worth {MONEY}, the most in the table\.",
    "modifier.left-out": r".* does not apply to your child, so nothing changes here\.",
    "modifier.add": rf".*: because .*, {MONEY} is added to .*\. That makes .*\.",
    "modifier.multiply": rf".*: because .*, .* is multiplied by {N}\. That makes .*\.",
    "bounds.none": r"The policy sets no lowest or highest amount here\.",
    "bounds.within": r"No lowest or highest amount of the policy changes .*\.",
    "bounds.floor": rf".* is below the lowest amount for a child with points, so it becomes {MONEY}\.",
    "bounds.soft-cap": rf".* is above {MONEY}: it stays, and the panel looks at it\.",
    "bounds.hard-cap": (
        rf".* is above the highest amount of the policy, so it becomes {MONEY}\. A person must look at this "
        r"and give reasons: a limit cannot decide what a child needs\."
    ),
    "period.to-year": rf".*, {N} times a year, is .*\.",
    "period.to-year, plainer": r"The policy's amounts are for a year, so .* stays as it is\.",
    "rounding": rf"Rounded once, (.*), to a multiple of £{N}, .* is .*\.",
    "result": (
        r"The plan started on .*, and .* is in its .* \(.*\), so the indicative amount is "
        rf"{MONEY}\."
    ),
}
ROUNDING = {
    "to the nearest (a half goes up)": "round_half_up",
    "to the nearest (a half goes to the even one)": "round_half_even",
    "down": "round_down",
    "up": "round_up",
}


@dataclass(frozen=True)
class Read:
    """What a sentence says: its kind, its exact numbers, and the words among them."""

    kind: str
    numbers: tuple[Fraction, ...]
    words: tuple[str, ...]


def read(sentence: str) -> Read:
    """Read one sentence as a person would: it can mean one thing only."""
    matches = [(kind, m) for kind, how in SAYS.items() if (m := re.fullmatch(how, sentence, re.DOTALL))]
    assert len(matches) == 1, (sentence, [kind for kind, _ in matches])
    ((kind, match),) = matches
    numbers = [g for g in match.groups() if re.fullmatch(N, g)]
    return Read(
        kind=kind.removesuffix(", plainer"),
        numbers=tuple(Fraction(g.replace(",", "")) for g in numbers),
        words=tuple(g for g in match.groups() if g not in numbers),
    )


def points_of(sentences: list[Read]) -> Fraction:
    """The points that are priced."""
    points = taken_off = Fraction(0)
    for said in sentences:
        match said:
            case Read("score.domain", (level_points, *weight)):
                points += level_points * (weight[0] if weight else 1)
            case Read("score.total", (scale,)):
                points *= scale
            case Read("resources.points", (present, *weight, need)):
                taken_off += min(need, present * (weight[0] if weight else 1))
            case Read("resources.fraction", (part, need)):
                taken_off += need * min(Fraction(1), part)
            case Read("resources.total", scale):
                points -= taken_off * (scale[0] if scale else 1)
    return points


def worth_of(points: Fraction, said: Read) -> Fraction | None:
    """What the policy's table gives for so many points, in pence; None for a sentence on something else."""
    match said:
        case Read("price-per-point", (price, less)):
            return max(Fraction(0), points * price - less) * 100
        case Read("banded", (low, high, amount)):
            assert low <= points < high
            return amount * 100
        case Read("banded.last", (low, amount)):
            assert low <= points
            return amount * 100
        case Read("piecewise-linear", (low, least, high, most)):
            assert low <= points < high
            return (least + (points - low) * (most - least) / (high - low)) * 100
        case Read("piecewise-linear.last", (low, amount)):
            assert low <= points
            return amount * 100
    return None


def after(amount: Fraction, said: Read) -> Fraction:
    """The amount after one more sentence, in pence."""
    match said:
        case Read("modifier.add", (added,)):
            return amount + added * 100
        case Read("modifier.multiply" | "period.to-year", (factor,)):
            return amount * factor
        case Read("bounds.floor" | "bounds.hard-cap", (limit,)):
            return limit * 100
        case Read("rounding", (to,), (way,)):
            return FUNCTIONS[ROUNDING[way]](amount, to * 100)
    return amount


def worked_out_again(sentences: list[str]) -> Fraction:
    """The indicative amount in pence a year, from the sentences of one horizon."""
    said = [read(sentence) for sentence in sentences]
    points = points_of(said)
    (amount,) = (worth for one in said if (worth := worth_of(points, one)) is not None)
    for one in said:
        amount = after(amount, one)
    return amount


def steps_by_step(text: str) -> Iterator[list[str]]:
    """The sentences under each heading "Step by step" of a statement, the headline's first."""
    for part in text.split("\n\n"):
        if part.startswith("Step by step: "):
            _, _, *bullets = part.split("\n")
            yield [bullet.removeprefix("- ") for bullet in bullets]


def amounts_in_statement_order(assessment: Assessment) -> list[int]:
    """The indicative amounts: the headline's, then the others."""
    headline = [h for h in assessment.horizons if h.horizon is assessment.horizon]
    others = [h for h in assessment.horizons if h.horizon is not assessment.horizon]
    return [h.indicative_annual_pence for h in (*headline, *others)]


@pytest.mark.parametrize("variant", sorted(some.ALLOCATIONS))
@given(data=st.data())
def test_the_amount_can_be_worked_out_again_from_the_sentences_alone(
    variant: str, data: st.DataObject
) -> None:
    case: Case = data.draw(some.cases(variant))
    assessment = case.assess()
    statement = as_text(family_statement(case.plan, case.policy, assessment))

    found = [worked_out_again(sentences) for sentences in steps_by_step(statement)]

    assert found == amounts_in_statement_order(assessment)
    assert found[0] == assessment.indicative_annual_pence


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


@given(some.cases())
def test_every_sentence_is_read_as_what_it_is(case: Case) -> None:
    for line in case.assess().working:
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
