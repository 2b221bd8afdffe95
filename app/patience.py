"""How long a request waits for a database that says nothing.

A database that is frozen neither answers nor refuses, and no limit of its own runs out. So each request has
patience: waiting in line for a connection, connecting, and waiting for a statement use it up, and each word
from the database gives it back; what a request works out by itself costs none. When it is at its end the
connection is given up and the caller told to try again. Work that is no request, such as `ras import`, waits
as long as it takes.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
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
        self._left = self._seconds

    @property
    def left(self) -> float:
        """For how long it lasts if the database goes on saying nothing."""
        return self._left

    @contextmanager
    def waiting(self) -> Iterator[float]:
        """Wait for the database, no longer than what is left, which it gives."""
        began = steady_seconds()
        try:
            yield self.left
        finally:
            self._left = max(0.0, self._left - (steady_seconds() - began))

    @property
    def is_short(self) -> bool:
        """Whether less than half is left: too little to begin with a new connection."""
        return self.left < self._seconds / 2


_PATIENCE: ContextVar[Patience | None] = ContextVar("patience", default=None)
"""That of the request at hand, also in the threads that work for it."""


MOST_WAITING = 64
"""How many requests of one client wait in a line; one more is told at once to come again."""


class Line:
    """A line for a number of connections, in which nobody holds a thread and nobody waits for ever.

    Clients take turns: who has many requests waiting delays another by one of them, not by all. Each client's
    own are taken in the order in which they came.
    """

    def __init__(self, places: int, *, seconds: float) -> None:
        self._free = places
        self._seconds = seconds
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    @property
    def waiting(self) -> int:
        """How many are in it now."""
        return sum(map(len, self._waiting.values()))

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Wait in line; what is left of one's patience is for the database.

        Raises:
            DatabaseBusy: the line did not move for as long as a request may wait, or too many of the client
                are in it already.
        """
        patience = _PATIENCE.get() or Patience(self._seconds)
        await self._get_a_place(client, patience)
        token = _PATIENCE.set(patience)
        try:
            yield
        finally:
            _PATIENCE.reset(token)
            self._give_a_place_back()

    async def _get_a_place(self, client: str, patience: Patience) -> None:
        if self._free:
            self._free -= 1
            return
        own = self._waiting.setdefault(client, deque())
        if len(own) >= MOST_WAITING:
            raise DatabaseBusy
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        own.append(place)
        try:
            with patience.waiting() as left:
                async with asyncio.timeout(left):
                    await place
        except BaseException as error:
            if place.cancelled():
                self._leave(client, place)
            else:  # it came as its client gave up
                self._give_a_place_back()
            if isinstance(error, TimeoutError):
                raise DatabaseBusy from None
            raise

    def _leave(self, client: str, place: asyncio.Future[None]) -> None:
        own = self._waiting.get(client, deque())
        if place in own:
            own.remove(place)
        if not own:
            self._waiting.pop(client, None)

    def _give_a_place_back(self) -> None:
        """To the first of the client whose turn it is, who then comes last."""
        while self._waiting:
            client = next(iter(self._waiting))
            own = self._waiting.pop(client)
            place = own.popleft()
            if own:
                self._waiting[client] = own
            if not place.done():  # who waited for it has not gone away
                place.set_result(None)
                return
        self._free += 1


class PatientConnection(psycopg.Connection[Any]):
    """A connection that is given up when the patience of who uses it is at its end."""

    def wait(self, gen: PQGen[Result], *arguments: Any, **more: Any) -> Result:
        """Wait for the server, but no longer than that."""
        patience = _PATIENCE.get()
        if patience is None:
            return super().wait(gen, *arguments, **more)
        try:
            with patience.waiting() as left:
                answer = super().wait(gen, *arguments, **{**more, "timeout": left})
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
    if patience is None:
        return PatientConnection.connect(*arguments, **more)
    if patience.is_short:
        raise DatabaseBusy
    with patience.waiting() as left:
        # psycopg takes no less than 2 s
        return PatientConnection.connect(*arguments, **{**more, "connect_timeout": max(2, int(left))})


def _wait_for_file(connection: sqlite3.Connection, *_: object) -> None:
    patience = _PATIENCE.get()
    if patience is not None:
        connection.execute(f"PRAGMA busy_timeout = {int(patience.left * 1000)}")
