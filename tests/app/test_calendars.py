"""Calendars of due reviews: an address with a secret in it, shown once, and no personal data behind it."""

import logging
from datetime import UTC, date, datetime, timedelta

import pytest
import structlog
from httpx2 import Response
from icalendar import Calendar

from tests.app.lives import Data, Life, at, awarded
from tests.app.rows import everything, row_counts
from tests.app.service import Person, Service, good


def made_by(who: Person) -> Data:
    made: Data = good(who.post("/v1/calendars"))
    return made


def read(service: Service, calendar: Data) -> Response:
    """Read a calendar as a calendar program does: without a token."""
    return service.public.get(calendar["address"])


def events(answer: Response) -> list[tuple[str, date]]:
    assert answer.status_code == 200, answer.text
    found = Calendar.from_ical(answer.content)
    return [(str(event["SUMMARY"]), event.decoded("DTSTART")) for event in found.walk("VEVENT")]


def hand_over(life: Life, team: str) -> None:
    path = f"/v1/people/{life.id}"
    details = {"born_on": life.person["born_on"], "team": team}
    good(life.worker.put(path, details, headers={"If-Match": life.worker.get(path).headers["ETag"]}))


def test_a_calendar_has_a_whole_day_for_each_due_review_of_its_team(service: Service) -> None:
    first, second, third = (awarded(service, reference=f"EX-000{number}") for number in range(1, 4))
    second.revise_plan(kind="care", next_ehc_review_on=None)
    third.revise_plan(next_ehc_review_on="2027-02-14")
    made = service.assessor.post("/v1/calendars")

    answer = read(service, good(made))

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert events(answer) == [
        ("Review EX-0003 with the EHC review", date(2027, 2, 12)),
        ("Review EX-0001 with the EHC review", date(2027, 3, 1)),
        ("Review EX-0002", date(2027, 6, 1)),
    ]
    whole = Calendar.from_ical(answer.content)
    assert whole["VERSION"] == "2.0"
    assert whole["PRODID"]
    event = whole.walk("VEVENT")[0]
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event.decoded("DTSTAMP") == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert first.id not in answer.text


def test_an_event_keeps_its_name_when_its_day_moves(service: Service) -> None:
    life = awarded(service)
    other = awarded(service, reference="EX-0002")
    calendars = [made_by(service.assessor) for _ in range(2)]

    def names() -> list[list[str]]:
        return [
            [str(event["UID"]) for event in Calendar.from_ical(read(service, each).content).walk("VEVENT")]
            for each in calendars
        ]

    before = names()
    assert len(set(before[0])) == 2
    assert before[0] == before[1]
    life.revise_plan(next_ehc_review_on="2027-02-01")
    assert {*names()[0]} == {*before[0]}
    at(service, "2027-02-01")
    review = {"person_id": life.id, "held_on": "2027-02-01", "with_ehc_review": True, "outcome": "unchanged"}
    good(life.worker.post("/v1/reviews", review))
    assert {*names()[0]} == {*before[0]}
    assert not any(key.replace("-", "") in name for key in (life.id, other.id) for name in before[0])


def test_nothing_of_a_child_but_its_reference_is_in_a_calendar(service: Service) -> None:
    life = awarded(service)
    text = read(service, made_by(service.assessor)).text
    told = {line.split(":")[0].split(";")[0] for line in text.splitlines()}
    assert told == {
        *("BEGIN", "VERSION", "PRODID", "X-WR-CALNAME", "REFRESH-INTERVAL", "END"),
        *("UID", "DTSTAMP", "DTSTART", "SUMMARY", "TRANSP"),
    }
    content = life.plan["content"]
    for secret in ("20150614", "2015-06-14", "6000", content["reference"], life.id, "demo-"):
        assert secret not in text


def test_another_teams_reviews_are_in_its_own_calendar_only(service: Service) -> None:
    life = awarded(service)
    north, south = (made_by(service.acting_as(f"demo-assessor{who}")) for who in ("", "-south"))
    assert (north["team"], south["team"]) == ("north", "south")
    assert [len(events(read(service, each))) for each in (north, south)] == [1, 0]
    hand_over(life, "south")
    assert [len(events(read(service, each))) for each in (north, south)] == [0, 1]


