"""A policy document: text in, a policy out; and back; and the JSON Schema that editors use."""

import json
from inspect import getdoc, getmodule
from typing import Any

import yaml
from pydantic import TypeAdapter

from ras.allocation import VARIANTS
from ras.canonical import as_written
from ras.errors import PolicyDocumentError
from ras.policy.checks import faults
from ras.policy.configuration import PolicyConfiguration
from ras.reading import UnreadableText, read_document, reads_as_text, validated
from ras.records import FORMS

_POLICY = TypeAdapter(PolicyConfiguration)


def read_policy(text: str) -> PolicyConfiguration:
    """Turn a policy document (YAML or JSON) into a policy, or say everything that is wrong with it.

    Raises:
        PolicyDocumentError: one problem for each mistake, by path: first the shape, then the sense.
    """
    try:
        data = read_document(text)
    except UnreadableText as error:
        raise PolicyDocumentError(error.problems) from None
    return policy_of(data)


def policy_of(data: Any) -> PolicyConfiguration:
    """Turn plain data, as `ras.reading` gives it, into a policy.

    Raises:
        PolicyDocumentError: one problem for each mistake, by path.
    """
    try:
        policy = validated(_POLICY, data)
    except UnreadableText as error:
        raise PolicyDocumentError(error.problems) from None
    problems = faults(policy, data)
    if problems:
        raise PolicyDocumentError(problems)
    return policy


def policy_as_kept(data: Any) -> PolicyConfiguration:
    """A policy that was checked when it was written down: no later check keeps it from being read.

    Raises:
        PolicyDocumentError: it is no policy document any more: it was changed where it is kept.
    """
    try:
        return validated(_POLICY, data)
    except UnreadableText as error:
        raise PolicyDocumentError(error.problems) from None


