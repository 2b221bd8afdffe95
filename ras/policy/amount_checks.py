"""Whether what a policy says of the amount makes sense: what is there, modifiers, uprating, bounds."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from ras.allocation.variant import Fault
from ras.money import pounds
from ras.policy.amount_rules import AddForEach, AddOnRootScale, AgeTaper, Bounds, GroupBounds, StaffRatio
from ras.policy.configuration import PolicyConfiguration
from ras.reading import Location
from ras.records import exact


def amount_faults(policy: PolicyConfiguration) -> Iterator[Fault]:
    """Everything wrong with the sense of what a policy says of the amount."""
    for check in (
        _contributions_say_how_much,
        _what_is_there_can_count,
        _nothing_is_counted_twice,
        _modifiers_make_sense,
        _uprating_is_in_order,
        _the_deflator_leaves_something,
        _a_share_is_a_share,
        _bounds_are_in_order,
        _rounding_keeps_the_bounds,
        _a_level_alone_has_no_amount,
        _the_allocation_makes_sense,
    ):
        yield from check(policy)


WORTH = {"points": "points", "fraction": "fraction", "hours": "hours", "carer-sum": "carer_pence"}
"""By the mode of resources present, the field in which a contribution says how much it is."""


def _contributions_say_how_much(policy: PolicyConfiguration) -> Iterator[Fault]:
    resources = policy.resources_present
    wanted = WORTH.get(resources.mode)
    for n, contribution in enumerate(resources.contributions):
        for field in WORTH.values():
            given = getattr(contribution, field) is not None
            here = ("resources_present", "contributions", n, field)
            if field == wanted and not given:
                yield here, "missing", f"In mode '{resources.mode}' a contribution says its {field}."
            if field != wanted and given:
                yield here, "unknown-field", f"In mode '{resources.mode}' a contribution has no {field}."
    if wanted and all(getattr(c, wanted) is not None for c in resources.contributions):
        values = [exact(str(getattr(c, wanted))) for c in resources.contributions]
        for n, (less, more) in enumerate(pairwise(values)):
            if more < less:
                yield (
                    ("resources_present", "contributions", n + 1, wanted),
                    "falls",
                    "Contributions are given from the least to the most.",
                )


def _what_is_there_can_count(policy: PolicyConfiguration) -> Iterator[Fault]:
    mode = policy.resources_present.mode
    if mode not in policy.allocation.resource_modes():
        known = ", ".join(sorted(policy.allocation.resource_modes()))
        yield (
            ("resources_present", "mode"),
            "never-counts",
            f"Nothing could ever come off in mode '{mode}': with this allocation it can be one of {known}.",
        )


def _nothing_is_counted_twice(policy: PolicyConfiguration) -> Iterator[Fault]:
    if policy.resources_present.mode not in {"points", "fraction", "hours"}:
        return
    for n, modifier in enumerate(policy.modifiers):
        if modifier.counts_support_from:
            yield (
                ("modifiers", n, "counts_support_from"),
                "counted-twice",
                f"“{modifier.title}” takes account of support that `resources_present` takes off "
                "already. The same support counts once: leave one of the two out.",
            )


def _modifiers_make_sense(policy: PolicyConfiguration) -> Iterator[Fault]:
    for n, modifier in enumerate(policy.modifiers):
        here = ("modifiers", n)
        if isinstance(modifier, AddForEach) and not policy.questions.counts(modifier.circumstance):
            message = f"No circumstance '{modifier.circumstance}' asks how many."
            yield (*here, "circumstance"), "unknown-reference", message
        if isinstance(modifier, StaffRatio):
            if not policy.allocation.pays_staff_hours():
                message = "A staff ratio multiplies hours of staff, and this allocation has none."
                yield here, "never-counts", message
            if any(isinstance(before, AddOnRootScale) for before in policy.modifiers[:n]):
                message = "After an addition on the root scale nobody can say what pays for hours of staff."
                yield here, "out-of-order", message
        if isinstance(modifier, AgeTaper):
            for m, (one, other) in enumerate(pairwise(modifier.factors)):
                if other.age <= one.age:
                    message = "Ages are given in order, each once."
                    yield (*here, "factors", m + 1, "age"), "out-of-order", message


def _uprating_is_in_order(policy: PolicyConfiguration) -> Iterator[Fault]:
    wanted = {
        "percent": {"percent"},
        "flat": {"amount_pence"},
        "index": {"index_from", "index_to"},
        "none": set(),
    }
    for n, rule in enumerate(policy.uprating):
        here = ("uprating", n)
        for field in ("percent", "amount_pence", "index_from", "index_to"):
            given = getattr(rule, field) is not None
            if field in wanted[rule.kind] and not given:
                yield (*here, field), "missing", f"Uprating by '{rule.kind}' needs this."
            if field not in wanted[rule.kind] and given:
                yield (*here, field), "unknown-field", f"Uprating by '{rule.kind}' has no such field."
        for field in ("index_from", "index_to"):
            index = getattr(rule, field)
            if index is not None and exact(index) == 0:
                yield (*here, field), "wrong-value", "An index is more than 0."
        if n and rule.year != policy.uprating[n - 1].year + 1:
            yield (
                (*here, "year"),
                "gap",
                "Every financial year is given, in order; say `none` where nothing rises.",
            )


def _the_deflator_leaves_something(policy: PolicyConfiguration) -> Iterator[Fault]:
    if policy.deflator is not None and exact(policy.deflator.factor) == 0:
        yield ("deflator", "factor"), "wrong-value", "A factor of 0 would leave nothing of any amount."


def _a_share_is_a_share(policy: PolicyConfiguration) -> Iterator[Fault]:
    if policy.calibration is not None and not 0 < exact(policy.calibration.share_percent) <= 100:  # noqa: PLR2004  per cent
        yield ("calibration", "share_percent"), "wrong-value", "A share is over 0 and up to 100 per cent."


def _bounds_are_in_order(policy: PolicyConfiguration) -> Iterator[Fault]:
    for location, bounds in _every_bounds(policy):
        given = [
            (name, value)
            for name, value in (
                ("floor_pence", bounds.floor_pence),
                ("soft_cap_pence", bounds.soft_cap_pence),
                ("hard_cap_pence", bounds.hard_cap_pence),
            )
            if value is not None
        ]
        for (lower, low), (higher, high) in pairwise(given):
            if high < low:
                yield (*location, higher), "out-of-order", f"This is less than {lower}."


def _rounding_keeps_the_bounds(policy: PolicyConfiguration) -> Iterator[Fault]:
    """Rounding comes after the bounds: it may not take an amount past one."""
    step_pence, times = policy.rounding.step_pence, policy.times_a_year
    each_line = policy.rounding.stage == "each-line"
    for location, bounds in _every_bounds(policy):
        for field in ("floor_pence", "hard_cap_pence"):
            limit = getattr(bounds, field)
            if limit is not None and Fraction(limit * times) % step_pence != 0:
                yield (
                    (*location, field),
                    "not-on-a-step",
                    f"A year of this is {pounds(limit * times)}, which is no multiple of "
                    f"{pounds(step_pence)}: rounding could take an amount past it.",
                )
            elif limit is not None and each_line and limit % step_pence != 0:
                yield (
                    (*location, field),
                    "not-on-a-step",
                    f"Each line is rounded to a multiple of {pounds(step_pence)}, and {pounds(limit)} is "
                    "none: rounding could take an amount past it.",
                )


def _every_bounds(policy: PolicyConfiguration) -> Iterator[tuple[Location, Bounds | GroupBounds]]:
    if policy.bounds is not None:
        yield ("bounds",), policy.bounds
        for n, group in enumerate(policy.bounds.groups):
            yield ("bounds", "groups", n), group


def _a_level_alone_has_no_amount(policy: PolicyConfiguration) -> Iterator[Fault]:
    if policy.allocation.gives_money():
        return
    for field in ("modifiers", "uprating", "deflator", "bounds", "calibration"):
        if getattr(policy, field):
            yield (
                (field,),
                "never-counts",
                "The allocation gives a level and no amount, so there is nothing for this to change.",
            )


def _the_allocation_makes_sense(policy: PolicyConfiguration) -> Iterator[Fault]:
    for location, code, message in policy.allocation.faults(policy.questions):
        yield ("allocation", *location), code, message
