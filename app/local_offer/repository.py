"""The one thing the public side reads: the view of published policies."""

import sqlite3
from contextlib import AbstractAsyncContextManager
from datetime import date

from sqlalchemy import Connection, Engine, column, create_engine, event, select, table
from sqlalchemy.engine import make_url
from sqlalchemy.types import Date, String

from app.clock import steady_seconds
from app.patience import UNTIL_DEAD, Line, be_patient
from ras.dates import Period
from ras.policy.configuration import PolicyConfiguration
from ras.policy.document import policy_as_kept
from ras.policy.register import Published, policy_in_force
from ras.reading import read_json

VIEW = table(
    "local_offer_policy",
    column("sha256", String),
    column("document", String),
    column("valid_from", Date),
    column("valid_before", Date),
)
MADE_FROM = {"policy_event", "policy_revision"}
"""The tables of the view, by name: SQLite takes whatever a query calls like the view for the view."""
POOL_SIZE = 8


class PublishedPolicies:
    """The published policies, over connections of their own.

    On SQLite these can read nothing else. On PostgreSQL that is for the role they connect as:
    `RAS_LOCAL_OFFER_DATABASE_URL`.
    """

    def __init__(self, url: str, *, busy_seconds: float, fresh_seconds: float = 0) -> None:
        self._engine = _engine(url, busy_seconds)
        self._line = Line(POOL_SIZE, seconds=busy_seconds)
        self._fresh_seconds = fresh_seconds
        self._kept: dict[str, PolicyConfiguration] = {}
        self._listed: list[Published[str]] = []
        self._stale_from = 0.0

    def lately_in_force(self, on: date) -> PolicyConfiguration | None:
        """The policy in force on a day, if the list was read lately and the policy too; asks no database.

        Raises:
            NoPolicyInForce: none is.
        """
        if steady_seconds() >= self._stale_from:
            return None
        return self._kept.get(policy_in_force(self._listed, on=on).key)

    def turn(self, client: str) -> AbstractAsyncContextManager[None]:
        """Wait in line for a connection, on behalf of a client.

        Raises:
            DatabaseBusy: the line did not move for as long as a request may wait.
        """
        return self._line.turn(client)

    def in_force(self, on: date) -> PolicyConfiguration:
        """The policy in force on a day.

        Raises:
            NoPolicyInForce: none is.
        """
        with self._engine.connect() as connection:
            rows = connection.execute(select(VIEW.c.sha256, VIEW.c.valid_from, VIEW.c.valid_before))
            published = [
                Published(name=row.sha256, in_force=Period(row.valid_from, row.valid_before), key=row.sha256)
                for row in rows
            ]
            self._listed, self._stale_from = published, steady_seconds() + self._fresh_seconds
            wanted = policy_in_force(published, on=on).key
            return self._read(connection, wanted)

    def _read(self, connection: Connection, sha256: str) -> PolicyConfiguration:
        """The policy with that hash, read once in the life of the process."""
        if sha256 not in self._kept:
            text = connection.scalars(select(VIEW.c.document).where(VIEW.c.sha256 == sha256)).one()
            self._kept[sha256] = policy_as_kept(read_json(text))
        return self._kept[sha256]

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _engine(url: str, busy_seconds: float) -> Engine:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        options = f"-c default_transaction_read_only=on -c statement_timeout={int(busy_seconds * 1000)}"
        engine = create_engine(
            address,
            connect_args={"connect_timeout": 3, **UNTIL_DEAD, "options": options},
            hide_parameters=True,
            max_overflow=0,
            pool_pre_ping=True,
            pool_size=POOL_SIZE,
            pool_timeout=busy_seconds,
        )
        be_patient(engine)
        return engine
    engine = create_engine(
        address,
        connect_args={"check_same_thread": False, "timeout": busy_seconds},
        hide_parameters=True,
        max_overflow=0,
        pool_size=POOL_SIZE,
        pool_timeout=busy_seconds,
    )
    be_patient(engine)
    event.listen(engine, "connect", _only_the_view)
    return engine


def _only_the_view(connection: sqlite3.Connection, _record: object) -> None:
    """Let a SQLite connection read the view, and nothing but through it what it is made from."""

    def allowed(action: int, one: str | None, _two: str | None, _db: str | None, through: str | None) -> int:
        if action == sqlite3.SQLITE_READ:
            mine = one == VIEW.name or (one in MADE_FROM and through == VIEW.name)
            return sqlite3.SQLITE_OK if mine else sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_PRAGMA and one == "busy_timeout":
            return sqlite3.SQLITE_OK
        harmless = action in {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_TRANSACTION}
        return sqlite3.SQLITE_OK if harmless else sqlite3.SQLITE_DENY

    connection.execute("PRAGMA query_only=ON")
    connection.set_authorizer(allowed)
