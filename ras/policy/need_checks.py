"""Whether what a policy asks about needs makes sense: levels, questionnaires, rules that look at answers."""

from collections.abc import Iterator
from itertools import pairwise

from ras.allocation.matching import first_match_faults
from ras.allocation.variant import Fault
from ras.conditions import AnswerTest, Reached, Requirement, ScoreRange
from ras.policy.configuration import PolicyConfiguration
from ras.reading import Location
from ras.records import exact


def need_faults(policy: PolicyConfiguration) -> Iterator[Fault]:
    """Everything wrong with the sense of what a policy asks about needs."""
    for check in (
        _questionnaires_ask_what_there_is,
        _levels_have_points,
        _more_need_has_more_points,
        _needs_referred_to_exist,
    ):
        yield from check(policy)


def _levels_have_points(policy: PolicyConfiguration) -> Iterator[Fault]:
    if not policy.allocation.uses_score():
        return
    for n, domain in enumerate(policy.domains):
        for m, level in enumerate(domain.levels):
            if level.points is None:
                yield (
                    ("domains", n, "levels", m, "points"),
                    "missing",
                    "The allocation adds points up, so every level says what it is worth.",
                )


def _more_need_has_more_points(policy: PolicyConfiguration) -> Iterator[Fault]:
    for n, domain in enumerate(policy.domains):
        for m, (less, more) in enumerate(pairwise(domain.levels)):
            if exact(more.points or "0") < exact(less.points or "0"):
                yield (
                    ("domains", n, "levels", m + 1, "points"),
                    "falls",
                    f"'{more.title}' is more need than '{less.title}' and has fewer points.",
                )


def _questionnaires_ask_what_there_is(policy: PolicyConfiguration) -> Iterator[Fault]:
    if not policy.questionnaires:
        return
    known = {domain.code for domain in policy.domains}
    for n, questionnaire in enumerate(policy.questionnaires):
        for m, code in enumerate(questionnaire.domains):
            here = ("questionnaires", n, "domains", m)
            if code not in known:
                yield here, "unknown-reference", f"There is no domain '{code}' in this policy."
            elif code in questionnaire.domains[:m]:
                yield here, "repeated-code", f"'{code}' is there twice."
    for n, domain in enumerate(policy.domains):
        if all(domain.code not in questionnaire.domains for questionnaire in policy.questionnaires):
            yield ("domains", n), "unreachable", f"No questionnaire asks '{domain.code}'."
    yield from first_match_faults("questionnaires", [each.when for each in policy.questionnaires])


def _needs_referred_to_exist(policy: PolicyConfiguration) -> Iterator[Fault]:
    for location, condition in policy.conditions():
        if isinstance(condition, Requirement):
            for n, test in enumerate(condition.answers):
                for where, code, message in _answer_test(test, policy):
                    yield (*location, "answers", n, *where), code, message
            for n, count in enumerate(condition.reached):
                for where, code, message in _reached(count, policy):
                    yield (*location, "reached", n, *where), code, message
            if condition.score is not None:
                yield from _score_range((*location, "score"), condition.score, policy)


def _answer_test(test: AnswerTest, policy: PolicyConfiguration) -> Iterator[Fault]:
    levels = policy.questions.levels.get(test.domain)
    if levels is None:
        yield ("domain",), "unknown-reference", f"There is no domain '{test.domain}' in this policy."
        return
    if test.at_least is None and test.at_most is None:
        yield (), "wrong-test", "Test an answer with at_least or at_most."
    for field, level in (("at_least", test.at_least), ("at_most", test.at_most)):
        if level is not None and level not in levels:
            yield (field,), "unknown-reference", f"'{test.domain}' has no level '{level}'."


def _reached(count: Reached, policy: PolicyConfiguration) -> Iterator[Fault]:
    for m, code in enumerate(count.domains or ()):
        if code not in policy.levels:
            yield ("domains", m), "unknown-reference", f"There is no domain '{code}' in this policy."
    among = [
        levels for code, levels in policy.levels.items() if count.domains is None or code in count.domains
    ]
    if not any(count.level in levels for levels in among):
        yield ("level",), "unknown-reference", f"None of these domains has a level '{count.level}'."


def _score_range(here: Location, score: ScoreRange, policy: PolicyConfiguration) -> Iterator[Fault]:
    if not policy.allocation.uses_score():
        yield here, "never-counts", "This allocation adds no points up, so there is no score to test."
    if score.at_least is None and score.below is None:
        yield here, "wrong-test", "Test a score with at_least or below."
    if score.at_least is not None and score.below is not None and exact(score.below) <= exact(score.at_least):
        yield here, "empty-band", "No score is in this range."
