"""Reads of people's records: each is in the audit log, on disk, before its answer leaves.

Reads that wait at the same moment are written together, in one transaction, each as an entry of its own:
one flush to disk serves them all.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from app.access import Caller
from app.audit import repository
from app.audit.service import add_act
from app.audit.tables import ReadOfPersonRow
from app.db import Database
from app.ids import NewId

READS = "reads"
"""The chain of the audit log in which reads stand."""
WRITTEN_AT_ONCE = 200


@dataclass(slots=True)
class Seen:
    """Whose records a request reads, as it goes along.

    Attributes:
        people: The people.
        purpose: What for, where an operation asks: exports do.
        broke_glass: Whether an auditor reads what is otherwise kept from auditors.
    """

    people: set[UUID] = field(default_factory=set)
    purpose: str | None = None
    broke_glass: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """One answer that was about people.

    Attributes:
        caller: Who asked, and through which client.
        operation: The operation, by its name in `app.access`.
        seen: Whose records, what for, and whether by breaking the glass.
        at: When.
    """

    caller: Caller
    operation: str
    seen: Seen
    at: datetime


@dataclass(slots=True)
class Reads:
    """Writes reads down. One task at a time writes all that wait."""

    database: Database
    make_id: NewId
    _waiting: list[tuple[Read, asyncio.Future[None]]] = field(default_factory=list)
    _writer: asyncio.Task[None] | None = None

    async def keep(self, read: Read) -> None:
        """Write a read down; it is on disk when this returns.

        Raises:
            DatabaseBusy, SQLAlchemyError: it could not be written, so what was read may not be answered.
        """
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((read, kept))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_waiting())
        await kept

    async def _write_waiting(self) -> None:
        while self._waiting:
            taken: list[tuple[Read, asyncio.Future[None]]] = []
            try:
                async with self.database.turn("reads", to_write=True):
                    # Only now: whoever came while this waited for its turn goes along.
                    taken = self._take()
                    await run_in_threadpool(self._write, [read for read, _ in taken])
                failed = None
            except Exception as error:  # noqa: BLE001  whoever waits is told, whatever it is
                taken, failed = taken or self._take(), error
            for _, kept in taken:
                if kept.done():  # nobody waits any more
                    continue
                if failed is None:
                    kept.set_result(None)
                else:
                    kept.set_exception(failed)

    def _take(self) -> list[tuple[Read, asyncio.Future[None]]]:
        taken = self._waiting[:WRITTEN_AT_ONCE]
        del self._waiting[:WRITTEN_AT_ONCE]
        return taken

    def _write(self, reads: list[Read]) -> None:
        with self.database.write() as session:
            for read in reads:
                add_read(session, read, entry_id=self.make_id(read.at))


def add_read(session: Session, read: Read, *, entry_id: UUID) -> None:
    """Add a read to the audit log. Its record is the read itself: it can be about many people."""
    people = sorted(map(str, read.seen.people))
    add_act(
        session,
        READS,
        "records-read",
        entry_id=entry_id,
        record=entry_id,
        caller=read.caller,
        at=read.at,
        content={
            "operation": read.operation,
            "people": people,
            "purpose": read.seen.purpose,
            "broke_glass": read.seen.broke_glass,
        },
    )
    repository.add_people_read(
        session,
        [
            ReadOfPersonRow(
                entry_id=entry_id,
                person_id=person,
                operation=read.operation,
                purpose=read.seen.purpose,
                broke_glass=read.seen.broke_glass,
            )
            for person in sorted(read.seen.people)
        ],
    )
