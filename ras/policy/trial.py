"""Trying a policy out: what answers come to, without a plan. What the checker looks with.

Only whole policies are tried: nothing here knows a formula, so that whatever a council writes is
looked at in the same way.
"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product
from math import lcm, prod
from typing import Any

from ras.allocation.variant import Place, Pricing
from ras.canonical import as_written
from ras.conditions import Answered, Facts, KeyStage, Requirement, Scored
from ras.dates import RECEPTION_AGE
from ras.errors import AmountTooLarge
from ras.fit import domains_asked
from ras.indicative import Money, money_for
from ras.policy.configuration import PolicyConfiguration
from ras.present import Counted
from ras.records import Exact, exact, tidy
from ras.scoring import answered

MOST_TRIED = 20_000
"""How many amounts each check works out at most."""
MOST_FACTS = 24
MOST_TOGETHER = 120
"""So many children of every age in every circumstance are tried; else ages and circumstances apart."""
MOST_SCORES = 4_000
MOST_COUNTED = 20
"""Where a question that asks how many has no largest number, this many are tried."""

Answers = Mapping[str, str]
"""By domain, the code of the answer."""


class Spent(Exception):
    """So many amounts were worked out that a check stops looking."""


class Trial:
    """A policy to try out, at the prices of a financial year.

    Attributes:
        policy: The policy.
        left: How many amounts may still be worked out before a check stops looking.
        was_spent: Whether any check had to stop.
        was_beyond_belief: Whether any amount was more than any real one.
    """

    def __init__(self, policy: PolicyConfiguration, year: int) -> None:
        self.policy = policy
        self.left = MOST_TRIED
        self.was_spent = False
        self.was_beyond_belief = False
        self._year = year

    def money(self, answers: Answers, facts: Facts) -> Money:
        """What answers come to, with nothing already there.

        Raises:
            Spent: enough was tried.
        """
        given = {code: self._answered[code, level] for code, level in answers.items()}
        points = tidy(sum(each.points for each in given.values()) * self._scale)
        return self._money(Scored(points, given, facts))

    def money_at(self, points: Exact, facts: Facts) -> Money:
        """What a score comes to, as if every answer were the least.

        Raises:
            Spent: enough was tried.
        """
        return self._money(self._at(points, facts))

    def table(self, points: Exact) -> Exact:
        """What the table alone gives for a score, for the usual child, in pence in the policy's period."""
        unit, horizon = self.policy.money_unit, self.policy.horizons[0].horizon
        return self.policy.allocation.price(Pricing(self._at(points, self.usual), unit, horizon)).pence

    def _at(self, points: Exact, facts: Facts) -> Scored:
        asked = self.asked(facts) if self.policy.reads_answers else []
        return Scored(points, {code: self._answered[code, self.levels(code)[0]] for code in asked}, facts)

    def _money(self, scored: Scored) -> Money:
        self.left -= 1
        if self.left < 0:
            self.was_spent = True
            raise Spent
        horizon = self.policy.horizons[0].horizon
        try:
            return money_for(scored, Counted(()), self.policy, horizon, year=self._year)
        except AmountTooLarge:
            self.was_beyond_belief = True
            raise Spent from None

    @cached_property
    def _scale(self) -> Exact:
        return exact(self.policy.scoring.scale)

    @cached_property
    def _answered(self) -> dict[tuple[str, str], Answered]:
        return {
            (domain.code, code): answered(domain, code)
            for domain in self.policy.domains
            for code in self.policy.questions.levels[domain.code]
        }

    @cached_property
    def thresholds(self) -> tuple[Exact, ...]:
        """The scores over 0 at which the amount can jump or change its slope, in order."""
        found = set(self.policy.allocation.thresholds())
        for _, condition in self.policy.conditions():
            if isinstance(condition, Requirement):
                found |= set(condition.thresholds())
        return tuple(sorted(score for score in found if score > 0))

    def asked(self, facts: Facts) -> list[str]:
        """The domains asked of such a child, in order."""
        within = domains_asked(self.policy, facts)
        return [domain.code for domain in self.policy.domains if domain.code in within]

    def levels(self, domain: str) -> tuple[str, ...]:
        """The answers of a domain, from the least help to the most."""
        return self.policy.questions.levels[domain]

    @cached_property
    def scores(self) -> tuple[Exact, ...]:
        """The scores that answers can come to, in order; thinned out where there are very many."""
        parts = lcm(*(answer.points.denominator for answer in self._answered.values()))
        reached = {0}  # in whole parts of a point: fractions would take many times as long
        for domain in self.policy.domains:
            worth = {
                int(self._answered[domain.code, code].points * parts) for code in self.levels(domain.code)
            }
            worth |= set() if domain.code in self.policy.questions.asked_of_all else {0}
            reached = {score + points for score in reached for points in worth}
            if len(reached) > MOST_SCORES:
                ordered = sorted(reached)
                reached = {ordered[0], *ordered[:: len(ordered) // MOST_SCORES + 1], ordered[-1]}
        return tuple(tidy(Fraction(score, parts) * self._scale) for score in sorted(reached))

    @cached_property
    def facts(self) -> tuple[Facts, ...]:
        """Children to try it on: one for each run of ages, in each combination of circumstances.

        Where there are very many, ages and circumstances change apart.
        """
        if len(self._combinations) * len(self.ages) <= MOST_TOGETHER:
            pairs = product(self.ages, self._combinations)
            return tuple(self._with(self._facts(age), combination) for age, combination in pairs)
        return (
            *self.in_every_circumstance,
            *(self._with(self._facts(age), self._usual) for age in self.ages),
        )

    @cached_property
    def in_every_circumstance(self) -> tuple[Facts, ...]:
        """A child of a middle age in each combination of circumstances."""
        middle = self._facts(self.ages[len(self.ages) // 2])
        return tuple(self._with(middle, combination) for combination in self._combinations)

    @cached_property
    def _combinations(self) -> tuple[tuple[Any, ...], ...]:
        """Answers to all circumstances; where there are very many, two or one of them change at a time."""
        questions = [list(self._answers_to(question.code)) for question in self.policy.circumstances]
        if prod(len(answers) for answers in questions) <= MOST_FACTS:
            return tuple(product(*questions))
        usual = tuple(answers[0] for answers in questions)
        pairs = sum(len(one) * len(other) for one, other in combinations(questions, 2))
        at_once = 2 if pairs <= MOST_TOGETHER else 1
        changes = (
            dict(zip(numbers, answers, strict=True))
            for numbers in combinations(range(len(questions)), at_once)
            for answers in product(*(questions[number] for number in numbers))
        )
        changed = (tuple(change.get(n, answer) for n, answer in enumerate(usual)) for change in changes)
        return tuple(dict.fromkeys(changed))

    @cached_property
    def ages(self) -> tuple[int, ...]:
        """The youngest age of each run of ages that rules treat alike."""
        ages = self.policy.eligibility
        named = {ages.from_age}
        for place, value in _places(as_written(self.policy), ("",)):
            key = place[-1]
            if key in {"from_age", "before_age", "age"} and isinstance(value, int):
                named.add(value)
            if value == {"kind": "age"}:  # a term of a regression: no two ages are alike
                named |= set(range(ages.from_age, ages.before_age))
            if key == "key_stages":
                named |= {RECEPTION_AGE + year for year in (1, 3, 7, 10, 12)}
        return tuple(sorted(age for age in named if ages.from_age <= age < ages.before_age))

    @cached_property
    def usual(self) -> Facts:
        """A child with the first choice of every circumstance and none of what is counted."""
        return self._with(self._facts(self.ages[len(self.ages) // 2]), self._usual)

    def at_age(self, facts: Facts, age: int, *, months: int = 0) -> Facts:
        """The same child at an age and so many months, in the school year that begins at that age."""
        stage = KeyStage.of_year(age - RECEPTION_AGE)
        return facts._replace(age=age, months=age * 12 + months, key_stage=stage)

    @cached_property
    def _usual(self) -> tuple[Any, ...]:
        return tuple(next(iter(self._answers_to(q.code))) for q in self.policy.circumstances)

    def _answers_to(self, circumstance: str) -> Iterator[str | int]:
        choices = self.policy.questions.choices[circumstance]
        if choices is not None:
            yield from choices
            return
        most = next(q.at_most for q in self.policy.circumstances if q.code == circumstance)
        tests = [
            number
            for _, condition in self.policy.conditions()
            for test in condition.circumstances
            if test.circumstance == circumstance
            for number in (test.at_least, test.at_most)
            if number is not None
        ]
        largest = MOST_COUNTED if most is None else most
        numbers = {0, *tests, *(number + 1 for number in tests), largest}
        yield from sorted(number for number in numbers if most is None or number <= most)

    def _facts(self, age: int) -> Facts:
        return Facts(age, age * 12, KeyStage.of_year(age - RECEPTION_AGE), {}, {})

    def _with(self, facts: Facts, answers: tuple[Any, ...]) -> Facts:
        given = {
            question.code: answer for question, answer in zip(self.policy.circumstances, answers, strict=True)
        }
        return facts._replace(
            choices={code: answer for code, answer in given.items() if isinstance(answer, str)},
            counts={code: answer for code, answer in given.items() if isinstance(answer, int)},
        )


def place_of_score(document: Any, score: Exact) -> Place:
    """Where in a policy document a score is written that amounts depend on; else its allocation."""
    found = (
        place
        for part in ("allocation", "modifiers", "bounds")
        for place, value in _places(document.get(part), (part,))
        if place[-1] in {"from_points", "points", "at_least", "below"}
        and isinstance(value, str)
        and _SCORE.fullmatch(value)
        and exact(value) == score
    )
    return next(found, ("allocation",))


_SCORE = re.compile(r"\d+(\.\d+)?", re.ASCII)


def _places(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    yield place, value
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _places(item, (*place, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _places(item, (*place, number))
