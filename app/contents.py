"""What a database holds, so that two of them, or one at two moments, can be told to be the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

import app.main  # noqa: F401  whoever has put the whole service together knows every table
from app.audit import export
from app.audit.checkpoint import Checkpoint
from app.audit.verification import verify
from app.columns import Row
from ras.canonical import canonical

TABLES = Row.metadata.sorted_tables
"""Every table, each after those that it points to."""
AT_ONCE = 1_000
"""How many rows are in hand at a time."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a table holds.

    Attributes:
        rows: How many rows.
        sha256: SHA-256 over the hashes of all rows in the order of the hashes: databases sort differently.
    """

    rows: int
    sha256: str


def content_of(session: Session, table: sa.FromClause) -> Content:
    """What a table holds, read as the service reads it, whichever database it is in."""
    found = session.execute(sa.select(table).execution_options(yield_per=AT_ONCE))
    hashes = sorted(sha256(canonical([_plain(value) for value in row])).digest() for row in found)
    return Content(rows=len(hashes), sha256=sha256(b"".join(hashes)).hexdigest())


def _plain(value: Any) -> str | int | bool | None:
    """A value as plain JSON data. A fraction has none: no column holds one."""
    match value:
        case None | bool() | int() | str():
            return value
        case UUID():
            return str(value)
        case date() | datetime():
            return value.isoformat()
        case bytes():
            return value.hex()
    raise TypeError(f"no column should hold a {type(value).__name__}")


def table_names(connection: sa.Connection) -> list[str]:
    """The names of the tables that are there."""
    return sorted(sa.inspect(connection).get_table_names())


def counted(session: Session) -> dict[str, int]:
    """How many rows each table has."""
    return {
        name: session.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0
        for name in table_names(session.connection())
    }


def faults_of_log(session: Session, checkpoint: Checkpoint) -> Iterator[str]:
    """What is wrong with the audit log, or with its being what it was at a checkpoint."""
    yield from verify(export.written_out(session, checkpoint, with_content=True)).faults
