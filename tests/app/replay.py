"""Run as a program: work assessments out again from what was kept, and compare the bytes."""

import json
import sys
from datetime import date
from pathlib import Path

from app.demonstration.load import example_policy
from ras.assessment import assess
from ras.canonical import canonical
from ras.plan import Plan
from ras.reading import read_json


def main(file: Path) -> None:
    """Replay a file of kept assessments under the example policy."""
    policy = example_policy()
    equal = different = 0
    for kept in json.loads(file.read_text()).values():
        inputs = read_json(kept["inputs"])
        assert inputs["policy_sha256"] == policy.sha256
        day = date.fromisoformat(inputs["effective_on"])
        again = canonical(assess(Plan.model_validate(inputs["plan"]), policy, effective_on=day))
        equal += again.decode() == kept["result"]
        different += again.decode() != kept["result"]
    sys.stdout.write(f"{equal} equal, {different} different\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
