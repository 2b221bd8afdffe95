"""Support plans: version by version, in a policy's codes, with people's own words kept apart."""

from typing import Any

import pytest
import sqlalchemy as sa
from httpx2 import Response

from tests.app.rows import everything, row_counts
from tests.app.service import Person, Service, add_person, add_plan, good, plan_content

VIEWS = "Evenings are zz-views for all of us."
YOUNG = "I want zz-young to go swimming."
NEEDS = "Travel to zz-needs, a hospital far away."
REASON = "Shared with two zz-reason families."
WORDS = {"family_views": VIEWS, "young_person_views": YOUNG, "needs_not_captured": NEEDS}
CANARIES = ("zz-views", "zz-young", "zz-needs", "zz-reason")
SHARED = {
    "domain": "relationships",
    "item": "activity-club",
    "purpose": "part-of-shared-cost",
    "quantity": "1",
    "per": "week",
    "provision": "H1.9",
    "reason": REASON,
}


@pytest.fixture
def child(service: Service) -> str:
    return str(add_person(service.assessor)["id"])


def code(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def problems(answer: Response) -> set[tuple[str, str]]:
    return {(problem["path"], problem["code"]) for problem in answer.json()["problems"]}


def write(who: Person, plan: dict[str, Any], **changes: Any) -> Response:
    path = f"/v1/plans/{plan['id']}"
    etag = who.get(path).headers["ETag"]
    return who.post(f"{path}/versions", plan_content(**changes), headers={"If-Match": etag})


def with_words() -> dict[str, Any]:
    return {"words": WORDS, "lines": [*plan_content()["lines"], SHARED]}


def test_a_plan_comes_back_as_it_was_written(service: Service, child: str) -> None:
    content = plan_content(**with_words())
    made = add_plan(service.assessor, child, **with_words())

    shown = good(service.assessor.get(f"/v1/plans/{made['id']}"))
    assert shown == made
    assert shown["person_id"] == child
    assert without_nulls(shown["content"]) == content


def without_nulls(value: Any) -> Any:
    """What was written: an answer also names what was left out, as null."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def test_a_version_is_added_and_earlier_ones_stay(service: Service, child: str) -> None:
    first = add_plan(service.assessor, child, words={"family_views": VIEWS})
    second = good(write(service.assessor, first, words={"family_views": "Something else."}))
    path = f"/v1/plans/{first['id']}"

    assert (first["revision"], second["revision"]) == (1, 2)
    assert good(service.assessor.get(f"{path}/versions/1")) == first
    assert good(service.assessor.get(f"{path}/versions/2")) == second
    assert good(service.assessor.get(path)) == second
    assert code(service.assessor.get(f"{path}/versions/3")) == (404, "not-found")
    listed = good(service.assessor.get("/v1/plans", params={"person_id": child}))["items"]
    assert listed == [second], "a list shows each plan once, in its latest version"


def test_a_version_starts_from_the_latest(service: Service, child: str) -> None:
    first = add_plan(service.assessor, child)
    etag = {"If-Match": service.assessor.get(f"/v1/plans/{first['id']}").headers["ETag"]}
    good(write(service.assessor, first))

    stale = service.assessor.post(f"/v1/plans/{first['id']}/versions", plan_content(), headers=etag)
    assert code(stale) == (412, "record-has-changed")


def test_every_code_the_policy_does_not_have_is_listed_by_its_path(service: Service, child: str) -> None:
    content = plan_content()
    content["needs"][0]["levels"]["medium"] = "enormous"
    content["needs"][1]["domain"] = "moonwalking"
    content["resources"][0]["contribution"] = "plenty"
    content["circumstances"][0]["choice"] = "moon"
    content["lines"][1]["item"] = "rocket"
    content["lines"][2]["purpose"] = "fun"
    before = row_counts(service)

    refused = service.assessor.post("/v1/plans", {**content, "person_id": child})

    assert code(refused) == (409, "plan-does-not-fit")
    assert {(kind, path.rpartition(".")[2]) for path, kind in problems(refused)} == {
        ("unknown-level", "medium"),
        ("unknown-domain", "domain"),
        ("unknown-contribution", "contribution"),
        ("wrong-answer", "0"),
        ("unknown-item", "item"),
        ("unknown-purpose", "purpose"),
    }
    assert "needs.independence.levels.medium" in {path for path, _ in problems(refused)}
    pointers = {problem["pointer"] for problem in refused.json()["problems"]}
    assert pointers >= {"/needs/0/levels/medium", "/lines/1/item"}
    assert row_counts(service) == before


def test_an_unfinished_plan_can_be_written(service: Service, child: str) -> None:
    plan = add_plan(service.assessor, child, needs=[], resources=[], circumstances=[], lines=[])
    assert plan["content"]["needs"] == []


def test_before_any_policy_a_plan_is_taken_as_it_is(service: Service, child: str) -> None:
    """It is looked at when it is scored, under the policy of that day."""
    plan = add_plan(
        service.assessor,
        child,
        starts_on="2025-09-01",
        needs=[{"domain": "of-another-policy", "levels": {"short": "anything"}}],
    )
    assert plan["revision"] == 1


def test_an_ehc_plan_names_its_next_review_and_a_care_plan_need_not(service: Service, child: str) -> None:
    body = {**plan_content(next_ehc_review_on=None), "person_id": child}
    refused = service.assessor.post("/v1/plans", body)
    assert code(refused) == (422, "request-invalid")
    assert problems(refused) == {("next_ehc_review_on", "missing")}
    good(service.assessor.post("/v1/plans", {**body, "kind": "care"}))


def test_words_are_in_the_table_of_words_and_nowhere_else(service: Service, child: str) -> None:
    plan = add_plan(service.assessor, child, **with_words())
    good(write(service.assessor, plan, **with_words()))
    good(service.assessor.post("/v1/assessments", {"plan_id": plan["id"], "effective_on": "2026-11-23"}))

    kept = everything(service, "words")
    assert all(canary in kept for canary in CANARIES)
    rest = everything(service, *(set(row_counts(service)) - {"words"}))
    assert not [canary for canary in CANARIES if canary in rest]
    document = everything(service, "plan_version")
    assert '"needs_not_captured":true' in document
    assert '"reason_given":true' in document


def test_words_are_gone_when_they_are_erased_and_the_plan_still_stands(service: Service, child: str) -> None:
    plan = add_plan(service.assessor, child, **with_words())
    before = good(service.assessor.get(f"/v1/plans/{plan['id']}"))
    with service.database.writing.begin() as connection:
        connection.execute(sa.text("UPDATE words SET content = NULL, salt = NULL"))

    after = good(service.assessor.get(f"/v1/plans/{plan['id']}"))

    assert not any(after["content"]["words"].values())
    assert not any(line["reason"] for line in after["content"]["lines"])
    assert after["content"]["needs"] == before["content"]["needs"]
    assessed = {"plan_id": plan["id"], "effective_on": "2026-11-23"}
    result = good(service.assessor.post("/v1/assessments", assessed))["result"]
    assert "needs-not-captured" in result["horizons"][0]["marks"]


def test_a_name_cannot_be_put_where_codes_stand(service: Service, child: str) -> None:
    for change in (
        {"reference": "Ann Other's plan"},
        {"name": "Ann Other"},
        {"words": {"gp": "Dr Other"}},
        {"needs": [{"domain": "independence", "levels": {"short": "regular"}, "note": "Ann"}]},
    ):
        refused = service.assessor.post("/v1/plans", {**plan_content(**change), "person_id": child})
        assert code(refused) == (422, "request-invalid")


def test_an_answer_kept_for_an_idempotency_key_can_be_deleted(service: Service, child: str) -> None:
    """It holds what was answered, words too, so it must not be among what is kept for good."""
    content = {**plan_content(**with_words()), "person_id": child}
    good(service.assessor.post("/v1/plans", content, headers={"Idempotency-Key": "plan-1"}))
    assert "zz-views" in everything(service, "idempotency_key")

    with service.database.writing.begin() as connection:
        connection.execute(sa.text("DELETE FROM idempotency_key"))
    assert "zz-views" not in everything(service, "idempotency_key")


def test_another_teams_child_cannot_be_given_a_plan(service: Service, child: str) -> None:
    south = service.acting_as("demo-assessor-south")
    assert code(south.post("/v1/plans", {**plan_content(), "person_id": child})) == (404, "not-found")
