"""From answers to points: where a level becomes points. What is already there comes off in `ras.present`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from ras.conditions import Answered, Facts, Scored
from ras.fit import domains_asked, questionnaire_for
from ras.plan import NO_NEED, Plan
from ras.policy.configuration import PolicyConfiguration
from ras.policy.questions import Domain
from ras.present import Counted, resources_present
from ras.records import Exact, built, exact, exact_text, tidy
from ras.working import Horizon, Input, Plainer, Quantity, Step, Unit, name_of, step

SENTENCES = {
    "score.questionnaire": "{title}: these are the questions that are asked of your child.",
    "score.domain": (
        "{domain}: {level}. That is {level_points}, times a weight of {weight}, which makes {result}."
    ),
    "score.no-need": "{domain}: {level}. No need here is worth {result}.",
    "score.answer": "{domain}: the answer is “{level}”.",
    "score.not-asked": "{domain} is not asked of this child, so it is left out.",
    "score.total": "All areas together, times {scale}, make {result}.",
    "score.left-out": "The answers themselves are looked up, so no points are added up.",
    "resources.total": "{score}, less {taken_off} times {scale} for what is already there, leaves {result}.",
}

PLAINER = {
    "score.domain": Plainer("weight", "1", "{domain}: {level}. That is {result}."),
    "score.total": Plainer("scale", "1", "All areas together make {result}."),
    "resources.total": Plainer(
        "scale", "1", "{score}, less {taken_off} for what is already there, leaves {result}."
    ),
}


NO_NEED_RANK = -1
"""No need stands below every level."""


class Score(NamedTuple):
    """The score of one horizon, and what was found on the way to it.

    Attributes:
        before: Points before resources present; None where none are added up.
        scored: Points after, the answers and the facts: what the allocation prices.
        present: What is already there.
        steps: The working.
    """

    before: Exact | None
    scored: Scored
    present: Counted
    steps: tuple[Step, ...]


def score(plan: Plan, policy: PolicyConfiguration, horizon: Horizon, facts: Facts) -> Score:
    """Add up the weighted points of every domain asked, then take resources present off, once.

    The plan must fit the policy (`ras.fit.refuse_misfit`).
    """
    adds_up = policy.allocation.uses_score()
    steps: list[Step] = list(questionnaire_steps(policy, horizon, facts))
    answers: dict[str, Answered] = {}
    asked = domains_asked(policy, facts)
    given = {need.domain: need.levels.at(horizon) for need in plan.needs}
    for domain in policy.domains:
        if domain.code in asked:
            code = given[domain.code] or ""
            steps.append(answer_step(domain, code, horizon, adds_up=adds_up))
            answers[domain.code] = answered(domain, code)
        else:
            steps.append(not_asked(domain, horizon))
    points = {code: each.points for code, each in answers.items()}
    before = tidy(sum(points.values()) * exact(policy.scoring.scale)) if adds_up else None
    steps.append(
        left_out(policy, horizon)
        if before is None
        else total_of(
            [points_input(name_of(code), each) for code, each in points.items()],
            policy,
            horizon,
            Quantity.of(before, Unit.POINTS),
        )
    )
    present = resources_present(plan, policy, horizon, points)
    steps += present.steps
    if before is None:
        return Score(None, Scored(0, answers, facts), present, tuple(steps))
    if not takes_points_off(policy):
        return Score(before, Scored(before, answers, facts), present, tuple(steps))
    taken_off = tidy(sum(present.points.values()))
    after = tidy(before - taken_off * exact(policy.scoring.scale))
    steps.append(
        less_taken_off(
            points_input("score", before),
            points_input("taken_off", taken_off),
            Quantity.of(after, Unit.POINTS),
            policy,
            horizon,
        )
    )
    return Score(before, Scored(after, less(answers, present), facts), present, tuple(steps))


def takes_points_off(policy: PolicyConfiguration) -> bool:
    """Whether the mode of resources present takes points off, so that a line says what is left."""
    return policy.resources_present.mode in {"points", "fraction"}


def less_taken_off(
    score: Input, taken_off: Input, left: Quantity, policy: PolicyConfiguration, horizon: Horizon
) -> Step:
    """The line that takes what is already there off the score. Its parts were checked when they were made."""
    return built(
        Step,
        kind="resources.total",
        horizon=horizon,
        rule="resources_present",
        source=policy.resources_present.source,
        inputs=(score, taken_off, scale_input(policy.scoring.scale)),
        arithmetic="score - taken_off * scale",
        result=left,
    )


def less(answers: Mapping[str, Answered], present: Counted) -> Mapping[str, Answered]:
    """The answers with the points that are left after what is already there."""
    return {
        **answers,
        **{
            code: replace(answers[code], points=tidy(answers[code].points - points))
            for code, points in present.points.items()
        },
    }


def answered(domain: Domain, code: str) -> Answered:
    """An answer to a domain that is asked: a level, or no need."""
    ranks = {level.code: rank for rank, level in enumerate(domain.levels)}
    if domain.no_need is not None:
        ranks[NO_NEED] = NO_NEED_RANK
    if code == NO_NEED:
        return Answered(NO_NEED, domain.no_need or "", NO_NEED_RANK, ranks, 0)
    level = domain.levels[ranks[code]]
    points = tidy(exact(domain.weight) * exact(level.points or "0"))
    return Answered(code, level.title, ranks[code], ranks, points)


def answer_step(domain: Domain, code: str, horizon: Horizon, *, adds_up: bool) -> Step:
    """The line for an answer to a domain that is asked."""
    if code == NO_NEED:
        kind, title, rule = "score.no-need", domain.no_need or "", f"domains.{domain.code}.no_need"
    else:
        title = next(level.title for level in domain.levels if level.code == code)
        kind, rule = "score.domain", f"domains.{domain.code}.levels.{code}"
    words = {"domain": domain.title, "level": title}
    if not adds_up:
        return step(
            "score.answer",
            horizon=horizon,
            rule=rule,
            source=domain.source,
            words=words,
            arithmetic="level",
            result=title,
            unit=Unit.TEXT,
        )
    points = answered(domain, code).points
    weight = exact(domain.weight)
    level_points = next((exact(each.points or "0") for each in domain.levels if each.code == code), 0)
    is_level = kind == "score.domain"
    return step(
        kind,
        horizon=horizon,
        rule=rule,
        source=domain.source,
        words=words,
        arithmetic="weight * level_points" if is_level else "0",
        result=points,
        unit=Unit.POINTS,
        numbers={"weight": (weight, Unit.NUMBER), "level_points": (level_points, Unit.POINTS)}
        if is_level
        else None,
    )


def not_asked(domain: Domain, horizon: Horizon) -> Step:
    """The line for a domain that is not asked of this child."""
    return step(
        "score.not-asked",
        horizon=horizon,
        rule=f"domains.{domain.code}.applies_if" if domain.applies_if else f"domains.{domain.code}",
        source=domain.source,
        words={"domain": domain.title},
        arithmetic="0",
        result=0,
        unit=Unit.POINTS,
    )


def questionnaire_steps(policy: PolicyConfiguration, horizon: Horizon, facts: Facts) -> Iterator[Step]:
    """The line that says which questions are asked, where a policy has several sets."""
    found = questionnaire_for(policy, facts)
    if found is None:
        return
    yield step(
        "score.questionnaire",
        horizon=horizon,
        rule=f"questionnaires.{found.code}",
        source=found.source,
        words={"title": found.title},
        arithmetic="title",
        result=found.title,
        unit=Unit.TEXT,
    )


def left_out(policy: PolicyConfiguration, horizon: Horizon) -> Step:
    """The line that says that no points are added up."""
    return step(
        "score.left-out",
        horizon=horizon,
        rule="scoring",
        source=policy.scoring.source,
        arithmetic="0",
        result=0,
        unit=Unit.POINTS,
    )


def points_input(name: str, points: Exact) -> Input:
    """Points as an input of a line that adds them up or takes them off."""
    return built(Input, value=exact_text(points), unit=Unit.POINTS, name=name)


def total_of(
    points: Sequence[Input], policy: PolicyConfiguration, horizon: Horizon, result: Quantity
) -> Step:
    """The line that adds the points of all domains up."""
    return built(
        Step,
        kind="score.total",
        horizon=horizon,
        rule="scoring",
        source=policy.scoring.source,
        inputs=(scale_input(policy.scoring.scale), *points),
        arithmetic=f"({' + '.join([given.name for given in points]) or '0'}) * scale",
        result=result,
    )


@lru_cache(maxsize=64)
def scale_input(scale: str) -> Input:
    """What the points together are multiplied by, as an input."""
    return built(Input, value=exact_text(exact(scale)), unit=Unit.NUMBER, name="scale")
