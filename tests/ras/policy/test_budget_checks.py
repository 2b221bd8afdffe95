"""No unlawful cut can be written into a policy: its rules for budgets are whole and make sense."""

from copy import deepcopy
from typing import Any

import pytest

from app.demonstration.load import example_policy
from ras.canonical import as_written
from ras.errors import PolicyDocumentError
from ras.policy.document import policy_of

Data = dict[str, Any]


def changed(**parts: Data) -> list[str]:
    """What is wrong with the example policy after changes to parts of its rules for budgets."""
    document = deepcopy(as_written(example_policy()))
    for part, change in parts.items():
        document["budget"][part] = {**document["budget"][part], **change}
    try:
        policy_of(document)
    except PolicyDocumentError as error:
        return [f"{problem.path} [{problem.code}]" for problem in error.problems]
    return []


def streams(**changes: Data | None) -> Data:
    """The notice of each stream, changed; None leaves one out."""
    kept = as_written(example_policy())["budget"]["notice"]["streams"]
    named = {stream["component"].replace("-", "_"): stream for stream in kept}
    for name, change in changes.items():
        if change is None:
            del named[name]
        else:
            named[name] = {**named[name], **change}
    return {"streams": list(named.values())}


def test_the_example_is_whole() -> None:
    assert changed() == []


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (
            {"notice": streams(social_care={"months": 2})},
            ["budget.notice.streams.0.months [notice-too-short]"],
        ),
        (
            {"notice": streams(sen_top_up={"months": 0, "shorter_because": "Cabinet"})},
            ["budget.notice.streams.1.months [notice-too-short]"],
        ),
        ({"notice": streams(social_care={"months": 1, "shorter_because": "Cabinet, 1 May 2026"})}, []),
        ({"notice": streams(health={"months": 0})}, []),
        ({"notice": streams(health=None)}, ["budget.notice.streams [missing]"]),
        (
            {"notice": streams(health={"component": "social-care", "months": 3})},
            ["budget.notice.streams.2 [repeated-code]", "budget.notice.streams [missing]"],
        ),
        (
            {"direct_payment": {"stops": [{"ground": "misuse", "needs_notice": True, "source": "Policy 6"}]}},
            ["budget.direct_payment.stops [missing]"] * 4,
        ),
        ({"transition": {"hand_over_from_age": 18}}, ["budget.transition.hand_over_from_age [out-of-order]"]),
        (
            {"decision": {"reason_codes": [{"code": "a", "title": "A"}] * 2}},
            ["budget.decision.reason_codes.a [repeated-code]"],
        ),
    ],
)
def test_what_is_wrong_is_told_by_its_path(parts: dict[str, Data], found: list[str]) -> None:
    assert changed(**parts) == found


def test_a_policy_that_only_scores_needs_no_rules_for_budgets() -> None:
    document = as_written(example_policy())
    del document["budget"]
    assert policy_of(document).budget is None
