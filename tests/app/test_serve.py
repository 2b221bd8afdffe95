"""`ras serve`, really started: it answers on this machine, tells who may come in, and stops when told to."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from app.access import Caller, Role
from app.clock import system_clock
from app.db import Database
from app.ids import new_id
from app.migration import migrate
from app.staff.service import put_on_register
from app.work import Work

pytestmark = pytest.mark.xdist_group("serve")  # one process is started for all of them
START_SECONDS, STOP_SECONDS = 180, 60


@dataclass
class Served:
    """A running service."""

    process: subprocess.Popen[str]
    url: str
    said: str

    def token_of(self, subject: str) -> str:
        found = re.search(rf"^{subject} \(.*\)\n(\S+)$", self.said, re.MULTILINE)
        assert found, self.said
        return found[1]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service on a register that is not empty, so that nothing is filled in."""
    data, port = tmp_path_factory.mktemp("served"), free_port()
    database = Database(f"sqlite:///{data / 'ras.db'}")
    migrate(database)
    with database.write() as session:
        operator = Work(session=session, caller=Caller.operator(), now=system_clock(), make_id=new_id)
        put_on_register(operator, "demo-assessor", role=Role.ASSESSOR, team="north")
    database.close()
    with (data / "out").open("w") as out, (data / "err").open("w") as err:
        process = subprocess.Popen(  # noqa: S603  our own command
            [sys.executable, "-m", "app.cli", "serve", "--demo", "--port", str(port)],
            env={**os.environ, "RAS_DATA_DIR": str(data)},
            stdout=out,
            stderr=err,
            text=True,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_live(url, process, data / "err")
            yield Served(process, url, (data / "out").read_text())
        finally:
            process.kill()
            process.wait()


def _wait_until_live(url: str, process: subprocess.Popen[str], errors: Path) -> None:
    last = time.monotonic() + START_SECONDS
    while time.monotonic() < last and process.poll() is None:
        try:
            assert httpx.get(f"{url}/livez").json() == {"status": "live"}
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(errors.read_text())


def test_it_says_where_it_is_and_gives_tokens_that_work(served: Served) -> None:
    assert served.url in served.said
    headers = {"Authorization": f"Bearer {served.token_of('demo-assessor')}"}
    assert httpx.get(f"{served.url}/v1/me", headers=headers).json() == {
        "subject": "demo-assessor",
        "role": "assessor",
        "team": "north",
        "client": "demo-assessor",
    }
    assert httpx.get(f"{served.url}/v1/me").status_code == 401
    assert httpx.get(f"{served.url}/readyz").json() == {"status": "ready"}


def test_told_to_stop_it_finishes_what_it_has_in_hand(served: Served) -> None:
    """A request whose body is still to come when the signal comes is answered before the end."""
    token = served.token_of("demo-assessor")
    body = b'{"reference":"EX-0001","born_on":"2015-06-14","team":"north"}'
    head = (
        f"POST /v1/people HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nExpect: 100-continue\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    address = ("127.0.0.1", int(served.url.rpartition(":")[2]))
    with socket.create_connection(address, timeout=STOP_SECONDS) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 100 "), "it has the request in hand"
        served.process.send_signal(signal.SIGTERM)
        _wait_until_closed(address)
        connection.sendall(body)
        answer = connection.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 201 ")
    assert served.process.wait(STOP_SECONDS) in {0, -signal.SIGTERM}


def _wait_until_closed(address: tuple[str, int]) -> None:
    """Until nobody new is let in: the signal has been heard."""
    last = time.monotonic() + STOP_SECONDS
    while time.monotonic() < last:
        try:
            socket.create_connection(address, timeout=1).close()
        except OSError:
            return
        time.sleep(0.05)
    raise AssertionError("it still lets others in")
