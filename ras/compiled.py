"""A policy made fast: worked out once, remembered, and the same to the byte as the steps it is made of.

Nothing here knows a formula. The lines of a working are values: the line for an answer depends on the
answer alone, and all of the money on the score and on which conditions hold. So each is made once, by
the functions that `ras.indicative` is made of, and given again whenever what it depends on comes back.
Where an allocation looks at single answers, only the lines for the answers are remembered. A plan that has
anything wrong or unusual about it goes the plain way.
"""

from collections.abc import Hashable, Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache
from math import lcm
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from ras.conditions import Answered, Facts, Scored
from ras.costing import PlanCost, cost_nothing
from ras.dates import financial_year
from ras.errors import RasError
from ras.fit import ages_on, domains_asked, facts_of, refuse_misfit
from ras.indicative import Indicative, Money, indicative_amount, money_for, together
from ras.plan import NOT_APPLICABLE, Levels, Need, Plan, Resource
from ras.policy.amount_rules import AddForEach, AgeTaper
from ras.policy.configuration import ASKING, PolicyConfiguration
from ras.present import Counted, lines_of, resources_present
from ras.records import LAST_DAY, Exact, exact, tidy
from ras.scoring import (
    Score,
    answer_step,
    answered,
    left_out,
    less,
    less_taken_off,
    not_asked,
    points_input,
    questionnaire_steps,
    takes_points_off,
    total_of,
)
from ras.working import Horizon, Input, Quantity, Step, Unit, name_of

MOST_REMEMBERED = 50_000
"""How many values of one kind are remembered; after so many they are forgotten and made again."""
MOST_POLICIES = 32
"""How many policies are kept compiled: a council has a handful."""
NOTHING_PRESENT, NO_ANSWERS = Counted(()), MappingProxyType[str, Answered]({})
LATEST_YEAR = LAST_DAY.year - 40
"""No policy's horizons run for longer than forty years from the day a plan starts."""

T = TypeVar("T")


class _Entry(NamedTuple):
    """What one answer in one domain comes to; or that the domain is not asked."""

    units: int
    """Its points, as a whole number of the policy's smallest part of a point."""
    step: Step
    points: Input | None
    answer: Answered | None


class _Given(NamedTuple):
    """What one need says."""

    place: int
    """Its domain's place in the policy."""
    entries: tuple[_Entry, ...]
    """For each horizon; nothing where the need says only that the domain does not apply."""


class _Situation(NamedTuple):
    """All that does not depend on needs: which is the same for many children."""

    facts: Facts
    holding: tuple[Hashable, ...]
    """What the money depends on besides the score: which conditions hold, and what is counted."""
    row: list[tuple[_Entry, ...]]
    """A place for each domain: filled, for each horizon, where it is not asked."""
    intro: tuple[tuple[Step, ...], ...]
    """For each horizon, the lines that stand before the answers."""


class _Help(NamedTuple):
    """What is already there in one domain."""

    steps: tuple[Step, ...]
    units: int
    """The points it takes off."""


class _Points(NamedTuple):
    """So many parts of a point, as a number and as lines of working say it."""

    exact: Exact
    quantity: Quantity
    given: Input


class Unusual(Exception):
    """A plan has something about it that the fast way takes for granted it has not."""


