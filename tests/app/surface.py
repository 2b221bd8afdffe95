"""What callers of the API lean on, a line for each thing, so that a breaking change is seen.

The lines are committed as `openapi/surface.txt`. A line that goes, or a new line that asks more of a
caller, breaks callers. Narrower patterns and lengths are not seen here.
"""

from collections.abc import Iterator
from typing import Any

Description = dict[str, Any]


def surface(description: Description) -> list[str]:
    """Every operation, parameter, field, choice and status of a description, sorted."""
    lines: set[str] = set()
    asked = _asked_of_callers(description)
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            lines |= set(_operation(f"{method.upper()} {path}", operation))
    for name, schema in description["components"]["schemas"].items():
        lines |= set(_schema(name, schema, is_asked=name in asked))
    return sorted(lines)


def breaking(before: list[str], now: list[str]) -> list[str]:
    """What in a new surface breaks callers of the one before."""
    known, there = set(before), set(now)
    gone = [f"gone: {line}" for line in before if line not in there]
    more = [
        f"asks more of callers: {line}"
        for line in now
        if line not in known and line.endswith("(needed)") and _owner(line) in known
    ]
    return gone + more


def _owner(line: str) -> str:
    """The operation or schema that a line is about, as its own line names it."""
    operation = line.partition(" takes ")[0]
    return operation if operation != line else line.partition(".")[0]


def _operation(name: str, operation: dict[str, Any]) -> Iterator[str]:
    yield name
    for parameter in operation.get("parameters", ()):
        needed = " (needed)" if parameter.get("required") else ""
        yield f"{name} takes {parameter['in']} {parameter['name']}{needed}"
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"{name} takes {kind} {_type(content.get('schema', {}))}"
    for status, response in operation["responses"].items():
        for kind, content in response.get("content", {"nothing": {}}).items():
            yield f"{name} answers {status} {kind} {_type(content.get('schema', {}))}"


def _schema(name: str, schema: dict[str, Any], *, is_asked: bool) -> Iterator[str]:
    yield name
    for value in schema.get("enum", ()):
        yield f"{name} = {value}"
    required = set(schema.get("required", ()))
    for field, kind in schema.get("properties", {}).items():
        needed = " (needed)" if is_asked and field in required else ""
        yield f"{name}.{field} is {_type(kind)}{needed}"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " or ".join(sorted(_type(one) for one in schema[union]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if "const" in schema:
        return f"'{schema['const']}'"
    return str(schema.get("type", "anything"))


def _asked_of_callers(description: Description) -> set[str]:
    """The schemas that callers have to write."""
    schemas = description["components"]["schemas"]
    waiting = [
        name
        for operations in description["paths"].values()
        for operation in operations.values()
        for name in _names(operation.get("requestBody", {}))
    ]
    asked: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in asked:
            asked.add(name)
            waiting += _names(schemas[name])
    return asked


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].rpartition("/")[2]
        for inner in value.values():
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)
