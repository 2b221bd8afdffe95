"""The feed of events: every act once, in the order of commits, and nothing of what was written."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

from app.audit.tables import AuditEntryRow
from tests.app.lives import awarded, new_life
from tests.app.service import Person, Service, good


def read(who: Person, *, after: int = 0, limit: int = 200) -> dict[str, Any]:
    seen: dict[str, Any] = good(who.get("/v1/events", params={"after": after, "limit": limit}))
    return seen


def test_every_act_is_there_once_and_in_order(service: Service) -> None:
    life = awarded(service)
    seen = read(life.worker)

    numbers = [each["sequence"] for each in seen["items"]]
    assert numbers == sorted(set(numbers))
    mine = [each["act"] for each in seen["items"] if each["person_id"] == life.id]
    assert mine == [
        *("person-added", "plan-written", "assessed", "case-shared"),
        *(["finding-written"] * 4),
        "decision-made",
    ]
    with service.database.read() as session:
        entries = session.scalar(sa.select(sa.func.count()).select_from(AuditEntryRow))
    assert entries == read(service.acting_as("demo-auditor"))["last_sequence"]


def test_reading_on_from_the_last_number_misses_nothing_and_repeats_nothing(service: Service) -> None:
    life = awarded(service)
    whole = read(life.worker)["items"]
    pieces: list[dict[str, Any]] = []
    after = 0
    while True:
        page = read(life.worker, after=after, limit=3)
        pieces += page["items"]
        assert page["last_sequence"] >= (page["items"][-1]["sequence"] if page["items"] else after)
        if not page["items"]:
            break
        after = page["last_sequence"]
    assert pieces == whole
    assert page["last_sequence"] > pieces[-1]["sequence"], (
        "what is not in the feed, such as reads, is not looked at again"
    )
    assert read(life.worker, after=999_999)["last_sequence"] == 999_999


def test_an_event_says_nothing_of_what_was_written(service: Service) -> None:
    life = awarded(service)
    text = service.client.get("/v1/events", params={"limit": 200}, headers=life.worker.headers).text
    for secret in ("2015-06-14", "600000", "gone through", "independence", "parent"):
        assert secret not in text
    assert '"person_reference":"EX-0001"' in text


def test_another_teams_acts_are_not_in_it(service: Service) -> None:
    life = new_life(service)
    south = service.acting_as("demo-assessor-south")
    assert life.id not in str(read(south))
    assert [each["act"] for each in read(south)["items"]] == [
        "policy-drafted",
        "policy-approved",
        "policy-published",
    ], "policies are everyone's"
    assert life.id in str(read(service.acting_as("demo-panel-chair")))
    assert "staff" not in str(read(service.acting_as("demo-auditor")))


def test_many_at_once_leave_no_gap_and_no_number_twice(service: Service) -> None:
    def add(number: int) -> int:
        body = {"reference": f"EX-{number:04}", "born_on": "2015-06-14", "team": "north"}
        return service.assessor.post("/v1/people", body).status_code

    before = read(service.assessor)["last_sequence"]
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(add, range(40))) == {201}
    numbers = [each["sequence"] for each in read(service.assessor, after=before)["items"]]
    assert numbers == list(range(numbers[0], numbers[0] + 40))


def test_rows_of_an_import_that_were_refused_leave_no_event(service: Service) -> None:
    before = read(service.assessor)["last_sequence"]
    rows = ("EX-0001,2015-06-14,north", "EX-0001,2015-06-14,north", "EX-0002,2016-01-01,north")
    csv = "\n".join(("reference,born_on,team", *rows, ""))
    answer = service.assessor.send(
        "POST",
        "/v1/imports/people",
        content=csv,
        params={"keep": "good-rows"},
        headers={"Content-Type": "text/csv"},
    )
    assert (good(answer)["kept"], good(answer)["refused"]) == (2, 1)
    seen = read(service.assessor, after=before)["items"]
    assert [each["person_reference"] for each in seen] == ["EX-0001", "EX-0002"]


def test_a_request_that_is_refused_leaves_no_event(service: Service) -> None:
    new_life(service)
    before = read(service.assessor)["last_sequence"]
    body = {"reference": "EX-0001", "born_on": "2015-06-14", "team": "north"}
    assert service.assessor.post("/v1/people", body).status_code == 409
    assert read(service.assessor, after=before)["items"] == []


def test_another_teams_calendars_are_not_in_it(service: Service) -> None:
    good(service.assessor.post("/v1/calendars"))
    for subject in ("demo-assessor", "demo-assessor-south", "demo-panel-chair", "demo-auditor"):
        assert "calendar" not in str(read(service.acting_as(subject)))
