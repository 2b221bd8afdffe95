"""`ras doctor` looks at an installation and says what is so, what to look at, and what is broken."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.clock import system_clock
from app.db import Database
from app.doctor import Verdict, examine
from app.settings import Settings
from tests.app.provider import AUDIENCE, ISSUER, provider
from tests.postgres import new_database


def looked_at(
    url: str, folder: Path, *, now: datetime | None = None, **settings: Any
) -> dict[str, tuple[Verdict, str]]:
    """What is found, by what was looked at."""
    found = Settings(data_dir=folder, database_url=url, **settings)
    database = Database(found.sqlalchemy_url, busy_seconds=1)
    try:
        return {
            each.what: (each.verdict, each.said)
            for each in examine(found, database, now=now or system_clock())
        }
    finally:
        database.close()


def test_an_installation_in_order_is_found_so(database_url: str, tmp_path: Path) -> None:
    found = looked_at(database_url, tmp_path)

    assert {what for what, (verdict, _) in found.items() if verdict is Verdict.OK} == {
        *("database", "tables", "clock", "policy", "bank holidays", "disk")
    }
    assert found["policy"][1] == "childrens-ras 2026.1"
    assert found["tokens"] == (Verdict.LOOK, "the local issuer signs them: for one's own machine only")


def test_without_a_policy_for_today_somebody_should_look(database_url: str, tmp_path: Path) -> None:
    found = looked_at(database_url, tmp_path, now=system_clock() - timedelta(days=3650))

    assert found["policy"][0] is Verdict.LOOK


def test_bank_holidays_that_are_not_known_for_long_are_told(database_url: str, tmp_path: Path) -> None:
    soon = date.today() + timedelta(days=100)  # noqa: DTZ011  some day soon
    found = looked_at(database_url, tmp_path, bank_holidays_listed_until=soon)

    assert found["bank holidays"] == (Verdict.LOOK, f"the published list is known until {soon}")


def test_a_clock_that_differs_from_the_databases_is_broken(database_url: str, tmp_path: Path) -> None:
    found = looked_at(database_url, tmp_path, now=system_clock() + timedelta(hours=1))

    assert found["clock"][0] is (Verdict.OK if database_url.startswith("sqlite") else Verdict.BROKEN)


def test_a_database_that_is_not_there_is_broken(tmp_path: Path) -> None:
    nowhere = f"postgresql+psycopg://postgres@/ras?host={tmp_path}"

    assert looked_at(nowhere, tmp_path)["database"][0] is Verdict.BROKEN
    assert looked_at("", tmp_path)["database"] == (Verdict.BROKEN, "there is none yet: run `ras migrate`")


def test_tables_of_another_version_are_broken(postgres: str, tmp_path: Path) -> None:
    (tmp_path / "ras.db").touch()
    for url in ("", new_database(postgres)):
        assert looked_at(url, tmp_path)["tables"] == (
            Verdict.BROKEN,
            "they are of another version: run `ras migrate`",
        )


def test_secrets_that_others_may_read_are_told(database_url: str, tmp_path: Path) -> None:
    key = tmp_path / "audit-key.pem"
    key.touch(mode=0o600)
    (tmp_path / "ras.db").touch()
    (tmp_path / "ras.db").chmod(0o600)
    assert "files" not in looked_at(database_url, tmp_path)
    key.chmod(0o644)
    assert looked_at(database_url, tmp_path)["files"] == (Verdict.LOOK, f"others may read {key}: chmod 600")


def test_a_sqlite_file_beside_postgresql_is_told(database_url: str, tmp_path: Path) -> None:
    assert "old database" not in looked_at(database_url, tmp_path)
    left = tmp_path / "ras.db"
    left.touch(mode=0o600)
    found = looked_at(database_url, tmp_path)

    if database_url.startswith("sqlite"):
        assert "old database" not in found
    else:
        said = f"{left} is not used: once `ras move` is done, put it away"
        assert found["old database"] == (Verdict.LOOK, said)


def test_a_provider_gives_its_keys_or_is_broken(database_url: str, tmp_path: Path) -> None:
    issuer: dict[str, Any] = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE}
    with provider() as there:
        good = looked_at(database_url, tmp_path, oidc_jwks_url=there.url, **issuer)
    gone = looked_at(database_url, tmp_path, oidc_jwks_url=there.url, **issuer)

    assert good["tokens"] == (Verdict.OK, f"{there.url} gives its keys")
    assert gone["tokens"] == (Verdict.BROKEN, f"{there.url} gives no keys")


def test_the_command_ends_with_1_where_something_is_broken(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAS_DATA_DIR", str(tmp_path))
    broken = CliRunner().invoke(cli, ["doctor"])
    assert (broken.exit_code, broken.output.splitlines()[0]) == (
        1,
        "broken  database       there is none yet: run `ras migrate`",
    )

    (tmp_path / "ras.db").write_bytes(sqlite_template.read_bytes())
    done = CliRunner().invoke(cli, ["doctor"])
    assert done.exit_code == 0
    assert "policy         childrens-ras 2026.1" in done.output