def test_an_address_that_is_unknown_or_was_revoked_is_none_and_nobody_can_tell_which(
    service: Service,
) -> None:
    awarded(service)
    calendar = made_by(service.assessor)
    other = made_by(service.assessor)
    address = calendar["address"]
    assert read(service, calendar).status_code == 200

    path = f"/v1/calendars/{calendar['id']}/revoke"
    revoked = good(service.assessor.post(path))
    assert revoked["revoked"] == {"by": "demo-assessor", "at": "2026-11-23T10:00:00Z"}
    assert "address" not in revoked

    nowhere = service.public.get("/nothing-here")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "no-such-address")
    for wrong in (
        address,
        f"/calendars/{43 * 'A'}.ics",
        "/calendars/x.ics",
        "/calendars/%00.ics",
        "/calendars/%ff.ics",
        f"/calendars/{9_000 * 'A'}.ics",
        address.removesuffix(".ics"),
        address.swapcase(),
        f"/calendars/{calendar['id']}.ics",
    ):
        answer = service.public.get(wrong)
        assert (answer.status_code, answer.content) == (404, nowhere.content), wrong
        assert {*answer.headers} == {*nowhere.headers}
    assert read(service, other).status_code == 200, "another calendar of the team goes on"


def test_a_calendar_is_revoked_once_and_by_its_own_team(service: Service) -> None:
    calendar = made_by(service.assessor)
    path = f"/v1/calendars/{calendar['id']}/revoke"
    for subject, status in (("demo-assessor-south", 404), ("demo-auditor", 403), ("demo-panel-chair", 403)):
        assert service.acting_as(subject).post(path).status_code == status
    assert read(service, calendar).status_code == 200

    good(service.acting_as("demo-team-manager").post(path))
    before = row_counts(service)
    again = service.assessor.post(path)
    assert (again.status_code, again.json()["code"]) == (409, "wrong-state")
    assert row_counts(service) == before


def test_a_list_of_calendars_shows_the_teams_own_without_their_addresses(service: Service) -> None:
    calendars = []
    for who in ("demo-assessor", "demo-assessor-south", "demo-team-manager"):
        service.clock.now += timedelta(seconds=1)
        calendars.append(made_by(service.acting_as(who)))
    shown = [{key: value for key, value in each.items() if key != "address"} for each in calendars]

    def listed(subject: str) -> list[Data]:
        found: list[Data] = good(service.acting_as(subject).get("/v1/calendars"))["items"]
        return found

    assert listed("demo-assessor") == [shown[0], shown[2]]
    assert listed("demo-assessor-south") == [shown[1]]
    assert listed("demo-auditor") == shown
    page = good(service.assessor.get("/v1/calendars", params={"limit": 1}))
    rest = good(service.assessor.get("/v1/calendars", params={"cursor": page["next_cursor"]}))
    assert [*page["items"], *rest["items"]] == [shown[0], shown[2]]


def test_only_a_hash_of_the_secret_is_kept(service: Service) -> None:
    calendar = made_by(service.assessor)
    good(service.assessor.post(f"/v1/calendars/{calendar['id']}/revoke"))
    secret = calendar["address"].removeprefix("/calendars/").removesuffix(".ics")
    assert len(secret) == 43
    assert secret not in everything(service)
    assert made_by(service.assessor)["address"] != calendar["address"]


def test_the_secret_is_in_no_line_of_the_log(
    sqlite_service: Service, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("DEBUG"))
    caplog.set_level(logging.DEBUG)
    try:
        with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
            calendar = made_by(sqlite_service.assessor)
            secret = calendar["address"].removeprefix("/calendars/").removesuffix(".ics")
            good_answer = read(sqlite_service, calendar)
            sqlite_service.public.get(f"/calendars/{secret}x.ics")
            sqlite_service.public.get(f"/calendars/{secret}.ics?x=1")
            sqlite_service.public.post(f"/calendars/{secret}.ics")
    finally:
        structlog.configure(**before)

    assert good_answer.status_code == 200
    requests = [line for line in lines if line["event"] == "request"]
    assert [line["operation"] for line in requests] == [
        *("add_calendar", "get_calendar", "get_calendar", "get_calendar"),
        requests[-1]["operation"],
    ]
    assert [line["status"] for line in requests] == [201, 200, 404, 422, 405]
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    told = f"{lines} {[record.getMessage() for record in ours]} {capfd.readouterr()}"
    assert secret not in told
