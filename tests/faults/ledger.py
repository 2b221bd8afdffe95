"""What was sent and what was acknowledged, and whether the database has just that."""

import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.repository import FIRST_HASH
from app.audit.service import entry_hash
from app.audit.tables import AuditEntryRow, AuditHeadRow, EventRow
from app.columns import Row
from tests.app.service import plan_content

MADE_BY = {"/v1/people": "person", "/v1/plans": "plan", "/v1/assessments": "assessment"}
"""What a write makes: one row of a table."""
WITH_IT = {"person": "person_revision", "plan": "plan_version", "assessment": "assessment"}
"""And one of this table."""
ACT = {"person": "person-added", "plan": "plan-written", "assessment": "assessed"}
"""And one act of this name in the audit log."""


class Refused(Exception):
    """The service said that it cannot keep anything now."""


@dataclass(eq=False)
class Sent:
    """A write that was sent under a key of its own."""

    path: str
    body: dict[str, Any]
    key: str = field(default_factory=lambda: uuid4().hex)
    answer: bytes | None = None
    """What acknowledged it; None while that is in doubt."""


class Ledger:
    """Everything that was sent, by whom it will be asked for."""

    def __init__(self, engine: sa.Engine) -> None:
        self.sent: list[Sent] = []
        self.replayed = 0
        self.doubted = 0
        self.wrong: list[str] = []
        """Answers that no writer should have had."""
        self.refused = 0
        """How many were told that the database is not there."""
        self._engine = engine
        self._number = count(1)
        self._lock = threading.Lock()
        with engine.connect() as connection:
            self._before = {
                table: _ids(connection, table) for table in (*MADE_BY.values(), *WITH_IT.values())
            }

    @property
    def acknowledged(self) -> list[Sent]:
        return [sent for sent in self.sent if sent.answer is not None]

    @property
    def in_doubt(self) -> list[Sent]:
        return [sent for sent in self.sent if sent.answer is None]

    def write_until_it_dies(self, client: httpx.Client) -> None:
        """Add children, their plans and assessments, until nobody answers any more."""
        try:
            while True:
                with suppress(Refused):
                    self._write_a_story(client)
        except httpx.TransportError:
            return
        except AssertionError as wrong:
            self.wrong.append(str(wrong))

    def _write_a_story(self, client: httpx.Client) -> None:
        with self._lock:
            number = next(self._number)
        child = {"reference": f"FAULT-{number}", "born_on": "2015-06-14", "team": "north"}
        person = self._send(client, "/v1/people", child)
        plan = self._send(client, "/v1/plans", {**plan_content(), "person_id": person["id"]})
        for _ in range(2):
            self._send(client, "/v1/assessments", {"plan_id": plan["id"], "effective_on": "2026-11-23"})

    def _send(self, client: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
        sent = Sent(path, body)
        with self._lock:
            self.sent.append(sent)
        answer = _post(client, sent)
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            assert answer.json()["code"] == "database-unavailable"
            assert answer.headers["Retry-After"]
            self.refused += 1
            time.sleep(0.02)
            raise Refused
        assert answer.status_code == 201, answer.text
        sent.answer = answer.content
        made: dict[str, Any] = answer.json()
        return made

    def replay(self, client: httpx.Client, chance: random.Random) -> None:
        """Send again what is in doubt, and some of what was acknowledged: one key, one effect."""
        known = chance.sample(self.acknowledged, min(5, len(self.acknowledged)))
        self.doubted += len(self.in_doubt)
        for sent in [*self.in_doubt, *known]:
            answer = _post(client, sent)
            assert answer.status_code == 201, answer.text
            if sent.answer is not None:
                assert answer.headers["Idempotency-Replayed"] == "true"
                assert answer.content == sent.answer
            sent.answer = answer.content
            self.replayed += 1

    def reconcile(self) -> None:
        """Hold the database against what was sent.

        Every acknowledged write is there; what is in doubt is there with its key, or not at all; nothing
        else is there; every act is in its chain and in the order of events, and every chain is whole.
        """
        assert self.wrong == []
        with self._engine.connect() as connection:
            keys = set(connection.scalars(sa.select(_table("idempotency_key").c.key)))
            made = {table: _ids(connection, table) - before for table, before in self._before.items()}
            for sent in self.acknowledged:
                table = MADE_BY[sent.path]
                assert _id_in(sent) in made[table], f"lost: {sent.path} {sent.answer!r:.200}"
                assert sent.key in keys, f"the key is lost: {sent.path}"
            for path, table in MADE_BY.items():
                kept = sum(sent.path == path and sent.key in keys for sent in self.sent)
                acts = connection.scalar(
                    sa.select(sa.func.count()).where(_table("audit_entry").c.act == ACT[table])
                )
                assert [len(made[table]), len(made[WITH_IT[table]]), acts] == 3 * [kept], table
        with Session(self._engine) as session:
            hold_chains(session)


def lost_in(engine: sa.Engine, acknowledged: list[Sent]) -> list[Sent]:
    """What was acknowledged and is not in a database."""
    with engine.connect() as connection:
        kept = {path: _ids(connection, table) for path, table in MADE_BY.items()}
    return [sent for sent in acknowledged if _id_in(sent) not in kept[sent.path]]


def hold_chains(session: Session) -> None:
    """Every chain is whole from its first entry to its head, and every act has its place in the order."""
    heads = {head.chain: [0, FIRST_HASH] for head in session.scalars(sa.select(AuditHeadRow))}
    entries = session.scalars(
        sa.select(AuditEntryRow).order_by(AuditEntryRow.chain, AuditEntryRow.sequence)
    ).all()
    for entry in entries:
        assert [entry.sequence - 1, entry.previous_hash] == heads[entry.chain]
        assert entry.hash == entry_hash(entry)
        heads[entry.chain] = [entry.sequence, entry.hash]
    assert heads == {
        head.chain: [head.sequence, head.hash] for head in session.scalars(sa.select(AuditHeadRow))
    }
    numbers = session.scalars(sa.select(EventRow.sequence).order_by(EventRow.sequence)).all()
    assert list(numbers) == list(range(1, len(entries) + 1))


def _post(client: httpx.Client, sent: Sent) -> httpx.Response:
    return client.post(sent.path, json=sent.body, headers={"Idempotency-Key": sent.key})


def _table(name: str) -> sa.Table:
    return Row.metadata.tables[name]


def _ids(connection: sa.Connection, table: str) -> set[UUID]:
    return set(connection.scalars(sa.select(_table(table).c.id)))


def _id_in(sent: Sent) -> UUID:
    answer: dict[str, Any] = httpx.Response(201, content=sent.answer).json()
    return UUID(answer["id"])
