"""Whether more need can ever mean less money, or a birthday cut an amount: tried on the policy itself."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product
from math import prod

from ras.conditions import Facts, KeyStage
from ras.indicative import Money
from ras.policy.trial import MOST_TRIED, Answers, Spent, Trial
from ras.records import Exact, tidy
from ras.scoring import answered
from ras.working import Quantity, Step, Unit

FEW = 300
"""So many sets of answers are all tried."""
FEW_FOR_ONE = 5_000
"""So many are for the usual child: a table of many rows can have its one slip in any of them."""
A_LITTLE = Fraction(1, 1_000_000_000)
"""How far below a threshold a score is that is just below it."""
BESIDE = frozenset({"one-off", "one-off.left-out"})
"""The kinds of the steps for sums paid once."""
AROUND_THE_TABLE = frozenset({"modifier", "uprating", "one-off", "deflator", "bounds", "period", "rounding"})
"""The families of the steps that follow the allocation."""


@dataclass(frozen=True, slots=True)
class Fall:
    """Two children alike, of whom the one with more need, or the older one, gets less.

    Attributes:
        rule: The path of the rule that turns the order round.
        before: What the other child has, in words.
        after: What the child who gets less has, in words.
        given_before: What the other child gets: an amount a year, a sum paid once, or a level.
        given_after: What the child who gets less gets.
    """

    rule: str
    before: str
    after: str
    given_before: Quantity
    given_after: Quantity

    @property
    def by(self) -> Exact:
        """By how much it falls."""
        return self.given_before.number - self.given_after.number


def falls_with_need(trial: Trial) -> tuple[Fall, ...]:
    """The greatest fall by each rule that lets more need mean less money."""
    trial.left = MOST_TRIED
    found = _by_answers(trial) if trial.policy.reads_answers else _by_score(trial)
    return _greatest(found)


def falls_on_birthdays(trial: Trial) -> tuple[Fall, ...]:
    """The greatest fall by each rule on a birthday, or where a school year begins."""
    trial.left = MOST_TRIED
    return _greatest(_by_age(trial))


def around(trial: Trial, scores: Sequence[Exact]) -> list[Exact]:
    """Scores to try: those given, and both sides of each threshold that lies among them."""
    highest = scores[-1]
    near = [side for t in trial.thresholds if t <= highest for side in (tidy(t - A_LITTLE), t)]
    return sorted({*scores, *(side for side in near if side >= 0)})


def _greatest(falls: Iterator[Fall]) -> tuple[Fall, ...]:
    greatest: dict[str, Fall] = {}
    with suppress(Spent):
        for fall in falls:
            if fall.rule not in greatest or fall.by > greatest[fall.rule].by:
                greatest[fall.rule] = fall
    return tuple(greatest.values())


def _by_score(trial: Trial) -> Iterator[Fall]:
    scores = around(trial, trial.scores)
    every = len(scores) * len(trial.facts) // MOST_TRIED + 1
    near = {side for t in trial.thresholds for side in (tidy(t - A_LITTLE), t)}
    tried = [score for n, score in enumerate(scores) if n % every == 0 or score in near]
    for facts in trial.facts:
        amounts = ((score, trial.money_at(score, facts)) for score in tried)
        for (less, fewer), (more, greater) in pairwise(amounts):
            yield from _falls(fewer, greater, _score(less, trial), _score(more, trial))


def _score(points: Exact, trial: Trial) -> str:
    above = tidy(points + A_LITTLE)
    if above in trial.thresholds:
        return f"a score just below {Quantity.of(above, Unit.POINTS)}"
    return f"a score of {Quantity.of(points, Unit.POINTS)}"


def _by_answers(trial: Trial) -> Iterator[Fall]:
    """Each domain a level up: from several sets of answers, and from those in which it is worth the least."""
    amounts = _Amounts(trial)
    for facts in trial.facts:
        asked = trial.asked(facts)
        for start in _starts(trial, asked, few=FEW_FOR_ONE if facts == trial.usual else FEW):
            for domain in asked:
                yield from _a_level_up(trial, amounts, domain, start, facts)
    for start in _starts(trial, trial.asked(trial.usual)):
        for domain in start:
            for less, more in pairwise(trial.levels(domain)):
                worst = _where_it_is_worth_least(trial, amounts, domain, (less, more), start)
                yield from _a_level_up(trial, amounts, domain, worst, trial.usual)


class _Amounts:
    """What answers come to, each worked out once."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self._known: dict[tuple[tuple[str, ...], int], Money] = {}

    def of(self, answers: Answers, facts: Facts) -> Money:
        """The amount."""
        key = (tuple(answers.values()), id(facts))
        if key not in self._known:
            self._known[key] = self._trial.money(answers, facts)
        return self._known[key]


