"""The `ras` command: what each does, what it refuses, and the exit code that scripts go by."""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from app.cli import cli
from ras.assessment import assess
from ras.canonical import canonical
from ras.plan import read_plan
from ras.policy.document import policy_schema, read_policy
from tests.app.test_policies import broken
from tests.app.test_policy_findings import BANDS
from tests.ras.examples import policy_data

DONE, REFUSED, NOT_UNDERSTOOD, UNAVAILABLE = 0, 1, 2, 3
DEMONSTRATION = Path(str(files("app") / "demonstration"))
POLICY, PLAN = DEMONSTRATION / "exampleshire.yaml", DEMONSTRATION / "example-plan.yaml"

Run = Callable[..., Result]


@pytest.fixture
def ras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, with its data in a folder of its own."""
    monkeypatch.setenv("RAS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: Any) -> Result:
        return CliRunner().invoke(cli, [str(argument) for argument in arguments])

    return run


@pytest.fixture
def on_database(ras: Run) -> Run:
    """The command, with a migrated database."""
    assert ras("migrate").exit_code == DONE
    return ras


def rows(tmp_path: Path, table: str) -> int:
    with closing(sqlite3.connect(tmp_path / "data" / "ras.db")) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  a table's name


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "command",
    ["", "check", "score", "explain", "schema", "demo", "serve", "migrate", "token", "import", "staff",
     "staff list", "staff add", "staff remove", "compare", "fuzz", "new", "bands"],
)  # fmt: skip
def test_every_command_explains_itself(ras: Run, command: str) -> None:
    shown = ras(*command.split(), "--help")
    assert shown.exit_code == DONE
    assert "Usage:" in shown.stdout
    assert len(shown.stdout.splitlines()) > 5


@pytest.mark.parametrize(
    "arguments",
    [["fly"], ["check"], ["score", POLICY], ["score", POLICY, PLAN, "--on", "1 May"], ["demo", "--size", "0"],
     ["token", "x", "--hours", "25"], ["import", "cats", POLICY], ["staff", "add", "x", "--role", "king"]],
)  # fmt: skip
def test_what_is_not_a_command_exits_with_2(ras: Run, arguments: list[Any]) -> None:
    assert ras(*arguments).exit_code == NOT_UNDERSTOOD


def test_what_needs_no_service_loads_neither_database_nor_web_framework() -> None:
    program = "import sys, app.cli; print({'sqlalchemy', 'fastapi', 'alembic', 'uvicorn'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)  # noqa: S603  our own program
    assert run.stdout == "set()\n"


def test_check_says_that_a_policy_is_good_and_what_it_is(ras: Run) -> None:
    shown = ras("check", POLICY)
    assert shown.exit_code == DONE
    assert "no mistakes found" in shown.stdout
    assert read_policy(POLICY.read_text()).sha256 in shown.stdout
    assert "ILLUSTRATIVE ONLY" in shown.stdout


@pytest.mark.parametrize("dump", [json.dumps, yaml.safe_dump], ids=["JSON", "YAML"])
def test_check_lists_five_mistakes_by_their_paths(ras: Run, tmp_path: Path, dump: Callable[..., str]) -> None:
    path = write(tmp_path / "policy", dump(broken()))

    refused = ras("check", path)

    assert refused.exit_code == REFUSED
    assert refused.stdout == ""
    opening, *listed = refused.stderr.splitlines()
    assert str(path) in opening
    found = [re.fullmatch(r"  ([a-z_.]+): .+ \[([a-z-]+)\]", line) for line in listed]
    assert {match.groups() if match else None for match in found} == {
        ("title", "wrong-value"),
        ("valid_from", "wrong-value"),
        ("money.period", "wrong-value"),
        ("colour", "unknown-field"),
        ("code", "missing"),
    }
    assert len(listed) == 5


@pytest.mark.parametrize("command", ["check", "score", "explain"])
def test_a_file_that_is_not_there_exits_with_3(ras: Run, tmp_path: Path, command: str) -> None:
    arguments = [tmp_path / "nowhere.yaml"] + ([PLAN] if command != "check" else [])
    gone = ras(command, *arguments)
    assert gone.exit_code == UNAVAILABLE
    assert "No such file" in gone.stderr
    assert ras("check", tmp_path).exit_code == UNAVAILABLE


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"- a\n- b\n", b"a: &x 1\nb: *x\n", b"{", b"null"])
def test_a_file_that_is_no_policy_is_refused(ras: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "policy.yaml"
    path.write_bytes(content)
    refused = ras("check", path)
    assert refused.exit_code == REFUSED
    assert refused.stderr
    assert isinstance(refused.exception, SystemExit)


def test_score_gives_the_whole_result_as_canonical_bytes(ras: Run) -> None:
    policy, plan = read_policy(POLICY.read_text()), read_plan(PLAN.read_text())
    result = assess(plan, policy, effective_on=plan.starts_on)

    assert ras("score", POLICY, PLAN, "--json").stdout_bytes == canonical(result) + b"\n"


def test_score_and_explain_say_the_amounts(ras: Run) -> None:
    result = json.loads(ras("score", POLICY, PLAN, "--on", "2027-09-01", "--json").stdout)
    pounds = f"£{result['indicative_annual_pence'] // 100:,}"
    assert result["horizon"] == "long"
    scored, explained = (ras(command, POLICY, PLAN, "--on", "2027-09-01") for command in ("score", "explain"))
    assert scored.exit_code == explained.exit_code == DONE
    assert pounds in scored.stdout.replace(" ", "")
    assert f"The indicative amount for your child is {pounds} a year." in explained.stdout
    assert all("ILLUSTRATIVE ONLY" in shown.stdout for shown in (scored, explained))


def test_score_refuses_a_plan_that_has_no_answer(ras: Run, tmp_path: Path) -> None:
    plan = PLAN.read_text()
    unfinished = write(
        tmp_path / "a.yaml", plan.replace("medium: frequent, long: regular", "long: regular", 1)
    )
    refused = ras("score", POLICY, unfinished)
    assert refused.exit_code == REFUSED
    assert "needs.independence.levels.medium" in refused.stderr
    assert "unanswered-domain" in refused.stderr
    assert ras("score", POLICY, PLAN, "--on", "2036-01-01").exit_code == REFUSED
    assert ras("score", POLICY, write(tmp_path / "b.yaml", plan + "\nname: Ann\n")).exit_code == REFUSED


def test_explain_says_what_would_change_the_amount(ras: Run) -> None:
    shown = ras("explain", POLICY, PLAN).stdout
    assert "What would change the amount" in shown
    assert (
        "Behaviour management: with “Most of the day” it would be £6,413 a year, £1,796 a year more." in shown
    )


def test_check_refuses_a_policy_in_which_more_need_is_less_money(ras: Run, tmp_path: Path) -> None:
    data = policy_data()
    data["modifiers"][0] |= {"when": {"score": {"at_least": "50"}}, "factor": "0.5"}
    path = write(tmp_path / "policy.json", json.dumps(data))

    shown = ras("check", path)

    assert shown.exit_code == REFUSED
    assert "1 mistake found; it cannot be published" in shown.stdout
    assert "error: modifiers.remote-area" in shown.stdout
    assert (
        "With a score of 50 points instead of a score just below 50 points the amount falls" in shown.stdout
    )
    told = ras("fuzz", path, "--examples", 100, "--seed", 1)
    assert told.exit_code == REFUSED
    assert "more-need: " in told.stdout
    assert "needs:" in told.stdout
    assert "0x" not in told.stdout


def test_check_weighs_jumps_with_a_caseload_and_proposes_a_table(ras: Run, tmp_path: Path) -> None:
    data = {**policy_data(), "allocation": BANDS}
    path = write(tmp_path / "policy.json", json.dumps(data))
    scores = write(tmp_path / "scores.txt", "0\n10\n\n55\n58.5\n90\n")

    shown = ras("check", path, "--scores", scores)

    assert shown.exit_code == DONE
    assert "40.0% of the caseload are one answer away from it." in shown.stdout
    assert "A table without jumps that comes to the same in all" in shown.stdout
    assert "publication needs a written answer to each" in shown.stdout
    for rubbish in ("twelve", "-5", "1e400000000", "1/0"):
        wrong = ras("check", path, "--scores", write(tmp_path / "wrong.txt", f"12\n{rubbish}\n"))
        assert wrong.exit_code == REFUSED
        assert "line 2 is no score" in wrong.stderr


def test_fuzz_finds_nothing_in_the_example_and_says_how_much_was_tried(ras: Run) -> None:
    shown = ras("fuzz", POLICY, "--examples", 20, "--seed", 7)
    assert shown.exit_code == DONE
    assert "every law held on 20 plans each" in shown.stdout


def test_compare_says_what_can_change_amounts_before_words(ras: Run, tmp_path: Path) -> None:
    data = policy_data()
    data["domains"][0]["levels"][3]["points"] = "18"
    data["title"] = "Another title"
    changed = write(tmp_path / "new.json", json.dumps(data))

    shown = ras("compare", POLICY, changed)

    assert shown.exit_code == DONE
    amounts, words = shown.stdout.split("Words and sources:")
    assert "points went from 16 to 18" in amounts
    assert "Another title" in words
    assert ras("compare", POLICY, POLICY).stdout == "The two policies say the same.\n"


def test_schema_prints_the_schema_of_policies(ras: Run) -> None:
    assert json.loads(ras("schema").stdout) == policy_schema()


def test_demo_writes_the_same_bytes_twice(ras: Run, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        shown = ras("demo", tmp_path / folder, "--size", 12, "--seed", 5)
        assert shown.exit_code == DONE
        assert "12 children" in shown.stdout
    assert ras("demo", tmp_path / "other", "--size", 12, "--seed", 6).exit_code == DONE
    one, two, other = (
        {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
        for folder in ("one", "two", "other")
    )
    assert set(one) == {"people.csv", "plans.csv", "monitoring.csv"}
    assert one == two
    assert one["plans.csv"] != other["plans.csv"]


def test_an_unknown_setting_is_refused_by_name(ras: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAS_DATABSE_URL", "postgresql://secret@nowhere/ras")
    for command in (["migrate"], ["staff", "list"], ["token", "x"], ["serve"]):
        refused = ras(*command)
        assert refused.exit_code == REFUSED
        assert "RAS_DATABSE_URL" in refused.stderr
        assert "secret" not in refused.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("RAS_PORT", "99999"), ("RAS_LOG_LEVEL", "LOUD"), ("RAS_HOST", "0.0.0.0"), ("RAS_MAX_BODY_BYTES", "x")],  # noqa: S104  refused
)
def test_a_setting_that_cannot_be_used_is_refused(
    ras: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    refused = ras("serve")
    assert refused.exit_code == REFUSED
    assert "settings cannot be used" in refused.stderr


def test_a_database_that_is_not_migrated_or_not_there_exits_with_3(
    ras: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    refused = ras("staff", "list")
    assert refused.exit_code == UNAVAILABLE
    assert "ras migrate" in refused.stderr
    monkeypatch.setenv("RAS_DATABASE_URL", f"postgresql://ras:secret@/ras?host={tmp_path}")
    for command in (["staff", "list"], ["migrate"]):
        refused = ras(*command)
        assert refused.exit_code == UNAVAILABLE
        assert "secret" not in refused.stderr


def test_migrate_can_be_done_twice(ras: Run) -> None:
    for _ in range(2):
        assert ras("migrate").exit_code == DONE


def test_the_staff_register_is_filled_shown_and_emptied(on_database: Run) -> None:
    ras = on_database
    assert ras("staff", "add", "ann", "--role", "assessor", "--team", "north").exit_code == DONE
    assert ras("staff", "add", "lea", "--role", "policy-lead").exit_code == DONE
    assert [line.split() for line in ras("staff", "list").stdout.splitlines()] == [
        ["ann", "assessor", "north"],
        ["lea", "policy-lead", "-"],
    ]
    assert ras("staff", "add", "ann", "--role", "team-manager", "--team", "south").exit_code == DONE
    assert ras("staff", "remove", "lea").exit_code == DONE
    assert [line.split() for line in ras("staff", "list").stdout.splitlines()] == [
        ["ann", "team-manager", "south"],
        ["lea", "policy-lead", "no", "longer"],
    ]


def test_the_staff_register_refuses_what_makes_no_sense(on_database: Run) -> None:
    ras = on_database
    assert ras("staff", "add", "ann", "--role", "assessor").exit_code == REFUSED
    assert ras("staff", "add", "ann", "--role", "assessor", "--team", "The North").exit_code == REFUSED
    assert ras("staff", "remove", "nobody").exit_code == REFUSED
    assert ras("staff", "list").stdout == ""


def test_a_token_is_printed_and_nothing_else(ras: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", ras("token", "ann").stdout)
    monkeypatch.setenv("RAS_OIDC_ISSUER", "https://login.example/")
    monkeypatch.setenv("RAS_OIDC_JWKS_URL", "https://login.example/keys")
    refused = ras("token", "ann")
    assert refused.exit_code == REFUSED
    assert refused.stdout == ""


PEOPLE = "reference,born_on,team\nEX-0001,2015-06-14,north\nEX-0002,never,north\nEX-0003,2015-06-14,south\n"


def test_import_keeps_nothing_of_a_file_with_a_bad_row(on_database: Run, tmp_path: Path) -> None:
    refused = on_database("import", "people", write(tmp_path / "people.csv", PEOPLE))

    assert refused.exit_code == REFUSED
    assert "nothing was kept" in refused.stderr
    assert "line 3, born_on" in refused.stderr
    assert rows(tmp_path, "person") == 0


def test_import_keeps_the_good_rows_when_asked_and_still_says_that_some_were_bad(
    on_database: Run, tmp_path: Path
) -> None:
    mixed = on_database("import", "people", write(tmp_path / "people.csv", PEOPLE), "--keep-good")

    assert mixed.exit_code == REFUSED
    assert "2 kept, 1 refused" in mixed.stdout
    assert "line 3, born_on" in mixed.stderr
    assert rows(tmp_path, "person") == 2


def test_import_takes_a_good_file_of_each_kind(on_database: Run, tmp_path: Path) -> None:
    on_database("demo", tmp_path / "demo", "--size", 5)
    for kind in ("people", "plans", "monitoring"):
        done = on_database("import", kind, tmp_path / "demo" / f"{kind}.csv")
        assert (done.exit_code, done.stdout) == (DONE, "5 kept, 0 refused\n")
    assert rows(tmp_path, "plan_version") == 5
    again = on_database("import", "people", tmp_path / "demo" / "people.csv")
    assert again.exit_code == REFUSED
    assert again.stderr.count("reference-taken") == 5


def test_import_of_what_is_no_such_file(on_database: Run, tmp_path: Path) -> None:
    assert on_database("import", "people", tmp_path / "nowhere.csv").exit_code == UNAVAILABLE
    (tmp_path / "people.csv").write_bytes(b"\xff\xfe")
    refused = on_database("import", "people", tmp_path / "people.csv")
    assert refused.exit_code == REFUSED
    assert "not UTF-8" in refused.stderr
