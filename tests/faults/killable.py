"""The service in a process that can be killed: `ras serve`, forked from one that has read it all."""

import multiprocessing
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import httpx

from app.cli import serve
from app.clock import system_clock
from app.tokens import LocalKeys

STARTS_WITHIN_SECONDS = 60
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["app.cli", "app.main", "uvicorn"])

Prepare = Callable[[], None]
"""Done in the service's process before it starts: breaks a promise on purpose, or takes something away."""


def _free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@dataclass
class Killable:
    """A service on a database, which is started, killed and started again."""

    database_url: str
    folder: Path
    prepare: Prepare | None = None
    port: int = field(default_factory=_free_port)
    process: ForkServerProcess | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        environment = {
            "RAS_DATA_DIR": str(self.folder),
            "RAS_DATABASE_URL": self.database_url,
            "RAS_LOG_LEVEL": "ERROR",
            "RAS_BUSY_SECONDS": "3",
            "RAS_RATE_PER_CLIENT": "",
        }
        self.process = FORKS.Process(target=_serve, args=(environment, self.port, self.prepare), daemon=True)
        self.process.start()
        last = time.monotonic() + STARTS_WITHIN_SECONDS
        while time.monotonic() < last and self.process.is_alive():
            try:
                httpx.get(f"{self.address}/livez").raise_for_status()
            except httpx.TransportError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError(f"it did not start: {self.process.exitcode}")

    def kill(self) -> None:
        """SIGKILL: nothing of it runs any more, and nothing is tidied up."""
        assert self.process is not None
        self.process.kill()
        self.process.join()

    def client(self, subject: str = "demo-assessor") -> httpx.Client:
        """Somebody on the demonstration's staff register, over HTTP."""
        token = LocalKeys(self.folder).issue(
            subject, audience="ras", now=system_clock(), lasts=timedelta(hours=3)
        )
        return httpx.Client(base_url=self.address, headers={"Authorization": f"Bearer {token}"}, timeout=60)


def _serve(environment: dict[str, str], port: int, prepare: Prepare | None) -> None:
    os.environ.update(environment)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    if prepare is not None:
        prepare()
    serve(with_demo=False, port=port)
