"""What is installed is listed whole, and what is said of its known faults is what was learnt."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

LOCK = Path("requirements.lock")
Packages = dict[tuple[str, str], set[str]]


def locked() -> Packages:
    """Every package of the lock with its hashes, read line by line and not by the tool under test."""
    found: Packages = {}
    for line in LOCK.read_text().splitlines():
        if named := re.match(r"([a-z0-9-]+)==(\S+)", line):
            found[named[1], named[2]] = here = set()
        here.update(re.findall(r"--hash=sha256:([0-9a-f]{64})", line))
    return found


def listed(bill: dict[str, Any]) -> Packages:
    return {
        (each["name"], each["version"]): {
            made["content"] for reference in each["externalReferences"] for made in reference["hashes"]
        }
        for each in bill["components"]
    }


def script(name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  our own script
        [sys.executable, f"scripts/{name}.py", *arguments],
        env={**os.environ, "NO_PROXY": "*", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bill") / "build" / "sbom.json"
    made = script("sbom", str(LOCK), str(file))
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith(f"{file}: {len(locked())} packages, ")
    return file


def test_the_bill_of_materials_keeps_to_its_schema(bill: Path) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill.read_text()) is None
    assert json.loads(bill.read_text())["specVersion"] == "1.6"


def test_every_package_of_the_lock_is_in_it_with_every_hash_and_nothing_else_is(bill: Path) -> None:
    found = json.loads(bill.read_text())
    assert listed(found) == locked()
    assert all(locked().values())
    assert len(found["components"]) == len(locked()), "none is there twice"
    assert found["metadata"]["component"]["name"] == "ras"


def test_what_is_installed_here_has_its_licence(bill: Path) -> None:
    without = [
        each["name"]
        for each in json.loads(bill.read_text())["components"]
        if not each.get("licenses") and is_installed(each["name"], each["version"])
    ]
    assert without == []


def is_installed(name: str, of: str) -> bool:
    try:
        return version(name) == of
    except PackageNotFoundError:
        return False


def test_it_is_the_same_bytes_at_another_time_and_place(bill: Path, tmp_path: Path) -> None:
    again = tmp_path / "sbom.json"
    script("sbom", str(LOCK), str(again), PYTHONHASHSEED="7", TZ="Asia/Tokyo", HOME=str(tmp_path))
    assert again.read_bytes() == bill.read_bytes()
    assert "serialNumber" not in (found := json.loads(again.read_text()))
    assert "timestamp" not in found["metadata"]


class Advisories(ThreadingHTTPServer):
    """A database of advisories on this machine, as osv.dev answers."""

    def __init__(self, *, known: str = "", status: int = 200) -> None:
        self.known, self.status, self.asked = known, status, list[str]()
        super().__init__(("127.0.0.1", 0), Answer)


class Answer(BaseHTTPRequestHandler):
    server: Advisories

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = sent["package"]["name"]
        self.server.asked.append(name)
        package = {"name": name, "ecosystem": "PyPI"}
        ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "999"}]}]
        fault = {
            "id": "MADE-UP-1",
            "summary": "made up",
            "affected": [{"package": package, "ranges": ranges}],
        }
        body = json.dumps({"vulns": [fault]} if name == self.server.known else {}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def advisories(**answers: Any) -> Iterator[Advisories]:
    with Advisories(**answers) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def audit(server: Advisories) -> subprocess.CompletedProcess[str]:
    return script("audit", str(LOCK), f"http://127.0.0.1:{server.server_port}/v1/query")


def test_where_nothing_is_known_it_says_about_how_many_it_asked() -> None:
    with advisories() as server:
        said = audit(server)
    names = {name for name, of in locked() if is_installed(name, of)}
    assert names <= set(server.asked) <= {name for name, _ in locked()}
    assert len(names) > 50
    expected = f"Asked about {len(server.asked)} packages: no vulnerability of any is known.\n"
    assert (said.returncode, said.stdout, said.stderr) == (0, expected, "")


def test_what_is_known_is_listed() -> None:
    with advisories(known="starlette") as server:
        said = audit(server)
    assert said.returncode == 1
    assert re.fullmatch(r"starlette \S+: MADE-UP-1, put right in 999\n", said.stderr)
    assert said.stdout == ""


def test_a_database_that_is_out_of_reach_is_no_good_news() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    said = script("audit", str(LOCK), f"http://127.0.0.1:{port}/v1/query")
    assert_nothing_is_known(said)


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_database_that_refuses_is_no_good_news(status: int) -> None:
    with advisories(status=status) as server:
        assert_nothing_is_known(audit(server))


def test_a_lock_that_cannot_be_read_is_no_good_news(tmp_path: Path) -> None:
    (tmp_path / "broken.lock").write_text("starlette>=1\n")
    (tmp_path / "empty.lock").write_text("")
    with advisories() as server:
        address = f"http://127.0.0.1:{server.server_port}/v1/query"
        for name in ("broken", "empty", "absent"):
            assert_nothing_is_known(script("audit", str(tmp_path / f"{name}.lock"), address))


def assert_nothing_is_known(said: subprocess.CompletedProcess[str]) -> None:
    assert said.returncode == 3
    assert said.stderr.startswith("The advisory database could not be asked")
    assert len(said.stderr.splitlines()) == 1
    assert said.stdout == ""
    assert "no known" not in said.stderr.lower()
