"""Hostile paths, queries, headers and methods are refused with a whole problem document."""

import base64
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx2 import Response

from app.openapi import describe
from tests.app.hostile import faults
from tests.app.rows import row_counts
from tests.app.service import Service, add_assessment, add_person, add_plan, good

NOBODY = UUID(int=0)

WRONG_ADDRESSES = [
    "/v1/people/%00",
    "/v1/people/xyz",
    "/v1/people/" + 10_000 * "0",
    f"/v1/people/{NOBODY}%0a",
    f"/v1/people/{NOBODY}/",
    f"/v1/policies/{NOBODY.hex}x",
    "/v1/people/",
    f"/v1/plans/{NOBODY}/versions/0",
    f"/v1/plans/{NOBODY}/versions/1.0",
    f"/v1/plans/{NOBODY}/versions/true",
    f"/v1/plans/{NOBODY}/versions/%2B1",
    f"/v1/plans/{NOBODY}/versions/{2**63}",
    f"/v1/plans/{NOBODY}/versions/" + 5_000 * "9",
    "/v1/people?limit=0",
    "/v1/people?limit=-1",
    "/v1/people?limit=201",
    "/v1/people?limit=1.0",
    "/v1/people?limit=1e400",
    "/v1/people?limit=NaN",
    "/v1/people?limit=%00",
    "/v1/people?limit=%D9%A3",
    "/v1/people?limit=" + 5_000 * "9",
    "/v1/people?limit=1&limit=1",
    "/v1/people?team=north&team=south",
    "/v1/people?team=%00",
    "/v1/people?reference=%ED%A0%80",
    "/v1/people?reference=E%D0%A5-0001",
    "/v1/people?reference=%E2%80%AEEX-0001",
    "/v1/people?reference=" + 60_000 * "A",
    "/v1/people?x=1",
    "/v1/people?%00=1",
    "/v1/people?__class__=1",
    "/v1/people?" + "&".join(f"x{number}=1" for number in range(5_000)),
    "/v1/people?cursor=",
    "/v1/people?cursor=x",
    "/v1/people?cursor=" + 31 * "f",
    "/v1/people?cursor=" + 32 * "F",
    f"/v1/people?cursor={NOBODY}",
    "/v1/plans?person_id=1",
    "/v1/plans?person_id=%00",
    f"/v1/plans?person_id={NOBODY}&person_id={NOBODY}",
    "/v1/policies?state=gone",
    "/v1/policies/in-force",
    "/v1/policies/in-force?on=",
    "/v1/policies/in-force?on=0000-01-01",
    "/v1/policies/in-force?on=9999-12-31",
    "/v1/policies/in-force?on=2027-02-29",
    "/v1/policies/in-force?on=2026-11-23&on=2026-11-24",
    "/v1/me?x=1",
    "/livez?x=1",
    "/docs/start.js?x=1",
    "/local-offer/v1/policy?on=0001-01-01",
    "/local-offer/v1/policy?x=1",
    "/docs/..%2f..%2fapp%2fmain.py",
    "/docs/%2e%2e/%2e%2e/app/main.py",
    "/docs/%2e%2e%5cmain.py",
    "/docs//etc/passwd",
    "/docs/%2fetc%2fpasswd",
    "/docs/start.js%00",
    "/docs/start.js/",
    "/nothing-here",
    "/V1/people",
    "//",
    "/%ff%fe",
]


def test_a_wrong_address_is_refused(service: Service) -> None:
    wrong = []
    for path in WRONG_ADDRESSES:
        wrong += [f"{path[:80]}: {fault}" for fault in faults(service.assessor.get(path))]
    assert wrong == []


def test_a_cursor_of_another_teams_record_shows_nothing_of_it(service: Service) -> None:
    south = service.acting_as("demo-assessor-south")
    theirs = add_person(south, reference="EX-9", team="south")
    service.clock.now += timedelta(seconds=1)
    mine = add_person(service.assessor)
    for cursor in (UUID(theirs["id"]).hex, 32 * "0"):
        items = good(service.assessor.get("/v1/people", params={"cursor": cursor}))["items"]
        assert [item["id"] for item in items] == [mine["id"]]


