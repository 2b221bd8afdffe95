"""The longest policies there can be come to a figure: no number grows past what can be written."""

from typing import Any

import pytest

from ras import assess
from ras.errors import PolicyDocumentError
from ras.plan import Plan
from ras.policy.document import policy_of
from ras.reading import validated
from tests.ras.examples import plan_data, policy_data

MOST = {"modifiers": 50, "uprating": 60, "one_offs": 50}
FINEST = "0.99999999"


def longest(field: str, number: int) -> Any:
    common = {"code": f"n-{number}", "title": "One of many", "because": "there are many", "source": "Many"}
    return {
        "modifiers": {**common, "kind": "multiply", "factor": FINEST},
        "uprating": {
            "kind": "index",
            "year": 1990 + number,
            "index_from": "999999999.99999999",
            "index_to": "999999998.99999997",
            "source": "Many",
        },
        "one_offs": {**common, "amount_pence": 1},
    }[field]


def policy_with(**counts: int) -> Any:
    data = policy_data()
    for field, count in counts.items():
        data[field] = [longest(field, number) for number in range(count)]
    return data


def test_as_many_rules_as_there_can_be_come_to_a_figure() -> None:
    plan = validated(Plan, {**plan_data(), "starts_on": "2055-09-01", "born_on": "2045-06-14"})

    result = assess(plan, policy_of(policy_with(**MOST)), effective_on=plan.starts_on)

    assert 0 < result.indicative_annual_pence < 5_000_00
    assert sum(line.kind == "uprating.index" for line in result.working) == 3 * 60
    assert max(len(line.result.value) for line in result.working) > 1_000, "it is written out exactly"
    assert result.horizons[0].indicative_one_off_pence == 50


@pytest.mark.parametrize("field", MOST)
def test_one_more_is_refused_by_its_path(field: str) -> None:
    with pytest.raises(PolicyDocumentError) as refusal:
        policy_of(policy_with(**{field: MOST[field] + 1}))

    assert {problem.path for problem in refusal.value.problems} == {field}
