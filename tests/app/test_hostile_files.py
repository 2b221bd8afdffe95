"""A hostile CSV file is refused, whole or row by row; nothing breaks and nothing of it is kept."""

import json
from typing import Any

import pytest
from httpx2 import Response

from tests.app.hostile import MEDIA_TYPES, faults
from tests.app.rows import row_counts
from tests.app.service import Service, add_person

CSV = {"Content-Type": "text/csv"}
KINDS = ("people", "plans", "monitoring")
PERSON = "reference,born_on,team,current_package_annual_pence\nEX-9,2015-06-14,north,{}\n"

HOSTILE = {
    "NUL": b"reference,born_on\n\x00,2015-06-14\n",
    "NUL in the header": b"\x00,born_on\nEX-9,2015-06-14\n",
    "not UTF-8": b"reference\n\xff\n",
    "half of a pair": b"reference\n\xed\xa0\x80\n",
    "UTF-16": "reference\nEX-9\n".encode("utf-16"),
    "nothing": b"",
    "empty lines": b"\n\n\n",
    "only commas": b",,,\n,,,\n",
    "a place with five thousand digits": b"needs." + 5_000 * b"1" + b".domain\nx\n",
    "a place far away": b"needs.999999999999.domain\nx\n",
    "a place before the first": b"needs.-1.domain,needs.0.domain\nx,y\n",
    "a place in other digits": "needs.\u0661.domain\nx\n".encode(),
    "a place in raised digits": "needs.\u00b2.domain\nx\n".encode(),
    "a path of a thousand parts": b".".join(1_000 * [b"a"]) + b"\nx\n",
    "a path of a hundred thousand parts": b".".join(100_000 * [b"a"]) + b"\nx\n",
    "a path of nothing": b"....\nx\n",
    "fifty thousand columns": b",".join(b"c%d" % number for number in range(50_000)) + b"\n1\n",
    "a column in a column": b"needs,needs.1.domain\nx,y\n",
    "a column around a column": b"needs.1.domain,needs\nx,y\n",
    "a list that is a record": b"needs.1.domain,needs.first.domain\nx,y\n",
    "names of the machinery": b"__class__,__proto__,__dict__.x\n1,2,3\n",
    "an open quotation mark": b'reference\n"EX-9\n',
    "a quotation mark inside": b'reference\n"EX"-9\n',
    "an endless cell": b"reference\n" + 200_000 * b"x" + b"\n",
    "old line ends": b"reference,born_on\rEX-9,2015-06-14\r",
    "more cells than columns": b"reference\nEX-9,1,2,3\n",
    "a row too many": b"reference\n" + 10_001 * b"x\n",
    "a flood of wrong cells": b",".join(b"c%d" % n for n in range(5_000))
    + b"\n"
    + 20 * (4_999 * b"1," + b"1\n"),
    "a formula": b"reference,person_reference\n=1+1,=1+1\n",
    "2^63": PERSON.format(2**63).encode(),
    "a fraction": PERSON.format("1.0").encode(),
    "no number": PERSON.format("NaN").encode(),
    "other digits": PERSON.format("\u0663").encode(),
    "true": PERSON.format("true").encode(),
    "year 9999": b"reference,born_on,team\nEX-9,9999-12-31,north\n",
    "year 0000": b"reference,born_on,team\nEX-9,0000-01-01,north\n",
    "29 February of 2027": b"reference,born_on,team\nEX-9,2027-02-29,north\n",
    "a letter that looks like another": "reference,born_on,team\nE\u0425-9,2015-06-14,north\n".encode(),
    "a change of direction": "reference,born_on,team\n\u202eEX-9,2015-06-14,north\n".encode(),
    "JSON": json.dumps([{"reference": "EX-9"}]).encode() + b"\n1\n",
}


def send(service: Service, kind: str, file: bytes, **query: str) -> Response:
    return service.assessor.post(f"/v1/imports/{kind}", content=file, headers=CSV, params=query)


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_file_is_refused(service: Service, kind: str) -> None:
    add_person(service.assessor)
    before = row_counts(service)
    wrong = []
    for what, file in HOSTILE.items():
        wrong += [f"{what}: {fault}" for fault in faults(send(service, kind, file))]
        kept_good = send(service, kind, file, keep="good-rows")
        if kept_good.status_code != 201 or kept_good.json()["kept"]:
            wrong += [f"{what}, the good rows: {fault}" for fault in faults(kept_good)]
    assert wrong == []
    assert row_counts(service) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_another_kind_is_415(sqlite_service: Service, kind: str) -> None:
    file = "reference,born_on,team\nEX-9,2015-06-14,north\n"
    others: dict[str, Any] = {**MEDIA_TYPES, "JSON": {"Content-Type": "application/json"}}
    others["another alphabet"] = {"Content-Type": "text/csv; charset=windows-1252"}
    for body in (file, json.dumps(file)):
        for headers in others.values():
            answer = sqlite_service.assessor.send(
                "POST", f"/v1/imports/{kind}", content=body.encode(), headers=headers
            )
            assert (answer.status_code, faults(answer)) == (415, [])
    assert row_counts(sqlite_service)["person"] == 0


def test_wrong_ways_to_import_are_refused(sqlite_service: Service) -> None:
    for query in ("keep=some", "keep=", "keep=good-rows&keep=all-or-nothing", "x=1", "keep=%00"):
        path = f"/v1/imports/people?{query}"
        answer = sqlite_service.assessor.post(path, content=b"reference\nEX-9\n", headers=CSV)
        assert (answer.status_code, faults(answer)) == (422, [])


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("fifty thousand columns", "too-many-columns"),
        ("a path of a thousand parts", "unknown-column"),
        ("a place with five thousand digits", "unknown-column"),
    ],
)
def test_a_header_that_no_file_has_is_refused_before_its_rows(
    sqlite_service: Service, what: str, code: str
) -> None:
    refused = send(sqlite_service, "plans", HOSTILE[what])
    assert [problem["code"] for problem in refused.json()["problems"]] == [code]


def test_a_flood_of_problems_is_told_in_part(sqlite_service: Service) -> None:
    answer = send(sqlite_service, "people", HOSTILE["a flood of wrong cells"])
    assert len(answer.json()["problems"]) == 1_000
    assert "Only the first 1,000 problems are listed." in answer.json()["detail"]
