"""Hostile and careless text is refused with a code and a path, and never with another exception."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from ras import read_plan, read_policy
from ras.errors import DocumentError
from ras.policy.document import policy_schema
from ras.reading import MAX_CHARACTERS, MAX_DEPTH, MAX_PROBLEMS, UnreadableText, read_document, read_json
from ras.records import FORMS, Line, Words
from ras.testing import ALLOCATIONS
from tests.ras.examples import PLAN_TEXT, Data, changed, policy_data

DEEP = MAX_DEPTH + 1
LAUGHS = "a: &a [lol, lol]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE: dict[str, tuple[str, str, str]] = {
    # what it is: (the text, the code, the path)
    "an alias": ("title: *x", "alias", ""),
    "an anchor": ("title: &x y", "alias", ""),
    "an anchor on a mapping": ("money: &m\n  currency: GBP", "alias", ""),
    "a billion laughs": (LAUGHS, "alias", ""),
    "an anchor that holds itself": ("a: &a [*a]", "alias", ""),
    "a merge": ("a: &a {b: 1}\nc:\n  <<: *a", "alias", ""),
    "a tag": ("title: !!str x", "tag", ""),
    "a tag that would run code": ("!!python/object/apply:os.system ['true']", "tag", ""),
    "a tag of one's own": ("title: !secret x", "tag", ""),
    "the tag that is none": ("title: ! x", "tag", ""),
    "lists in lists in YAML": ("[" * DEEP + "]" * DEEP, "nested-too-deep", ""),
    "a hundred thousand lists in YAML": ("[" * 100_000, "nested-too-deep", ""),
    "dashes in dashes in YAML": ("- " * 10_000, "nested-too-deep", ""),
    "mappings in mappings in YAML": ("# YAML\n" + "{a: " * 50_000, "nested-too-deep", ""),
    "lists in lists in JSON": ('{"a": ' + "[" * DEEP + "]" * DEEP + "}", "nested-too-deep", ""),
    "a hundred thousand lists in JSON": ('{"a": ' + "[" * 100_000, "nested-too-deep", ""),
    "objects in objects in JSON": ('{"a": ' * 100_000, "nested-too-deep", ""),
    "a key that is there twice in YAML": ("title: a\ntitle: b", "repeated-key", "title"),
    "a key that is there twice in JSON": ('{"title": "a", "title": "b"}', "repeated-key", "title"),
    "a key twice in a list in JSON": ('{"a": [{"code": "x", "b": 1, "b": 2}]}', "repeated-key", "a.x.b"),
    "a key written in two ways": ('{"title": 1, "\\u0074itle": 2}', "repeated-key", "title"),
    "NaN in JSON": ('{"a": NaN}', "not-a-number", "a"),
    "Infinity in JSON": ('{"a": [1, Infinity]}', "not-a-number", "a.1"),
    "-Infinity in JSON": ('{"a": -Infinity}', "not-a-number", "a"),
    "NaN in YAML": ("a: .nan", "unquoted-fraction", "a"),
    "infinity in YAML": ("a: -.inf", "unquoted-fraction", "a"),
    "1e400 in JSON": ('{"a": 1e400}', "unquoted-fraction", "a"),
    "1e400 in YAML": ("a: 1e400", "unquoted-fraction", "a"),
    "a fraction in JSON": ('{"a": 0.1}', "unquoted-fraction", "a"),
    "a fraction in YAML": ("a: 0.1", "unquoted-fraction", "a"),
    "2 to the power of 63 in JSON": (f'{{"a": {2**63}}}', "number-too-large", "a"),
    "2 to the power of 63 in YAML": (f"a: {2**63}", "number-too-large", "a"),
    "the first number JSON readers do not keep": (f'{{"a": {2**53}}}', "number-too-large", "a"),
    "a hundred thousand digits in JSON": ('{"a": ' + "9" * 100_000 + "}", "number-too-large", "a"),
    "a hundred thousand digits in YAML": ("a: " + "9" * 100_000, "number-too-large", "a"),
    "a hundred thousand digits below nothing": ("a: -" + "9" * 100_000, "number-too-large", "a"),
    "a hundred thousand digits after a point": ("a: 0." + "9" * 100_000, "unquoted-fraction", "a"),
    "half of a pair in JSON": ('{"a": "\\ud800"}', "forbidden-character", "a"),
    "half of a pair as a key in JSON": ('{"a": {"\\ud800": 1}}', "forbidden-character", "a"),
    "half of a pair in YAML": ('a: "\ud800"', "not-yaml", ""),
    "half of a pair, escaped, in YAML": ('a: "\\ud800"', "not-yaml", ""),
    "half of a pair in JSON, not escaped": ('{"a": "\ud800"}', "forbidden-character", "a"),
    "NUL in YAML": ("a: \x00", "not-yaml", ""),
    "NUL, escaped, in YAML": ('a: "\\0"', "forbidden-character", "a"),
    "NUL in JSON": ('{"a": "\x00"}', "not-json", ""),
    "NUL, escaped, in JSON": ('{"a": ["\\u0000"]}', "forbidden-character", "a.0"),
    "a bell": ('{"a": "\\u0007"}', "forbidden-character", "a"),
    "two documents": ("a: 1\n---\nb: 2", "two-documents", ""),
    "two JSON documents": ('{"a": 1} {"b": 2}', "not-json", ""),
    "JSON that stops": ('{"a": 1', "not-json", ""),
    "JSON with a comment": ('{"a": 1} // one', "not-json", ""),
    "JSON with a comma too many": ('{"a": 1,}', "not-json", ""),
    "YAML that stops": ("a: [1", "not-yaml", ""),
    "YAML with a tab for a space": ("a:\n\t- b", "not-yaml", ""),
    "YAML of another version": ("%YAML 3.0\n---\na: 1", "not-yaml", ""),
    "a list for a field's name": ("? [a]\n: b", "not-a-name", ""),
    "a mapping for a field's name": ("? {a: b}\n: c", "not-a-name", ""),
    "an empty document": ("", "wrong-value", ""),
    "nothing but a comment": ("# nothing\n", "wrong-value", ""),
    "null": ("null", "wrong-value", ""),
    "a word": ("policy", "wrong-value", ""),
    "a number": ("42", "wrong-value", ""),
    "a list at the top in YAML": ("- a\n- b", "wrong-value", ""),
    "a list at the top in JSON": ('["a"]', "wrong-value", ""),
    "a list of documents": ("- {code: a}\n- {code: b}", "wrong-value", ""),
    "a web page": ("<!DOCTYPE html><html></html>", "wrong-value", ""),
    "a very long document": ("#" * (MAX_CHARACTERS + 1), "too-long", ""),
    "a very long JSON document": ('{"a": "' + "x" * MAX_CHARACTERS + '"}', "too-long", ""),
    "a picture": ("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not-yaml", ""),
}
readers = pytest.mark.parametrize("read", [read_policy, read_plan], ids=["policy", "plan"])


@readers
@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_text_is_refused_with_its_code_and_its_path(what: str, read: Callable[[str], Any]) -> None:
    text, code, path = HOSTILE[what]

    with pytest.raises(DocumentError) as refusal:
        read(text)

    first = refusal.value.problems[0]
    assert (first.code, first.path) == (code, path)
    assert first.message.endswith(".")
    assert refusal.value.code in {"policy-document-invalid", "plan-document-invalid"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a: no", {"a": "no"}),
        ("a: on", {"a": "on"}),
        ("a: Yes", {"a": "Yes"}),
        ("a: TRUE", {"a": "TRUE"}),
        ("a: true", {"a": True}),
        ("a: 'true'", {"a": "true"}),
        ("a: 010", {"a": "010"}),
        ("a: 0o17", {"a": "0o17"}),
        ("a: 0x1F", {"a": "0x1F"}),
        ("a: 0b1", {"a": "0b1"}),
        ("a: 12:30:45", {"a": "12:30:45"}),
        ("a: 2026-04-01", {"a": "2026-04-01"}),
        ("a: +5", {"a": "+5"}),
        ("a: 1_000", {"a": 1000}),
        ("a: 1_", {"a": "1_"}),
        ("a: _1", {"a": "_1"}),
        ("a: 1__0", {"a": "1__0"}),
        ("a: -0", {"a": 0}),
        ("a: ٣", {"a": "٣"}),
        ("a: =", {"a": "="}),
        ("<<: {a: 1}", {"<<": {"a": 1}}),
        ("a: ~", {"a": None}),
        ("a:", {"a": None}),
        ("1: x", {"1": "x"}),
        ("no: x", {"no": "x"}),
        ("a: |\n  one\n  two\n", {"a": "one\ntwo\n"}),
        ("{a: 1}", None),
        ('{"a": 1}', {"a": 1}),
        ('\ufeff{"a": 1}', {"a": 1}),
        (' \n {"a": 1}', {"a": 1}),
        (f"a: {2**53 - 1}", {"a": 2**53 - 1}),
        (f"a: {1 - 2**53}", {"a": 1 - 2**53}),
        (f'{{"a": {2**53 - 1}}}', {"a": 2**53 - 1}),
        (f'{{"a": {1 - 2**53}}}', {"a": 1 - 2**53}),
    ],
)
def test_nothing_is_guessed(written: str, read: Any) -> None:
    if read is None:
        with pytest.raises(UnreadableText):
            read_document(written)
    else:
        assert read_document(written) == read


@pytest.mark.parametrize("word", ["no", "on", "yes", "off", "n", "1", "0", '"true"', "True"])
def test_only_true_and_false_are_true_and_false(word: str) -> None:
    text = PLAN_TEXT + f"needs_not_captured: {word}\n"

    with pytest.raises(DocumentError) as refusal:
        read_plan(text)

    assert [problem.path for problem in refusal.value.problems] == ["needs_not_captured"]


@pytest.mark.parametrize("written", [b"\xff\xfe\x00", b"\x80", b'{"a": "\xc3"}', b"\xed\xa0\x80"])
def test_bytes_that_are_not_utf_8_are_refused(written: bytes) -> None:
    with pytest.raises(UnreadableText) as refusal:
        read_json(written)

    assert refusal.value.problems[0].code in {"not-utf-8", "not-json"}


def test_a_list_is_not_called_too_short_because_an_item_in_it_is_wrong() -> None:
    data = policy_data()
    data["horizons"] = [{**data["horizons"][0], "months": "six"}]

    assert refused(data) == ["horizons.short.months [wrong-value]"]


@pytest.mark.parametrize("place", ["horizons", "domains", "domains.behaviour.levels", "allocation.knots"])
def test_a_list_that_is_too_short_is_refused(place: str) -> None:
    assert refused(changed(policy_data(), {place: []})) == [f"{place} [wrong-value]"]


SLIPS: list[tuple[str, Any, str]] = [
    # where, what was written, what it says
    ("domains.behaviour.weight", 2, 'Write this in quotation marks: "2".'),
    ("title", True, 'Write this in quotation marks: "true".'),
    ("title", ["a"], "This must be text."),
    (
        "title",
        " ",
        "Write a line of words; in YAML, one that is a number or holds : or # in quotation marks.",
    ),
    ("domains.behaviour.weight", "1,200", 'Write a number as text, without commas: "12.5".'),
    ("domains.behaviour.weight", "-1", 'Write a number as text, without commas: "12.5".'),
    ("code", "Every day", "Write lower-case letters, digits and single hyphens, such as short-break."),
    (
        "allocation.knots.1.amount_pence",
        "£1,500",
        "This must be whole pence, without a pound sign, a comma or quotation marks: £1,500 is 150000.",
    ),
    ("horizons.short.months", "6", "This must be a whole number, without quotation marks or a comma."),
    ("horizons.short.months", 0, "This must be 1 or more."),
    ("horizons.short.months", 1000, "This must be 120 or less."),
    ("money.period", "fortnight", "This must be 'week', 'four-weeks', 'month' or 'year'."),
    ("valid_from", "1 April 2026", "A day is written YYYY-MM-DD."),
    ("allocation", {"source": "x"}, "This is needed and is not there: it says which kind is meant."),
    ("allocation.variant", "bands", f"This must be one of {', '.join(map(repr, sorted(ALLOCATIONS)))}."),
    ("money", "GBP", "This must have fields of its own."),
    ("domains", "washing", "This must be a list."),
    ("domains", [], "There must be 1 or more here; there are 0."),
    ("title", "x" * 301, "This may have 300 characters at most."),
    ("colour", "green", "There is no such field; look for a spelling mistake."),
]


@pytest.mark.parametrize(
    ("place", "written", "says"), SLIPS, ids=[f"{at}={what!r:.20}" for at, what, _ in SLIPS]
)
def test_a_slip_is_told_with_what_to_write(place: str, written: Any, says: str) -> None:
    with pytest.raises(DocumentError) as refusal:
        read_policy(json.dumps(changed(policy_data(), {place: written})))

    assert [problem.message for problem in refusal.value.problems] == [says]


def patterns(schema: Any) -> Iterator[str]:
    """Every pattern in a JSON Schema."""
    if isinstance(schema, dict):
        if schema.get("type") == "string" and "pattern" in schema:
            yield schema["pattern"]
        for part in schema.values():
            yield from patterns(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from patterns(part)


def test_every_form_that_a_policy_asks_for_is_said_in_words() -> None:
    wanted = {*patterns(policy_schema())}

    assert len(wanted) > 5
    assert wanted <= {*FORMS}


def refused(data: Data) -> list[str]:
    """The path and code of each problem of a policy."""
    with pytest.raises(DocumentError) as refusal:
        read_policy(json.dumps(data))
    return [f"{problem.path} [{problem.code}]" for problem in refusal.value.problems]


@given(st.text(st.characters()))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (read_policy, read_plan):
        with pytest.raises(DocumentError) as refusal:
            read(text)
        assert refusal.value.problems


def is_read_or_refused(read: Callable[[Any], Any], written: Any) -> bool:
    """Whether something is read, or refused with problems that say what and why."""
    try:
        read(written)
    except (UnreadableText, DocumentError) as refusal:
        return all(problem.code and problem.message for problem in refusal.problems)
    return True


@given(st.binary())
def test_any_bytes_are_read_or_refused(written: bytes) -> None:
    assert is_read_or_refused(read_json, written)


@given(st.text(alphabet="{}[]\"'&*!|>-?:,#%@`\n \\~<.0123456789eE_+naifNI\x00\ufeff\x85", max_size=60))
def test_any_text_of_marks_that_mean_something_is_read_or_refused(text: str) -> None:
    assert is_read_or_refused(read_document, text)


@given(st.data())
def test_a_document_with_a_few_characters_changed_is_read_or_refused(data: st.DataObject) -> None:
    text = PLAN_TEXT
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(st.text(max_size=2)) + text[at + data.draw(st.integers(0, 3)) :]

    assert is_read_or_refused(read_plan, text)


def test_a_very_long_name_of_a_field_is_refused_before_what_stands_below_it() -> None:
    text = json.dumps({"a" * 201: [0] * 100}).replace("0", "1.5")
    with pytest.raises(UnreadableText) as refused:
        read_json(text)
    assert [problem.code for problem in refused.value.problems] == ["key-too-long"]


def test_a_flood_of_faults_is_told_in_part() -> None:
    with pytest.raises(UnreadableText) as refused:
        read_json(f"[{','.join(['1.5'] * 5_000)}]")
    assert len(refused.value.problems) == MAX_PROBLEMS


@pytest.mark.parametrize(
    "text", ["", " ", "\t", "\n \n", "\u00a0", "\u00ad", "\u200b", "\u2003\u2060", "\u2800", "\ufeff"]
)
@pytest.mark.parametrize("kind", [Line, Words])
def test_what_cannot_be_seen_is_no_words(kind: Any, text: str) -> None:
    words: TypeAdapter[str] = TypeAdapter(kind)
    with pytest.raises(ValidationError):
        words.validate_python(text)
    assert words.validate_python("é") == "é"
