"""What would change one child's amount: one answer, one piece of help, a cliff nearby, the next birthday."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from ras.assessment import headline
from ras.compiled import compiled
from ras.conditions import Facts
from ras.dates import add_months, age_on, day_in_words, financial_year
from ras.errors import AgeOutsidePolicy, PlanDoesNotFit
from ras.fit import facts_of
from ras.indicative import Indicative
from ras.plan import Plan, ResourceKind
from ras.policy.configuration import PolicyConfiguration
from ras.policy.order import A_LITTLE
from ras.policy.trial import Spent, Trial
from ras.records import Code, Day, Exact, Line, Pence, PositiveText, Record, exact_text, tidy
from ras.scoring import answered
from ras.working import Horizon, Quantity, Unit

MONTHS_A_YEAR = 12


class AnswerChange(Record):
    """What the amount would be with one answer a level up or down."""

    domain: Code
    """The domain."""
    title: Line
    """What the domain is called."""
    level: Code
    """The level it would be."""
    level_title: Line
    """What the level is called."""
    indicative_annual_pence: Pence
    """The amount there would be, in pence a year."""
    difference_annual_pence: int
    """How far that is from the amount, in pence a year; negative where it is less."""


class HelpChange(Record):
    """What the amount would be with one piece of help a step more or less."""

    resource: int
    """Which of the plan's resources, from 1."""
    title: Line
    """The domain it helps with."""
    kind: ResourceKind
    """Who gives it."""
    contribution: Code
    """How much it would give."""
    contribution_title: Line
    """The same in words."""
    indicative_annual_pence: Pence
    """The amount there would be, in pence a year."""
    difference_annual_pence: int
    """How far that is from the amount, in pence a year; negative where it is less."""


class NearCliff(Record):
    """The nearest score at which the amount jumps."""

    points: PositiveText
    """The score, as text."""
    points_away: str
    """How many points from the child's score, as text; negative where the child is past it."""
    jump_annual_pence: int
    """What the amount jumps by there, in pence a year."""


class NextBirthday(Record):
    """The next birthday on which the amount, the questions or the policy change."""

    age: int
    """The age."""
    on: Day
    """The day."""
    indicative_annual_pence: Pence | None
    """The amount there would be with the same answers, in pence a year; null where there is none."""
    difference_annual_pence: int | None
    """How far that is from the amount, in pence a year; null likewise."""
    because: Line | None
    """Where there is no amount: why."""


class Sensitivity(Record):
    """How one child's amount hangs on its answers, at the headline horizon."""

    horizon: Horizon
    """The horizon."""
    indicative_annual_pence: Pence
    """The amount, in pence a year."""
    answers: tuple[AnswerChange, ...]
    """Each answer a level down and a level up, where there is one."""
    help: tuple[HelpChange, ...]
    """Each piece of help that is already there, a step less and a step more, where there is one."""
    cliffs: tuple[NearCliff, ...]
    """The nearest cliff below and the nearest above, where the score alone decides."""
    birthday: NextBirthday | None
    """The next birthday that changes something; null where none does."""


def sensitivity(plan: Plan, policy: PolicyConfiguration, *, effective_on: date) -> Sensitivity:
    """Say what would change a child's amount.

    Raises:
        DayOutsidePlan, AgeOutsidePolicy, PlanDoesNotFit, OutOfScope: as `ras.assess`.
    """
    horizon = headline(plan, policy, on=effective_on)
    bare = _changed(plan, lines=[])
    amount = _amount(plan, policy, horizon, effective_on)
    return Sensitivity(
        horizon=horizon,
        indicative_annual_pence=amount.annual_pence,
        answers=tuple(_answers(bare, policy, horizon, amount, effective_on)),
        help=tuple(_help(bare, policy, horizon, amount, effective_on)),
        cliffs=tuple(_cliffs(bare, policy, amount, effective_on)),
        birthday=next(_birthdays(bare, policy, horizon, amount, effective_on), None),
    )


def _amount(plan: Plan, policy: PolicyConfiguration, horizon: Horizon, on: date) -> Indicative:
    return compiled(policy).amounts(plan, on=on)[horizon]


def _changed(plan: Plan, **fields: Any) -> Plan:
    """The plan with something else in it."""
    return Plan.model_validate({**plan.model_dump(exclude_unset=True), **fields})


def _answers(
    plan: Plan, policy: PolicyConfiguration, horizon: Horizon, amount: Indicative, on: date
) -> Iterator[AnswerChange]:
    for number, need in enumerate(plan.needs):
        known = policy.questions.levels[need.domain]
        given = need.levels.at(horizon)
        if given not in known:
            continue
        domain = next(domain for domain in policy.domains if domain.code == need.domain)
        place = known.index(given)
        for other in known[max(0, place - 1) : place] + known[place + 1 : place + 2]:
            needs = [each.model_dump(exclude_unset=True) for each in plan.needs]
            needs[number]["levels"][horizon.value] = other
            there = _amount(_changed(plan, needs=needs), policy, horizon, on).annual_pence
            yield AnswerChange(
                domain=need.domain,
                title=domain.title,
                level=other,
                level_title=answered(domain, other).title,
                indicative_annual_pence=there,
                difference_annual_pence=there - amount.annual_pence,
            )


