"""A backup taken while the service is used restores, and damage to it is found (P16)."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from app.backup import BackupFailed, Manifest, back_up, restore
from app.cli import cli
from app.db import Database
from tests.app.service import new_service, template_of
from tests.faults.killable import Killable
from tests.faults.ledger import Ledger, lost_in
from tests.faults.test_database import wait_for
from tests.faults.writing import writing
from tests.postgres import new_database, stoppable_server

KEY, ANOTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
AT = datetime(2026, 11, 27, tzinfo=UTC)
NewDatabase = Callable[[], str]


@pytest.fixture(params=["sqlite", "postgresql"])
def another(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[NewDatabase]:
    """Makes empty databases; PostgreSQL's own programs are those of its server."""
    if request.param == "sqlite":
        names = iter(range(100))
        yield lambda: f"sqlite:///{tmp_path / f'{next(names)}.db'}"
        return
    with stoppable_server() as server:
        monkeypatch.setenv("PATH", str(Path(server.control[0]).parent), prepend=":")
        yield lambda: new_database(server.url)


def backed_up(url: str, file: Path, *, key: Ed25519PrivateKey = KEY) -> Manifest:
    database = Database(url)
    try:
        return back_up(database, file, at=AT, key=key)
    finally:
        database.close()


def restored(url: str, file: Path, *, key: Ed25519PrivateKey = KEY) -> Manifest:
    database = Database(url)
    try:
        return restore(database, file, key=key.public_key())
    finally:
        database.close()


def content(url: str) -> dict[str, list[Any]]:
    """Every row of every table."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        tables = sa.MetaData()
        tables.reflect(connection)
        return {
            name: sorted(repr(row) for row in connection.execute(sa.select(table)))
            for name, table in tables.tables.items()
        }


def test_a_backup_taken_under_load_restores_with_all_that_was_acknowledged(
    another: NewDatabase, tmp_path: Path
) -> None:
    url, target, file = another(), another(), tmp_path / "backup"
    template_of(url)
    service = Killable(url, tmp_path)
    ledger = Ledger(sa.create_engine(url, poolclass=sa.NullPool))
    service.start()
    with writing(service, ledger):
        wait_for(lambda: len(ledger.acknowledged) > 10)
        before = ledger.acknowledged
        manifest = backed_up(url, file)
        after = len(ledger.acknowledged)
        wait_for(lambda: len(ledger.acknowledged) > after + 5)
    ledger.reconcile()

    assert restored(target, file) == manifest

    assert lost_in(sa.create_engine(target, poolclass=sa.NullPool), before) == []
    with new_service(target, tmp_path) as again:
        assert again.public.get("/readyz").status_code == 200
        person = next(sent for sent in before if sent.path == "/v1/people")
        answer = again.assessor.post(person.path, person.body, headers={"Idempotency-Key": person.key})
        assert answer.content == person.answer, "a key that was used is known"


def test_what_is_restored_is_what_was_there(another: NewDatabase, tmp_path: Path) -> None:
    url, target = another(), another()
    template_of(url)
    with new_service(url, tmp_path) as service:
        made = service.assessor.post(
            "/v1/people", {"reference": "EX-0001", "born_on": "2015-06-14", "team": "north"}
        )
        assert made.status_code == 201
    backed_up(url, tmp_path / "backup")
    restored(target, tmp_path / "backup")

    assert content(target) == content(url)
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o600


def flipped(file: Path, place: float) -> None:
    """Change one bit."""
    written = bytearray(file.read_bytes())
    written[int(place * (len(written) - 1))] ^= 1
    file.write_bytes(written)


def with_manifest(file: Path, **other: Any) -> None:
    path = file.with_name("backup.manifest.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), **other}))


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "its first byte": (lambda file: flipped(file, 0), "damaged"),
    "a byte in the middle": (lambda file: flipped(file, 0.5), "damaged"),
    "its last byte": (lambda file: flipped(file, 1), "damaged"),
    "cut short": (lambda file: file.write_bytes(file.read_bytes()[:-100]), "damaged"),
    "empty": (lambda file: file.write_bytes(b""), "damaged"),
    "gone": (lambda file: file.unlink(), "No such file"),
    "no manifest": (lambda file: file.with_name("backup.manifest.json").unlink(), "No such file"),
    "rubbish for a manifest": (
        lambda file: file.with_name("backup.manifest.json").write_text("x"),
        "not the manifest",
    ),
    "a manifest of other rows": (lambda file: with_manifest(file, rows={"person": 7}), "rows and not"),
    "another kind": (lambda file: with_manifest(file, database="oracle"), "backup of oracle"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_is_found(another: NewDatabase, tmp_path: Path, what: str) -> None:
    url, target, file = another(), another(), tmp_path / "backup"
    template_of(url)
    backed_up(url, file)
    damage, said = DAMAGE[what]
    damage(file)

    with pytest.raises(BackupFailed, match=said):
        restored(target, file)


def test_a_log_that_was_changed_before_the_backup_is_found_by_the_restore(
    another: NewDatabase, tmp_path: Path
) -> None:
    url, target, file = another(), another(), tmp_path / "backup"
    template_of(url)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        trigger = "audit_entry_refuses_" + ("update" if url.startswith("sqlite") else "change")
        on = "" if url.startswith("sqlite") else " ON audit_entry"
        connection.exec_driver_sql(f"DROP TRIGGER {trigger}{on}")
        connection.exec_driver_sql("UPDATE audit_entry SET actor = 'somebody' WHERE sequence = 1")
    backed_up(url, file)

    with pytest.raises(BackupFailed, match="not what was hashed"):
        restored(target, file)


def test_only_an_empty_database_is_restored_into_and_only_with_the_right_key(
    another: NewDatabase, tmp_path: Path
) -> None:
    url, file = another(), tmp_path / "backup"
    template_of(url)
    backed_up(url, file)
    before = content(url)

    with pytest.raises(BackupFailed, match="not empty"):
        restored(url, file)
    with pytest.raises(BackupFailed, match="not signed"):
        restored(another(), file, key=ANOTHER)
    with pytest.raises(BackupFailed, match="already"):
        backed_up(url, file)
    assert content(url) == before


def test_the_commands_say_what_they_did_and_what_they_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "backup"
    monkeypatch.setenv("RAS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("RAS_DATABASE_URL", f"sqlite:///{tmp_path / 'ras.db'}")

    def ras(*arguments: object) -> tuple[int, str]:
        done = CliRunner().invoke(cli, [*map(str, arguments)])
        return done.exit_code, done.output.replace("\n", " ")

    code, said = ras("backup", file)
    assert code == 3
    assert "there is no database" in said

    template_of(f"sqlite:///{tmp_path / 'ras.db'}")
    code, said = ras("backup", file)
    assert code == 0
    assert "acts" in said
    assert ras("backup", file)[0] == 3
    assert ras("restore", file) == (1, "The database is not empty. Nothing was restored. ")

    monkeypatch.setenv("RAS_DATABASE_URL", f"sqlite:///{tmp_path / 'again.db'}")
    key = tmp_path / "key.pem"
    key.write_text(CliRunner().invoke(cli, ["audit", "key"]).output)
    code, said = ras("restore", file, "--key", key)
    assert code == 0
    assert "every act was verified" in said
