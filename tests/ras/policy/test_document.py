"""A policy document is read whole or refused whole, with every mistake by its own path."""

import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st
from pydantic import TypeAdapter

from ras import Plan, policy_schema, read_plan, read_policy, write_policy
from ras import testing as some
from ras.errors import DocumentError, PolicyDocumentError
from ras.policy.configuration import PolicyConfiguration
from ras.reading import read_yaml
from tests.ras.breaking import SHAPES, TEXTS, Breaking, Broken, broken_in, parent_of, spots
from tests.ras.examples import POLICY_TEXT, Data, changed, in_words, plan_data, pointer, policy_data

SCHEMA = policy_schema()
PLAN_SCHEMA = TypeAdapter(Plan).json_schema()
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)

policies = st.one_of(st.builds(policy_data), some.policy_documents())
in_each_way = pytest.mark.parametrize(
    "way", [*SHAPES, *TEXTS], ids=lambda way: way.__name__.replace("_", " ")
)
as_each = pytest.mark.parametrize("opening", ["", "# YAML\n"], ids=["JSON", "YAML"])


def problems_of(read: Callable[[str], object], text: str) -> list[tuple[str, str, str]]:
    """What reading refuses: pointer, path and code of each problem."""
    with pytest.raises(DocumentError) as refusal:
        read(text)
    return [(problem.pointer, problem.path, problem.code) for problem in refusal.value.problems]


@as_each
@in_each_way
@given(data=st.data())
def test_one_broken_field_of_a_policy_is_refused_at_its_own_path(
    way: Breaking, opening: str, data: st.DataObject
) -> None:
    broken = data.draw(broken_in(way, policies, SCHEMA))

    assert problems_of(read_policy, opening + broken.text) == [
        (pointer(broken.place), in_words(broken.place, broken.data), broken.code)
    ]


@as_each
@in_each_way
@given(data=st.data())
def test_one_broken_field_of_a_plan_is_refused_at_its_own_path(
    way: Breaking, opening: str, data: st.DataObject
) -> None:
    broken = data.draw(broken_in(way, st.builds(plan_data), PLAN_SCHEMA))

    assert problems_of(read_plan, opening + broken.text) == [
        (pointer(broken.place), in_words(broken.place, broken.data), broken.code)
    ]


def test_five_mistakes_in_the_shape_are_listed_all_five_by_path() -> None:
    data = changed(
        policy_data(),
        {
            "money.period": "fortnight",
            "domains.behaviour.weigth": "2",
            "domains.education.levels.regular.points": 7,
            "rounding.step_pence": "100",
            "allocation.knots.1.amount_pence": -1,
        },
    )

    assert [(path, code) for _, path, code in problems_of(read_policy, json.dumps(data))] == [
        ("money.period", "wrong-value"),
        ("domains.behaviour.weigth", "unknown-field"),
        ("domains.education.levels.regular.points", "wrong-value"),
        ("allocation.knots.1.amount_pence", "wrong-value"),
        ("rounding.step_pence", "wrong-value"),
    ]


def test_five_mistakes_in_the_sense_are_listed_all_five_by_path() -> None:
    data = changed(
        policy_data(),
        {
            "valid_before": "2026-03-01",
            "domains.independence.levels.regular.points": "3",
            "allocation.knots.2.amount_pence": 1_00,
            "modifiers.remote-area.when.circumstances.0.is_one_of": ["moon"],
            "money.weeks_per_year": "54",
        },
    )

    assert [(path, code) for _, path, code in problems_of(read_policy, json.dumps(data))] == [
        ("valid_before", "empty-period"),
        ("money.weeks_per_year", "wrong-value"),
        ("domains.independence.levels.regular.points", "falls"),
        ("modifiers.remote-area.when.circumstances.0.is_one_of.0", "unknown-reference"),
        ("allocation.knots.2.amount_pence", "falls"),
    ]


def test_five_mistakes_in_the_writing_are_listed_all_five_by_path() -> None:
    text = (
        POLICY_TEXT.replace('weeks_per_year: "52"', "weeks_per_year: 52.0")
        .replace('factor: "1.08"', "factor: 1.08")
        .replace("before_age: 18\n", "before_age: 18\n  before_age: 19\n")
        .replace("at_most: 12", "at_most: 99999999999999999")
        .replace("title: Behaviour management", 'title: "Behaviour\\x07"')
    )

    assert [(path, code) for _, path, code in problems_of(read_policy, text)] == [
        ("money.weeks_per_year", "unquoted-fraction"),
        ("eligibility.before_age", "repeated-key"),
        ("circumstances.disabled-siblings.at_most", "number-too-large"),
        ("domains.behaviour.title", "forbidden-character"),
        ("modifiers.remote-area.factor", "unquoted-fraction"),
    ]


