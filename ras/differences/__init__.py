"""What changed between two assessments of one child, in plain sentences made of their two workings.

A sentence holds no number and no name that is not in a step it points at. Where the workings do not
explain a lower amount, that is said too: the written reasons have to.
"""

from ras.assessment import Assessment
from ras.differences.amount import amount_differences
from ras.differences.cost import cost_differences
from ras.differences.difference import Difference, DifferenceKind, Side, Sides, pointing
from ras.working import Horizon

__all__ = ["Difference", "DifferenceKind", "differences", "explained"]

DECISION = {
    "no-workings": "There are no two workings to compare. The written reasons say why the amount is lower.",
    "nothing-changed": (
        "Nothing in how the amount was worked out has changed. The written reasons say why it is lower."
    ),
    "not-explained": (
        "These changes alone do not make the amount lower. The written reasons say why it is lower."
    ),
}
"""What is told where no working says why: the written reasons do."""

Horizons = tuple[Horizon, Horizon]
"""The horizon of the old assessment and that of the new one."""


def differences(
    old: Assessment, new: Assessment, *, horizons: Horizons | None = None
) -> tuple[Difference, ...]:
    """Everything that makes the yearly figures of two assessments differ. Support bought once is no part.

    Sums that a policy gives beside the yearly amount are told as such.

    Args:
        old: The assessment of the amount before.
        new: The assessment of the amount after.
        horizons: The horizon of each that is compared; left out, the two headlines.
    """
    was, now = horizons or (old.horizon, new.horizon)
    sides = Sides(Side(old, was), Side(new, now))
    return (*amount_differences(sides), *cost_differences(sides))


def explained(
    old: Assessment | None, new: Assessment | None, *, horizons: Horizons | None = None
) -> tuple[Difference, ...]:
    """Why an amount is lower: the differences, and where they do not say it, that the reasons have to."""
    if old is None or new is None:
        return (_decision("no-workings"),)
    found = differences(old, new, horizons=horizons)
    if not found:
        return (_decision("nothing-changed"),)
    was, now = horizons or (old.horizon, new.horizon)
    before, after = _figures(old, was), _figures(new, now)
    is_lower = any(less < more for less, more in zip(after, before, strict=True))
    return found if is_lower else (*found, _decision("not-explained"))


def _decision(sentence: str) -> Difference:
    return pointing(DifferenceKind.DECISION, None, None, DECISION[sentence])


def _figures(assessment: Assessment, horizon: Horizon) -> tuple[int, int]:
    found = next(each for each in assessment.horizons if each.horizon is horizon)
    return found.indicative_annual_pence, found.plan_cost_annual_pence
