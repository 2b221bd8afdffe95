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
import typer

from app.access import Caller, Role
from app.clock import system_clock
from app.db import Database
from app.ids import new_id
from app.installation import giving_out_metrics
from app.metrics import Metrics
from app.migration import migrate
from app.settings import Settings
from app.staff.service import put_on_register
from app.terminal import UNAVAILABLE
from app.work import Work

pytestmark = pytest.mark.xdist_group("serve")  # one process is started for all of them
START_SECONDS, STOP_SECONDS = 180, 60


@dataclass
class Served:
    """A running service."""

    process: subprocess.Popen[str]
    url: str
    said: str
    metrics: str

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
    data, port, metrics_port = tmp_path_factory.mktemp("served"), free_port(), free_port()
    database = Database(f"sqlite:///{data / 'ras.db'}")
    migrate(database)
    with database.write() as session:
        operator = Work(session=session, caller=Caller.operator(), now=system_clock(), make_id=new_id)
        put_on_register(operator, "demo-assessor", role=Role.ASSESSOR, team="north")
    database.close()
    with (data / "out").open("w") as out, (data / "err").open("w") as err:
        process = subprocess.Popen(  # noqa: S603  our own command
            [sys.executable, "-m", "app.cli", "serve", "--demo", "--port", str(port)],
            env={**os.environ, "RAS_DATA_DIR": str(data), "RAS_METRICS_PORT": str(metrics_port)},
            stdout=out,
            stderr=err,
            text=True,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_live(url, process, data / "err")
            metrics = f"http://127.0.0.1:{metrics_port}/metrics"
            yield Served(process, url, (data / "out").read_text(), metrics)
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


def test_it_does_not_say_what_it_is_made_of(served: Served) -> None:
    assert "server" not in httpx.get(f"{served.url}/livez").headers
    host, _, port = served.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=STOP_SECONDS) as connection:
        connection.sendall(b"not HTTP at all\r\n\r\n")
        answer = connection.recv(65536).lower()
    assert answer.startswith(b"http/1.1 400 ")
    assert b"\r\nserver:" not in answer


def test_metrics_are_on_a_port_of_their_own_and_not_on_the_services(served: Served) -> None:
    assert "\nras_database_up 1.0\n" in httpx.get(served.metrics).text
    assert httpx.get(f"{served.url}/metrics").status_code == 404
    assert httpx.get(served.metrics.replace("/metrics", "/livez")).text.startswith("# HELP ")


def test_a_port_for_metrics_that_is_taken_is_said_and_without_one_none_is_opened(tmp_path: Path) -> None:
    metrics = Metrics()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(typer.Exit) as ended,
            giving_out_metrics(Settings(data_dir=tmp_path, metrics_port=port), metrics),
        ):
            raise AssertionError("it begins nothing")
    assert ended.value.exit_code == UNAVAILABLE
    off = Settings(data_dir=tmp_path, metrics_port="")
    with giving_out_metrics(off, metrics), pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)
    with giving_out_metrics(Settings(data_dir=tmp_path, metrics_port=port), metrics):
        assert "\nras_http_requests_in_progress 0.0\n" in httpx.get(f"http://127.0.0.1:{port}/metrics").text


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
