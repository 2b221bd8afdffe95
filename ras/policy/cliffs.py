"""Cliffs: where one point more, or one birthday, is worth a sum; and a table that has none."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise

from ras.allocation.piecewise_linear import Knot
from ras.policy.order import A_LITTLE
from ras.policy.trial import Spent, Trial
from ras.records import Exact, PositiveText, Record, SumPence, exact, exact_text, tidy
from ras.scoring import answered

MOST_THRESHOLDS = 1_000
"""No table has more steps than this to look at."""
MOST_PLACES = 8
"""A policy writes a score with so many decimal places at most."""


class Cliff(Record):
    """A score at which the amount jumps."""

    points: PositiveText
    """The score after resources present, as text."""
    before_annual_pence: SumPence
    """What a score just below it comes to, in pence a year."""
    after_annual_pence: SumPence
    """What it comes to itself, in pence a year."""
    rise_percent: str | None
    """The jump in per cent of the amount before, to one decimal place, as text; null where that is 0."""
    within_reach_percent: str | None
    """The share of the caseload that one answer could take across it, in per cent, as text; else null."""

    @property
    def jump_annual_pence(self) -> int:
        """By how much the amount jumps, in pence a year."""
        return self.after_annual_pence - self.before_annual_pence


class CliffFree(Record):
    """A piecewise-linear table that comes to the same in all as the one with cliffs."""

    knots: tuple[Knot, ...]
    """The table, in pence in the policy's money period."""
    scores: int
    """How many scores it was made equal over."""
    over_the_caseload: bool
    """Whether those are a caseload's; else each score that answers can come to, once."""
    now_pence: SumPence
    """What the present table comes to over them, in pence in the policy's money period."""
    proposed_pence: SumPence
    """What this one comes to; it differs by the pennies of rounding only."""


def cliffs(trial: Trial, caseload: Sequence[Exact] = ()) -> tuple[Cliff, ...]:
    """Every score at which the amount jumps by more than a step of rounding, for the usual child.

    Args:
        trial: The policy to look at.
        caseload: Scores after resources present, of whole children, to say how many are within reach.
    """
    if not trial.policy.allocation.uses_score():
        return ()
    found: list[Cliff] = []
    ordered = sorted(caseload)
    with suppress(Spent):
        for score in trial.thresholds[:MOST_THRESHOLDS]:
            if score <= trial.scores[-1]:
                before = trial.money_at(tidy(score - A_LITTLE), trial.usual).annual_pence
                after = trial.money_at(score, trial.usual).annual_pence
                if after - before > trial.policy.rounding.step_pence:
                    found.append(_cliff(trial, score, before, after, ordered))
    return tuple(found)


def reach(trial: Trial) -> Exact:
    """How many points one answer, one level up or down, can make: the most of any domain."""
    points = [
        [answered(domain, code).points for code in trial.levels(domain.code)]
        for domain in trial.policy.domains
    ]
    steps = [more - less for each in points for less, more in pairwise(each)]
    return tidy(max(steps) * exact(trial.policy.scoring.scale))


def cliff_free(trial: Trial, caseload: Sequence[Exact] = ()) -> CliffFree | None:
    """A table of straight lines that comes to the same in all; None where there are no steps to smooth.

    Each band's amount is put at the middle of the band, so that a child in the middle keeps what they
    have; then all are multiplied by the one number that makes the total the same.
    """
    edges: list[Exact] = [0, *(t for t in sorted(set(trial.policy.allocation.thresholds())) if t > 0)]
    if trial.policy.reads_answers or not trial.policy.allocation.uses_score() or len(edges) == 1:
        return None
    steps = [trial.table(edge) for edge in edges]
    middles = [tidy(Fraction(one + other) / 2) for one, other in pairwise(edges)]
    points = [0, *middles, tidy(2 * edges[-1] - middles[-1])]
    rises = sorted(steps) == steps and steps[0] < steps[-1]
    can_be_written = all((at * 10**MOST_PLACES).denominator == 1 for at in points)
    if not rises or not can_be_written or [trial.table(at) for at in points[1:]] != steps:
        return None
    scores = Counter(caseload or trial.scores)
    now = sum(trial.table(score) * times for score, times in scores.items())
    if now == 0:
        return None
    factor = Fraction(now) / Fraction(_total(points, [steps[0], *steps], scores))
    amounts: list[Exact] = [_to_a_penny(worth * factor) for worth in (steps[0], *steps)]
    return CliffFree(
        knots=tuple(
            Knot(points=exact_text(at), amount_pence=int(amount))
            for at, amount in zip(points, amounts, strict=True)
        ),
        scores=scores.total(),
        over_the_caseload=bool(caseload),
        now_pence=_to_a_penny(now),
        proposed_pence=_to_a_penny(_total(points, amounts, scores)),
    )


def _total(points: Sequence[Exact], amounts: Sequence[Exact], scores: Counter[Exact]) -> Exact:
    """What straight lines between the points give all of the scores."""
    return sum(_between(points, amounts, score) * times for score, times in scores.items())


def _between(points: Sequence[Exact], amounts: Sequence[Exact], score: Exact) -> Exact:
    """What straight lines between the points give."""
    for (low, less), (high, more) in pairwise(zip(points, amounts, strict=True)):
        if score < high:
            return less + Fraction(score - low) * (more - less) / (high - low)
    return amounts[-1]


def _to_a_penny(pence: Exact) -> int:
    return int(Fraction(pence) + Fraction(1, 2))


def _cliff(trial: Trial, score: Exact, before: int, after: int, ordered: Sequence[Exact]) -> Cliff:
    near = reach(trial)
    within = bisect_left(ordered, score + near) - bisect_left(ordered, score - near)
    return Cliff(
        points=exact_text(score),
        before_annual_pence=before,
        after_annual_pence=after,
        rise_percent=_percent(after - before, before) if before else None,
        within_reach_percent=_percent(within, len(ordered)) if ordered else None,
    )


def _percent(part: int, of: int) -> str:
    """Per cent to one decimal place, a half up.

    >>> _percent(1, 3), _percent(2, 2)
    ('33.3', '100.0')
    """
    tenths = (2000 * part + of) // (2 * of)
    return f"{tenths // 10}.{tenths % 10}"
