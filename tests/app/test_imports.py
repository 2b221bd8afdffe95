"""Bulk import: every bad row is reported by line and column, and nothing is half-kept."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response

from app.access import Role
from app.demonstration.caseload import caseload
from app.demonstration.files import write_csv
from app.demonstration.load import example_policy
from tests.app.rows import row_counts
from tests.app.service import NOW, Person, Service, add_person, enter, good, new_service

CSV = {"Content-Type": "text/csv"}
HEADER = "reference,born_on,team"
GOOD = [f"EX-{number:04},2015-06-14,north" for number in range(1, 5)]
BAD = {
    "EX-0011,14.06.2015,north": ("born_on", "wrong-value"),
    "EX-0012,2030-01-01,north": ("born_on", "day-in-future"),
    "EX-0013,,north": ("born_on", "missing"),
    "EX-0014,2015-06-14,south": ("", "not-found"),
    "Ann Other,2015-06-14,north": ("reference", "wrong-value"),
    "EX-0001,2015-06-14,north": ("", "reference-taken"),
}


PLAN_HEADER = "person_reference,kind,reference,starts_on,needs.1.domain,needs.1.levels.short"
PLAN_ROW = "EX-0001,care,C-1,2026-10-01,independence,regular"


def send(who: Person, kind: str, *lines: str, **query: str) -> Response:
    return who.post(f"/v1/imports/{kind}", content="\n".join(lines) + "\n", headers=CSV, params=query)


def send_bytes(who: Person, file: bytes, **query: str) -> Response:
    return who.post("/v1/imports/people", content=file, headers=CSV, params=query)


def problems(answer: Response) -> list[tuple[str, str]]:
    return [(problem["path"], problem["code"]) for problem in answer.json()["problems"]]


def references(who: Person) -> set[str]:
    return {person["reference"] for person in good(who.get("/v1/people?limit=200"))["items"]}


def test_a_good_file_is_kept_whole_and_each_row_reported(service: Service) -> None:
    report = good(send(service.assessor, "people", HEADER, *GOOD))

    assert (report["kept"], report["refused"]) == (4, 0)
    assert [(row["line"], row["reference"]) for row in report["rows"]] == [
        (2, "EX-0001"),
        (3, "EX-0002"),
        (4, "EX-0003"),
        (5, "EX-0004"),
    ]
    for row in report["rows"]:
        assert good(service.assessor.get(f"/v1/people/{row['id']}"))["reference"] == row["reference"]


@pytest.mark.parametrize("row", BAD)
def test_one_bad_row_in_the_middle_is_reported_and_nothing_is_kept(service: Service, row: str) -> None:
    before = row_counts(service)
    column, kind = BAD[row]

    refused = send(service.assessor, "people", HEADER, *GOOD[:2], row, *GOOD[2:])

    assert (refused.status_code, refused.json()["code"]) == (422, "rows-refused")
    assert problems(refused) == [(f"line 4, {column}" if column else "line 4", kind)]
    assert "1 of 5 rows" in refused.json()["detail"]
    assert row_counts(service) == before


def test_with_keep_good_rows_exactly_the_good_ones_are_kept(service: Service) -> None:
    lines = [GOOD[0], *BAD, *GOOD[1:]]

    report = good(send(service.assessor, "people", HEADER, *lines, keep="good-rows"))

    assert (report["kept"], report["refused"]) == (len(GOOD), len(BAD))
    assert references(service.assessor) == {row.partition(",")[0] for row in GOOD}
    refused = {row["line"]: row for row in report["rows"] if row["id"] is None}
    assert list(refused) == list(range(3, 3 + len(BAD)))
    told = [(row["problems"][0]["path"], row["problems"][0]["code"]) for row in refused.values()]
    assert told == list(BAD.values())
    acts = row_counts(service)
    assert acts["person"] == acts["person_revision"] == len(GOOD)


def test_every_problem_of_every_row_is_listed(service: Service) -> None:
    rows = ["EX-0001,1 May,North", "ex,2015-06-14,north"]
    refused = send(service.assessor, "people", f"{HEADER},current_package_annual_pence", *rows)
    assert problems(refused) == [
        ("line 2, born_on", "wrong-value"),
        ("line 2, team", "wrong-value"),
        ("line 3, reference", "wrong-value"),
    ]


READABLE = {
    "a byte order mark": b"\xef\xbb\xbf" + f"{HEADER}\n{GOOD[0]}\n".encode(),
    "lines that end as on Windows": f"{HEADER}\r\n{GOOD[0]}\r\n".encode(),
    "no line end at the end": f"{HEADER}\n{GOOD[0]}".encode(),
    "quoted cells": b'"reference","born_on","team"\n"EX-0001","2015-06-14","north"\n',
    "spaces around": b"reference,born_on,team\n EX-0001 , 2015-06-14 ,north \n",
    "empty lines": f"{HEADER}\n\n{GOOD[0]}\n\n,,\n".encode(),
    "columns in another order": b"team,reference,born_on\nnorth,EX-0001,2015-06-14\n",
    "an empty column": f"{HEADER},\n{GOOD[0]},\n".encode(),
    "several empty columns": f"{HEADER},,\n{GOOD[0]},,\n".encode(),
    "fewer cells than columns": f"{HEADER},current_package_annual_pence\n{GOOD[0]}\n".encode(),
}


@pytest.mark.parametrize("file", READABLE.values(), ids=READABLE.keys())
def test_a_file_is_read_as_spreadsheets_write_it(sqlite_service: Service, file: bytes) -> None:
    assert good(send_bytes(sqlite_service.assessor, file))["kept"] == 1
    assert references(sqlite_service.assessor) == {"EX-0001"}


UNREADABLE = {
    "not UTF-8": (f"{HEADER}\n{GOOD[0]}\nÉ".encode("latin-1"), "not-utf-8"),
    "UTF-16": (f"{HEADER}\n{GOOD[0]}\n".encode("utf-16"), "not-utf-8"),
    "empty lines only": (b"\n\n", "no-header"),
    "a column twice": (f"{HEADER},team\n{GOOD[0]},south\n".encode(), "repeated-column"),
    "too many cells": (f"{HEADER}\n{GOOD[0]}\n{GOOD[1]},more\n".encode(), "too-many-cells"),
    "a cell under no name": (f"{HEADER},\n{GOOD[0]},more\n".encode(), "unnamed-column"),
    "an open quotation mark": (f'{HEADER}\n"EX-0001,2015-06-14,north\n'.encode(), "not-csv"),
    "text after a quotation mark": (f'{HEADER}\n"EX"-1,2015-06-14,north\n'.encode(), "not-csv"),
}


@pytest.mark.parametrize(("file", "kind"), UNREADABLE.values(), ids=UNREADABLE.keys())
@pytest.mark.parametrize("keep", ["all-or-nothing", "good-rows"])
def test_what_is_not_such_a_file_is_refused_whole(
    sqlite_service: Service, file: bytes, kind: str, keep: str
) -> None:
    before = row_counts(sqlite_service)

    refused = send_bytes(sqlite_service.assessor, file, keep=keep)

    assert (refused.status_code, refused.json()["code"]) == (400, "body-unreadable")
    assert [problem["code"] for problem in refused.json()["problems"]] == [kind]
    assert row_counts(sqlite_service) == before


def test_no_file_at_all_is_refused(sqlite_service: Service) -> None:
    assert send_bytes(sqlite_service.assessor, b"").status_code in {400, 422}


def test_an_unknown_column_is_named_for_each_row_that_fills_it(sqlite_service: Service) -> None:
    refused = send(sqlite_service.assessor, "people", f"{HEADER},surname", f"{GOOD[0]},", f"{GOOD[1]},Other")
    assert problems(refused) == [("line 3, surname", "unknown-field")]
    assert "Other" not in refused.text


def test_a_row_is_named_by_the_line_it_begins_on(sqlite_service: Service) -> None:
    add_person(sqlite_service.assessor)
    header = f"{PLAN_HEADER},words.family_views"
    lines = [f'{PLAN_ROW},"Two\nlines, and\n\na third"', f'{PLAN_ROW.replace("2026-10-01", "never")},"a\nb"']

    refused = send(sqlite_service.assessor, "plans", header, *lines)

    assert problems(refused) == [("line 6, starts_on", "wrong-value")]
    report = good(send(sqlite_service.assessor, "plans", header, *lines, keep="good-rows"))
    assert [row["line"] for row in report["rows"]] == [2, 6]
    plan = good(sqlite_service.assessor.get(f"/v1/plans/{report['rows'][0]['id']}"))
    assert plan["content"]["words"]["family_views"] == "Two\nlines, and\n\na third"


def test_too_many_rows_are_refused(sqlite_template: Path, tmp_path: Path) -> None:
    (tmp_path / "ras.db").write_bytes(sqlite_template.read_bytes())
    with new_service(f"sqlite:///{tmp_path / 'ras.db'}", tmp_path, max_import_rows=3) as service:
        assert good(send(service.assessor, "people", HEADER, *GOOD[:3]))["kept"] == 3
        more = [row.replace("EX-", "EX-9") for row in GOOD]
        for keep in ("all-or-nothing", "good-rows"):
            refused = send(service.assessor, "people", HEADER, *more, keep=keep)
            assert problems(refused) == [("line 5", "too-many-rows")]
        assert len(references(service.assessor)) == 3


def test_another_teams_rows_are_as_if_nobody_had_the_reference(service: Service) -> None:
    add_person(service.acting_as("demo-assessor-south"), team="south")
    header = "person_reference,household"

    refused = send(service.assessor, "monitoring", header, "EX-0001,one-parent", "EX-0002,one-parent")

    assert problems(refused) == [("line 2", "not-found"), ("line 3", "not-found")]
    theirs, absent = (problem["message"] for problem in refused.json()["problems"])
    assert theirs == absent


def test_a_plan_is_imported_as_it_would_be_sent(service: Service) -> None:
    add_person(service.assessor)
    row = {
        "person_reference": "EX-0001",
        "kind": "ehc",
        "reference": "EHC-1",
        "next_ehc_review_on": "2027-03-01",
        "starts_on": "2026-09-01",
        "needs.1.domain": "independence",
        "needs.1.levels.short": "regular",
        "needs.2.domain": "behaviour",
        "needs.2.levels.long": "none",
        "resources.1.domain": "independence",
        "resources.1.kind": "family",
        "resources.1.contribution": "some",
        "resources.1.willing_and_able": "TRUE",
        "resources.1.will_last": "false",
        "resources.1.horizons.1": "short",
        "circumstances.1.circumstance": "disabled-siblings",
        "circumstances.1.count": "2",
        "lines.1.domain": "independence",
        "lines.1.item": "equipment",
        "lines.1.purpose": "equipment",
        "lines.1.quantity": "1",
        "lines.1.per": "once",
        "lines.1.provision": "H1.1",
        "lines.1.quoted_price_pence": "24500",
    }
    report = good(send(service.assessor, "plans", ",".join(row), ",".join(row.values())))

    content = good(service.assessor.get(f"/v1/plans/{report['rows'][0]['id']}"))["content"]
    assert content["resources"][0]["willing_and_able"] is True
    assert content["resources"][0]["will_last"] is False
    assert content["resources"][0]["horizons"] == ["short"]
    assert content["circumstances"][0]["count"] == 2
    assert content["lines"][0]["quoted_price_pence"] == 24500
    assert content["lines"][0]["quantity"] == "1"
    assert [need["domain"] for need in content["needs"]] == ["independence", "behaviour"]


def test_what_is_wrong_in_a_plans_row_is_named_by_its_column(service: Service) -> None:
    add_person(service.assessor)
    header = f"{PLAN_HEADER},needs.2.domain,needs.2.levels.short,lines.1.weeks"
    unknown = send(service.assessor, "plans", header, f"{PLAN_ROW},moon,regular,")
    wrong = send(service.assessor, "plans", header, f"{PLAN_ROW},,,many")

    assert problems(unknown) == [("line 2, needs.2.domain", "unknown-domain")]
    assert ("line 2, lines.1.weeks", "wrong-value") in problems(wrong)
    assert ("line 2, lines.1.item", "missing") in problems(wrong)


def test_the_demonstrations_files_are_imported_team_by_team(service: Service, tmp_path: Path) -> None:
    """As a council's case system would: each team's worker brings the team's own rows."""
    children = list(caseload(example_policy(), as_at=NOW.date(), seed=7, size=40))
    teams = {child.reference: child.team for child in children}
    files = {path.stem: _rows(path) for path in write_csv(tmp_path / "demo", children)}
    kept = dict.fromkeys(files, 0)
    for team in sorted(set(teams.values())):
        worker = enter(service, f"worker-{team}", role=Role.ASSESSOR, team=team)
        for kind, rows in files.items():
            name = "reference" if kind == "people" else "person_reference"
            own = [row for row in rows if teams[row[name]] == team]
            others = [row for row in rows if teams[row[name]] != team][:2]
            mixed = send_bytes_of(worker, kind, [*own, *others])
            assert mixed.status_code == 422
            assert {problem["code"] for problem in mixed.json()["problems"]} == {"not-found"}
            kept[kind] += good(send_bytes_of(worker, kind, own))["kept"]

    assert set(kept.values()) == {40}
    counts = row_counts(service)
    assert (counts["person"], counts["plan"], counts["monitoring"]) == (40, 40, 40)


def send_bytes_of(who: Person, kind: str, rows: list[dict[str, Any]]) -> Response:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return who.post(f"/v1/imports/{kind}", content=out.getvalue(), headers=CSV)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
