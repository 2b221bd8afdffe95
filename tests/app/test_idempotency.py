"""One key, one effect: the same request with the same key has one answer and happens once."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa
from httpx2 import Response

from app.idempotency import KEPT_FOR
from tests.app.service import Person, Service, add_person, add_plan, good, new_service, plan_content

CHILD = {"reference": "EX-0001", "born_on": "2015-06-14", "team": "north"}
KEY = {"Idempotency-Key": "child-1"}
KEPT = ("status_code", "content")


def same(one: Response, other: Response) -> bool:
    """Whether a client could tell two answers apart by anything but the marks of the exchange."""
    named = ("content-type", "etag", "location")
    return all(getattr(one, name) == getattr(other, name) for name in KEPT) and [
        one.headers.get(name) for name in named
    ] == [other.headers.get(name) for name in named]


def people(service: Service) -> list[str]:
    return [person["reference"] for person in service.assessor.get("/v1/people").json()["items"]]


def acts(service: Service) -> int:
    with service.database.read() as session:
        return int(session.scalar(sa.text("SELECT count(*) FROM audit_entry")) or 0)


def test_the_same_key_and_body_is_answered_with_the_same_bytes_and_happens_once(service: Service) -> None:
    first = service.assessor.post("/v1/people", CHILD, headers=KEY)
    before = acts(service)
    again = service.assessor.post("/v1/people", CHILD, headers=KEY)

    assert first.status_code == 201
    assert same(first, again)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert acts(service) == before
    assert people(service) == ["EX-0001"]


def test_every_kind_of_answer_is_kept_as_it_was(service: Service) -> None:
    person = add_person(service.assessor)
    plan = {**plan_content(), "person_id": person["id"]}
    made = service.assessor.post("/v1/plans", plan, headers={"Idempotency-Key": "plan"})
    assessed = {"plan_id": made.json()["id"], "effective_on": "2026-11-23"}
    csv = {"Content-Type": "text/csv", "Idempotency-Key": "file"}
    rows = "reference,born_on,team\nEX-0002,2013-01-31,north\n"

    def sent() -> list[Response]:
        assessor = service.assessor
        return [
            assessor.post("/v1/plans", plan, headers={"Idempotency-Key": "plan"}),
            assessor.post("/v1/assessments", assessed, headers={"Idempotency-Key": "assessment"}),
            assessor.post("/v1/imports/people", content=rows, headers=csv),
            assessor.put(f"/v1/people/{person['id']}/monitoring", {}, headers={"Idempotency-Key": "told"}),
        ]

    first = sent()
    before = acts(service)
    assert all(same(one, other) for one, other in zip(first, sent(), strict=True))
    assert {answer.status_code for answer in first} == {200, 201}
    assert acts(service) == before


def test_the_same_json_in_another_order_and_spelling_is_the_same_request(service: Service) -> None:
    first = service.assessor.post("/v1/people", CHILD, headers=KEY)
    turned = json.dumps(dict(reversed(CHILD.items())), indent=4).replace("north", "n\\u006frth")
    again = service.assessor.post(
        "/v1/people", content=turned, headers={**KEY, "Content-Type": "application/json; charset=utf-8"}
    )

    assert same(first, again)
    assert people(service) == ["EX-0001"]


OTHER_REQUESTS: dict[str, Callable[[Person], Response]] = {
    "another body": lambda who: who.post("/v1/people", {**CHILD, "reference": "EX-0002"}, headers=KEY),
    "another address": lambda who: who.post("/v1/requests", CHILD, headers=KEY),
    "no body": lambda who: who.post("/v1/people", headers=KEY),
    "a state to start from": lambda who: who.post("/v1/people", CHILD, headers={**KEY, "If-Match": '"x"'}),
}


@pytest.mark.parametrize("send", OTHER_REQUESTS.values(), ids=OTHER_REQUESTS.keys())
def test_the_same_key_with_another_request_is_refused(
    service: Service, send: Callable[[Person], Response]
) -> None:
    good(service.assessor.post("/v1/people", CHILD, headers=KEY))

    refused = send(service.assessor)

    assert refused.status_code == 422
    assert refused.json()["code"] == "idempotency-key-reused"
    assert people(service) == ["EX-0001"]


def test_the_same_file_to_be_kept_another_way_is_another_request(service: Service) -> None:
    rows = "reference,born_on,team\nEX-0002,2013-01-31,north\n"
    csv = {**KEY, "Content-Type": "text/csv"}
    good(service.assessor.post("/v1/imports/people", content=rows, headers=csv))

    path = "/v1/imports/people?keep=good-rows"
    refused = service.assessor.post(path, content=rows, headers=csv)

    assert refused.json()["code"] == "idempotency-key-reused"


def test_another_clients_same_key_is_another_key(service: Service) -> None:
    other = {**CHILD, "reference": "EX-0002"}
    system = service.acting_as("demo-case-system", on_behalf_of="demo-assessor")

    first = service.assessor.post("/v1/people", CHILD, headers=KEY)
    second = service.acting_as("demo-team-manager").post("/v1/people", other, headers=KEY)
    third = system.post("/v1/people", {**CHILD, "reference": "EX-0003"}, headers=KEY)

    assert [answer.status_code for answer in (first, second, third)] == [201, 201, 201]
    assert sorted(people(service)) == ["EX-0001", "EX-0002", "EX-0003"]


def test_one_systems_key_stands_for_one_of_its_users(service: Service) -> None:
    """The same key for another user is another request: it is never answered with the first one's."""
    for_one = service.acting_as("demo-case-system", on_behalf_of="demo-assessor")
    for_other = service.acting_as("demo-case-system", on_behalf_of="demo-team-manager")
    good(for_one.post("/v1/people", CHILD, headers=KEY))

    refused = for_other.post("/v1/people", CHILD, headers=KEY)

    assert refused.status_code == 422
    assert "EX-0001" not in refused.text


