"""One thing wrong in a document that was right, at a place that is known."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.ras.examples import Data, Place

Breaking = Callable[[Data, Data], st.SearchStrategy["Broken"]]
"""From a document and its schema to the document with one thing wrong."""
MARK = "@@here@@"
"""Stands in the written text where something is put that JSON data cannot hold."""


@dataclass(frozen=True)
class Spot:
    """A place in a document, what the schema says of it, and what stands there."""

    place: Place
    schema: Data
    value: Any


@dataclass(frozen=True)
class Broken:
    """A document's text with one thing wrong.

    Attributes:
        data: The same as plain data, where it can be plain data.
        text: As JSON; the same text after a comment line is YAML.
        place: Where the mistake is.
        code: What kind of mistake it is.
    """

    data: Data
    text: str
    place: Place
    code: str

    def __repr__(self) -> str:
        return f"Broken({self.place}, {self.code!r}, {self.text[:4000]!r})"


def spots(document: Data, schema: Data) -> list[Spot]:
    """Every place in a document."""
    return list(_spots(document, schema, schema, ()))


def _spots(value: Any, schema: Data, root: Data, place: Place) -> Iterator[Spot]:
    schema = _meant(value, schema, root)
    yield Spot(place, schema, value)
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _spots(item, schema["properties"][key], root, (*place, key))
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _spots(item, schema["items"], root, (*place, number))


def _meant(value: Any, schema: Data, root: Data) -> Data:
    """The part of the schema that speaks of this value."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        return _meant(
            value, {**root["$defs"][name], **{k: v for k, v in schema.items() if k != "$ref"}}, root
        )
    if "oneOf" in schema:
        tag = schema["discriminator"]
        return _meant(value, {"$ref": tag["mapping"][value[tag["propertyName"]]]}, root)
    if "anyOf" in schema:
        (other,) = (option for option in schema["anyOf"] if option != {"type": "null"})
        return {**_meant(value, other, root), "nullable": True}
    return schema


def written(data: Any) -> str:
    """JSON that YAML reads alike: what YAML takes for the end of a line is escaped."""
    text = json.dumps(data, ensure_ascii=False)
    return "".join(f"\\u{ord(c):04x}" if c in "\x85\u2028\u2029\ufeff" else c for c in text)


def parent_of(data: Any, place: Place) -> Any:
    """What holds the thing at a place."""
    for part in place[:-1]:
        data = data[part]
    return data


@st.composite
def left_out(draw: st.DrawFn, document: Data, schema: Data) -> Broken:
    """A required field is not there."""
    spot, field = draw(
        st.sampled_from(
            [(spot, field) for spot in spots(document, schema) for field in spot.schema.get("required", ())]
        )
    )
    data = json.loads(json.dumps(document))
    place = (*spot.place, field)
    del parent_of(data, place)[field]
    return Broken(data, written(data), place, "missing")


@st.composite
def not_a_field(draw: st.DrawFn, document: Data, schema: Data) -> Broken:
    """A field that the schema does not know, some of them with names that it knows elsewhere."""
    spot = draw(st.sampled_from([spot for spot in spots(document, schema) if isinstance(spot.value, dict)]))
    known = spot.schema["properties"]
    names = ["weigth", "points", "fraction", "none", "banded", "price-per-point", "add", "code", "a/b", "a~b"]
    field = draw(st.sampled_from([name for name in names if name not in known]))
    data = json.loads(json.dumps(document))
    place = (*spot.place, field)
    parent_of(data, (*place,))[field] = draw(st.sampled_from([None, 1, "x", [], {"code": "x"}]))
    return Broken(data, written(data), place, "unknown-field")


WRONG: dict[str, list[Any]] = {
    "string": [7, True, None, [], {}],
    "integer": ["7", True, None, [7], {}, -1, 2**53 - 1],
    "boolean": ["true", "yes", "no", 0, 1, None],
    "object": ["x", 7, True, []],
    "array": ["x", 7, True, {"x": 1}],
}


@st.composite
def of_another_kind(draw: st.DrawFn, document: Data, schema: Data) -> Broken:
    """A value of the wrong kind, or none of the choices."""
    spot = draw(st.sampled_from([spot for spot in spots(document, schema) if spot.place]))
    choices = "enum" in spot.schema or "const" in spot.schema
    wrong = [*WRONG[spot.schema["type"]], *(["nonsense"] if choices else [])]
    value = draw(
        st.sampled_from([each for each in wrong if each is not None or "nullable" not in spot.schema])
    )
    if spot.schema.get("format") == "date":
        value = draw(
            st.sampled_from([value, "2026-02-30", "2026-4-1", "01/04/2026", "1791072000", "0000-00-00"])
        )
    data = json.loads(json.dumps(document))
    parent_of(data, spot.place)[spot.place[-1]] = value
    return Broken(data, written(data), spot.place, "wrong-value")


FRACTIONS = [(n, "unquoted-fraction") for n in ("1.5", "0.25", "1e5", "1E-7", "-2.5", "1e400")]
TOO_LARGE = [(n, "number-too-large") for n in ("9007199254740992", "-9007199254740992", "9" * 5000)]


@st.composite
def unquoted(draw: st.DrawFn, document: Data, schema: Data) -> Broken:
    """A number that has lost its quotation marks, or was never a number."""
    spot = draw(
        st.sampled_from([s for s in spots(document, schema) if "[0-9]" in s.schema.get("pattern", "")])
    )
    number, code = draw(st.sampled_from([*FRACTIONS, *TOO_LARGE]))
    data = json.loads(json.dumps(document))
    parent_of(data, spot.place)[spot.place[-1]] = MARK
    text = written(data).replace(f'"{MARK}"', number)
    return Broken(data, text, spot.place, code)


@st.composite
def written_twice(draw: st.DrawFn, document: Data, schema: Data) -> Broken:
    """A field that is there twice."""
    spot = draw(
        st.sampled_from([s for s in spots(document, schema) if s.place and isinstance(s.place[-1], str)])
    )
    field = spot.place[-1]
    data = json.loads(json.dumps(document))
    holder = parent_of(data, spot.place)
    holder[MARK] = holder[field]
    text = written(data).replace(f'"{MARK}"', json.dumps(field))
    del holder[MARK]
    holder[field] = None  # which of the two is meant nobody knows, so nothing is called by it
    return Broken(data, text, spot.place, "repeated-key")


@st.composite
def broken_in(draw: st.DrawFn, way: Breaking, documents: st.SearchStrategy[Data], schema: Data) -> Broken:
    """A document that was right, with one thing wrong in it."""
    return draw(way(draw(documents), schema))


SHAPES: list[Breaking] = [left_out, not_a_field, of_another_kind]
"""Ways to break plain data."""
TEXTS: list[Breaking] = [unquoted, written_twice]
"""Ways to break text so that it is no plain data at all."""
