"""The pages about privacy are held to the tables, roles and tests that there are."""

import json
import re
from pathlib import Path

import pytest

from app.access import ACCESS, Role
from app.columns import Row
from app.privacy.held import ABOUT_NOBODY
from app.privacy.repository import STAYS
from app.privacy.subject_access import TITLES
from app.settings import Settings
from tests.published import ROOT

FOLDER = ROOT / "docs" / "privacy"
RECORD = (FOLDER / "records-of-processing.md").read_text()
ASSESSMENT = (FOLDER / "dpia.md").read_text()
PAGES = sorted(FOLDER.glob("*.md"))
BLANK = re.compile(r"\*\*\[Authority(?:: [^\]]+)?\]\*\*")


def section(title: str) -> list[list[str]]:
    """The cells of the rows below a heading of the record that begin with the name of a table."""
    text = RECORD.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    return [row for row in rows if re.fullmatch(r"`[a-z_]+`", row[0])]


CHILDREN = section("What is held about children and young people")
OTHERS = section("What is held about others")


def names(rows: list[list[str]]) -> list[str]:
    return [row[0].strip("`") for row in rows]


def test_every_table_is_in_the_record_once_and_no_other() -> None:
    assert names(CHILDREN) == list(TITLES)
    assert len(OTHERS) == len(ABOUT_NOBODY)
    assert set(names(OTHERS)) == ABOUT_NOBODY
    assert {*names(CHILDREN), *names(OTHERS)} == set(Row.metadata.tables)


def test_each_table_is_called_what_a_family_is_told_it_is() -> None:
    assert [row[1] for row in CHILDREN] == list(TITLES.values())


def test_each_purpose_is_one_whose_basis_is_told() -> None:
    text = RECORD.partition("\n## Purposes")[2].partition("\n## ")[0]
    purposes = set(re.findall(r"^\| ([a-z]+) \| to ", text, re.MULTILINE))
    assert len(purposes) == 5
    assert {row[2] for row in CHILDREN} | {row[3] for row in OTHERS} == purposes


@pytest.mark.parametrize("row", [*CHILDREN, *OTHERS], ids=lambda row: row[0].strip("`"))
def test_who_sees_a_table_is_who_may_read_it(row: list[str]) -> None:
    seen_by = row[-2]
    for operation, roles in re.findall(r"`([a-z_]+)`: ([a-z, -]+)", seen_by):
        assert roles.strip().split(", ") == sorted(ACCESS[operation].roles)
    assert set(re.findall(r"`([a-z_]+)`", seen_by)) <= ACCESS.keys()


def test_what_stays_of_an_erased_person_is_said_to_stay() -> None:
    said = {name for name, row in zip(names(CHILDREN), CHILDREN, strict=True) if row[-1].startswith("stays")}
    assert said == STAYS - {"idempotency_key"}
    assert all(row[-1].startswith(("stays", "deleted", "24 hours")) for row in CHILDREN)


def test_how_long_a_record_is_kept_is_what_the_settings_say() -> None:
    said = dict(re.findall(r"^\| `RAS_([A-Z_]+)` \| (\d+) \|", RECORD, re.MULTILINE))
    assert said == {
        name: str(Settings.model_fields[name.lower()].default)
        for name in ("RETENTION_AGE", "RETENTION_YEARS_AFTER_LAST_ACT")
    }
    assert f"birthday ({said['RETENTION_AGE']})" in ASSESSMENT
    assert f"last act ({said['RETENTION_YEARS_AFTER_LAST_ACT']})" in ASSESSMENT


def test_every_measure_names_a_risk_says_how_far_it_is_and_what_shows_it() -> None:
    risks = re.findall(r"^\| (R\d+) \| [a-z]", ASSESSMENT.partition("## Step 6")[0], re.MULTILINE)
    text = ASSESSMENT.partition("## Step 6")[2].partition("For each risk:")[0]
    measures = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line[:3] == "| R"
    ]
    assert risks == [f"R{number}" for number in range(1, 11)]
    assert {measure[0] for measure in measures} == set(risks)
    promises = set(re.findall(r"^\| (P\d+) \|", (ROOT / "docs" / "promises.md").read_text(), re.MULTILINE))
    for _, said, state, shown in measures:
        assert set(re.findall(r"\bP\d+\b", said)) <= promises
        assert state.split()[0].strip(":,") in {"yes", "no"}
        files = re.findall(r"`([^`]+)`", shown)
        assert bool(files) == state.startswith("yes")
        assert all((ROOT / file).is_file() for file in files)


def test_what_only_the_authority_can_say_is_marked_in_one_way() -> None:
    for page in (RECORD, ASSESSMENT):
        assert len(BLANK.findall(page)) > 10
        assert (
            page.count("[Authority") == len(BLANK.findall(page)) + page.count("**[Authority: …]** marks") - 1
        )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_operation_that_a_page_names_by_its_address_is_one(page: Path) -> None:
    known = {(method, re.sub(r"\{[a-z_]+\}", "{id}", path)) for method, path in addresses()}
    for method, path in re.findall(r"`(GET|POST|PUT) (/[^`]*)`", page.read_text()):
        assert (method, path) in known


def addresses() -> set[tuple[str, str]]:
    described = json.loads((ROOT / "openapi" / "ras.json").read_text())["paths"]
    return {(method.upper(), path) for path, operations in described.items() for method in operations}


def test_roles_are_called_what_they_are() -> None:
    said = {role for row in [*CHILDREN, *OTHERS] for role in re.findall(r"[a-z]+-[a-z]+", row[-2])}
    assert said <= set(Role)
