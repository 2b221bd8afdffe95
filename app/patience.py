"""How long a request waits for a database that says nothing.

A database that is frozen neither answers nor refuses, and no limit of its own runs out. So each request has
patience: waiting in line for a connection, connecting, and waiting for a statement use it up, and each word
from the database gives it back. When it is at its end the connection is given up and the caller told to try
again. Work that is no request, such as `ras import`, waits as long as it takes.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect

from app.clock import steady_seconds
from app.errors import DatabaseBusy

Result = TypeVar("Result")

UNTIL_DEAD: dict[str, Any] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,
}
"""How soon PostgreSQL's client finds that the other end of a network is gone, be the work a request or not:
in seconds, `tcp_user_timeout` in milliseconds."""


class Patience:
    """What one request has left of it, in seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.restore()

    def restore(self) -> None:
        """The database has said something."""
        self._ends_at = steady_seconds() + self._seconds

    @property
    def left(self) -> float:
        """For how long it lasts if the database goes on saying nothing."""
        return max(0.0, self._ends_at - steady_seconds())

    @property
    def is_short(self) -> bool:
        """Whether less than half is left: too little to begin with a new connection."""
        return self.left < self._seconds / 2


_PATIENCE: ContextVar[Patience | None] = ContextVar("patience", default=None)
"""That of the request at hand, also in the threads that work for it."""


class Line:
    """A line for a number of connections, in which nobody holds a thread and nobody waits for ever.

    Attributes:
        waiting: How many are in it now.
    """

    def __init__(self, places: int, *, seconds: float) -> None:
        self._places = asyncio.Semaphore(places)
        self._seconds = seconds
        self.waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait in line; what is left of one's patience is for the database.

        Raises:
            DatabaseBusy: the line did not move for as long as a request may wait.
        """
        patience = Patience(self._seconds)
        self.waiting += 1
        try:
            await asyncio.wait_for(self._places.acquire(), timeout=patience.left)
        except TimeoutError:
            raise DatabaseBusy from None
        finally:
            self.waiting -= 1
        token = _PATIENCE.set(patience)
        try:
            yield
        finally:
            _PATIENCE.reset(token)
            self._places.release()


class PatientConnection(psycopg.Connection[Any]):
    """A connection that is given up when the patience of who uses it is at its end."""

    def wait(self, gen: PQGen[Result], *arguments: Any, **more: Any) -> Result:
        """Wait for the server, but no longer than that."""
        patience = _PATIENCE.get()
        if patience is None:
            return super().wait(gen, *arguments, **more)
        try:
            answer = super().wait(gen, *arguments, **{**more, "timeout": patience.left})
        except psycopg.errors._WaitTimeout:  # noqa: SLF001  psycopg has no public name for it yet
            # What was sent may yet be done. Nothing may be sent after it.
            self.close()
            raise psycopg.OperationalError("the server says nothing") from None
        patience.restore()
        return answer


def be_patient(engine: Engine) -> None:
    """Let whoever waits for a database through an engine do so with the patience of their request."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _wait_for_file)
        event.listen(engine, "checkout", _wait_for_file)
    else:
        event.listen(engine, "do_connect", _connect)


def _connect(_dialect: Dialect, _record: object, arguments: Any, more: dict[str, Any]) -> PatientConnection:
    patience = _PATIENCE.get()
    if patience is not None:
        if patience.is_short:
            raise DatabaseBusy
        more = {**more, "connect_timeout": max(2, int(patience.left))}  # psycopg takes no less than 2 s
    return PatientConnection.connect(*arguments, **more)


def _wait_for_file(connection: sqlite3.Connection, *_: object) -> None:
    patience = _PATIENCE.get()
    if patience is not None:
        connection.execute(f"PRAGMA busy_timeout = {int(patience.left * 1000)}")
