"""What a released engine answered, every later engine answers, to the byte (`docs/promises.md`, P5).

A file in `tests/golden/` is written once, when an engine is released, and never changed:
`python -m tests.ras.test_golden` writes the present engine's, if it is not there yet.
"""

import json
from datetime import date
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import pytest

from app.demonstration.caseload import caseload
from app.demonstration.load import example_policy
from ras import ENGINE_VERSION, Plan, PolicyConfiguration, assess, canonical, sha256
from ras.allocation import VARIANTS
from ras.canonical import as_written
from ras.policy.document import policy_as_kept
from tests.ras.casebook import plan_for, policy_for, read_cases

GOLDEN = Path(__file__).parent.parent / "golden"
AS_AT = date(2026, 11, 23)
OF_EACH = 3
"""How many cases of each file of `tests/cases`."""


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.json")), ids=lambda file: file.stem)
def test_the_answers_of_a_released_engine_come_out_the_same(file: Path) -> None:
    golden = json.loads(file.read_text())
    again = 0
    for group in golden.get("groups", [golden]):
        policy = policy_as_kept(group["policy"])
        found = [answer(Plan.model_validate(kept["plan"]), policy, kept["on"]) for kept in group["kept"]]
        assert found == group["kept"]
        again += len(found)

    assert again >= 20


def test_the_present_engine_has_its_golden_answers() -> None:
    assert (GOLDEN / f"engine-{ENGINE_VERSION}.json").exists()


def test_they_are_of_every_variant_there_is() -> None:
    golden = json.loads((GOLDEN / f"engine-{ENGINE_VERSION}.json").read_text())
    kept = {group["policy"]["allocation"]["variant"] for group in golden["groups"]}
    assert kept == {variant.model_fields["variant"].annotation.__args__[0] for variant in VARIANTS}  # type: ignore[union-attr]  # a Literal


def answer(plan: Plan, policy: PolicyConfiguration, on: str) -> dict[str, Any]:
    """A plan and what came of it."""
    result = assess(plan, policy, effective_on=date.fromisoformat(on))
    return {
        "plan": as_written(plan),
        "on": on,
        "indicative_annual_pence": result.indicative_annual_pence,
        "plan_cost_annual_pence": result.plan_cost_annual_pence,
        "result_sha256": sha256(canonical(result)),
    }


def main() -> None:
    """Write the golden answers of the present engine: a caseload, and a few cases of every kind."""
    policy = example_policy()
    kept = [answer(child.plan, policy, AS_AT.isoformat()) for child in caseload(policy, as_at=AS_AT, size=20)]
    groups = [{"policy": as_written(policy), "kept": kept}]
    for _, cases in groupby(read_cases(), key=lambda case: case.file):
        for case in islice(
            (case for case in cases if "indicative_annual_pence" in case.written["expect"]), OF_EACH
        ):
            policy = policy_for(case.written)
            plan = plan_for(case.written, policy)
            groups.append({"policy": as_written(policy), "kept": [answer(plan, policy, str(case.on))]})
    file = GOLDEN / f"engine-{ENGINE_VERSION}.json"
    with file.open("x") as new:
        json.dump({"groups": groups}, new, indent=1, ensure_ascii=False)
        new.write("\n")


if __name__ == "__main__":
    main()