def _help(
    plan: Plan, policy: PolicyConfiguration, horizon: Horizon, amount: Indicative, on: date
) -> Iterator[HelpChange]:
    known = policy.resources_present.contributions
    titles = {domain.code: domain.title for domain in policy.domains}
    for number, resource in enumerate(plan.resources):
        if not resource.counts_at(horizon):
            continue
        place = policy.contributions[resource.contribution][0]
        for other in known[max(0, place - 1) : place] + known[place + 1 : place + 2]:
            resources = [each.model_dump(exclude_unset=True) for each in plan.resources]
            resources[number]["contribution"] = other.code
            there = _amount(_changed(plan, resources=resources), policy, horizon, on).annual_pence
            yield HelpChange(
                resource=number + 1,
                title=titles[resource.domain],
                kind=resource.kind,
                contribution=other.code,
                contribution_title=other.title,
                indicative_annual_pence=there,
                difference_annual_pence=there - amount.annual_pence,
            )


def _cliffs(plan: Plan, policy: PolicyConfiguration, amount: Indicative, on: date) -> Iterator[NearCliff]:
    points = amount.points_after_resources
    if points is None or policy.reads_answers:
        return
    trial, facts = Trial(policy, financial_year(on).first_day.year), facts_of(plan, on=on)
    below = reversed([score for score in trial.thresholds if score <= points])
    above = (score for score in trial.thresholds if score > points)
    for scores in (below, above):
        with suppress(Spent):  # a table of so many steps, or of such sums, that no jump is near
            jumps = ((score, _jump(trial, score, facts)) for score in scores)
            near = next(((score, jump) for score, jump in jumps if jump > policy.rounding.step_pence), None)
            if near is not None:
                yield NearCliff(
                    points=exact_text(near[0]),
                    points_away=exact_text(tidy(near[0] - points)),
                    jump_annual_pence=near[1],
                )


def _jump(trial: Trial, score: Exact, facts: Facts) -> int:
    """By how much the amount jumps at a score, in pence a year."""
    just_below = trial.money_at(tidy(score - A_LITTLE), facts)
    return trial.money_at(score, facts).annual_pence - just_below.annual_pence


def _birthdays(
    plan: Plan, policy: PolicyConfiguration, horizon: Horizon, amount: Indicative, on: date
) -> Iterator[NextBirthday]:
    """The birthdays to come that change something, soonest first."""
    age = age_on(plan.born_on, on)
    for later in range(age + 1, policy.eligibility.before_age + 1):
        birthday = add_months(plan.born_on, MONTHS_A_YEAR * later)
        if age_on(plan.born_on, birthday) < later:  # born on 29 February
            birthday += timedelta(days=1)
        older = _changed(plan, born_on=add_months(on, -MONTHS_A_YEAR * later))
        there: int | None = None
        because = None
        try:
            there = _amount(older, policy, horizon, on).annual_pence
        except AgeOutsidePolicy:
            because = "the policy is for younger children; what follows is decided before then"
        except PlanDoesNotFit:
            because = "other questions are asked from that age on"
        if there != amount.annual_pence:
            yield NextBirthday(
                age=later,
                on=birthday,
                indicative_annual_pence=there,
                difference_annual_pence=None if there is None else there - amount.annual_pence,
                because=because,
            )


def sensitivity_in_words(found: Sensitivity) -> Iterator[str]:
    """The same in plain sentences."""
    yield f"The amount is {_a_year(found.indicative_annual_pence)}."
    for answer in found.answers:
        other = _other(answer.indicative_annual_pence, answer.difference_annual_pence)
        yield f"{answer.title}: with “{answer.level_title}” it would be {other}."
    for each in found.help:
        yield (
            f"{each.title}: with “{each.contribution_title}” from {each.kind.value} it would be "
            f"{_other(each.indicative_annual_pence, each.difference_annual_pence)}."
        )
    for cliff in found.cliffs:
        away = Quantity(value=cliff.points_away.removeprefix("-"), unit=Unit.POINTS)
        where = "below" if cliff.points_away.startswith("-") or cliff.points_away == "0" else "above"
        yield (
            f"The nearest jump {where} is {away} away, at "
            f"{Quantity(value=cliff.points, unit=Unit.POINTS)}: {_a_year(cliff.jump_annual_pence)}."
        )
    if found.birthday is not None:
        yield _birthday(found.birthday)


def _birthday(found: NextBirthday) -> str:
    day = day_in_words(found.on)
    if found.indicative_annual_pence is None or found.difference_annual_pence is None:
        return f"The birthday on {day} (age {found.age}) changes more: {found.because}."
    other = _other(found.indicative_annual_pence, found.difference_annual_pence)
    return f"From the birthday on {day} (age {found.age}), with the same answers, it would be {other}."


def _other(pence: int, difference: int) -> str:
    if difference == 0:
        return f"the same, {_a_year(pence)}"
    return f"{_a_year(pence)}, {_a_year(abs(difference))} {'more' if difference > 0 else 'less'}"


def _a_year(pence: Exact) -> str:
    return str(Quantity.of(pence, Unit.PENCE_A_YEAR))
