"""The life of a policy: drafted, checked, approved and published by a second person, never edited after."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from httpx2 import Response

from app.access import Role
from tests.app.rows import row_counts
from tests.app.service import Person, Service, enter, good, policy_document

THIS_YEAR = {"version": "2040.1", "valid_from": "2040-04-01", "valid_before": "2041-04-01"}
LAST_DAY_BEFORE = datetime(2026, 3, 31, 22, 59, tzinfo=UTC)  # 23:59 in London
FIRST_DAY = datetime(2026, 3, 31, 23, 0, tzinfo=UTC)  # 1 April in London


@pytest.fixture
def lead(service: Service) -> Person:
    """The lead who writes. It is the day before the example policy starts: it could still be withdrawn."""
    service.clock.now = LAST_DAY_BEFORE
    return service.acting_as("demo-policy-lead")


@pytest.fixture
def second(service: Service, lead: Person) -> Person:
    """Another lead."""
    assert lead.client is service.client
    return service.acting_as("demo-second-policy-lead")


def drafted(who: Person, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = good(
        who.post("/v1/policies", {"document": policy_document(**{**THIS_YEAR, **changes})})
    )
    return made


def do(who: Person, policy: dict[str, Any], act: str) -> Response:
    now = who.get(f"/v1/policies/{policy['id']}")
    return who.post(f"/v1/policies/{policy['id']}/{act}", headers={"If-Match": now.headers["ETag"]})


def revise(who: Person, policy: dict[str, Any], **changes: Any) -> Response:
    now = who.get(f"/v1/policies/{policy['id']}")
    body = {"document": {**policy["document"], **changes}}
    return who.put(f"/v1/policies/{policy['id']}", body, headers={"If-Match": now.headers["ETag"]})


def example(who: Person) -> dict[str, Any]:
    policy: dict[str, Any] = good(who.get("/v1/policies/in-force?on=2026-11-23"))
    return policy


def withdraw_example(who: Person) -> None:
    """Leave no policy."""
    good(do(who, example(who), "withdraw"))


def code(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_policy_is_drafted_approved_published_and_in_force(lead: Person, second: Person) -> None:
    """The one before it, which has no last day of its own, lasts until it begins."""
    before = example(lead)
    policy = drafted(lead)
    assert (policy["state"], policy["revision"], policy["acts"]) == ("draft", 1, [])
    assert good(do(second, policy, "approve"))["state"] == "approved"
    published = good(do(second, policy, "publish"))

    assert published["state"] == "published"
    assert [(act["kind"], act["written"]["by"]) for act in published["acts"]] == [
        ("approved", "demo-second-policy-lead"),
        ("published", "demo-second-policy-lead"),
    ]
    for day in ("2040-04-01", "2041-03-31"):
        assert good(lead.get(f"/v1/policies/in-force?on={day}"))["id"] == policy["id"]
    assert good(lead.get("/v1/policies/in-force?on=2040-03-31"))["id"] == before["id"]
    assert code(lead.get("/v1/policies/in-force?on=2041-04-01")) == (409, "no-policy-in-force")


def test_a_document_comes_back_as_it_was_written(lead: Person) -> None:
    written = policy_document(**THIS_YEAR)
    policy = drafted(lead)
    assert policy["document"] == written
    assert good(lead.get(f"/v1/policies/{policy['id']}"))["document"] == written
    checked = good(lead.post("/v1/policies:check", {"document": written}))
    assert checked["sha256"] == policy["sha256"]


def test_nobody_approves_or_publishes_what_they_drafted(lead: Person, second: Person) -> None:
    policy = drafted(lead)
    assert code(do(lead, policy, "approve")) == (403, "own-policy")
    good(do(second, policy, "approve"))
    assert code(do(lead, policy, "publish")) == (403, "own-policy")


def test_whoever_wrote_any_revision_is_an_author_for_good(
    service: Service, lead: Person, second: Person
) -> None:
    """Also someone whose words were all written over again."""
    policy = drafted(lead)
    good(revise(second, policy, title="Another title"))
    good(revise(lead, policy, title="A third title"))
    for author in (lead, second):
        assert code(do(author, policy, "approve")) == (403, "own-policy")

    third = enter(service, "third-lead", role=Role.POLICY_LEAD)
    good(do(third, policy, "approve"))
    for author in (lead, second):
        assert code(do(author, policy, "publish")) == (403, "own-policy")
    withdraw_example(third)
    assert good(do(service.acting_as("demo-panel-chair"), policy, "publish"))["state"] == "published"


def test_a_revision_voids_the_approval_before_it(lead: Person, second: Person) -> None:
    policy = drafted(lead)
    good(do(second, policy, "approve"))

    revised = good(revise(lead, policy, title="A title nobody approved"))

    assert (revised["state"], revised["document_revision"]) == ("draft", 2)
    assert code(do(second, policy, "publish")) == (409, "wrong-state")
    good(do(second, policy, "approve"))
    assert good(do(second, policy, "publish"))["title"] == "A title nobody approved"


def test_an_approval_does_not_hold_against_a_state_it_was_not_given_to(lead: Person, second: Person) -> None:
    policy = drafted(lead)
    seen = second.get(f"/v1/policies/{policy['id']}").headers["ETag"]
    good(revise(lead, policy, title="Changed while it was read"))

    stale = second.post(f"/v1/policies/{policy['id']}/approve", headers={"If-Match": seen})

    assert code(stale) == (412, "record-has-changed")


def test_a_policy_keeps_its_identity_and_no_other_takes_it(lead: Person) -> None:
    policy = drafted(lead)
    again = lead.post("/v1/policies", {"document": policy_document(**THIS_YEAR)})
    assert code(again) == (409, "version-taken")
    for changed in (
        {"version": "2040.2"},
        {"code": "another"},
        {"authority": {"code": "elsewhere", "name": "Elsewhere"}},
    ):
        assert code(revise(lead, policy, **changed)) == (409, "wrong-state")


@pytest.mark.parametrize("act", ["approve", "publish", "withdraw"])
def test_each_act_needs_the_state_before_it(lead: Person, second: Person, act: str) -> None:
    before = {"approve": "published", "publish": "draft", "withdraw": "draft"}[act]
    policy = example(lead) if before == "published" else drafted(lead)
    refused = do(second, policy, act)
    assert code(refused) == (409, "wrong-state")
    assert before in refused.json()["detail"]


def test_what_is_published_is_never_edited(service: Service, lead: Person, second: Person) -> None:
    policy = example(lead)
    assert code(revise(second, policy, title="Another")) == (409, "wrong-state")
    for method in ("PATCH", "DELETE"):
        answer = lead.send(method, f"/v1/policies/{policy['id']}", json={})
        assert code(answer) == (405, "method-not-allowed")
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        service.database.writing.begin() as connection,
    ):
        connection.exec_driver_sql("UPDATE policy_revision SET document = '{}'")
    assert example(lead) == policy


def test_a_policy_is_withdrawn_only_before_the_day_it_starts_in_london(service: Service) -> None:
    service.clock.now = FIRST_DAY
    second = service.acting_as("demo-second-policy-lead")
    assert code(do(second, example(second), "withdraw")) == (409, "policy-has-started")

    service.clock.now = LAST_DAY_BEFORE
    second = service.acting_as("demo-second-policy-lead")
    withdrawn = good(do(second, example(second), "withdraw"))

    assert withdrawn["state"] == "withdrawn"
    assert code(second.get("/v1/policies/in-force?on=2026-11-23")) == (409, "no-policy-in-force")
    for act in ("approve", "publish", "withdraw"):
        assert code(do(second, withdrawn, act)) == (409, "wrong-state")


def test_an_overlap_is_told_when_checked_and_refused_when_published(lead: Person, second: Person) -> None:
    policy = drafted(lead, valid_from="2026-03-01", valid_before="2026-05-01")
    checked = good(lead.post("/v1/policies:check", {"document": policy["document"]}))
    assert checked["usable"]
    assert checked["overlaps"] == ["childrens-ras 2026.1"]
    good(do(second, policy, "approve"))

    refused = do(second, policy, "publish")

    assert code(refused) == (409, "policy-overlap")
    assert "childrens-ras 2026.1" in refused.json()["detail"]
    assert "2026-04-01 to 2026-04-30" in refused.json()["detail"]
    assert good(second.get(f"/v1/policies/{policy['id']}"))["state"] == "approved"


def test_days_between_policies_are_told_when_checked_and_when_published(lead: Person, second: Person) -> None:
    for version, first, before in (
        ("2040.1", "2040-04-01", "2041-04-01"),
        ("2041.1", "2041-04-01", "2042-04-01"),
        ("2042.1", "2042-04-08", "2043-04-01"),
    ):
        policy = drafted(lead, version=version, valid_from=first, valid_before=before)
        checked = good(lead.post("/v1/policies:check", {"document": policy["document"]}))
        good(do(second, policy, "approve"))
        published = good(do(second, policy, "publish"))
        assert published["gaps"] == checked["gaps"]
    assert published["gaps"] == [{"first_day": "2042-04-01", "last_day": "2042-04-07"}]


FIVE = {
    "title": "",
    "valid_from": "1 April 2040",
    "money": {"currency": "GBP", "period": "fortnight", "weeks_per_year": "52", "source": "a"},
    "colour": "green",
}


def broken() -> dict[str, Any]:
    """A document with five different mistakes of shape."""
    document = policy_document(**THIS_YEAR) | FIVE
    del document["code"]
    return document


def test_every_mistake_is_listed_by_its_path(lead: Person) -> None:
    answer = good(lead.post("/v1/policies:check", {"document": broken()}))

    assert not answer["usable"]
    assert answer["sha256"] is None
    assert {(problem["path"], problem["code"]) for problem in answer["problems"]} == {
        ("title", "wrong-value"),
        ("valid_from", "wrong-value"),
        ("money.period", "wrong-value"),
        ("colour", "unknown-field"),
        ("code", "missing"),
    }
    assert {problem["pointer"] for problem in answer["problems"]} >= {"/money/period", "/colour", "/code"}


def test_mistakes_of_sense_are_listed_by_the_names_of_things(lead: Person) -> None:
    document = policy_document(**{**THIS_YEAR, "valid_before": "2040-04-01"})
    document["domains"][1]["levels"][1]["points"] = "400"
    document["domains"][2]["code"] = "independence"
    document["modifiers"][0]["when"]["circumstances"][0]["circumstance"] = "moon"
    document["eligibility"]["before_age"] = 0

    checked = good(lead.post("/v1/policies:check", {"document": document}))
    refused = lead.post("/v1/policies", {"document": document})

    assert code(refused) == (422, "policy-document-invalid")
    for answer in (checked, refused.json()):
        assert {(problem["path"], problem["code"]) for problem in answer["problems"]} == {
            ("valid_before", "empty-period"),
            ("domains.behaviour.levels.regular.points", "falls"),
            ("domains.independence", "repeated-code"),
            ("modifiers.remote-area.when.circumstances.0.circumstance", "unknown-reference"),
            ("eligibility.before_age", "empty-age-band"),
        }


def test_a_wrong_document_is_refused_whole_and_nothing_is_kept(service: Service, lead: Person) -> None:
    before = row_counts(service)

    refused = lead.post("/v1/policies", {"document": broken()})

    assert code(refused) == (422, "request-invalid")
    assert len(refused.json()["problems"]) == 5
    assert all(problem["pointer"].startswith("/document/") for problem in refused.json()["problems"])
    good(lead.post("/v1/policies:check", {"document": policy_document(**THIS_YEAR)}))
    assert row_counts(service) == before


def test_lists_are_paged_in_order_and_filtered_by_state(lead: Person, second: Person) -> None:
    made = [drafted(lead, version=f"2040.{number}")["id"] for number in range(1, 6)]
    good(do(second, {"id": made[0]}, "approve"))

    seen, path = [], "/v1/policies?limit=2"
    while path:
        page = lead.get(path)
        seen += [policy["id"] for policy in page.json()["items"]]
        assert "document" not in page.json()["items"][0]
        path = page.headers.get("Link", "").partition(">")[0].lstrip("<")
        assert bool(path) == bool(page.json()["next_cursor"])
    assert len(seen) == len(set(seen)) == 6
    assert set(made) < set(seen)
    states = {
        state: len(good(lead.get(f"/v1/policies?state={state}"))["items"])
        for state in ("draft", "approved", "published", "withdrawn")
    }
    assert states == {"draft": 4, "approved": 1, "published": 1, "withdrawn": 0}