def write_policy(policy: PolicyConfiguration) -> str:
    """Write a policy as YAML that `read_policy` reads back to the same policy."""
    return yaml.dump(as_written(policy), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Dumper(yaml.SafeDumper):
    """Puts words in quotation marks wherever the reader would take them for something else."""


def _words(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if reads_as_text(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _words)


def policy_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of policy documents, in which an editor finds every field and word explained.

    What is added to pydantic's own is for people: it accepts and refuses the same documents.
    """
    plain = _POLICY.json_schema()
    kinds: dict[str, Any] = plain["$defs"]
    for variant in VARIANTS:
        kinds[variant.__name__]["description"] = getdoc(getmodule(variant))
    for record in (*kinds.values(), plain):
        record.pop("title")
        for name, field in record.get("properties", {}).items():
            _explain(name, field, record, kinds)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:ras:policy:1",
        **_for_people(plain),
    }


def _explain(name: str, field: dict[str, Any], record: dict[str, Any], kinds: dict[str, Any]) -> None:
    """Let a field say at its own place what it is, and what it is where it is left out."""
    field.pop("title", None)
    if name in {"variant", "mode", "kind"} and "const" in field:
        # The word that says which record is written stands for the whole record.
        field["description"], record["title"] = record["description"], field["const"]
    if "description" not in field:
        field["description"] = kinds[field["$ref"].removeprefix("#/$defs/")]["description"]
    if field.get("default") in (None, []):
        # An editor would write these out, where they are left out by everybody.
        field.pop("default", None)
    else:
        field["description"] += f" Left out, it is {json.dumps(field['default'])}."
    kind = field["anyOf"][0] if "anyOf" in field else field
    if name.endswith("_pence") and kind.get("type") == "integer":
        kind["errorMessage"] = _PENCE_SO
    if "anyOf" in field:
        _open(field, kind, kinds)


def _open(field: dict[str, Any], kind: dict[str, Any], kinds: dict[str, Any]) -> None:
    """Let an editor open and explain what may be null, as it does what may not.

    It looks at the field for what to write below it, and at the branch for what to say of it.
    """
    if "$ref" in kind:
        kind["description"] = field["description"]
    written = kinds.get(kind.get("$ref", "").removeprefix("#/$defs/"), kind)["type"]
    if written in {"object", "array"}:
        field["type"] = [written, "null"]


def _for_people(part: Any) -> Any:
    """A part of a schema with a word on each pattern and each choice."""
    if isinstance(part, list):
        return [_for_people(item) for item in part]
    if not isinstance(part, dict):
        return part
    told = {key: _for_people(value) for key, value in part.items()}
    description = part.get("description")
    if isinstance(description, str):
        told["description"] = description = " ".join(description.split())
        if "`" in description:
            told["markdownDescription"] = description
    if isinstance(part.get("enum"), list):
        told["enumDescriptions"] = [_MEANINGS[frozenset(part["enum"])][word] for word in part["enum"]]
    if isinstance(part.get("pattern"), str):
        told["errorMessage"] = told["patternErrorMessage"] = FORMS[part["pattern"]]
    return told


_PENCE_SO = "Write whole pence, without a point: 125000 is £1,250. If it is 1_250_00, set YAML 1.1."
"""What to write for money: by YAML 1.2, which editors begin with, the marks in it make it text."""

_MEANINGS: dict[frozenset[str], dict[str, str]] = {
    frozenset(words): words
    for words in (
        {
            "week": "Amounts are for a week.",
            "four-weeks": "Amounts are for four weeks.",
            "month": "Amounts are for a calendar month.",
            "year": "Amounts are for a year.",
        },
        {
            "week": "Every week.",
            "month": "Every month.",
            "year": "Every year.",
            "once": "Once, at the start.",
        },
        {
            "half-up": "To the nearest; a half goes up.",
            "half-even": "To the nearest; a half goes to the even one.",
            "down": "Down, always.",
            "up": "Up, always.",
        },
        {
            "total": "The yearly total, once.",
            "each-line": "Each line of money as it is written.",
        },
        {
            "short": "From the day the plan starts.",
            "medium": "After the short horizon.",
            "long": "After the medium horizon.",
        },
        {
            "early-years": "Before Year 1.",
            "key-stage-1": "Years 1 and 2.",
            "key-stage-2": "Years 3 to 6.",
            "key-stage-3": "Years 7 to 9.",
            "key-stage-4": "Years 10 and 11.",
            "post-16": "After Year 11.",
        },
        {
            "family": "Family and friends.",
            "community": "The community: clubs, neighbours, voluntary groups.",
            "universal": "Services for everybody: school, GP.",
            "targeted": "Services for some: CAMHS, physiotherapy.",
        },
        {
            "percent": "By a percentage, in `percent`.",
            "flat": "By a sum, in `amount_pence`.",
            "index": "By an index, from `index_from` to `index_to`.",
            "none": "Not at all in this year.",
        },
        {
            "allowed": "A personal budget may buy it.",
            "needs-reason": "Only where a person has written down why.",
            "refused": "A personal budget may not buy it.",
        },
        {
            "sum": "The parts are added up.",
            "max": "The most of the parts is taken.",
            "choose": "The first part that fits the child is taken.",
        },
        {
            "identity": "The sum is in pounds.",
            "square-root": "The sum is the square root of pounds: it is squared.",
            "log": "The sum is the natural logarithm of pounds: e is raised to it.",
        },
        {"team-manager": "A team manager.", "panel-chair": "The chair of the panel."},
        {
            "social-care": "The council's social care money.",
            "health": "The health partner's money.",
            "sen-top-up": "The council's top-up for special educational needs.",
        },
        {
            "hard": "It blocks until it has ended.",
            "conditional": "It blocks unless what it asks for was found.",
        },
        {
            "consent-withdrawn": "The person who gave consent has withdrawn it.",
            "excluded": "One of the grounds of exclusion applies.",
            "not-able-to-manage": "Nobody is able to manage it, with help or without.",
            "safeguarding": "The child is not safe with it.",
            "misuse": "It was spent on what was not agreed.",
        },
        {
            "second-working-day": "On the second working day after it was posted.",
            "cpr-6-26": "On the second day after it was posted, or the next working day (CPR 6.26).",
        },
        {
            "hold": "The lower amount waits for the answer.",
            "run": "The lower amount starts; if the family is right, the difference is paid.",
        },
    )
}
"""What each word of each choice means."""
