"""A change that breaks callers is noticed before it is committed."""

import copy
import json
from typing import Any

import pytest

from tests.app.journey import DESCRIPTION, SURFACE
from tests.app.surface import breaking, surface

NOW: dict[str, Any] = json.loads(DESCRIPTION.read_text())


def changed(change: str) -> dict[str, Any]:  # noqa: C901  one short case for each kind of change
    description = copy.deepcopy(NOW)
    plan = description["components"]["schemas"]["NewPlan"]
    match change:
        case "an operation goes":
            del description["paths"]["/v1/plans"]["post"]
        case "a field of an answer goes":
            del description["components"]["schemas"]["Replay"]["properties"]["equal"]
        case "a field changes its kind":
            plan["properties"]["reference"] = {"type": "integer"}
        case "a field becomes needed":
            plan["required"].append("resources")
        case "a choice goes":
            description["components"]["schemas"]["PlanKind"]["enum"].remove("care")
        case "a status goes":
            del description["paths"]["/v1/plans"]["post"]["responses"]["201"]
        case "a new needed field":
            plan["properties"]["why"] = {"type": "string"}
            plan["required"].append("why")
        case "a new needed parameter":
            parameter = {"in": "query", "name": "why", "required": True}
            description["paths"]["/v1/plans"]["post"]["parameters"].append(parameter)
        case "a new operation":
            parameter = {"in": "query", "name": "why", "required": True}
            description["paths"]["/v1/why"] = {"get": {"parameters": [parameter], "responses": {}}}
        case "a new field of an answer":
            description["components"]["schemas"]["Replay"]["properties"]["why"] = {"type": "string"}
        case "a new field that may be left out":
            plan["properties"]["why"] = {"type": "string"}
        case _:
            raise LookupError(change)
    return description


@pytest.mark.parametrize(
    "change",
    [
        "an operation goes",
        "a field of an answer goes",
        "a field changes its kind",
        "a field becomes needed",
        "a choice goes",
        "a status goes",
        "a new needed field",
        "a new needed parameter",
    ],
)
def test_a_breaking_change_is_noticed(change: str) -> None:
    assert breaking(surface(NOW), surface(changed(change)))


@pytest.mark.parametrize(
    "change", ["a new operation", "a new field of an answer", "a new field that may be left out"]
)
def test_a_harmless_change_is_not(change: str) -> None:
    assert breaking(surface(NOW), surface(changed(change))) == []


def test_the_committed_surface_is_that_of_the_committed_description() -> None:
    assert SURFACE.read_text().splitlines() == surface(NOW), "run `make openapi`"
