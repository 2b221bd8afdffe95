"""A policy document: text in, a policy out; and back; and the JSON Schema that editors use."""

from typing import Any

import yaml
from pydantic import TypeAdapter

from ras.canonical import as_written
from ras.errors import PolicyDocumentError
from ras.policy.checks import faults
from ras.policy.configuration import PolicyConfiguration
from ras.reading import UnreadableText, read_document, reads_as_text, validated

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
    """The JSON Schema (2020-12) of policy documents."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:ras:policy:1",
        **_POLICY.json_schema(),
    }
