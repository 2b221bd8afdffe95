"""`make bench-growth`: whether reading stays as fast from 1,000 budgets to 100,000.

One child's budget is made through the API and copied, with keys of its own, into databases of both
sizes. The same requests are then sent to a server on each, in turn, and the medians compared.
"""

import random
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.clock import london_day, system_clock
from app.columns import Row
from app.db import Database
from app.ids import new_id
from app.tokens import LocalKeys
from benchmarks import servers
from benchmarks.load import Request, measure
from tests.app.lives import awarded
from tests.app.service import Clock, new_service, template_of

SIZES = (1_000, 100_000)
ROUNDS = 5
SECONDS = 2.0
REPORT = Path("docs/benchmarks-growth.md")
COPIED = ("person", "person_revision", "decision", "review_due")
"""What is copied for each child; the rest (plan, assessment, findings) is not read by these requests."""

Make = Callable[[int], Request]


def main() -> None:
    """Measure, and write the table."""
    with ExitStack() as stack:
        loads: dict[str, dict[int, tuple[int, Make]]] = {
            "what is payable on a day": {},
            "reviews due, a page": {},
        }
        for size in SIZES:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            people = _fill(folder, size)
            port = servers.free_port()
            command = ["-m", "app.cli", "serve", "--port", str(port)]
            settings = {"RAS_DATA_DIR": str(folder), "RAS_LOG_LEVEL": "WARNING"}
            stack.enter_context(servers.running(command, port, "/readyz", **settings))
            token = LocalKeys(folder).issue(
                "demo-assessor", audience="ras", now=system_clock(), lasts=timedelta(hours=1)
            )
            loads["what is payable on a day"][size] = (port, _payable(token, people))
            loads["reviews due, a page"][size] = (port, _due(token))
        lines = [f"| {name} | {_row(by_size)} |" for name, by_size in loads.items()]
    report = "\n".join(
        [
            "# Growth",
            "",
            f"Written by `make bench-growth`: the median of {ROUNDS} rounds of {SECONDS:g} s over 16",
            "connections, in turn, on SQLite. Only the ratio can be compared between machines.",
            "",
            f"| request | p50 ms at {SIZES[0]:,} budgets | p50 ms at {SIZES[1]:,} | ratio |",
            "|---|---:|---:|---:|",
            *lines,
            "",
        ]
    )
    print(report)
    REPORT.write_text(report)


def _row(by_size: dict[int, tuple[int, Make]]) -> str:
    p50: dict[int, list[float]] = {size: [] for size in SIZES}
    for port, make in by_size.values():
        measure(port, make, seconds=0.5)
    for _ in range(ROUNDS):
        for size, (port, make) in by_size.items():
            p50[size].append(measure(port, make, seconds=SECONDS).p50_ms)
    small, large = (median(p50[size]) for size in SIZES)
    ratio = median(large / small for small, large in zip(p50[SIZES[0]], p50[SIZES[1]], strict=True))
    return f"{small:.2f} | {large:.2f} | {ratio:.2f}"


def _payable(token: str, people: list[UUID]) -> Make:
    headers = {"Authorization": f"Bearer {token}"}
    chosen = random.Random(1).choices(people, k=1000)  # noqa: S311  which children is no secret
    day = london_day(system_clock()) + timedelta(days=30)
    paths = [f"/v1/budgets/{person}/payable?on={day}" for person in chosen]
    return lambda number: Request.of("GET", paths[number % len(paths)], status=200, headers=headers)


def _due(token: str) -> Make:
    headers = {"Authorization": f"Bearer {token}"}
    day = london_day(system_clock()) + timedelta(days=400)
    request = Request.of("GET", f"/v1/reviews/due?by={day}", status=200, headers=headers)
    return lambda _: request


def _fill(folder: Path, size: int) -> list[UUID]:
    """A database with so many budgets; gives the children's keys."""
    url = f"sqlite:///{folder / 'ras.db'}"
    template_of(url)
    now = system_clock()
    with new_service(url, folder, clock=Clock(now)) as service:
        life = awarded(service)
    database = Database(url)
    with database.writing.begin() as connection:
        rows = {name: _rows_of(connection, name, UUID(life.id)) for name in COPIED}
        people = [UUID(life.id)]
        fresh: dict[str, list[dict[str, Any]]] = {name: [] for name in COPIED}
        for number in range(1, size):
            person = new_id(now)
            people.append(person)
            for name in COPIED:
                fresh[name].append(_copied(rows[name], name, person, number))
        for name in COPIED:
            connection.execute(sa.insert(Row.metadata.tables[name]), fresh[name])
    with database.writing.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    database.close()
    return people


def _rows_of(connection: sa.Connection, name: str, person: UUID) -> dict[str, Any]:
    table = Row.metadata.tables[name]
    key = table.c.id if name == "person" else table.c.person_id
    return dict(connection.execute(sa.select(table).where(key == person)).mappings().one())


def _copied(row: dict[str, Any], name: str, person: UUID, number: int) -> dict[str, Any]:
    if name == "person":
        return {**row, "id": person, "reference": f"EX-{number + 1:06}"}
    copied = {**row, "person_id": person}
    if "id" in row:
        copied["id"] = new_id(system_clock())
    if name == "review_due":
        copied["hold_by"] = row["hold_by"] + timedelta(days=number % 180)
    return copied


if __name__ == "__main__":
    main()
