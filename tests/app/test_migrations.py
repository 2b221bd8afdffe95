"""Migrations: up, down and up again with data, broken off half-way, and the same as the models."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.audit import export
from app.columns import Row
from app.contents import faults_of_log
from app.db import Database
from app.migration import is_up_to_date, migrate, migrate_down
from tests.app.journey import Story, hear
from tests.app.service import NOW, new_service, template_of
from tests.conftest import sqlite_copy
from tests.postgres import new_database

SCRIPTS = Path(__file__).parents[2] / "migrations"
VERSIONS = sorted(path.name[:4] for path in (SCRIPTS / "versions").glob("[0-9]*.py"))
FIRST_RELEASE = "0003"
"""The last revision before decisions: what holds rows from then on is not dropped."""
FULLY = {"compare_type": True, "compare_server_default": True}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, on each of the two."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ras.db'}"
    return new_database(request.getfixturevalue("postgres"))


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = Database(empty_url)
    yield database
    database.close()


def differences(database: Database) -> list[Any]:
    """What alembic would change to make the tables as the models say."""
    with database.reading.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts=FULLY), Row.metadata))


def revision(database: Database) -> str | None:
    with database.reading.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def tables(database: Database) -> set[str]:
    return set(sa.inspect(database.reading).get_table_names())


def as_they_are(database: Database) -> list[sa.TableClause]:
    """The tables that a database has at its revision, with the columns that they have there."""
    inspector = sa.inspect(database.reading)
    columns = {name: {column["name"] for column in inspector.get_columns(name)} for name in tables(database)}
    return [
        sa.table(
            table.name,
            *[
                sa.column(column.name, column.type)
                for column in table.c
                if column.name in columns[table.name]
            ],
        )
        for table in Row.metadata.sorted_tables
        if table.name in columns
    ]


def put(connection: sa.Connection, table: sa.TableClause, rows: list[dict[str, Any]]) -> None:
    """Put rows of today into a table that may have fewer columns."""
    connection.execute(sa.insert(table), [{name: row[name] for name in table.c.keys()} for row in rows])  # noqa: SIM118  columns are no dict


def content(database: Database, only: list[sa.TableClause] | None = None) -> dict[str, list[tuple[Any, ...]]]:
    with database.reading.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.c))]
            for table in only or as_they_are(database)
        }


def refuses_change(database: Database) -> bool:
    try:
        with database.writing.begin() as connection:
            connection.exec_driver_sql("DELETE FROM policy_event")
    except sa.exc.DBAPIError as error:
        return "append-only" in str(error)
    return False


def test_the_tables_are_what_the_models_say(empty: Database) -> None:
    migrate(empty)

    assert differences(empty) == []
    assert tables(empty) == {*Row.metadata.tables, "alembic_version"}
    is_up_to_date(empty)


def test_a_difference_would_be_seen(empty: Database) -> None:
    migrate(empty)
    with empty.writing.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE words ADD COLUMN more INTEGER")
        connection.exec_driver_sql("DROP INDEX ix_person_revision_team")

    assert sorted(change[0] for change in differences(empty)) == ["add_index", "remove_column"]


def test_up_down_and_up_again_keeps_every_row(
    empty_url: str, sqlite_story: Story, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    told = rows_of_the_story(sqlite_copy(sqlite_story.file, tmp_path_factory.mktemp("story")))
    database = Database(empty_url)
    migrate(database, FIRST_RELEASE)
    there = as_they_are(database)
    with database.writing.begin() as connection:
        for table in there:
            assert told[table.name], f"{table.name} is empty: this would show nothing"
            put(connection, table, told[table.name])
    before = content(database, there)

    up, down = VERSIONS[VERSIONS.index(FIRST_RELEASE) + 1 :], [*reversed(VERSIONS[:-1])]
    for go, versions in ((migrate, up), (migrate_down, down), (migrate, VERSIONS[1:])):
        for version in versions:
            go(database, version)
            assert revision(database) == version
            assert content(database, there) == before

    assert differences(database) == []
    with database.reading.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM event")) == len(before["audit_entry"])
    with database.read() as session:
        last = export.checkpoint(session, at=NOW, key=Ed25519PrivateKey.generate())
        assert list(faults_of_log(session, last)) == [], "acts stand in the order of their chains"
    assert refuses_change(database)
    database.close()
    with new_service(empty_url, tmp_path) as service:
        assert service.public.get("/readyz").status_code == 200
        assert service.public.get("/local-offer/v1/policy").status_code == 200


def test_a_downgrade_that_would_lose_rows_is_refused_and_loses_none(empty_url: str, tmp_path: Path) -> None:
    hear(empty_url, tmp_path)
    database = Database(empty_url)
    before = content(database)
    assert all(before[name] for name in before), "every table has rows"

    with pytest.raises(RuntimeError, match="holds rows: a downgrade would lose them"):
        migrate_down(database, FIRST_RELEASE)

    assert revision(database) == VERSIONS[-1]
    assert content(database) == before
    assert differences(database) == []
    assert refuses_change(database)
    database.close()


def rows_of_the_story(url: str) -> dict[str, list[dict[str, Any]]]:
    """Every row that the whole story leaves behind."""
    database = Database(url)
    with database.reading.connect() as connection:
        found = {
            table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
            for table in Row.metadata.sorted_tables
        }
    database.close()
    return found


def test_down_to_nothing_leaves_nothing_and_up_again_makes_it_all(empty: Database) -> None:
    migrate(empty)
    migrate_down(empty, "base")
    assert tables(empty) <= {"alembic_version"}
    assert sa.inspect(empty.reading).get_view_names() == []

    migrate(empty)

    assert differences(empty) == []


def _break_off(url: str, *, at: int) -> int:
    """Migrate, with a failure at the so-manieth statement that changes the schema."""
    database, seen = Database(url), 0

    def count(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        nonlocal seen
        if statement.lstrip().startswith(("CREATE", "INSERT", "UPDATE", "ALTER")):
            seen += 1
            if seen == at:
                raise OSError("the disk went away")

    sa.event.listen(database.writing, "before_cursor_execute", count)
    try:
        migrate(database)
    except OSError:
        assert seen == at
    finally:
        database.close()
    return seen


@pytest.mark.parametrize("part", [0.05, 0.3, 0.6, 0.9, 1.0])
def test_a_migration_that_fails_half_way_leaves_a_database_that_can_be_migrated(
    empty_url: str, request: pytest.FixtureRequest, tmp_path: Path, part: float
) -> None:
    is_sqlite = empty_url.startswith("sqlite")
    whole = f"sqlite:///{tmp_path / 'whole.db'}" if is_sqlite else _another(request)
    _break_off(empty_url, at=max(1, round(_break_off(whole, at=-1) * part)))

    database = Database(empty_url)
    here = revision(database)
    assert here in {None, *VERSIONS[:-1]}, "a revision is told only once it is whole"
    if here is None:
        assert tables(database) <= {"alembic_version"}, "nothing of a broken-off migration is there"
    migrate(database)
    assert differences(database) == []
    is_up_to_date(database)
    database.close()
    template_of(empty_url)


def _another(request: pytest.FixtureRequest) -> str:
    return new_database(request.getfixturevalue("postgres"))


KILLED = """
import os, signal, sys
import sqlalchemy as sa
from app.db import Database
from app.migration import migrate

