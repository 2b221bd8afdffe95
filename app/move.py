"""Moving an installation from SQLite to PostgreSQL: all of it, compared on both sides, or nothing.

The SQLite database is held for as long as it takes: nobody else can even open it. PostgreSQL gets everything
in one transaction, which is committed only once each table holds the same there and the audit log is whole.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError
from sqlalchemy.orm import Session

from app.audit import export
from app.audit.checkpoint import Checkpoint
from app.contents import AT_ONCE, TABLES, Content, content_of, counted, faults_of_log, table_names
from app.db import Database
from app.errors import NotMigrated
from app.migration import is_of_this_version, migrate

OnProgress = Callable[[str, int, int], None]
MOST_TOLD = 5
ALEMBIC = "alembic_version"


class MoveFailed(Exception):
    """The installation cannot be moved; the message says why. Nothing of it is in the target."""


@dataclass(frozen=True)
class Moved:
    """What was moved.

    Attributes:
        rows: How many rows each table holds, on both sides.
        checkpoint: What the audit log is, on both sides.
    """

    rows: dict[str, int]
    checkpoint: Checkpoint


def move(
    source: Database,
    target: Database,
    *,
    at: datetime,
    key: Ed25519PrivateKey,
    on_progress: OnProgress = lambda _what, _done, _of: None,
) -> Moved:
    """Move everything from a SQLite database into an empty PostgreSQL one.

    Args:
        source: The SQLite database. Nothing in it is changed.
        target: The PostgreSQL database: empty, or migrated and never used.
        at: The moment, for the checkpoint.
        key: The key that signs checkpoints.
        on_progress: Told how far it is.

    Raises:
        MoveFailed: the source is in use, damaged or of another version, the target is not empty, or what
            arrived differs; nothing is kept in the target.
    """
    if not source.is_sqlite or target.is_sqlite:
        raise MoveFailed("Only from SQLite to PostgreSQL: set RAS_DATABASE_URL to where it shall be.")
    with _held(source) as before:
        checkpoint = _sound(before, at, key)
        contents = _contents(before, on_progress, "reading what is there")
        _make_ready(target)
        with target.write() as after:
            _hold_empty(after)
            _copy(before, after, sum(each.rows for each in contents.values()), on_progress)
            arrived = _contents(after, on_progress, "comparing both sides")
            wrong = [*_differences(contents, arrived), *faults_of_log(after, checkpoint)]
            if wrong:
                said = "; ".join(wrong[:MOST_TOLD])
                raise MoveFailed(f"What arrived is not what was sent, so nothing was kept: {said}.")
    return Moved(rows={name: each.rows for name, each in contents.items()}, checkpoint=checkpoint)


@contextmanager
def _held(source: Database) -> Iterator[Session]:
    """The source at one moment. While this lasts nobody else can open it, and nothing can change it.

    A service that runs has its database open, be it idle, so this fails beside one.
    """
    file = Path(source.url.database or "")
    if not file.is_file():
        raise MoveFailed(f"{file}: there is no database.")
    engine = sa.create_engine(
        source.url, connect_args={"timeout": 1}, hide_parameters=True, poolclass=sa.NullPool
    )

    @sa.event.listens_for(engine, "connect")
    def _hold(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA query_only=ON")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema")

    with Session(engine) as session:
        try:
            session.connection()
        except DatabaseError as error:
            raise MoveFailed(f"{file}: {error.orig}. Stop whatever uses it, and move again.") from None
        yield session


def _sound(session: Session, at: datetime, key: Ed25519PrivateKey) -> Checkpoint:
    """See that the source is whole and of this version, and sign what its audit log is."""
    try:
        is_of_this_version(session.connection())
    except NotMigrated:
        raise MoveFailed(
            "The SQLite database is of another version: run `ras migrate` on it first."
        ) from None
    if session.scalar(sa.text("PRAGMA integrity_check")) != "ok":
        raise MoveFailed("SQLite finds its database damaged.")
    if session.execute(sa.text("PRAGMA foreign_key_check")).first():
        raise MoveFailed("Rows of the SQLite database point to rows that are not there.")
    checkpoint = export.checkpoint(session, at=at, key=key)
    for fault in faults_of_log(session, checkpoint):
        raise MoveFailed(f"The audit log of the SQLite database was changed: {fault}.")
    return checkpoint


def _make_ready(target: Database) -> None:
    """Let the target have the tables of this version."""
    with target.reading.connect() as connection:
        is_bare = not table_names(connection)
    if is_bare:
        migrate(target)
    try:
        with target.reading.connect() as connection:
            is_of_this_version(connection)
    except NotMigrated:
        raise MoveFailed("The target holds tables of something else, or of another version.") from None


def _hold_empty(session: Session) -> None:
    """Keep others from writing into the target, and see that it is as a migration leaves it."""
    connection = session.connection()
    known = {table.name for table in TABLES}
    unknown = {*table_names(connection)} ^ {*known, ALEMBIC}
    if unknown:
        raise MoveFailed(f"These tables are not of this version: {', '.join(sorted(unknown))}.")
    quoted = ", ".join(connection.dialect.identifier_preparer.format_table(table) for table in TABLES)
    connection.exec_driver_sql(f"LOCK TABLE {quoted} IN EXCLUSIVE MODE")
    there = {name for name, rows in counted(session).items() if rows} - {ALEMBIC}
    fresh = _as_migrated()
    for table in TABLES:
        if table.name in there:
            if content_of(session, table) != fresh[table.name]:
                raise MoveFailed(f"The target is not empty: there are rows in {table.name}.")
            session.execute(sa.delete(table))


def _as_migrated() -> dict[str, Content]:
    """What a database holds that was migrated and never used."""
    with TemporaryDirectory() as folder, closing(Database(f"sqlite:///{folder}/new.db")) as new:
        migrate(new)
        with new.read() as session:
            return {table.name: content_of(session, table) for table in TABLES}


def _copy(before: Session, after: Session, rows: int, on_progress: OnProgress) -> None:
    done = 0
    for table in TABLES:
        order = list(table.primary_key)
        found = before.execute(sa.select(table).order_by(*order).execution_options(yield_per=AT_ONCE))
        for some in found.mappings().partitions():
            _put(after, table, [dict(row) for row in some])
            done += len(some)
            on_progress("moving rows", done, rows)


def _put(session: Session, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    try:
        session.execute(sa.insert(table), rows)
    except (DataError, IntegrityError) as error:
        # What the driver says would name what is in the row.
        kind = type(error.orig).__name__
        raise MoveFailed(f"PostgreSQL does not take a row of {table.name} ({kind}).") from None


def _contents(session: Session, on_progress: OnProgress, what: str) -> dict[str, Content]:
    found = {}
    for number, table in enumerate(TABLES, 1):
        found[table.name] = content_of(session, table)
        on_progress(what, number, len(TABLES))
    return found


def _differences(sent: dict[str, Content], arrived: dict[str, Content]) -> Iterator[str]:
    for name, content in sent.items():
        if arrived[name].rows != content.rows:
            yield f"{name} has {arrived[name].rows} rows and not {content.rows}"
        elif arrived[name] != content:
            yield f"{name} holds something else"