def test_a_system_client_has_to_send_a_key_with_every_write(service: Service) -> None:
    system = service.acting_as("demo-case-system", on_behalf_of="demo-assessor")

    refused = system.post("/v1/people", CHILD)

    assert refused.status_code == 400
    assert refused.json()["code"] == "idempotency-key-required"
    assert people(service) == []
    assert system.get("/v1/people").status_code == 200  # what keeps nothing needs none
    assert system.post("/v1/people", CHILD, headers=KEY).status_code == 201


def test_after_a_refusal_the_same_key_runs_afresh(service: Service) -> None:
    """What was refused had no effect, so there is no answer to keep."""
    wrong = {**CHILD, "born_on": "2030-01-01"}
    assert service.assessor.post("/v1/people", wrong, headers=KEY).status_code == 422
    assert service.assessor.post("/v1/people", CHILD, headers=KEY).status_code == 201

    person = add_person(service.assessor, reference="EX-0002")
    plan_key = {"Idempotency-Key": "plan-1"}
    unfinished = add_plan(service.assessor, person["id"], needs=[])
    assessed = {"plan_id": unfinished["id"], "effective_on": "2026-11-23"}
    assert service.assessor.post("/v1/assessments", assessed, headers=plan_key).status_code == 409
    finished = service.assessor.post(
        f"/v1/plans/{unfinished['id']}/versions",
        plan_content(),
        headers={"If-Match": service.assessor.get(f"/v1/plans/{unfinished['id']}").headers["ETag"]},
    )
    assert finished.status_code == 201
    assert service.assessor.post("/v1/assessments", assessed, headers=plan_key).status_code == 201


