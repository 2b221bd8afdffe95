"""A family's request for a personal budget: written down, answered once, with reasons."""

from typing import Any

import pytest
from httpx2 import Response

from tests.app.rows import everything, row_counts
from tests.app.service import Person, Service, add_person, good

REFUSED = {
    "outcome": "refused",
    "decided_on": "2026-09-21",
    "reasons": "There is no EHC plan and no draft of one, and the council has no care plan for him.",
}


def ask(who: Person, person_id: str, **changes: Any) -> dict[str, Any]:
    asked = {"asked_on": "2026-09-14", "asked_by": "parent", "plan_stage": "ehc-review"}
    made: dict[str, Any] = good(who.post("/v1/requests", {"person_id": person_id, **asked, **changes}))
    return made


def settle(who: Person, request: dict[str, Any], **changes: Any) -> Response:
    path = f"/v1/requests/{request['id']}"
    etag = who.get(path).headers["ETag"]
    return who.post(f"{path}/outcome", {**REFUSED, **changes}, headers={"If-Match": etag})


def code(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def child(service: Service) -> str:
    return str(add_person(service.assessor)["id"])


def test_a_request_is_written_down_and_waits_for_its_answer(service: Service, child: str) -> None:
    request = ask(service.assessor, child)

    assert request["outcome"] is None
    assert good(service.assessor.get(f"/v1/requests/{request['id']}")) == request
    assert [one["id"] for one in good(service.assessor.get("/v1/requests"))["items"]] == [request["id"]]


def test_a_refusal_has_reasons_and_the_right_to_review(service: Service, child: str) -> None:
    settled = good(settle(service.assessor, ask(service.assessor, child)))

    assert settled["outcome"]["outcome"] == "refused"
    assert settled["outcome"]["reasons"] == REFUSED["reasons"]
    assert "look at this refusal again" in settled["outcome"]["right_to_review"]
    assert "SENDIASS" in settled["outcome"]["right_to_review"]
    assert settled["outcome"]["written"]["by"] == "demo-assessor"


def test_an_acceptance_has_reasons_too(service: Service, child: str) -> None:
    settled = good(settle(service.assessor, ask(service.assessor, child), outcome="accepted"))
    assert settled["outcome"]["reasons"] == REFUSED["reasons"]
    assert settled["outcome"]["right_to_review"] is None


@pytest.mark.parametrize("reasons", [None, "", "No money.", "x" * 4001])
def test_without_reasons_nothing_is_settled(service: Service, child: str, reasons: str | None) -> None:
    request = ask(service.assessor, child)
    refused = settle(service.assessor, request, reasons=reasons)

    assert code(refused) == (422, "request-invalid")
    assert [problem["path"] for problem in refused.json()["problems"]] == ["reasons"]
    assert good(service.assessor.get(f"/v1/requests/{request['id']}")) == request


def test_an_answer_is_given_once(service: Service, child: str) -> None:
    request = ask(service.assessor, child)
    settled = good(settle(service.assessor, request))

    assert code(settle(service.assessor, request, outcome="accepted")) == (409, "wrong-state")
    assert good(service.assessor.get(f"/v1/requests/{request['id']}")) == settled


def test_no_day_of_it_is_still_to_come(service: Service, child: str) -> None:
    asked = {"person_id": child, "asked_on": "2026-11-24", "asked_by": "parent", "plan_stage": "ehc-plan"}
    early = service.assessor.post("/v1/requests", asked)
    assert early.json()["problems"][0]["path"] == "asked_on"
    refused = settle(service.assessor, ask(service.assessor, child), decided_on="2026-11-24")
    assert refused.json()["problems"][0]["code"] == "day-in-future"


def test_who_asked_and_how_far_the_plan_was_are_choices(service: Service, child: str) -> None:
    body = {"person_id": child, "asked_on": "2026-09-14", "asked_by": "the mother", "plan_stage": "soon"}
    refused = service.assessor.post("/v1/requests", body)
    assert {problem["path"] for problem in refused.json()["problems"]} == {"asked_by", "plan_stage"}


def test_reasons_are_words_and_in_the_table_of_words_only(service: Service, child: str) -> None:
    good(settle(service.assessor, ask(service.assessor, child)))

    assert "no draft of one" in everything(service, "words")
    rest = set(row_counts(service)) - {"words"}
    assert "no draft of one" not in everything(service, *rest)


def test_lists_are_filtered_by_person(service: Service, child: str) -> None:
    other = add_person(service.assessor, reference="EX-0002")["id"]
    mine = [ask(service.assessor, child)["id"] for _ in range(3)]
    ask(service.assessor, other)

    listed = good(service.assessor.get("/v1/requests", params={"person_id": child, "limit": 2}))
    following = service.assessor.get(
        "/v1/requests", params={"person_id": child, "limit": 2, "cursor": listed["next_cursor"]}
    )
    seen = [one["id"] for one in listed["items"] + good(following)["items"]]
    assert sorted(seen) == sorted(mine)
    assert good(following)["next_cursor"] is None
