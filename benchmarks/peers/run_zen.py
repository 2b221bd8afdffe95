"""zen-engine, evaluating one plan at a time: `python -m benchmarks.peers.run_zen PLANS.json`.

Two ways, both through `engine.evaluate(key)` with a static loader, its fastest: `trace`, which writes out
every step, and `plain`, which gives the same steps as results and no trace.
"""
# zen-engine is installed in an environment of its own, and is not found here.
# mypy: disable-error-code="import-not-found"

from pathlib import Path
from typing import Any

import yaml
import zen

from benchmarks.peers.drawn import DrawnPlan
from benchmarks.peers.protocol import Way, answer, plans_given
from benchmarks.peers.zen_graph import graph

_KEY = "policy"
_TRACE = {"trace": True}


def main() -> None:
    """Answer as the protocol says."""
    policy = yaml.safe_load(Path(__file__).with_name("policy.yaml").read_text())
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {_KEY: graph(policy)}}})
    plans = plans_given()

    def traced(plan: DrawnPlan) -> Any:
        return engine.evaluate(_KEY, plan, _TRACE)["result"]["indicative_annual_pence"]

    def plain(plan: DrawnPlan) -> Any:
        return engine.evaluate(_KEY, plan)["result"]["indicative_annual_pence"]

    answer({"trace": Way(plans, traced), "plain": Way(plans, plain)}, packages=["zen-engine"])


if __name__ == "__main__":
    main()
