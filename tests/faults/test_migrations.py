"""A migration that is killed at moments nobody chose is done again, and nothing is lost (P17)."""

import os
import random
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.audit import export
from app.cli import migrate as ras_migrate
from app.contents import Content, content_of, faults_of_log
from app.db import Database
from app.migration import is_up_to_date, migrate
from tests.app.journey import Story
from tests.app.test_migrations import (
    FIRST_RELEASE,
    VERSIONS,
    as_they_are,
    differences,
    put,
    refuses_change,
    revision,
    rows_of_the_story,
)
from tests.conftest import sqlite_copy
from tests.faults.breaking import commit_each_statement
from tests.faults.killable import FORKS
from tests.faults.ledger import hold_chains
from tests.figures import Figure
from tests.postgres import new_database

KILLS = max(8, int(os.environ.get("KILLS", "20")) // 2)
SEED = int(os.environ.get("KILLS_SEED", str(random.randrange(10**6))))  # noqa: S311  chance, no secret
KEY = Ed25519PrivateKey.generate()
AT = datetime(2026, 11, 27, tzinfo=UTC)
Prepare = Callable[[], None]


class Older:
    """A database of the first release with all that the story leaves behind, and copies of it to migrate."""

    def __init__(self, url: str, rows: dict[str, list[dict[str, Any]]]) -> None:
        self._url, self._copies = url, 0
        with closing(Database(url)) as database:
            migrate(database, FIRST_RELEASE)
            self.tables = as_they_are(database)
            with database.writing.begin() as connection:
                for table in self.tables:
                    put(connection, table, rows[table.name])
        self.held = self.contents(url)
        assert all(each.rows for each in self.held.values()), "an empty table would show nothing"

    def copy(self) -> str:
        """Another database like it."""
        if not self._url.startswith("sqlite"):
            return new_database(self._url, template=self._url)
        self._copies += 1
        file = Path(self._url.removeprefix("sqlite:///"))
        other = file.with_name(f"{self._copies}.db")
        other.write_bytes(file.read_bytes())
        return f"sqlite:///{other}"

    def contents(self, url: str) -> dict[str, Content]:
        """What each table of the first release holds."""
        with closing(Database(url)) as database, database.read() as session:
            return {table.name: content_of(session, table) for table in self.tables}


@pytest.fixture(scope="module")
def rows(sqlite_story: Story, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """Every row that the story leaves behind."""
    return rows_of_the_story(sqlite_copy(sqlite_story.file, tmp_path_factory.mktemp("story")))


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request: pytest.FixtureRequest, tmp_path: Path, rows: dict[str, list[dict[str, Any]]]) -> Older:
    """A database of the first release, on each of the two."""
    is_sqlite = request.param == "sqlite"
    sqlite = f"sqlite:///{tmp_path / 'ras.db'}"
    url = sqlite if is_sqlite else new_database(request.getfixturevalue("postgres"))
    return Older(url, rows)


def begin_to_migrate(url: str, *, for_seconds: float, prepare: Prepare | None = None) -> tuple[bool, float]:
    """`ras migrate` in a process, killed after a while: whether before it was done, and how long it ran."""
    begins = FORKS.Event()
    process = FORKS.Process(target=_migrate, args=(url, begins, prepare), daemon=True)
    process.start()
    assert begins.wait(60)
    begun = time.monotonic()
    process.join(for_seconds)
    ran = time.monotonic() - begun
    process.kill()
    process.join()
    assert process.exitcode in {0, -SIGKILL}
    return process.exitcode != 0, ran


def _migrate(url: str, begins: Any, prepare: Prepare | None) -> None:
    os.environ["RAS_DATABASE_URL"] = url
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if prepare is not None:
        prepare()
    begins.set()
    ras_migrate()


def kill_again_and_again(older: Older, *, kills: int, seed: int, prepare: Prepare | None = None) -> int:
    """Kill so many migrations, do each again, and hold the database to account; how many were half-way."""
    chance, half_way = random.Random(seed), 0  # noqa: S311
    killed, lasts = begin_to_migrate(older.copy(), for_seconds=120)
    assert not killed
    for _ in range(kills):
        url = older.copy()
        killed, _ = begin_to_migrate(url, for_seconds=chance.uniform(0, lasts), prepare=prepare)
        half_way += killed
        with closing(Database(url)) as database:
            assert revision(database) in {FIRST_RELEASE, VERSIONS[-1]}, "all that is due is one transaction"
            assert older.contents(url) == older.held
            migrate(database)
            assert differences(database) == []
            assert refuses_change(database)
            is_up_to_date(database)
            with database.read() as session:
                hold_chains(session)
                checkpoint = export.checkpoint(session, at=AT, key=KEY)
                assert list(faults_of_log(session, checkpoint)) == []
                assert checkpoint.acts == older.held["audit_entry"].rows
                if database.is_sqlite:
                    assert session.scalar(sa.text("PRAGMA integrity_check")) == "ok"
                    assert session.execute(sa.text("PRAGMA foreign_key_check")).all() == []
        assert older.contents(url) == older.held
    return half_way


def test_a_migration_that_is_killed_is_done_again_and_nothing_is_lost(older: Older, figure: Figure) -> None:
    half_way = kill_again_and_again(older, kills=KILLS, seed=SEED)

    figure("migrations killed", KILLS)
    figure("of them half-way", half_way)
    assert half_way > 0


def test_migrations_that_are_not_one_transaction_are_found(older: Older) -> None:
    with pytest.raises((AssertionError, sa.exc.DBAPIError)):
        kill_again_and_again(older, kills=KILLS, seed=SEED, prepare=commit_each_statement)
