"""The peers have the policy that is measured. They themselves are not needed here: `make bench` has them."""

import doctest
import json
from io import StringIO
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from benchmarks.peers import Peer, PeersDiffer, agree, drawn, ours, situation, timing
from benchmarks.peers.zen_graph import graph
from ras.reading import read_document

FOLDER = Path(drawn.__file__).parent
POLICY: Any = read_document((FOLDER / "policy.yaml").read_text())
PLANS = drawn.draw(ours.DOMAINS, 300)


def peer(name: str, **pence: list[int]) -> Peer:
    first = {"versions": {name: "1"}, "pence": pence}
    return Peer(name, StringIO(), StringIO(json.dumps(first) + "\n"))


@pytest.mark.parametrize("module", [drawn, situation, timing])
def test_what_the_documentation_shows_is_so(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_the_plans_drawn_meet_every_rule_of_the_policy() -> None:
    kinds = {
        step.kind
        for plan in PLANS
        for step in ours.assessed(ours.as_plan(plan)).working
        if step.kind.partition(".")[0] in {"resources", "piecewise-linear", "modifier", "bounds"}
    }
    assert kinds == {
        "resources.points",
        "resources.total",
        "piecewise-linear",
        "piecewise-linear.last",
        "modifier.left-out",
        "modifier.add",
        "modifier.multiply",
        "bounds.within",
        "bounds.floor",
        "bounds.soft-cap",
        "bounds.hard-cap",
    }


def test_openfisca_has_the_numbers_of_the_policy() -> None:
    def parameters(name: str) -> Any:
        text = (FOLDER / "openfisca_country" / "parameters" / f"{name}.yaml").read_text()
        return {key: _numbers(value) for key, value in yaml.safe_load(text).items() if key != "description"}

    levels = {
        domain["code"]: {
            "weight": float(domain["weight"]),
            "points": [float(level["points"]) for level in domain["levels"]],
        }
        for domain in POLICY["domains"]
    }
    knots = POLICY["allocation"]["knots"]
    remote, siblings = POLICY["modifiers"]
    assert parameters("domains") == levels
    assert parameters("resources_present") == {
        "contributions": [0, *(float(c["points"]) for c in POLICY["resources_present"]["contributions"])]
    }
    assert parameters("allocation") == {
        "points": [float(knot["points"]) for knot in knots],
        "amount_pence": [knot["amount_pence"] for knot in knots],
    }
    assert parameters("modifiers") == {
        "remote_area_factor": float(remote["factor"]),
        "siblings_pence": siblings["amount_pence"],
        "siblings_at_least": siblings["when"]["circumstances"][0]["at_least"],
    }
    assert parameters("bounds") == {
        name: POLICY["bounds"][name] for name in ("floor_pence", "soft_cap_pence", "hard_cap_pence")
    }
    assert parameters("rounding") == {"step_pence": POLICY["rounding"]["step_pence"]}


def _numbers(given: Any) -> Any:
    """The value of a parameter, or of each in a node of them."""
    if "values" not in given:
        return {key: _numbers(value) for key, value in given.items()}
    ((_, value),) = given["values"].items()
    return value["value"]


def test_the_decision_graph_is_made_from_the_policy() -> None:
    changed = json.loads(json.dumps(POLICY))
    changed["domains"][0]["weight"] = "7"
    differing = {
        before["key"]
        for before, after in zip(_expressions(POLICY), _expressions(changed), strict=True)
        if before != after
    }
    assert differing == {"washing_points", "washing_taken_off"}


def _expressions(policy: Any) -> list[dict[str, str]]:
    return list(
        chain.from_iterable(
            node["content"]["expressions"] for node in graph(policy)["nodes"] if "content" in node
        )
    )


def test_peers_that_give_our_pence_may_be_measured() -> None:
    agree(PLANS[:2], [100, 200], [peer("zen", trace=[100, 200], plain=[100, 200])])


def test_a_peer_that_gives_other_pence_is_stopped_at_the_first_such_plan() -> None:
    with pytest.raises(PeersDiffer) as raised:
        agree(
            PLANS[:3],
            [100, 200, 300],
            [peer("zen", trace=[100, 200, 300]), peer("openfisca", plain=[100, 300, 400])],
        )
    assert raised.value.number == 1
    assert raised.value.plan == PLANS[1]
    assert raised.value.pence == {"ours": 200, "zen trace": 200, "openfisca plain": 300}


def test_a_peer_that_gives_fewer_amounts_is_not_measured() -> None:
    with pytest.raises(ValueError, match="shorter"):
        agree(PLANS[:2], [100, 200], [peer("zen", trace=[100])])
