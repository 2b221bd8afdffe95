"""People: a reference, a date of birth, a team; added, revised and handed over, never edited."""

from typing import Any

import pytest
import sqlalchemy as sa
from httpx2 import Response

from tests.app.rows import row_counts
from tests.app.service import Person, Service, add_person, good

CHILD = {"reference": "EX-0001", "born_on": "2015-06-14", "team": "north"}


def code(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def paths(answer: Response) -> list[str]:
    return [problem["path"] for problem in answer.json()["problems"]]


def revise(who: Person, person: dict[str, Any], **changes: Any) -> Response:
    path = f"/v1/people/{person['id']}"
    known = {name: person[name] for name in ("born_on", "team")}
    return who.put(path, {**known, **changes}, headers={"If-Match": who.get(path).headers["ETag"]})


def test_a_person_is_added_and_read_back(service: Service) -> None:
    made = service.assessor.post("/v1/people", {**CHILD, "current_package_annual_pence": 3_900_00})

    assert made.status_code == 201
    person = made.json()
    assert made.headers["Location"] == f"/v1/people/{person['id']}"
    read = service.assessor.get(made.headers["Location"])
    assert read.json() == person
    assert read.headers["ETag"] == made.headers["ETag"]
    assert {name: person[name] for name in CHILD} == CHILD
    assert person["current_package_annual_pence"] == 3_900_00
    assert person["written"] == {"by": "demo-assessor", "at": "2026-11-23T10:00:00Z"}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"reference": "Ann Other"}, "reference"),
        ({"reference": "ex-0001"}, "reference"),
        ({"reference": "943 476 5919"}, "reference"),
        ({"reference": ""}, "reference"),
        ({"born_on": "14.06.2015"}, "born_on"),
        ({"born_on": "2015-02-29"}, "born_on"),
        ({"born_on": 20150614}, "born_on"),
        ({"born_on": "2026-11-24"}, "born_on"),
        ({"team": "North team"}, "team"),
        ({"current_package_annual_pence": -1}, "current_package_annual_pence"),
        ({"current_package_annual_pence": "100"}, "current_package_annual_pence"),
        ({"current_package_annual_pence": 100.0}, ""),
        ({"name": "Ann"}, "name"),
        ({"nhs_number": "9434765919"}, "nhs_number"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    sqlite_service: Service, change: dict[str, Any], path: str
) -> None:
    before = row_counts(sqlite_service)

    refused = sqlite_service.assessor.post("/v1/people", {**CHILD, **change})

    assert refused.status_code in {400, 422}
    assert not path or paths(refused) == [path]
    assert row_counts(sqlite_service) == before


def test_a_child_born_today_in_london_can_be_added_and_tomorrow_cannot(sqlite_service: Service) -> None:
    """At half past eleven on a summer evening in UTC it is tomorrow in London."""
    sqlite_service.clock.now = sqlite_service.clock.now.replace(month=6, day=30, hour=23, minute=30)
    assessor = sqlite_service.assessor
    assert add_person(assessor, born_on="2026-07-01")["born_on"] == "2026-07-01"
    refused = assessor.post("/v1/people", {**CHILD, "reference": "EX-0002", "born_on": "2026-07-02"})
    assert refused.json()["problems"][0]["code"] == "day-in-future"


def test_a_reference_is_used_once(service: Service) -> None:
    add_person(service.assessor)
    before = row_counts(service)

    for who, team in ((service.assessor, "north"), (service.acting_as("demo-assessor-south"), "south")):
        refused = who.post("/v1/people", {**CHILD, "team": team})
        assert code(refused) == (409, "reference-taken")
        assert "2015" not in refused.text
    assert row_counts(service) == before


def test_a_person_is_added_to_ones_own_team_only(service: Service) -> None:
    refused = service.assessor.post("/v1/people", {**CHILD, "team": "south"})
    assert code(refused) == (404, "not-found")


def test_a_revision_adds_a_row_and_changes_none(service: Service) -> None:
    person = add_person(service.assessor, current_package_annual_pence=3_900_00)

    revised = good(revise(service.assessor, person, born_on="2015-07-14"))

    assert (revised["born_on"], revised["revision"]) == ("2015-07-14", 2)
    assert revised["current_package_annual_pence"] is None, "what is left out is not known from now on"
    with service.database.read() as session:
        rows = session.execute(sa.text("SELECT revision, born_on FROM person_revision ORDER BY revision"))
        assert [(row[0], str(row[1])) for row in rows] == [(1, "2015-06-14"), (2, "2015-07-14")]


def test_a_revision_cannot_change_the_reference_or_look_ahead(service: Service) -> None:
    person = add_person(service.assessor)
    assert paths(revise(service.assessor, person, reference="EX-0002")) == ["reference"]
    assert paths(revise(service.assessor, person, born_on="2026-11-24")) == ["born_on"]
    assert service.assessor.get(f"/v1/people/{person['id']}").json()["revision"] == 1


def test_a_case_is_handed_to_another_team_whole(service: Service) -> None:
    person = add_person(service.assessor)
    handed = good(revise(service.assessor, person, team="south"))

    assert handed["team"] == "south"
    south = service.acting_as("demo-assessor-south")
    assert [one["reference"] for one in good(south.get("/v1/people"))["items"]] == ["EX-0001"]
    assert good(service.assessor.get("/v1/people"))["items"] == []
    assert good(revise(south, handed, team="north"))["revision"] == 3


def test_monitoring_is_kept_apart_and_in_no_other_answer(service: Service) -> None:
    person = add_person(service.assessor)
    path = f"/v1/people/{person['id']}/monitoring"
    assert code(service.assessor.get(path)) == (404, "not-found")

    told = {"ethnic_group": "zz-canary", "household": "one-parent"}
    good(service.assessor.put(path, told))
    good(service.assessor.put(path, {**told, "sex": "zz-canary-too"}))

    shown = good(service.assessor.get(path))
    assert {name for name, value in shown.items() if value} == {"ethnic_group", "household", "sex"}
    others = service.assessor.get(f"/v1/people/{person['id']}").text
    assert "canary" not in others + service.assessor.get("/v1/people").text
    assert service.acting_as("demo-auditor").get(path).status_code == 403
    good(service.assessor.put(path, {}))
    assert not any(good(service.assessor.get(path)).values()), "it is the family's to take back"


def test_pages_hold_everyone_once(service: Service) -> None:
    references = [f"EX-{number:04}" for number in range(7)]
    for reference in references:
        add_person(service.assessor, reference=reference)

    seen: list[str] = []
    path = "/v1/people?limit=3&team=north"
    while path:
        page = service.assessor.get(path)
        seen += [one["reference"] for one in good(page)["items"]]
        path = page.headers.get("Link", "").partition(">")[0].lstrip("<")
        assert not path or "team=north" in path
    assert sorted(seen) == references
    found = good(service.assessor.get("/v1/people?reference=EX-0003"))["items"]
    assert [one["reference"] for one in found] == ["EX-0003"]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=x", "name=Ann", "team=North"])
def test_a_query_that_makes_no_sense_is_refused(sqlite_service: Service, query: str) -> None:
    refused = sqlite_service.assessor.get(f"/v1/people?{query}")
    assert code(refused) == (422, "request-invalid")
    assert paths(refused) == [f"query: {query.partition('=')[0]}"]
