"""Canonical bytes are those of RFC 8785, as the reference library writes them."""

from typing import Any

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ras import canonical, sha256
from ras import testing as some
from ras.canonical import as_written
from ras.policy.document import policy_of
from ras.testing import Case

EXACT = 2**53 - 1
text = st.text(st.characters(exclude_categories=["Cs"]))
keys = st.text(st.characters(max_codepoint=127))
scalars = st.one_of(st.none(), st.booleans(), st.integers(-EXACT, EXACT), text)
json_data = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=12,
)


@given(st.dictionaries(keys, json_data, max_size=6))
def test_any_plain_data_is_written_as_the_reference_library_writes_it(data: dict[str, Any]) -> None:
    assert canonical(data) == rfc8785.dumps(data)


@given(some.cases())
def test_policies_plans_and_assessments_are_written_as_the_reference_library_writes_them(case: Case) -> None:
    for record in (case.policy, case.plan, case.assess()):
        assert canonical(record) == rfc8785.dumps(as_written(record))


@given(some.cases())
def test_an_assessment_is_read_back_from_its_bytes(case: Case) -> None:
    assessment = case.assess()

    assert type(assessment).model_validate_json(canonical(assessment)) == assessment


def test_the_order_in_which_fields_were_written_changes_nothing() -> None:
    assert canonical({"b": 1, "a": [2, 1]}) == canonical({"a": [2, 1], "b": 1}) == b'{"a":[2,1],"b":1}'
    assert sha256({"b": 1, "a": 2}) == sha256(b'{"a":2,"b":1}')


@given(some.policy_documents())
def test_what_identifies_a_policy_does_not_depend_on_the_order_of_its_fields(
    document: dict[str, Any],
) -> None:
    backwards = dict(reversed(document.items()))

    assert policy_of(backwards).sha256 == policy_of(document).sha256
