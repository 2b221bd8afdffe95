"""Servers to measure, each in a process of its own on a free loopback port."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.clock import system_clock
from app.db import Database
from app.demonstration.load import publish
from app.ids import new_id
from app.migration import migrate
from ras.policy.configuration import PolicyConfiguration

STARTS_WITHIN_SECONDS = 60


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], port: int, path: str, **environment: str) -> Iterator[float]:
    """Run a server until the block ends; gives the seconds from its start to its first answer."""
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603  the benchmark's own servers
        [sys.executable, *command],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(port, path):
            assert process.poll() is None, f"{command} ended with {process.returncode}"
            assert time.perf_counter() - started < STARTS_WITHIN_SECONDS, f"{command} does not answer"
            time.sleep(0.02)
        yield time.perf_counter() - started
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def constant() -> Iterator[int]:
    """The peer: FastAPI that answers a constant."""
    port = free_port()
    command = ["-m", "uvicorn", "benchmarks.constant:app", "--port", str(port), "--no-access-log"]
    with running(command, port, "/constant"):
        yield port


@contextmanager
def service(folder: Path, database_url: str = "") -> Iterator[tuple[int, float]]:
    """The service with the demonstration loaded; gives its port and how long its start took."""
    port = free_port()
    settings = {
        "RAS_DATA_DIR": str(folder),
        "RAS_DATABASE_URL": database_url,
        "RAS_LOG_LEVEL": "WARNING",
        "RAS_RATE_PER_CLIENT": "",
        "RAS_RATE_PER_ADDRESS": "",
    }
    command = ["-m", "app.cli", "serve", "--demo", "--port", str(port)]
    with running(command, port, "/readyz", **settings):
        pass
    with running(command, port, "/readyz", **settings) as seconds:
        yield port, seconds


@contextmanager
def service_with(policy: PolicyConfiguration, folder: Path) -> Iterator[int]:
    """The service with one policy published and nothing else; gives its port."""
    folder.mkdir()
    url, now = f"sqlite:///{folder / 'ras.db'}", system_clock()
    database = Database(url)
    migrate(database)
    with database.write() as session:
        publish(policy, session, now=now, make_id=new_id)
    database.close()
    port = free_port()
    settings = {"RAS_DATA_DIR": str(folder), "RAS_LOG_LEVEL": "WARNING"}
    with running(["-m", "app.cli", "serve", "--port", str(port)], port, "/readyz", **settings):
        yield port


def ask(port: int, method: str, path: str, *, token: str = "", body: Any = None) -> Any:
    """Ask the service once."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    assert answer.status < 300, content
    return json.loads(content)


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