@pytest.mark.parametrize(
    "field", ["allocation.variant", "resources_present.mode", "modifiers.remote-area.kind"]
)
def test_a_choice_between_records_names_what_there_is_to_choose(field: str) -> None:
    with pytest.raises(PolicyDocumentError) as refusal:
        read_policy(json.dumps(changed(policy_data(), {field: "ladder"})))

    (problem,) = refusal.value.problems
    assert problem.path == field
    assert problem.message.startswith("This must be one of '")


@pytest.mark.parametrize(
    "place", ["resources_present.points", "allocation.piecewise-linear", "modifiers.remote-area.multiply"]
)
def test_a_field_named_like_the_kind_of_its_record_is_told_at_its_own_place(place: str) -> None:
    data = changed(policy_data(), {place: {"source": "Case"}})
    record = place.rpartition(".")[0]
    changed(data, {f"{record}.source": 7})

    assert {(path, code) for _, path, code in problems_of(read_policy, json.dumps(data))} == {
        (place, "unknown-field"),
        (f"{record}.source", "wrong-value"),
    }


def test_what_is_written_can_be_read_by_people_and_is_not_reordered() -> None:
    written = write_policy(read_policy(POLICY_TEXT))

    assert list(read_yaml(POLICY_TEXT)) == [
        line.partition(":")[0] for line in written.split("\n") if line[:1].isalpha()
    ]
    assert "&" not in written
    assert "title: Independence skills" in written
    assert 'points: "4"' in written


@pytest.mark.parametrize("words", some.TITLES)
def test_any_words_are_written_so_that_they_are_read_back(words: str) -> None:
    policy = read_policy(json.dumps(changed(policy_data(), {"title": words})))

    assert policy.title == words
    assert read_policy(write_policy(policy)).title == words


@given(st.text(max_size=40))
def test_any_title_that_is_allowed_is_written_so_that_it_is_read_back(words: str) -> None:
    try:
        policy = read_policy(json.dumps(changed(policy_data(), {"domains.behaviour.title": words})))
    except PolicyDocumentError:
        reject()

    assert read_policy(write_policy(policy)) == policy


@given(st.text(min_size=1, max_size=60))
def test_any_text_of_several_lines_is_written_so_that_it_is_read_back(words: str) -> None:
    place = "domains.behaviour.levels.none.descriptor"
    try:
        policy = read_policy(json.dumps(changed(policy_data(), {place: words})))
    except PolicyDocumentError:
        reject()

    assert read_policy(write_policy(policy)) == policy


def test_a_field_left_out_and_its_default_written_are_two_documents_with_one_meaning() -> None:
    written = changed(policy_data(), {"domains.behaviour.weight": "1", "scoring.scale": "1"})
    left_out = policy_data()
    del left_out["domains"][1]["weight"]
    del left_out["scoring"]["scale"]
    one, other = read_policy(json.dumps(written)), read_policy(json.dumps(left_out))

    assert one == other
    assert one.sha256 != other.sha256


def test_the_example_policy_is_as_the_schema_says() -> None:
    VALIDATOR.validate(policy_data())


@given(some.policy_documents())
def test_every_valid_policy_is_as_the_schema_says(document: Data) -> None:
    VALIDATOR.validate(document)


@pytest.mark.parametrize("way", SHAPES, ids=lambda way: way.__name__.replace("_", " "))
@given(data=st.data())
def test_what_is_refused_for_its_shape_is_not_as_the_schema_says(way: Breaking, data: st.DataObject) -> None:
    broken = data.draw(broken_in(way, policies, SCHEMA))
    assume(not is_only_an_impossible_day(broken))

    assert not VALIDATOR.is_valid(broken.data)


def is_only_an_impossible_day(broken: Broken) -> bool:
    """A day such as 30 February, which a pattern cannot refuse."""
    holder = parent_of(broken.data, broken.place)
    return isinstance(holder, dict) and holder.get(broken.place[-1]) == "2026-02-30"


def every_field(schema: Any, place: str = "") -> list[tuple[str, Data]]:
    """Every field that a schema describes, by its place."""
    found = []
    if isinstance(schema, dict):
        for name, field in (schema.get("properties") or {}).items():
            found.append((f"{place}.{name}", field))
        for key, part in schema.items():
            found += every_field(part, f"{place}.{key}")
    if isinstance(schema, list):
        for part in schema:
            found += every_field(part, place)
    return found


@pytest.mark.parametrize(
    "schema", [SCHEMA, PLAN_SCHEMA, TypeAdapter(PolicyConfiguration).json_schema(mode="serialization")]
)
def test_every_field_of_the_schema_has_a_description(schema: Data) -> None:
    fields = every_field(schema)
    kinds = schema["$defs"]

    assert len(fields) > 20
    assert [
        place
        for place, field in fields
        if not field.get("description")
        # A field that would repeat what its record says of itself leaves it to the record.
        and not kinds.get(field.get("$ref", "").removeprefix("#/$defs/"), {}).get("description")
    ] == []


def test_every_place_of_the_example_can_be_broken() -> None:
    assert len(spots(policy_data(), SCHEMA)) > 350
