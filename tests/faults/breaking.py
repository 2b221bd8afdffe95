"""Promises broken on purpose, in the service's own process: each must be found."""

import sqlite3
import threading
import time
from typing import Any

import pytest
import sqlalchemy as sa

from app import db, edge, patience
from app.work import Work

LATE_SECONDS = 0.05
_PATCH = pytest.MonkeyPatch()
"""Never undone: the process is killed."""


def acknowledge_before_commit() -> None:
    """Let the answer leave, and commit a moment later."""
    commit = edge._commit  # noqa: SLF001  what is broken is inside

    def later(*arguments: Any) -> None:
        threading.Timer(LATE_SECONDS, commit, arguments).start()

    _PATCH.setattr(edge, "_commit", later)


def acknowledge_what_failed() -> None:
    """Let the answer leave though the commit has failed."""
    commit = edge._commit  # noqa: SLF001  what is broken is inside

    def anyway(work: Work, *more: Any) -> None:
        try:
            commit(work, *more)
        except sa.exc.SQLAlchemyError:
            work.session.invalidate()

    _PATCH.setattr(edge, "_commit", anyway)


def forget_keys() -> None:
    """Keep no answer for a key."""

    def keep_nothing(*_: Any, **__: Any) -> None:
        return

    _PATCH.setattr(edge, "keep_answer", keep_nothing)


def wait_for_ever() -> None:
    """Have patience without end."""
    _PATCH.setattr(patience.Patience, "left", 3600.0)


def let_the_database_flush_later() -> None:
    """SQLite with `synchronous=NORMAL`, PostgreSQL with `synchronous_commit=off`."""
    engine_of = db.Database._engine  # noqa: SLF001

    def weaker(database: db.Database, **how: Any) -> sa.Engine:
        engine = engine_of(database, **how)
        sa.event.listen(engine.pool, "connect", _weaken)  # after the service's own
        return engine

    _PATCH.setattr(db.Database, "_engine", weaker)


def _weaken(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=NORMAL")
    else:
        connection.execute("SET synchronous_commit = off")
        connection.commit()


def commit_each_statement() -> None:
    """Migrate with a commit after every statement, a little slower."""
    engine_of = db.Database._engine  # noqa: SLF001

    def apart(database: db.Database, **how: Any) -> sa.Engine:
        engine = engine_of(database, **how)
        sa.event.listen(engine, "after_cursor_execute", _commit_now)
        return engine

    _PATCH.setattr(db.Database, "_engine", apart)


def _commit_now(_connection: sa.Connection, cursor: Any, statement: str, *_: Any) -> None:
    if statement.lstrip().startswith(("CREATE", "INSERT", "UPDATE")):
        cursor.connection.commit()
        time.sleep(0.01)
        if isinstance(cursor.connection, sqlite3.Connection):
            cursor.connection.execute("BEGIN IMMEDIATE")