class Compiled:
    """A policy that was worked out once."""

    def __init__(self, policy: PolicyConfiguration) -> None:
        self.policy = policy
        self._adds_up = policy.allocation.uses_score()
        self._takes_points_off = takes_points_off(policy)
        self._scale = exact(policy.scoring.scale)
        self._parts = _smallest_parts(policy)
        self._horizons = [rule.horizon for rule in policy.horizons]
        self._places = {domain.code: place for place, domain in enumerate(policy.domains)}
        self._entries = [
            [self._answers(place, horizon) for place in range(len(policy.domains))]
            for horizon in self._horizons
        ]
        self._conditions = [
            condition for location, condition in policy.conditions() if location[0] not in ASKING
        ]
        self._counted = [m.circumstance for m in policy.modifiers if isinstance(m, AddForEach)]
        self._by_month = any(isinstance(modifier, AgeTaper) for modifier in policy.modifiers)
        self._left_out = [left_out(policy, horizon) for horizon in self._horizons]
        self._remembered: dict[str, dict[Hashable, Any]] = {
            kind: {} for kind in ("situation", "need", "help", "score", "taken_off", "money")
        }

    def amounts(self, plan: Plan, *, on: date) -> dict[Horizon, Indicative]:
        """The indicative amount at each horizon, with its whole working.

        Raises:
            AgeOutsidePolicy, PlanDoesNotFit, OutOfScope, AmountTooLarge: as `ras.assess`.
        """
        year = _year_of(on)
        try:
            situation = self._situation_of(plan, on)
            row = self._row(plan, situation)
            helped = self._helped(plan)
        except Unusual:
            facts = refuse_misfit(plan, self.policy, on=on)
            return {
                horizon: indicative_amount(plan, self.policy, horizon, facts, year=year)
                for horizon in self._horizons
            }
        amounts = {}
        for number, horizon in enumerate(self._horizons):
            found = [entries[number] for entries in row]
            score, left = self._score(plan, number, situation, found, helped)
            amounts[horizon] = together(plan, score, self._money(score, left, number, year, situation))
        return amounts

    @cached_property
    def costs_nothing(self) -> PlanCost:
        """What a plan without lines costs, whatever the day."""
        return cost_nothing(self.policy)

    def _answers(self, place: int, horizon: Horizon) -> dict[str, _Entry]:
        domain = self.policy.domains[place]
        made = {}
        for code in self.policy.questions.levels[domain.code]:
            answer = answered(domain, code)
            made[code] = _Entry(
                units=int(answer.points * self._parts),
                step=answer_step(domain, code, horizon, adds_up=self._adds_up),
                points=points_input(name_of(domain.code), answer.points),
                answer=answer,
            )
        return made

    def _situation_of(self, plan: Plan, on: date) -> _Situation:
        """The child's facts and what follows from them, if nothing about them is unusual."""
        if plan.lines or plan.starts_on.year > LATEST_YEAR:
            raise Unusual
        circumstances = tuple([(c.circumstance, c.choice, c.count) for c in plan.circumstances])
        key = (ages_on(plan.born_on, on), circumstances)
        found: _Situation | None = self._remembered["situation"].get(key)
        return found or self._remember("situation", key, self._make_situation(plan, on))

    def _make_situation(self, plan: Plan, on: date) -> _Situation:
        bare = plan.model_copy(update={"needs": (), "resources": (), "lines": ()})
        policy = self.policy
        facts = facts_of(bare, on=on)
        if not self._facts_fit(bare, on=on):
            raise Unusual
        asked = domains_asked(policy, facts)
        row = [
            ()
            if domain.code in asked
            else tuple([_Entry(0, not_asked(domain, horizon), None, None) for horizon in self._horizons])
            for domain in policy.domains
        ]
        return _Situation(
            facts=facts,
            holding=(
                *(condition.holds(facts) for condition in self._conditions),
                *(facts.counts[code] for code in self._counted),
                facts.months if self._by_month else None,
            ),
            row=row,
            intro=tuple(tuple(questionnaire_steps(policy, horizon, facts)) for horizon in self._horizons),
        )

    def _facts_fit(self, bare: Plan, *, on: date) -> bool:
        """Whether age and circumstances are right: the plain way would find nothing but missing needs."""
        answered_once = len(bare.circumstances) == len(self.policy.circumstances)
        try:
            refuse_misfit(bare, self.policy, on=on)
        except RasError as refusal:
            return answered_once and {problem.code for problem in refusal.problems} == {"unanswered-domain"}
        return answered_once

    def _row(self, plan: Plan, situation: _Situation) -> list[tuple[_Entry, ...]]:
        """What every domain's answer comes to at each horizon, in the policy's order."""
        row, known, left_out = situation.row.copy(), self._remembered["need"], set[int]()
        for need in plan.needs:
            levels = need.levels
            key = (need.domain, levels.short, levels.medium, levels.long)
            place, entries = known.get(key) or self._remember("need", key, self._given(need))
            if need.family_levels is not None:
                self._refuse_unusual_levels(need.domain, need.family_levels)
            if entries and not row[place]:
                row[place] = entries
            elif entries or place in left_out or not situation.row[place]:
                raise Unusual  # answered twice, or without being asked, or not answered
            else:
                left_out.add(place)
        if not all(row):
            raise Unusual
        return row

    def _given(self, need: Need) -> _Given:
        """What a need says, if it is plainly right."""
        place = self._places.get(need.domain)
        if place is None:
            raise Unusual
        self._refuse_unusual_levels(need.domain, need.levels, NOT_APPLICABLE)
        codes = [need.levels.at(horizon) for horizon in self._horizons]
        if {need.levels.at(horizon) for horizon in Horizon} <= {None, NOT_APPLICABLE}:
            return _Given(place, ())
        levels = [entries[place].get(code or "") for entries, code in zip(self._entries, codes, strict=True)]
        entries = tuple([entry for entry in levels if entry is not None])
        if len(entries) < len(levels):
            raise Unusual
        return _Given(place, entries)

    def _refuse_unusual_levels(self, domain: str, levels: Levels, *others: str) -> None:
        """Let only levels of the domain through, or what else is said to be one."""
        known = {None, *others, *self.policy.questions.levels.get(domain, ())}
        if not known.issuperset(map(levels.at, Horizon)):
            raise Unusual

    def _score(
        self,
        plan: Plan,
        number: int,
        situation: _Situation,
        found: list[_Entry],
        helped: dict[int, list[Resource]],
    ) -> tuple[Score, int]:
        """The score, and the parts of a point that are left of it."""
        policy, horizon = self.policy, self._horizons[number]
        units, steps, points, _ = zip(*found, strict=True)
        helps = self._helps(number, found, helped)
        worth = sum(units)
        off = sum([each.units for each in helps.values()])
        before, after = self._points("score", worth), self._points("score", worth - off)
        if self._adds_up:
            asked = [each for each in points if each is not None]
            total = total_of(asked, policy, horizon, before.quantity)
        else:
            total = self._left_out[number]
        lines = [*situation.intro[number], *steps, total]
        present: Counted = NOTHING_PRESENT
        answers: Mapping[str, Answered] = NO_ANSWERS
        if not self._takes_points_off or policy.reads_answers:
            answers = self._answers_of(found)
            present = self._present(plan, horizon, answers, helps)
            answers = less(answers, present)
            lines += present.steps
        else:
            for each in helps.values():
                lines += each.steps
        if self._takes_points_off:
            taken_off = self._points("taken_off", off).given
            lines.append(less_taken_off(before.given, taken_off, after.quantity, policy, horizon))
        scored = Scored(after.exact if self._adds_up else 0, answers, situation.facts)
        score = Score(before.exact if self._adds_up else None, scored, present, tuple(lines))
        return score, worth - off

    def _answers_of(self, found: list[_Entry]) -> Mapping[str, Answered]:
        return {
            domain.code: entry.answer
            for domain, entry in zip(self.policy.domains, found, strict=True)
            if entry.answer is not None
        }

    def _present(
        self, plan: Plan, horizon: Horizon, answers: Mapping[str, Answered], helps: dict[int, _Help]
    ) -> Counted:
        if self._takes_points_off:
            steps = [line for each in helps.values() for line in each.steps]
            points = {
                self.policy.domains[place].code: tidy(Fraction(each.units, self._parts))
                for place, each in helps.items()
            }
            return Counted(tuple(steps), points=points)
        needs = {code: answer.points for code, answer in answers.items()}
        return resources_present(plan, self.policy, horizon, needs)

    def _helped(self, plan: Plan) -> dict[int, list[Resource]]:
        """What is already there, by the place of its domain, in the policy's order."""
        given: dict[int, list[Resource]] = {}
        for resource in plan.resources:
            place = self._places.get(resource.domain)
            if place is None or resource.contribution not in self.policy.contributions:
                raise Unusual
            given.setdefault(place, []).append(resource)
        return {place: given[place] for place in sorted(given)} if self._takes_points_off else {}

    def _helps(self, number: int, found: list[_Entry], helped: dict[int, list[Resource]]) -> dict[int, _Help]:
        """What it comes to in each domain that is asked."""
        return {
            place: self._help(place, number, found[place], resources)
            for place, resources in helped.items()
            if found[place].answer is not None
        }

    def _help(self, place: int, number: int, entry: _Entry, resources: list[Resource]) -> _Help:
        key = (
            place,
            number,
            entry.units,
            *[(r.kind, r.contribution, r.willing_and_able, r.will_last, r.horizons) for r in resources],
        )
        known: _Help | None = self._remembered["help"].get(key)
        return known or self._remember("help", key, self._make_help(place, number, entry, resources))

    def _make_help(self, place: int, number: int, entry: _Entry, resources: list[Resource]) -> _Help:
        horizon = self._horizons[number]
        need = tidy(Fraction(entry.units, self._parts))
        lines = lines_of(tuple(resources), self.policy, self.policy.domains[place], horizon, need)
        return _Help(lines, int(sum(line.result.number for line in lines) * self._parts))

    def _points(self, name: str, units: int) -> _Points:
        """So many parts of a point; for a score, times the policy's scale."""
        known: _Points | None = self._remembered[name].get(units)
        if known is not None:
            return known
        points = tidy(Fraction(units, self._parts) * (self._scale if name == "score" else 1))
        made = _Points(points, Quantity.of(points, Unit.POINTS), points_input(name, points))
        return self._remember(name, units, made)

    def _money(self, score: Score, left: int, number: int, year: int, situation: _Situation) -> Money:
        horizon = self._horizons[number]
        if self.policy.reads_answers or score.present.hours:
            return money_for(score.scored, score.present, self.policy, horizon, year=year)
        key = (left, number, year, situation.holding)
        known: Money | None = self._remembered["money"].get(key)
        return known or self._remember(
            "money", key, money_for(score.scored, score.present, self.policy, horizon, year=year)
        )

    def _remember(self, kind: str, key: Hashable, made: T) -> T:
        remembered = self._remembered[kind]
        if len(remembered) >= MOST_REMEMBERED:
            remembered.clear()
        remembered[key] = made
        return made


def _smallest_parts(policy: PolicyConfiguration) -> int:
    """Into how many parts a point is cut so that every sum of points is a whole number of them."""
    points = [
        answered(domain, code).points.denominator
        for domain in policy.domains
        for code in policy.questions.levels[domain.code]
    ]
    weights = [exact(domain.weight).denominator for domain in policy.domains]
    present = [
        exact(worth).denominator
        for contribution in policy.resources_present.contributions
        for worth in (contribution.points, contribution.fraction)
        if worth is not None
    ]
    return lcm(*points) * lcm(*weights) * lcm(*present)


@lru_cache(maxsize=1024)
def _year_of(day: date) -> int:
    return financial_year(day).first_day.year


_COMPILED: dict[str, Compiled] = {}


def compiled(policy: PolicyConfiguration) -> Compiled:
    """The policy made fast, once for each hash."""
    found = _COMPILED.get(policy.sha256)
    if found is None:
        if len(_COMPILED) >= MOST_POLICIES:
            _COMPILED.clear()
        found = _COMPILED[policy.sha256] = Compiled(policy)
    return found
