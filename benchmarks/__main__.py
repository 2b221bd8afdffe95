"""`make bench`: measure the service beside its peer, and write one table.

Every figure is a ratio within this run: the service and a FastAPI route that answers a constant
are measured in turn, and medians over the rounds are compared. Absolute figures are reported for
this machine only.
"""

import json
import os
import platform
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from app.clock import london_day, system_clock
from app.db import Database
from app.migration import migrate
from app.tokens import LocalKeys
from benchmarks import plans, servers
from benchmarks.load import CONNECTIONS, Measured, Request, measure
from benchmarks.peers import ours
from benchmarks.peers.drawn import draw
from benchmarks.peers.situation import situation
from tests.app.journey import EXAMPLES
from tests.postgres import new_database, postgres_server

ROUNDS = 5
PLANS = 2_000
"""How many different plans are posted in turn."""
SECONDS = 2.0
REPORT = Path("docs/benchmarks.md")

Maker = Callable[[int], Request]


def main() -> None:
    """Measure, and write the table."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        peer = stack.enter_context(servers.constant())
        postgres = new_database(stack.enter_context(postgres_server()))
        sqlite_port, start_seconds = stack.enter_context(servers.service(folder / "sqlite"))
        _migrate(postgres)
        postgres_port, _ = stack.enter_context(servers.service(folder / "postgresql", postgres))
        same_policy = stack.enter_context(servers.service_with(ours.POLICY, folder / "same"))
        openfisca = servers.free_port()
        stack.enter_context(
            servers.running(
                ["-m", "benchmarks.peers.openfisca_server", str(openfisca)], openfisca, "/entities"
            )
        )

        loads: dict[str, tuple[int, Maker]] = {
            "FastAPI answering a constant": (peer, _constant),
            "public estimate with its working": (sqlite_port, _estimating()),
            "public estimate, the peers' policy": (same_policy, _posting(*_estimates())),
            "`openfisca serve` /calculate, the same plans": (openfisca, _posting(*_situations())),
            "assessment kept, SQLite": (sqlite_port, _assessing(folder / "sqlite", sqlite_port)),
            "assessment kept, PostgreSQL": (
                postgres_port,
                _assessing(folder / "postgresql", postgres_port),
            ),
            "assessment read, SQLite": (sqlite_port, _reading(folder / "sqlite", sqlite_port)),
        }
        rounds: dict[str, list[Measured]] = {name: [] for name in loads}
        for port, make in loads.values():
            measure(port, make, seconds=0.5)
        for _ in range(ROUNDS):
            for name, (port, make) in loads.items():
                rounds[name].append(measure(port, make, seconds=SECONDS))
    report = _report(rounds, start_seconds, list(plans.rows()))
    print(report)
    REPORT.write_text(report)


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()


def _token(folder: Path) -> str:
    keys, now = LocalKeys(folder), system_clock()
    return keys.issue("demo-assessor", audience="ras", now=now, lasts=timedelta(hours=1))


def _constant(_: int) -> Request:
    return Request.of("GET", "/constant", status=200, headers={})


def _estimating() -> Maker:
    body = json.loads(EXAMPLES.read_text())["estimate"]["request"]["body"]
    headers = {"Content-Type": "application/json"}
    content = json.dumps(body).encode()
    request = Request.of("POST", "/local-offer/v1/estimates", status=200, headers=headers, body=content)
    return lambda _: request


def _estimates() -> tuple[str, list[dict[str, Any]]]:
    return "/local-offer/v1/estimates", [ours.as_estimate(plan) for plan in draw(ours.DOMAINS, PLANS)]


def _situations() -> tuple[str, list[dict[str, Any]]]:
    return "/calculate", [situation(plan) for plan in draw(ours.DOMAINS, PLANS)]


def _posting(path: str, bodies: list[dict[str, Any]]) -> Maker:
    """Post the bodies in turn."""
    requests = [
        Request.of(
            "POST",
            path,
            status=200,
            headers={"Content-Type": "application/json"},
            body=json.dumps(body).encode(),
        )
        for body in bodies
    ]
    return lambda number: requests[number % len(requests)]


def _assessing(folder: Path, port: int) -> Maker:
    """Assess the plans of a team in turn, each time as a new request with a key of its own."""
    token = _token(folder)
    plans = servers.ask(port, "GET", "/v1/plans?limit=200", token=token)["items"]
    today = london_day(system_clock()).isoformat()
    bodies = [json.dumps({"plan_id": plan["id"], "effective_on": today}).encode() for plan in plans]
    run = uuid4().hex

    def make(number: int) -> Request:
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": f"{run}-{uuid4().hex}",
        }
        body = bodies[number % len(bodies)]
        return Request.of("POST", "/v1/assessments", status=201, headers=headers, body=body)

    return make


def _reading(folder: Path, port: int) -> Maker:
    """Read one assessment with its whole working."""
    token = _token(folder)
    plan = servers.ask(port, "GET", "/v1/plans?limit=1", token=token)["items"][0]
    body = {"plan_id": plan["id"], "effective_on": london_day(system_clock()).isoformat()}
    kept = servers.ask(port, "POST", "/v1/assessments", token=token, body=body)
    headers = {"Authorization": f"Bearer {token}"}
    request = Request.of("GET", f"/v1/assessments/{kept['id']}", status=200, headers=headers)
    return lambda _: request


def _report(rounds: dict[str, list[Measured]], start_seconds: float, in_process: list[str]) -> str:
    peer, *_ = rounds.values()
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Only ratios within one run can be compared between machines.",
        "",
        "## One plan",
        "",
        *in_process,
        "",
        "## Over HTTP",
        "",
        f"Each row is the median of {ROUNDS} rounds of {SECONDS:g} s over {CONNECTIONS} connections, the",
        "rows taken in turn; one server process each, and the client on the same machine. The ratio is to",
        "the first row.",
        "",
        f"Python {platform.python_version()}, FastAPI {version('fastapi')}, uvicorn {version('uvicorn')}, "
        f"SQLAlchemy {version('sqlalchemy')}, {os.cpu_count()} cores.",
        "",
        "| work | requests/s | ratio | p50 ms | p99 ms | p99 / p50 |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, measured in rounds.items():
        ratio = median(m.per_second / p.per_second for m, p in zip(measured, peer, strict=True))
        p50, p99 = median(m.p50_ms for m in measured), median(m.p99_ms for m in measured)
        lines.append(
            f"| {name} | {median(m.per_second for m in measured):,.0f} | {ratio:.1%} "
            f"| {p50:.1f} | {p99:.1f} | {p99 / p50:.1f} |"
        )
    public, served = (
        rounds[name]
        for name in ("public estimate, the peers' policy", "`openfisca serve` /calculate, the same plans")
    )
    times = median(
        ours_now.per_second / theirs.per_second for ours_now, theirs in zip(public, served, strict=True)
    )
    lines += [
        "",
        f"With the same policy and plans the public estimate answers {times:.1f} times as many requests as",
        "`openfisca serve`, with its whole working and sentences.",
        "",
        f"From the start of the process to the first answer of `/readyz`: {start_seconds:.2f} s.",
        "",
        "An assessment kept is one transaction: scored, explained, audited, kept with its idempotency",
        "key, and flushed to disk (SQLite with `synchronous=FULL`, PostgreSQL with",
        "`synchronous_commit=on`) before the 201.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