def test_two_at_once_have_one_effect(service: Service) -> None:
    threads = 8
    together = Barrier(threads)
    assessor = service.assessor

    def send(_number: int) -> Response:
        together.wait()
        return assessor.post("/v1/people", CHILD, headers=KEY)

    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(send, range(threads)))

    made = [answer for answer in answers if answer.status_code == 201]
    assert made
    assert len({answer.content for answer in made}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in made) == 1
    others = [answer for answer in answers if answer.status_code != 201]
    assert {answer.json()["code"] for answer in others} <= {"idempotency-key-in-flight"}
    assert people(service) == ["EX-0001"]
    assert assessor.post("/v1/people", CHILD, headers=KEY).content == made[0].content


def test_two_processes_at_once_have_one_effect(service: Service, tmp_path: Path) -> None:
    """Two applications on one database know nothing of each other's requests but what the database says."""
    together = Barrier(2)
    with new_service(str(service.database.url.render_as_string(hide_password=False)), tmp_path) as other:
        pair = (service.assessor, other.assessor)
        for assessor in pair:  # FastAPI builds a route at its first request, and not for two apps at once
            assert assessor.post("/v1/people", {}).status_code == 422

        def send(assessor: Person) -> Response:
            together.wait()
            return assessor.post("/v1/people", CHILD, headers=KEY)

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(send, pair))

    made = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in made}) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert people(service) == ["EX-0001"]
    assert service.assessor.post("/v1/people", CHILD, headers=KEY).content == made[0].content


def test_keys_survive_a_restart(service: Service, tmp_path: Path) -> None:
    first = service.assessor.post("/v1/people", CHILD, headers=KEY)

    with new_service(str(service.database.url.render_as_string(hide_password=False)), tmp_path) as restarted:
        again = restarted.assessor.post("/v1/people", CHILD, headers=KEY)

        assert same(first, again)
        assert again.headers["Idempotency-Replayed"] == "true"
        assert people(restarted) == ["EX-0001"]


def test_an_answer_is_kept_for_a_day_and_then_let_go(service: Service) -> None:
    """It holds what was answered, so it is not kept for longer than repeating makes sense."""
    first = service.assessor.post("/v1/people", CHILD, headers=KEY)
    service.clock.now += KEPT_FOR
    assert same(first, service.assessor.post("/v1/people", CHILD, headers=KEY))

    service.clock.now += timedelta(seconds=1)
    other = {**CHILD, "reference": "EX-0002"}
    good(service.assessor.post("/v1/people", other, headers={"Idempotency-Key": "child-2"}))

    assert service.assessor.post("/v1/people", CHILD, headers=KEY).json()["code"] == "reference-taken"
    with service.database.read() as session:
        assert list(session.scalars(sa.text("SELECT key FROM idempotency_key"))) == ["child-2"]


@pytest.mark.parametrize("key", ["", "two words", "é", "x" * 129, "tab\there", "\x7f"])
def test_a_malformed_key_is_refused_by_name_and_not_echoed(service: Service, key: str) -> None:
    refused = service.assessor.post("/v1/people", CHILD, headers={"Idempotency-Key": key.encode("latin-1")})

    assert refused.status_code == 422
    assert [problem["path"] for problem in refused.json()["problems"]] == ["header: Idempotency-Key"]
    assert len(key) < 2 or key not in refused.text
    assert people(service) == []


@pytest.mark.parametrize("key", ["!", "~" * 128, "0f8fad5b-d9cb-469f-a165-70867728950e", 'a"b,c;d=e'])
def test_any_printable_key_up_to_128_characters_will_do(service: Service, key: str) -> None:
    first = service.assessor.post("/v1/people", CHILD, headers={"Idempotency-Key": key})
    assert same(first, service.assessor.post("/v1/people", CHILD, headers={"Idempotency-Key": key}))


def test_a_key_on_what_only_reads_means_nothing(service: Service) -> None:
    first = service.assessor.get("/v1/people", headers=KEY)
    add_person(service.assessor)

    assert first.json()["items"] == []
    assert len(service.assessor.get("/v1/people", headers=KEY).json()["items"]) == 1