def _starts(trial: Trial, asked: list[str], *, few: int = FEW) -> Iterator[dict[str, str]]:
    """Sets of answers to start from: all where they are few; else the least, the most and the middle."""
    levels = [trial.levels(domain) for domain in asked]
    if prod(len(each) for each in levels) <= few:
        yield from (dict(zip(asked, answers, strict=True)) for answers in product(*levels))
        return
    for part in (0, 2, 1):
        yield {code: each[(len(each) - 1) * part // 2] for code, each in zip(asked, levels, strict=True)}


def _a_level_up(
    trial: Trial, amounts: _Amounts, domain: str, answers: dict[str, str], facts: Facts
) -> Iterator[Fall]:
    for less, more in pairwise(trial.levels(domain)):
        fewer = amounts.of({**answers, domain: less}, facts)
        greater = amounts.of({**answers, domain: more}, facts)
        asked = next(each for each in trial.policy.domains if each.code == domain)
        yield from _falls(
            fewer,
            greater,
            f"“{answered(asked, less).title}” in “{asked.title}”",
            f"“{answered(asked, more).title}”",
        )


def _where_it_is_worth_least(
    trial: Trial, amounts: _Amounts, domain: str, step: tuple[str, str], start: dict[str, str]
) -> dict[str, str]:
    """The other answers among which a level up in a domain adds the least: one answer after another."""
    worst = dict(start)

    def adds(answers: dict[str, str]) -> int:
        less, more = (amounts.of({**answers, domain: code}, trial.usual) for code in step)
        return more.annual_pence - less.annual_pence

    for other in start:
        if other != domain:
            worst[other] = min(trial.levels(other), key=lambda code: adds({**worst, other: code}))
    return worst


def _by_age(trial: Trial) -> Iterator[Fall]:
    ages = trial.policy.eligibility
    scored = [age for age in trial.ages if age > ages.from_age]
    for age in scored:
        for facts in trial.in_every_circumstance:
            before = trial.at_age(facts, age - 1, months=12)  # an age taper has run its course by that day
            after = trial.at_age(facts, age)
            # The birthday comes first, and the next stage of schooling on the 1 September that follows.
            birthday = after._replace(key_stage=before.key_stage)
            yield from _on_a_day(trial, before, birthday, f"the age of {age - 1}", f"the age of {age}")
            if after.key_stage is not before.key_stage:
                stages = [_in_words(stage) for stage in (before.key_stage, after.key_stage)]
                yield from _on_a_day(trial, birthday, after, *(f"{stage} at {age}" for stage in stages))


def _in_words(stage: KeyStage) -> str:
    return stage.value.replace("key-stage-", "key stage ").replace("early-years", "early years")


def _on_a_day(trial: Trial, before: Facts, after: Facts, was: str, now: str) -> Iterator[Fall]:
    """What falls on a day on which a child's age or stage of schooling changes, and no answer does."""
    for answers in _starts(trial, trial.asked(before)):
        same = {code: level for code, level in answers.items() if code in trial.asked(after)}
        if len(same) < len(trial.asked(after)):
            continue
        left_out = next((code for code in answers if code not in same), None)
        for fall in _falls(trial.money(answers, before), trial.money(same, after), was, now):
            yield fall if left_out is None else replace(fall, rule=_asked_by(trial, left_out))


def _asked_by(trial: Trial, domain: str) -> str:
    """The rule that says of whom a domain is asked."""
    asked = next(each for each in trial.policy.domains if each.code == domain)
    return f"domains.{domain}.applies_if" if asked.applies_if else "questionnaires"


def _falls(before: Money, after: Money, was: str, now: str) -> Iterator[Fall]:
    """What is less after than before: the amount, and a sum paid once or a level that rules give."""
    if after.annual_pence < before.annual_pence:
        amounts = [Quantity.of(money.annual_pence, Unit.PENCE_A_YEAR) for money in (before, after)]
        yield Fall(_rule(before, after), was, now, *amounts)
    levels = [step for money in (before, after) for step in money.steps if step.kind == "rules.level"]
    for one, other in pairwise(levels):
        if other.result.number < one.result.number:
            yield Fall(other.rule, was, now, one.result, other.result)
    if (after.one_off_pence or 0) < (before.one_off_pence or 0):
        once = [Quantity.of(money.one_off_pence or 0, Unit.PENCE) for money in (before, after)]
        yield Fall(_one_off_that_fell(before, after), was, now, *once)


def _one_off_that_fell(before: Money, after: Money) -> str:
    """One of the sums that are less. What counts is what is paid once in all."""
    given = {step.rule: step.result.number for step in before.steps if step.kind in BESIDE}
    return next(
        step.rule
        for step in after.steps
        if step.kind in BESIDE and step.result.number < given.get(step.rule, step.result.number)
    )


def _rule(before: Money, after: Money) -> str:
    """The rule at which the order turns round: the first stage after which the second amount is lower."""
    table, later = _stages(before)
    other_table, other_later = _stages(after)
    if other_table[-1].result.number < table[-1].result.number:
        terms = {step.rule: step for step in table if step.kind.startswith("regression.")}
        fell = [
            step.rule
            for step in other_table
            if step.rule in terms
            and step.kind in {"regression.term", "regression.interaction"}
            and step.result.number < terms[step.rule].result.number
        ]
        return fell[0] if fell else other_table[-1].rule
    for one, other in zip(later, other_later, strict=False):
        if other.result.number < one.result.number:
            return other.rule
    return other_later[-1].rule


def _stages(money: Money) -> tuple[list[Step], list[Step]]:
    """The steps of the table, and those after it that carry the amount on."""
    families = [step.kind.partition(".")[0] for step in money.steps]
    first = next(n for n, family in enumerate(families) if family in AROUND_THE_TABLE)
    later = [
        step
        for step, family in zip(money.steps[first:], families[first:], strict=True)
        if family not in {"one-off", "range"}
    ]
    return list(money.steps[:first]), later
