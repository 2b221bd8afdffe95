"""The database: SQLite where nothing else is set, PostgreSQL for a council.

A 2xx means committed and flushed: SQLite runs with WAL and `synchronous=FULL`, PostgreSQL with
`synchronous_commit=on`; a database that would not flush is not written to. SQLite has one writer at a
time, so the service lets one write in at a time and the others wait in line, client by client, without
holding a thread. A database that says nothing is waited for no longer than a request has patience
(`app.patience`).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.errors import NotDurable
from app.patience import UNTIL_DEAD, Line, be_patient

POOL_SIZE = 16
"""Connections for readers, and for writers on PostgreSQL."""


class Database:
    """Two engines on one database: one that only reads, one that writes."""

    def __init__(self, url: str, *, busy_seconds: float = 10) -> None:
        self.url = make_url(url)
        self.busy_seconds = busy_seconds
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        writers = 1 if self.is_sqlite else POOL_SIZE
        self.reading = self._engine(pool_size=POOL_SIZE, reading=True)
        self.writing = self._engine(pool_size=writers, reading=False)
        self._readers = Line(POOL_SIZE, seconds=busy_seconds)
        self._writers = Line(writers, seconds=busy_seconds)

    def _engine(self, *, pool_size: int, reading: bool) -> Engine:
        milliseconds = int(self.busy_seconds * 1000)
        arguments: dict[str, Any]
        if self.is_sqlite:
            arguments = {"check_same_thread": False, "timeout": self.busy_seconds}
        else:
            arguments = {
                "connect_timeout": 3,
                **UNTIL_DEAD,
                "options": (
                    "-c synchronous_commit=on -c timezone=UTC"
                    f" -c lock_timeout={milliseconds} -c statement_timeout={3 * milliseconds}"
                    f" -c default_transaction_read_only={'on' if reading else 'off'}"
                ),
            }
        engine = create_engine(
            self.url,
            connect_args=arguments,
            hide_parameters=True,
            max_overflow=0,
            pool_pre_ping=not self.is_sqlite,
            pool_size=pool_size,
            pool_timeout=self.busy_seconds,
        )
        be_patient(engine)
        if self.is_sqlite:
            _set_up_sqlite(engine, reading=reading)
        if not reading:
            event.listen(engine, "connect", _refuse_to_lose)
        elif not self.is_sqlite:
            # One moment of the database for all that a request reads.
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        return engine

    def refuse_to_lose(self) -> None:
        """Let the service write only where what is acknowledged survives a crash of the machine.

        Raises:
            NotDurable: the database is not set so.
        """
        with self.writing.connect():
            pass

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one moment of the database and changes nothing."""
        with Session(self.reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one transaction: committed at the end, rolled back by an error."""
        with Session(self.writing, expire_on_commit=False) as session, session.begin():
            yield session

    @property
    def waiting(self) -> dict[str, int]:
        """How many requests are in each line now."""
        return {"read": self._readers.waiting, "write": self._writers.waiting}

    def turn(self, client: str, *, to_write: bool) -> AbstractAsyncContextManager[None]:
        """Wait in line for a connection, on behalf of a client.

        Raises:
            DatabaseBusy: the line did not move for as long as a request may wait.
        """
        return (self._writers if to_write else self._readers).turn(client)

    def close(self) -> None:
        """Close every connection."""
        self.reading.dispose()
        self.writing.dispose()


_FLUSHES: dict[str, set[object]] = {"PRAGMA journal_mode": {"wal"}, "PRAGMA synchronous": {2, 3}}
"""What SQLite must answer for a commit to wait until it is on the disk (2 is FULL, 3 is EXTRA)."""
_SERVER_FLUSHES: dict[str, set[object]] = {
    "SHOW fsync": {"on"},
    "SHOW full_page_writes": {"on"},
    "SHOW synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
}
"""The same of PostgreSQL."""


def _refuse_to_lose(connection: Any, _record: object) -> None:
    wanted = _FLUSHES if isinstance(connection, sqlite3.Connection) else _SERVER_FLUSHES
    cursor = connection.cursor()
    for question, good in wanted.items():
        (answer,) = cursor.execute(question).fetchone()
        if answer not in good:
            connection.close()
            raise NotDurable(f"{question.partition(' ')[2]} is {answer}")
    cursor.close()
    if not isinstance(connection, sqlite3.Connection):
        connection.rollback()


def _set_up_sqlite(engine: Engine, *, reading: bool) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"query_only={'ON' if reading else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
