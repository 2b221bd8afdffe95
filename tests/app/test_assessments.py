"""Assessments: scored under the policy of the day, kept with all they came from, and worked out again."""

import json
import re
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from httpx2 import Response

from tests.app.rows import row_counts
from tests.app.service import (
    Person,
    Service,
    add_assessment,
    add_person,
    add_plan,
    good,
    plan_content,
    policy_document,
)

TRIED = {"born_on": "2015-06-14", "effective_on": "2026-11-23"}


@pytest.fixture
def plan(service: Service) -> dict[str, Any]:
    return add_plan(service.assessor, str(add_person(service.assessor)["id"]))


def code(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def assess(who: Person, plan: dict[str, Any], **changes: Any) -> Response:
    return who.post("/v1/assessments", {"plan_id": plan["id"], "effective_on": "2026-11-23", **changes})


def replay(service: Service, assessment: dict[str, Any]) -> dict[str, Any]:
    return dict(good(service.assessor.get(f"/v1/assessments/{assessment['id']}/replay")))


def problems(answer: Response) -> set[tuple[str, str]]:
    return {(problem["path"], problem["code"]) for problem in answer.json()["problems"]}


def test_an_assessment_is_kept_with_its_whole_working(service: Service, plan: dict[str, Any]) -> None:
    made = add_assessment(service.assessor, plan["id"])
    result = made["result"]

    assert good(service.assessor.get(f"/v1/assessments/{made['id']}")) == made
    assert result["working"][-1]["kind"] == "result"
    assert result["indicative_annual_pence"] == made["indicative_annual_pence"] > 0
    assert len(made["sentences"]["working"]) == len(result["working"])
    assert len(made["sentences"]["plan_cost"]) == len(result["plan_cost"]["working"])
    in_force = good(service.assessor.get("/v1/policies/in-force?on=2026-11-23"))
    assert (made["policy_id"], result["policy"]["sha256"]) == (in_force["id"], in_force["sha256"])
    assert (made["plan_id"], made["plan_version"], made["person_id"]) == (plan["id"], 1, plan["person_id"])
    listed = good(service.assessor.get("/v1/assessments", params={"plan_id": plan["id"]}))["items"]
    assert listed == [{name: made[name] for name in made if name not in {"result", "sentences"}}]


def test_trying_answers_the_same_and_keeps_nothing(service: Service, plan: dict[str, Any]) -> None:
    made = add_assessment(service.assessor, plan["id"])
    before = row_counts(service)

    tried = good(service.assessor.post("/v1/assessments:try", {**TRIED, "content": plan_content()}))

    assert tried == {"result": made["result"], "sentences": made["sentences"]}
    assert row_counts(service) == before


def test_an_unfinished_plan_is_refused_and_each_domain_named(service: Service) -> None:
    content = plan_content()
    content["needs"] = [need for need in content["needs"] if need["domain"] != "behaviour"]
    content["needs"][0]["levels"]["medium"] = "not-known"
    del content["needs"][1]["levels"]["long"]
    plan = add_plan(service.assessor, str(add_person(service.assessor)["id"]), needs=content["needs"])
    before = row_counts(service)

    for refused in (
        assess(service.assessor, plan),
        service.assessor.post("/v1/assessments:try", {**TRIED, "content": content}),
    ):
        assert code(refused) == (409, "plan-does-not-fit")
        assert {kind for _, kind in problems(refused)} == {"unanswered-domain", "answer-not-known"}
        messages = " ".join(problem["message"] for problem in refused.json()["problems"])
        assert "'behaviour' (Behaviour management) is not answered" in messages
        assert ("needs.independence.levels.medium", "answer-not-known") in problems(refused)
        assert ("needs.relationships.levels.long", "unanswered-domain") in problems(refused)
        assert "indicative" not in refused.json()
    assert row_counts(service) == before


def test_what_may_not_be_bought_is_refused_by_its_rule(service: Service) -> None:
    lines = [{**plan_content()["lines"][0], "purpose": "school-place"}]
    plan = add_plan(service.assessor, str(add_person(service.assessor)["id"]), lines=lines)
    refused = assess(service.assessor, plan)
    assert code(refused) == (409, "line-out-of-scope")
    assert "section 5.3" in refused.json()["problems"][0]["message"]


@pytest.mark.parametrize(
    ("effective_on", "expected"),
    [
        ("2026-08-31", "day-outside-plan"),
        ("2028-09-01", "day-outside-plan"),
        ("2026-03-31", "no-policy-in-force"),
        ("1900-01-01", "no-policy-in-force"),
    ],
)
def test_a_day_outside_plan_or_policies_has_no_answer(
    service: Service, plan: dict[str, Any], effective_on: str, expected: str
) -> None:
    assert code(assess(service.assessor, plan, effective_on=effective_on)) == (409, expected)


def test_a_child_too_old_for_the_policy_has_no_answer(service: Service) -> None:
    grown = add_person(service.assessor, born_on="2008-11-23")
    plan = add_plan(service.assessor, str(grown["id"]))
    assert code(assess(service.assessor, plan)) == (409, "age-outside-policy")
    good(assess(service.assessor, plan, effective_on="2026-11-22"))


@pytest.mark.parametrize(
    ("effective_on", "horizon"),
    [
        ("2026-09-01", "short"),
        ("2027-02-28", "short"),
        ("2027-03-01", "medium"),
        ("2027-08-31", "medium"),
        ("2027-09-01", "long"),
        ("2028-08-31", "long"),
    ],
)
def test_the_effective_day_chooses_the_horizon(
    sqlite_service: Service, effective_on: str, horizon: str
) -> None:
    tried = {"born_on": "2015-06-14", "effective_on": effective_on, "content": plan_content()}
    result = good(sqlite_service.assessor.post("/v1/assessments:try", tried))["result"]
    headline = next(one for one in result["horizons"] if one["horizon"] == horizon)
    assert result["horizon"] == horizon
    assert result["indicative_annual_pence"] == headline["indicative_annual_pence"]
    assert headline["first_day"] <= effective_on <= headline["last_day"]


def publish_next_year(service: Service) -> None:
    """In place of the example policy two that follow one another, the second one more generous."""
    service.clock.now = service.clock.now.replace(month=3)
    lead, second = (service.acting_as(f"demo-{which}policy-lead") for which in ("", "second-"))

    def act(policy: dict[str, Any], name: str) -> dict[str, Any]:
        path = f"/v1/policies/{policy['id']}"
        etag = second.get(path).headers["ETag"]
        return dict(good(second.post(f"{path}/{name}", headers={"If-Match": etag})))

    act(good(lead.get("/v1/policies/in-force?on=2026-11-23")), "withdraw")
    document = policy_document()
    generous = json.loads(json.dumps(document))
    for knot in generous["allocation"]["knots"]:
        knot["amount_pence"] *= 2
    for made in (
        {**document, "version": "2026.2", "valid_before": "2027-01-01"},
        {**generous, "version": "2027.1", "valid_from": "2027-01-01"},
    ):
        act(act(good(lead.post("/v1/policies", {"document": made})), "approve"), "publish")
    service.clock.now = service.clock.now.replace(month=11)


def test_the_effective_day_chooses_the_policy(service: Service) -> None:
    publish_next_year(service)
    plan = add_plan(service.assessor, str(add_person(service.assessor)["id"]))

    last = add_assessment(service.assessor, plan["id"], effective_on="2026-12-31")
    first = add_assessment(service.assessor, plan["id"], effective_on="2027-01-01")

    assert (last["result"]["policy"]["version"], first["result"]["policy"]["version"]) == ("2026.2", "2027.1")
    assert first["indicative_annual_pence"] > last["indicative_annual_pence"] * 19 // 10
    assert replay(service, last)["equal"]
    assert replay(service, first)["equal"]


def test_a_replay_is_equal_to_the_byte_whatever_has_changed_since(
    service: Service, plan: dict[str, Any]
) -> None:
    made = add_assessment(service.assessor, plan["id"])
    assert replay(service, made)["equal"]
    person = f"/v1/people/{plan['person_id']}"
    etag = {"If-Match": service.assessor.get(person).headers["ETag"]}
    good(service.assessor.put(person, {"born_on": "2005-01-01", "team": "north"}, headers=etag))
    etag = {"If-Match": service.assessor.get(f"/v1/plans/{plan['id']}").headers["ETag"]}
    changed = plan_content(needs=[])
    good(service.assessor.post(f"/v1/plans/{plan['id']}/versions", changed, headers=etag))

    again = replay(service, made)

    assert again["equal"]
    assert again["kept_sha256"] == again["recomputed_sha256"] == made["result_sha256"]
    assert again["kept_engine_version"] == again["engine_version"] == made["engine_version"]
    assert good(service.assessor.get(f"/v1/assessments/{made['id']}")) == made
    assert code(assess(service.assessor, plan, plan_version=1)) == (409, "age-outside-policy")


def test_a_replay_under_a_policy_that_was_replaced_is_equal_still(service: Service) -> None:
    plan = add_plan(service.assessor, str(add_person(service.assessor)["id"]))
    made = add_assessment(service.assessor, plan["id"])
    publish_next_year(service)
    assert replay(service, made)["equal"]


def test_a_replay_by_a_later_engine_is_equal_and_names_both(
    service: Service, plan: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = add_assessment(service.assessor, plan["id"])
    monkeypatch.setattr("app.assessment.service.ENGINE_VERSION", "1.99.0")

    again = replay(service, made)

    assert again["equal"]
    assert again["kept_engine_version"] == made["engine_version"]
    assert again["engine_version"] == "1.99.0"


TAMPERED = {
    "the result": ("result", '"indicative_annual_pence":', '"indicative_annual_pence":1'),
    "a word of it": ("result", "Exampleshire", "Examplashire"),
    "what went in": ("inputs", '"short":"frequent"', '"short":"constant"'),
    "its fingerprint": ("result_sha256", "a", "b"),
    "the amount it is listed with": ("indicative_annual_pence", "", "1"),
    "the cost it is listed with": ("plan_cost_annual_pence", "", "1"),
    "the day it is listed with": ("effective_on", "2026-11-23", "2026-11-24"),
    "the engine it is listed with": ("engine_version", "1.", "2."),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_replay_sees_a_row_that_was_tampered_with(
    service: Service, plan: dict[str, Any], what: str
) -> None:
    """Whoever can drop the trigger can change a byte; nobody can make the sum come out."""
    made = add_assessment(service.assessor, plan["id"])
    column, old, new = TAMPERED[what]
    drop = "refuses_update" if service.database.is_sqlite else "refuses_change ON assessment"
    with service.database.writing.begin() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER assessment_{drop}")
        kept = connection.scalar(sa.text(f"SELECT {column} FROM assessment"))  # noqa: S608  a column's name
        change = sa.text(f"UPDATE assessment SET {column} = :new")  # noqa: S608  as above
        changed = str(kept).replace(old, new) if old else kept + int(new)
        assert changed != str(kept)
        connection.execute(change, {"new": changed})

    assert not replay(service, made)["equal"]


def test_the_statement_says_the_same_as_a_page_and_as_text(service: Service, plan: dict[str, Any]) -> None:
    made = add_assessment(service.assessor, plan["id"])
    path = f"/v1/assessments/{made['id']}/statement"
    page, text = service.assessor.get(path), service.assessor.get(f"{path}?format=text")

    assert page.headers["content-type"].startswith("text/html")
    assert text.headers["content-type"].startswith("text/plain")
    found = re.findall(r"<(h1|h2|p|li)(?: [^>]*)?>(.*?)</\1>", page.text, re.DOTALL)
    on_page = [unescape(words).strip() for _, words in found]
    lines = [line for line in text.text.splitlines() if line and not re.fullmatch("[-=]+", line)]
    in_text = [re.sub(r"^- |^\[|\]$", "", line) for line in lines]
    assert on_page == in_text
    for sentence in (*made["sentences"]["working"], *made["sentences"]["plan_cost"]):
        assert sentence in in_text
    assert any("ILLUSTRATIVE ONLY" in line for line in in_text[:2])
    assert "script" not in page.text


def test_what_would_change_the_amount_is_said_for_each_answer(service: Service, plan: dict[str, Any]) -> None:
    new = {"plan_id": plan["id"], "effective_on": "2026-11-23"}
    kept = good(service.assessor.post("/v1/assessments", new))

    shown = good(service.assessor.get(f"/v1/assessments/{kept['id']}/sensitivity"))

    found = shown["sensitivity"]
    assert found["indicative_annual_pence"] == kept["indicative_annual_pence"]
    up = next(a for a in found["answers"] if (a["domain"], a["level"]) == ("behaviour", "frequent"))
    assert up["difference_annual_pence"] == up["indicative_annual_pence"] - kept["indicative_annual_pence"]
    assert up["difference_annual_pence"] > 0
    assert {each["resource"] for each in found["help"]} == {1, 2}, (
        "the third will not last, and does not count"
    )
    assert found["birthday"]["age"] == 18
    assert len(shown["sentences"]) == 1 + len(found["answers"]) + len(found["help"]) + 1
    assert code(
        service.acting_as("demo-assessor-south").get(f"/v1/assessments/{kept['id']}/sensitivity")
    ) == (
        404,
        "not-found",
    )


def test_another_teams_plan_is_not_assessed(service: Service, plan: dict[str, Any]) -> None:
    assert code(assess(service.acting_as("demo-assessor-south"), plan)) == (404, "not-found")
    assert code(assess(service.assessor, plan, plan_version=2)) == (404, "not-found")
