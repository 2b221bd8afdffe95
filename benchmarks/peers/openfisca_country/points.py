"""From answers to points: each area's points, what comes off for what is already there, and their sums."""
# What OpenFisca defines has no types here: it is installed in an environment of its own.
# mypy: disable-error-code="import-not-found, misc"

from collections.abc import Callable
from typing import Any

import numpy as np
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

from benchmarks.peers.openfisca_country.entities import Child
from benchmarks.peers.openfisca_country.precision import Double

Formula = Callable[[Any, Any, Any], Any]


def variables(domains: list[str]) -> list[type[Variable]]:
    """The variables from the points of each area to the points that are priced."""
    return [
        *(_double(f"{code}_points", _points(code)) for code in domains),
        *(_double(f"{code}_taken_off", _taken_off(code)) for code in domains),
        _double("points", _sum([f"{code}_points" for code in domains])),
        _double("taken_off", _sum([f"{code}_taken_off" for code in domains])),
        points_after_resources,
    ]


class points_after_resources(Double):  # noqa: N801  OpenFisca names a variable by its class
    """The points that are priced."""

    value_type = float
    entity = Child
    definition_period = DateUnit.YEAR
    label = "Points less what is already there"

    def formula(child: Any, period: Any) -> Any:  # noqa: N805  OpenFisca's formulas are functions
        """Subtract what is already there."""
        return child("points", period) - child("taken_off", period)


def _points(code: str) -> Formula:
    def formula(child: Any, period: Any, parameters: Any) -> Any:
        domain = parameters(period).domains[code]
        return domain.weight * np.take(domain.points, child(f"{code}_level", period))

    return formula


def _taken_off(code: str) -> Formula:
    def formula(child: Any, period: Any, parameters: Any) -> Any:
        rules = parameters(period)
        present = np.take(rules.resources_present.contributions, child(f"{code}_present", period))
        return np.minimum(child(f"{code}_points", period), rules.domains[code].weight * present)

    return formula


def _sum(names: list[str]) -> Formula:
    def formula(child: Any, period: Any, _: Any) -> Any:
        return sum(child(name, period) for name in names)

    return formula


def _double(name: str, formula: Formula) -> type[Variable]:
    attributes = {
        "value_type": float,
        "entity": Child,
        "definition_period": DateUnit.YEAR,
        "label": name.replace("_", " "),
        "formula": formula,
    }
    return type(name, (Double,), attributes)
