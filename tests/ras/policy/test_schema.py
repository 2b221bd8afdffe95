"""The schema of policy documents, as an editor shows it: each field explained, each choice completed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from pydantic import TypeAdapter

from ras import policy_schema, read_policy
from ras.allocation import VARIANTS
from ras.policy.configuration import PolicyConfiguration
from ras.reading import read_yaml
from tests.ras.casebook import CASES
from tests.ras.examples import Data, changed, policy_data

SCHEMA = policy_schema()
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)
PUBLISHED = sorted((CASES / "published").glob("*.yaml"))
FOR_PEOPLE = {
    *("title", "description", "markdownDescription", "default"),
    *("errorMessage", "patternErrorMessage", "enumDescriptions"),
}
"""What a schema says to people; none of it changes what is accepted."""


def parts(schema: Any, place: str = "") -> Iterator[tuple[str, Data]]:
    """Every part of a schema that is a schema itself, with its place."""
    if isinstance(schema, list):
        for number, part in enumerate(schema):
            yield from parts(part, f"{place}.{number}")
    if isinstance(schema, dict):
        yield place, schema
        for name, part in schema.items():
            if name in {"properties", "$defs"}:
                for key, field in part.items():
                    yield from parts(field, f"{place}.{key}")
            elif name in {"items", "anyOf", "oneOf"}:
                yield from parts(part, f"{place}.{name}")


def records() -> list[tuple[str, Data]]:
    """Every record with fields."""
    return [(place, part) for place, part in parts(SCHEMA) if "properties" in part]


def fields() -> list[tuple[str, Data]]:
    """Every field of every record, with its place."""
    return [
        (f"{place}.{name}", field)
        for place, record in records()
        for name, field in record["properties"].items()
    ]


def test_every_field_is_described_at_its_own_place_in_one_line() -> None:
    found = fields()

    assert len(found) > 400
    assert [place for place, field in found if not field.get("description", "").strip()] == []
    assert [place for place, field in found if "\n" in field["description"]] == []


def test_a_description_is_said_again_below_whatever_may_be_null() -> None:
    """Editors show what the branch says, not the field."""
    optional = [field for _, field in fields() if "anyOf" in field and "$ref" in field["anyOf"][0]]

    assert len(optional) > 10
    assert [field for field in optional if field["anyOf"][0]["description"] != field["description"]] == []


def test_what_may_be_null_and_holds_fields_or_items_is_opened_by_an_editor() -> None:
    assert SCHEMA["properties"]["bounds"]["type"] == ["object", "null"]
    assert SCHEMA["$defs"]["Condition"]["properties"]["key_stages"]["type"] == ["array", "null"]


def test_no_field_is_headed_by_its_own_name() -> None:
    assert [place for place, field in fields() if "title" in field] == []


def test_code_marks_in_a_description_are_told_as_such() -> None:
    marked = [(place, part) for place, part in parts(SCHEMA) if "`" in part.get("description", "")]

    assert len(marked) > 20
    assert [place for place, part in marked if part["markdownDescription"] != part["description"]] == []


def test_every_word_of_every_choice_is_explained() -> None:
    choices = [part for _, part in parts(SCHEMA) if "enum" in part]

    assert len(choices) > 15
    for choice in choices:
        assert len(choice["enumDescriptions"]) == len(choice["enum"])
        assert all(meaning.endswith(".") for meaning in choice["enumDescriptions"])


def test_every_pattern_says_what_to_write_instead() -> None:
    patterns = [part for _, part in parts(SCHEMA) if "pattern" in part]

    assert len(patterns) > 200
    assert all(part["patternErrorMessage"].startswith("Write ") for part in patterns)
    assert all(part["errorMessage"] == part["patternErrorMessage"] for part in patterns)


@pytest.mark.parametrize(
    "message",
    sorted({part["errorMessage"] for _, part in parts(SCHEMA) if '"' in part.get("errorMessage", "")}),
)
def test_what_is_shown_to_write_instead_would_be_accepted(message: str) -> None:
    (part, *_) = [part for _, part in parts(SCHEMA) if part.get("errorMessage") == message]
    shown = message.rpartition(': "')[2] if ': "' in message else message
    for example in shown.removesuffix(".").split(" or "):
        assert jsonschema_rs.is_valid(part, example.strip('"')), message


def test_amounts_say_how_money_is_written() -> None:
    pence = [
        field.get("anyOf", [field])[0]
        for place, field in fields()
        if place.endswith(("_pence", "step_pence"))
    ]
    whole = [field for field in pence if field["type"] == "integer"]

    assert len(whole) > 20
    assert all("125000 is £1,250" in field["errorMessage"] for field in whole)


@pytest.mark.parametrize(("tag", "number"), [("variant", len(VARIANTS)), ("mode", 6)])
def test_each_word_of_a_tag_stands_in_a_record_of_its_own_and_tells_of_the_whole(
    tag: str, number: int
) -> None:
    tagged = [record for _, record in records() if "const" in record["properties"].get(tag, {})]

    assert len(tagged) == number
    for record in tagged:
        field = record["properties"][tag]
        assert record["title"] == field["const"]
        assert field["description"] == record["description"]
        assert len(field["description"]) > len(field["const"]) + 10
        assert tag in record["required"]


def test_a_choice_between_records_has_its_word_in_each_branch() -> None:
    choices = [part for _, part in parts(SCHEMA) if "oneOf" in part]

    assert len(choices) >= 5
    for choice in choices:
        tag = choice["discriminator"]["propertyName"]
        kinds = [SCHEMA["$defs"][branch["$ref"].removeprefix("#/$defs/")] for branch in choice["oneOf"]]
        words = [kind["properties"][tag]["const"] for kind in kinds]
        assert sorted(words) == sorted(choice["discriminator"]["mapping"])


def test_what_everybody_leaves_out_is_not_written_out_by_an_editor() -> None:
    assert [place for place, field in fields() if field.get("default", "") in (None, [])] == []


def test_what_stands_where_a_field_is_left_out_is_told() -> None:
    with_default = [field for _, field in fields() if "default" in field]

    assert len(with_default) > 5
    for field in with_default:
        assert field["description"].endswith(f"Left out, it is {json.dumps(field['default'])}.")


def bare(schema: Any) -> Any:
    """A schema without what it says to people."""
    if isinstance(schema, list):
        return [bare(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept: Data = {}
    for name, part in schema.items():
        if name in {"properties", "$defs"}:
            kept[name] = {key: bare(field) for key, field in part.items()}
        elif name not in FOR_PEOPLE and not (name == "type" and "anyOf" in schema):
            kept[name] = bare(part)
    return kept


def test_what_is_said_to_people_changes_nothing_that_is_accepted() -> None:
    told = bare(SCHEMA)
    del told["$schema"], told["$id"]

    assert told == bare(TypeAdapter(PolicyConfiguration).json_schema())


def test_the_types_beside_a_choice_with_null_leave_nothing_out() -> None:
    for _, part in parts(SCHEMA):
        if "anyOf" in part and "type" in part:
            kind, nothing = part["anyOf"]
            kind = SCHEMA["$defs"].get(kind.get("$ref", "").removeprefix("#/$defs/"), kind)
            assert part["type"] == [kind["type"], nothing["type"]]


@pytest.mark.parametrize("document", [None, *PUBLISHED], ids=lambda path: path.stem if path else "example")
def test_real_policies_are_as_the_schema_says(document: Path | None) -> None:
    data = read_yaml(document.read_text("utf-8")) if document else policy_data()

    VALIDATOR.validate(data)


@pytest.mark.parametrize("field", ["bounds", "illustrative", "deflator", "budget", "valid_before"])
def test_null_is_the_same_as_left_out_for_the_reader_and_the_schema_alike(field: str) -> None:
    data = {**policy_data(), field: None}

    VALIDATOR.validate(data)
    assert getattr(read_policy(json.dumps(data)), field) is None


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("money.period", "fortnight"),
        ("money.weeks_per_year", 52),
        ("valid_from", "1 April 2026"),
        ("version", 2026),
        ("code", "Childrens RAS"),
        ("title", " "),
        ("domains.behaviour.weigth", "2"),
        ("domains.behaviour.levels.none.points", "1,5"),
        ("domains.behaviour.levels", []),
        ("allocation.variant", "piecewise"),
        ("allocation.knots.1.amount_pence", "850.00"),
        ("resources_present.mode", "point"),
        ("modifiers.remote-area.factor", "-1"),
        ("bounds.soft_cap_pence", -1),
        ("rounding.step_pence", 0),
        ("scope.purposes.school-place.effect", "no"),
        ("budget.notice.streams.0.component", "nhs"),
        ("examples", [{"name": "One", "why": "It is so", "plan": {}, "expect": {}}]),
    ],
)
def test_a_damaged_policy_is_not_as_the_schema_says(place: str, value: object) -> None:
    assert not VALIDATOR.is_valid(changed(policy_data(), {place: value}))


@pytest.mark.parametrize("field", SCHEMA["required"])
def test_a_policy_without_a_part_that_is_needed_is_not_as_the_schema_says(field: str) -> None:
    data = policy_data()
    del data[field]

    assert not VALIDATOR.is_valid(data)
