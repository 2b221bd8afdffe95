"""From points to the indicative amount: knots, modifiers, bounds, rounding. All in pence a year."""
# What OpenFisca defines has no types here: it is installed in an environment of its own.
# mypy: disable-error-code="import-not-found, misc"
# ruff: noqa: N801, N805  OpenFisca names a variable by its class, and its formulas are functions

from typing import Any

import numpy as np
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

from benchmarks.peers.openfisca_country.answers import Area
from benchmarks.peers.openfisca_country.entities import Child
from benchmarks.peers.openfisca_country.precision import Double

_MILLIONTH = 1e-6


class allocated(Double):
    """The amount between two knots, in proportion; the last knot's goes on for ever."""

    value_type = float
    entity = Child
    definition_period = DateUnit.YEAR
    label = "Amount for the points"

    def formula(child: Any, period: Any, parameters: Any) -> Any:
        """Interpolate."""
        knots = parameters(period).allocation
        return np.interp(child("points_after_resources", period), knots.points, knots.amount_pence)


class after_area(Double):
    """The amount multiplied where the family lives far from services."""

    value_type = float
    entity = Child
    definition_period = DateUnit.YEAR
    label = "Amount after the area"

    def formula(child: Any, period: Any, parameters: Any) -> Any:
        """Multiply in a remote area."""
        amount, factor = child("allocated", period), parameters(period).modifiers.remote_area_factor
        return np.where(child("area", period) == Area.remote, amount * factor, amount)


class after_siblings(Double):
    """The amount with what is added for disabled siblings."""

    value_type = float
    entity = Child
    definition_period = DateUnit.YEAR
    label = "Amount after siblings"

    def formula(child: Any, period: Any, parameters: Any) -> Any:
        """Add where there are siblings."""
        rules = parameters(period).modifiers
        applies = child("siblings", period) >= rules.siblings_at_least
        return child("after_area", period) + applies * rules.siblings_pence


class bounded(Double):
    """The amount within the floor, for a child with points, and the hard cap."""

    value_type = float
    entity = Child
    definition_period = DateUnit.YEAR
    label = "Amount within the bounds"

    def formula(child: Any, period: Any, parameters: Any) -> Any:
        """Raise to the floor and cut to the hard cap."""
        bounds, amount = parameters(period).bounds, child("after_siblings", period)
        floor = np.where(child("points_after_resources", period) > 0, bounds.floor_pence, 0)
        return np.minimum(np.maximum(amount, floor), bounds.hard_cap_pence)


class above_soft_cap(Variable):
    """Whether the panel looks at the amount."""

    value_type = bool
    entity = Child
    definition_period = DateUnit.YEAR
    label = "Above the soft cap"

    def formula(child: Any, period: Any, parameters: Any) -> Any:
        """Compare with the soft cap, where the hard cap did not cut."""
        bounds, amount = parameters(period).bounds, child("after_siblings", period)
        return (amount > bounds.soft_cap_pence) * (amount <= bounds.hard_cap_pence)


class indicative_annual_pence(Variable):
    """The indicative amount, rounded once."""

    value_type = int
    entity = Child
    definition_period = DateUnit.YEAR
    label = "Indicative amount in pence a year"

    def formula(child: Any, period: Any, parameters: Any) -> Any:
        """Round half-up; a float just short of a half, by less than a millionth of a step, is a half."""
        step = parameters(period).rounding.step_pence
        return np.floor(child("bounded", period) / step + 0.5 + _MILLIONTH) * step


VARIABLES = (
    allocated,
    after_area,
    after_siblings,
    bounded,
    above_soft_cap,
    indicative_annual_pence,
)