DEEP = base64.urlsafe_b64encode(40_000 * b"[").decode()
WRONG_HEADERS: dict[str, list[bytes]] = {
    "Authorization": [
        *(
            b"",
            b"Bearer",
            b"Bearer ",
            b"Basic eDp5",
            b"bearer x",
            b"Bearer a.b.c",
            b"Bearer ..",
            b"Bearer \xff\xfe",
        ),
        *(b"Bearer " + 100_000 * b"a", b"Bearer e30.e30.", b"Bearer bnVsbA.e30.e30", b"Bearer \x00"),
        f"Bearer {DEEP}.e30.x".encode(),
        b"Bearer eyJhbGciOiJFZERTQSIsImtpZCI6WzFdfQ.e30.e30",  # a list for a key's id
        b"Bearer eyJhbGciOltdfQ.e30.e30",  # a list for an algorithm
    ],
    "RAS-On-Behalf-Of": [b"", b"demo-assessor", b"\xff", b"\x00", b"' OR 1=1", 100_000 * b"x"],
    "Idempotency-Key": [b"", b"a b", b"\xff", b"\x00", b"\t", 129 * b"x", 100_000 * b"x"],
    "If-Match": [b"", b"*", b'"', b'W/"x"', b"\xff", b"\x00", b'"a", "b"', 100_000 * b"x"],
}


@pytest.mark.parametrize("name", WRONG_HEADERS)
def test_a_wrong_header_is_refused(service: Service, name: str) -> None:
    child = add_person(service.assessor)
    known = {"born_on": "2015-06-14", "team": "north"}
    etag = f'"{UUID(child["id"]).hex[-12:]}-1"'
    right = {**service.assessor.headers, "If-Match": etag}
    before = row_counts(service)
    wrong = []

    def change(headers: Any) -> Response:
        return service.client.put(f"/v1/people/{child['id']}", json=known, headers=headers)

    for value in WRONG_HEADERS[name]:
        wrong += [f"{value[:40]!r}: {fault}" for fault in faults(change({**right, name: value}))]
    others = [(key, value) for key, value in right.items() if key != name]
    twice = change([*others, (name, right.get(name, "x")), (name, right.get(name, "x"))])
    wrong += faults(twice)

    assert wrong == []
    assert row_counts(service) == before
    assert change(right).status_code == 200


def test_a_system_that_names_a_hostile_user_is_refused(service: Service) -> None:
    system = service.acting_as("demo-case-system", on_behalf_of="demo-assessor")
    assert system.get("/v1/me").status_code == 200
    for name in WRONG_HEADERS["RAS-On-Behalf-Of"]:
        if name != b"demo-assessor":
            answer = system.get("/v1/me", headers={"RAS-On-Behalf-Of": name})
            assert (answer.status_code, faults(answer)) == (403, [])


@pytest.mark.parametrize("host", [b"[", b"[::1", b"a b", b"\xff", b"", b"/", b"x:y:z", b":99999", b"a@b"])
def test_a_wrong_host_changes_nothing(sqlite_service: Service, host: bytes) -> None:
    answer = sqlite_service.assessor.get("/v1/people?limit=1", headers={"Host": host})
    assert answer.status_code == 200


def test_a_method_an_address_does_not_take_is_405_with_every_method_it_takes(sqlite_service: Service) -> None:
    wrong = []
    for path, taken in addresses(sqlite_service.app).items():
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "FOO"):
            if method in taken:
                continue
            answer = sqlite_service.assessor.send(method, path)
            if (answer.status_code, answer.headers.get("allow")) != (405, ", ".join(sorted(taken))):
                wrong.append(f"{method} {path}: {answer.status_code}, {answer.headers.get('allow')}")
            if method != "HEAD":
                wrong += [f"{method} {path}: {fault}" for fault in faults(answer)]
    assert wrong == []


def addresses(app: FastAPI) -> dict[str, set[str]]:
    """Every address with its methods, as described; and the pages, which are not."""
    ids = {"name": "start.js", "version": "1"}
    found = {"/docs": {"GET"}, "/docs/start.js": {"GET"}, "/openapi.json": {"GET", "HEAD"}}
    for path, operations in describe(app)["paths"].items():
        filled = re.sub(r"\{(\w+)\}", lambda named: ids.get(named[1], str(NOBODY)), path)
        found[filled] = {method.upper() for method in operations}
    return found


REQUEST_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def test_a_statement_in_no_known_format_is_refused(service: Service) -> None:
    child = add_person(service.assessor)
    kept = add_assessment(service.assessor, add_plan(service.assessor, child["id"])["id"])
    for query in ("?format=pdf", "?format=html&format=text", "?format=%00", "?x=1"):
        assert faults(service.assessor.get(f"/v1/assessments/{kept['id']}/statement{query}")) == []
