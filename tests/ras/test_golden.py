"""What a released engine answered, every later engine answers, to the byte (`docs/promises.md`, P5).

A file in `tests/golden/` is written once, when an engine is released, and never changed:
`python -m tests.ras.test_golden` writes the present engine's, if it is not there yet.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.demonstration.caseload import caseload
from app.demonstration.load import example_policy
from ras import ENGINE_VERSION, Plan, assess, canonical, sha256
from ras.canonical import as_written
from ras.policy.document import policy_of

GOLDEN = Path(__file__).parent.parent / "golden"
AS_AT = date(2026, 11, 23)


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.json")), ids=lambda file: file.stem)
def test_the_answers_of_a_released_engine_come_out_the_same(file: Path) -> None:
    golden = json.loads(file.read_text())
    policy = policy_of(golden["policy"])

    again = [answer(Plan.model_validate(kept["plan"]), policy, kept["on"]) for kept in golden["kept"]]

    assert again == golden["kept"]
    assert len(again) >= 20


def test_the_present_engine_has_its_golden_answers() -> None:
    assert (GOLDEN / f"engine-{ENGINE_VERSION}.json").exists()


def answer(plan: Plan, policy: Any, on: str) -> dict[str, Any]:
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
    """Write the golden answers of the present engine."""
    policy = example_policy()
    kept = [answer(child.plan, policy, AS_AT.isoformat()) for child in caseload(policy, as_at=AS_AT, size=20)]
    file = GOLDEN / f"engine-{ENGINE_VERSION}.json"
    with file.open("x") as new:
        json.dump({"policy": as_written(policy), "kept": kept}, new, indent=1, ensure_ascii=False)
        new.write("\n")


if __name__ == "__main__":
    main()