database, seen = Database(sys.argv[1]), 0

def kill(_c, _k, statement, *_):
    global seen
    seen += statement.lstrip().startswith("CREATE")
    if seen == 30:
        os.kill(os.getpid(), signal.SIGKILL)

sa.event.listen(database.writing, "before_cursor_execute", kill)
migrate(database)
"""


def test_a_migration_that_is_killed_can_be_done_again(empty_url: str) -> None:
    run = subprocess.run(  # noqa: S603  our own few lines
        [sys.executable, "-c", KILLED, empty_url], check=False, capture_output=True, env=os.environ
    )
    assert run.returncode == -SIGKILL, run.stderr

    database = Database(empty_url)
    migrate(database)
    assert differences(database) == []
    database.close()
    template_of(empty_url)


READY_THEN_MIGRATES = """
import sys
from app.db import Database
from app.migration import is_up_to_date, migrate

print("ready", flush=True)
sys.stdin.readline()
for url in sys.argv[1:]:
    database = Database(url)
    migrate(database)
    is_up_to_date(database)
"""


def test_two_who_migrate_at_once_both_find_it_done(tmp_path: Path, postgres: str) -> None:
    urls = [f"sqlite:///{tmp_path / 'ras.db'}", new_database(postgres)]
    both = [
        subprocess.Popen(  # noqa: S603  our own few lines
            [sys.executable, "-c", READY_THEN_MIGRATES, *urls],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for one in both:
        assert one.stdout
        assert one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin
        one.stdin.write("now\n")
        one.stdin.flush()
    for one in both:
        _, errors = one.communicate(timeout=300)
        assert one.returncode == 0, errors

    for url in urls:
        database = Database(url)
        assert differences(database) == []
        database.close()


def test_before_it_is_migrated_the_service_is_live_and_not_ready(empty_url: str, tmp_path: Path) -> None:
    with new_service(empty_url, tmp_path) as service:
        refused = service.public.get("/readyz")
        assert (refused.status_code, refused.json()["code"]) == (503, "not-migrated")
        assert int(refused.headers["Retry-After"]) > 0
        assert service.public.get("/livez").status_code == 200
        for answer in (
            service.assessor.get("/v1/people"),
            service.assessor.post("/v1/people", {}),
            service.public.get("/local-offer/v1/policy"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (503, "not-migrated"), answer.text
        migrate(service.database)
        assert service.public.get("/readyz").status_code == 200


def test_an_older_version_of_the_tables_is_not_ready(empty_url: str, tmp_path: Path) -> None:
    with new_service(empty_url, tmp_path) as service:
        migrate(service.database, VERSIONS[-2])
        assert service.public.get("/readyz").json()["code"] == "not-migrated"
        migrate(service.database)
        assert service.public.get("/readyz").status_code == 200


def test_migrations_are_numbered_and_each_follows_the_one_before() -> None:
    assert [f"{number:04}" for number in range(1, len(VERSIONS) + 1)] == VERSIONS
    for before, path in zip(
        [None, *VERSIONS], sorted((SCRIPTS / "versions").glob("[0-9]*.py")), strict=False
    ):
        assert f"down_revision = {before!r}".replace("'", '"') in path.read_text()


@pytest.mark.parametrize(
    "path", [SCRIPTS / "env.py", *(SCRIPTS / "versions").glob("*.py")], ids=lambda path: path.name
)
def test_a_migration_knows_nothing_of_the_code_that_changes_around_it(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert imported <= {"alembic", "sqlalchemy"}
