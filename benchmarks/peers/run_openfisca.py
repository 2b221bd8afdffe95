"""OpenFisca, evaluating one plan at a time: `python -m benchmarks.peers.run_openfisca PLANS.json`.

Three ways, each with the system built once and a simulation for each plan:

- `plain`, the fastest there is: inputs given as arrays made beforehand, no trace. Every step is a variable,
  so the working can be read from the simulation afterwards, but nothing writes it out.
- `situation`: the same from the nested document that OpenFisca's manual and its Web API use.
- `trace`: as `plain`, with OpenFisca's own trace of every variable and parameter switched on.
"""
# What OpenFisca defines has no types here: it is installed in an environment of its own.
# mypy: disable-error-code="import-not-found"

from typing import Any

import numpy as np
from openfisca_core.periods import period
from openfisca_core.simulation_builder import SimulationBuilder

from benchmarks.peers.drawn import DrawnPlan
from benchmarks.peers.openfisca_country import CountryTaxBenefitSystem
from benchmarks.peers.openfisca_country.answers import Area
from benchmarks.peers.protocol import Way, answer, plans_given
from benchmarks.peers.situation import AMOUNT, PANEL, YEAR, answers, situation

_SYSTEM = CountryTaxBenefitSystem()
_YEAR = period(YEAR)


def main() -> None:
    """Answer as the protocol says."""
    plans = plans_given()
    arrays = [_arrays(plan) for plan in plans]
    ways = {
        "plain": Way(arrays, _plain),
        "situation": Way([situation(plan) for plan in plans], _from_situation),
        "trace": Way(arrays, _traced),
    }
    answer(ways, packages=["OpenFisca-Core", "numpy"])


def _arrays(plan: DrawnPlan) -> dict[str, Any]:
    arrays = {name: np.array([value]) for name, value in answers(plan).items()}
    return {**arrays, "area": Area.encode(arrays["area"])}


def _plain(arrays: dict[str, Any]) -> int:
    return _amount(_filled(SimulationBuilder.build_default_simulation(_SYSTEM, 1), arrays))


def _traced(arrays: dict[str, Any]) -> int:
    simulation = SimulationBuilder.build_default_simulation(_SYSTEM, 1)
    simulation.trace = True
    return _amount(_filled(simulation, arrays))


def _from_situation(given: dict[str, Any]) -> int:
    return _amount(SimulationBuilder().build_from_entities(_SYSTEM, given))


def _filled(simulation: Any, arrays: dict[str, Any]) -> Any:
    for name, array in arrays.items():
        simulation.set_input(name, _YEAR, array)
    return simulation


def _amount(simulation: Any) -> int:
    simulation.calculate(PANEL, _YEAR)
    return int(simulation.calculate(AMOUNT, _YEAR)[0])


if __name__ == "__main__":
    main()
