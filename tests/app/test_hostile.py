"""Hostile requests are refused with a whole problem document; nothing breaks and nothing of them is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from tests.app.hostile import ANYWHERE, KINDS, MEDIA_TYPES, bodies, faults, put, send
from tests.app.rows import row_counts
from tests.app.service import (
    Service,
    add_person,
    add_plan,
    good,
    plan_content,
    policy_document,
)

ESTIMATE = {
    "age": 11,
    "on": "2026-11-23",
    "needs": [{"domain": "independence", "level": "regular"}],
    "circumstances": [{"circumstance": "disabled-siblings", "count": 0}],
}
PLAN = plan_content(words={"family_views": "Evenings are the hardest part of the day."})


@dataclass(frozen=True)
class Target:
    """An operation, a right body for it, and places in that body by the kind of what stands there."""

    subject: str
    method: str
    path: str
    body: dict[str, Any]
    places: dict[str, str]


def person_id(service: Service) -> str:
    return str(add_person(service.assessor, reference=f"EX-{uuid4().hex[:8].upper()}")["id"])


def policy(method: str = "POST", path: str = "/v1/policies") -> Target:
    return Target(
        "demo-policy-lead",
        method,
        path,
        {"document": policy_document(version="2099.1", bounds={"soft_cap_pence": 1, "source": "x"})},
        {
            "document.authority.code": "code",
            "document.domains.0.levels.0.points": "code",
            "document.valid_from": "day",
            "document.bounds.soft_cap_pence": "whole",
        },
    )


def plan_of(service: Service) -> Target:
    places = {
        "reference": "",
        "starts_on": "day",
        "needs.0.domain": "code",
        "needs.0.levels": "",
        "resources.0.will_last": "flag",
        "circumstances.1.count": "whole",
        "lines.0.quantity": "code",
        "words.family_views": "words",
    }
    return Target("demo-assessor", "POST", "/v1/plans", {**PLAN, "person_id": person_id(service)}, places)


def outcome(service: Service) -> Target:
    asked = {"asked_on": "2026-11-01", "asked_by": "parent", "plan_stage": "ehc-plan"}
    made = good(service.assessor.post("/v1/requests", {**asked, "person_id": person_id(service)}))
    body = {"outcome": "refused", "decided_on": "2026-11-20", "reasons": "There is no plan yet to secure."}
    places = {"outcome": "code", "decided_on": "day", "reasons": "words"}
    return Target("demo-assessor", "POST", f"/v1/requests/{made['id']}/outcome", body, places)


def assessment(service: Service) -> Target:
    plan = add_plan(service.assessor, person_id(service))
    body = {"plan_id": plan["id"], "plan_version": 1, "effective_on": "2026-11-23"}
    places = {"plan_id": "code", "plan_version": "whole", "effective_on": "day"}
    return Target("demo-assessor", "POST", "/v1/assessments", body, places)


TARGETS: dict[str, Callable[[Service], Target]] = {
    "add a person": lambda _: Target(
        "demo-assessor",
        "POST",
        "/v1/people",
        {"reference": "EX-1", "born_on": "2015-06-14", "team": "north", "current_package_annual_pence": 1},
        {"reference": "code", "born_on": "day", "team": "code", "current_package_annual_pence": "whole"},
    ),
    "write a request down": lambda service: Target(
        "demo-assessor",
        "POST",
        "/v1/requests",
        {
            "person_id": person_id(service),
            "asked_on": "2026-11-01",
            "asked_by": "parent",
            "plan_stage": "ehc-plan",
        },
        {"person_id": "code", "asked_on": "day", "asked_by": "code"},
    ),
    "settle a request": outcome,
    "add a plan": plan_of,
    "assess": assessment,
    "try": lambda _: Target(
        "demo-assessor",
        "POST",
        "/v1/assessments:try",
        {"born_on": "2015-06-14", "content": PLAN, "effective_on": "2026-11-23"},
        {"born_on": "day", "effective_on": "day", "content.needs.0.domain": "code", "content.kind": "code"},
    ),
    "draft a policy": lambda _: policy(),
    "estimate": lambda _: Target(
        "",
        "POST",
        "/local-offer/v1/estimates",
        ESTIMATE,
        {"age": "whole", "on": "day", "needs.0.level": "code", "circumstances.0.count": "whole"},
    ),
}
"""Operations to be hostile to, one of each sort."""


def who(service: Service, target: Target) -> Any:
    return service.acting_as(target.subject) if target.subject else service.public


@pytest.mark.parametrize("name", TARGETS)
def test_a_hostile_value_is_refused_wherever_it_stands(service: Service, name: str) -> None:
    target = TARGETS[name](service)
    before = row_counts(service)
    wrong = []
    for place, kind in target.places.items():
        for what, raw in {**ANYWHERE, **KINDS.get(kind, {})}.items():
            answer = send(who(service, target), target.method, target.path, put(target.body, place, raw))
            wrong += [f"{what} at {place}: {fault}" for fault in faults(answer)]
        if kind == "words":
            body = put(target.body, place, '"Evenings are the hardest part: @"').replace(b"@", b"\xff")
            answer = send(who(service, target), target.method, target.path, body)
            wrong += [f"not UTF-8 at {place}: {fault}" for fault in faults(answer)]
    assert wrong == []
    assert row_counts(service) == before


@pytest.mark.parametrize("name", TARGETS)
def test_a_hostile_body_is_refused(service: Service, name: str) -> None:
    target = TARGETS[name](service)
    before = row_counts(service)
    wrong = []
    for what, body in bodies(target.body):
        answer = send(who(service, target), target.method, target.path, body)
        wrong += [f"{what}: {fault}" for fault in faults(answer)]
    assert wrong == []
    assert row_counts(service) == before


@pytest.mark.parametrize("name", TARGETS)
def test_a_body_of_another_kind_is_415_even_if_it_could_be_read(service: Service, name: str) -> None:
    target = TARGETS[name](service)
    before = row_counts(service)
    body = put(target.body, next(iter(target.places)), '"EX-1"')
    wrong = []
    for what, headers in {**MEDIA_TYPES, "CSV": {"Content-Type": "text/csv"}}.items():
        answer = who(service, target).send(target.method, target.path, content=body, headers=headers)
        wrong += [f"{what}: {fault}" for fault in faults(answer)]
        if answer.status_code != 415:
            wrong.append(f"{what}: {answer.status_code}")
    twice = [("Content-Type", "application/json"), ("Content-Type", "text/csv")]
    answer = service.client.request(
        target.method, target.path, content=body, headers=[*who(service, target).headers.items(), *twice]
    )
    assert faults(answer) == []
    assert answer.json()["problems"][0]["code"] == "repeated"
    assert wrong == []
    assert row_counts(service) == before


def test_a_policy_of_any_shape_can_be_checked(service: Service) -> None:
    target = policy(path="/v1/policies:check")
    before = row_counts(service)
    for place, kind in target.places.items():
        for what, raw in {**ANYWHERE, **KINDS[kind]}.items():
            answer = send(who(service, target), "POST", target.path, put(target.body, place, raw))
            usable = answer.json()["usable"] if answer.status_code == 200 else None
            assert usable is False or not faults(answer), f"{what} at {place}: {answer.text[:200]}"
    assert row_counts(service) == before
