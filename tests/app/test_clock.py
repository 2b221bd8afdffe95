"""The clock: read in one place, turned into a London day in one place, and moved from outside the process.

The service really runs, in a process of its own whose clock libfaketime moves: nothing in it is replaced.
"""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import httpx2
import pytest
from fastapi import FastAPI

import app
from app.clock import LONDON, london_day
from app.tokens import LocalKeys
from tests.app.lives import Life, awarded, component, problems
from tests.app.service import Clock, Person, Service, add_person, good
from tests.app.test_serve import free_port
from tests.conftest import sqlite_copy
from tests.ras import oracle

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

Data = dict[str, Any]

ROOT = Path(app.__file__).parent
SOURCES = sorted([*ROOT.rglob("*.py"), *(ROOT.parent / "migrations").rglob("*.py")])
FULL, LESS = 6_000_00, 5_200_00
SECONDS = 180
"""How long a start, a stop or an answer may take on a busy machine."""
ZONES = ("UTC", "Pacific/Kiritimati", "America/St_Johns", "Europe/London")


# It is read in one place.

CLOCKS = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {
        *("time", "time_ns", "localtime", "gmtime", "ctime", "asctime", "strftime"),
        *(
            "monotonic",
            "monotonic_ns",
            "clock_gettime",
            "clock_gettime_ns",
            "perf_counter",
            "perf_counter_ns",
        ),
    },
    "os": {"times"},
    "uuid": {"uuid1", "uuid6", "uuid7"},
    "func": {"now", "current_date", "current_time", "current_timestamp", "localtimestamp", "sysdate"},
}
IN_SQL = ("current_timestamp", "current_date", "localtimestamp", "now()", "datetime('now'", "date('now'")
ALLOWED = {
    "clock.py": ["datetime.now", "time.monotonic"],
    "middleware.py": ["time.perf_counter", "time.perf_counter"],
}
"""The one place, and how long a request took: a length of time, not a day."""


def readings(tree: ast.AST) -> list[str]:
    """Where code asks what time it is: by the name of what it asks, under whatever name it imported it."""
    return sorted(_readings(tree))


def _readings(tree: ast.AST) -> Iterator[str]:
    known = {name: name for name in CLOCKS}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                known |= {each.asname: each.name for each in names if each.asname and each.name in CLOCKS}
            case ast.ImportFrom(module=module, names=names):
                known |= {each.asname: each.name for each in names if each.asname and each.name in CLOCKS}
                if module in {"time", "os", "uuid"}:
                    yield from (f"{module}.{each.name}" for each in names if each.name in CLOCKS[module])
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=asked, value=ast.Name(id=name) | ast.Attribute(attr=name)):
                if asked in CLOCKS.get(known.get(name, ""), ()):
                    yield f"{known[name]}.{asked}"
            case ast.Constant(value=str(text)) if any(words in text.lower() for words in IN_SQL):
                yield text


def test_the_clock_is_read_in_one_place_only() -> None:
    found = {path: readings(ast.parse(path.read_text("utf-8"))) for path in SOURCES}
    assert len(SOURCES) > 80
    assert {path.name: asked for path, asked in found.items() if asked} == ALLOWED
    assert [path.parent for path, asked in found.items() if asked] == [ROOT, ROOT]


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        ("x = datetime.now(UTC)", "datetime.now"),
        ("x = datetime.datetime.now()", "datetime.now"),
        ("x = make(clock=datetime.utcnow)", "datetime.utcnow"),
        ("x = date.today()", "date.today"),
        ("x = datetime.date.today()", "date.today"),
        ("x = datetime.today()", "datetime.today"),
        ("x = time.time()", "time.time"),
        ("x = time.time_ns()", "time.time_ns"),
        ("from time import time", "time.time"),
        ("from time import time as moment", "time.time"),
        ("import time as t\nx = t.localtime()", "time.localtime"),
        ("from datetime import datetime as dt\nx = dt.now()", "datetime.now"),
        ("import datetime as dt\nx = dt.datetime.now()", "datetime.now"),
        ("x = uuid.uuid1()", "uuid.uuid1"),
        ("from uuid import uuid1", "uuid.uuid1"),
        ("x = Column(server_default=func.now())", "func.now"),
        ("x = text('SELECT CURRENT_TIMESTAMP')", "SELECT CURRENT_TIMESTAMP"),
    ],
)
def test_the_check_of_the_clock_catches_what_it_says(source: str, asked: str) -> None:
    assert readings(ast.parse(source)) == [asked]


def test_the_check_of_the_clock_lets_through_what_is_given() -> None:
    given = "x = max(work.today, work.now.date(), date(2026, 1, 1)); y = datetime.combine(day, time(16, 30))"
    assert readings(ast.parse(given)) == []


# A moment is a day of London.


def test_the_london_day_of_every_day_of_2020_to_2028_is_the_oracles() -> None:
    for day in oracle.days("2020-01-01", "2028-12-31"):
        for at in ("01:00:00", "12:00:00", "22:59:59", "23:00:00", "23:59:59"):
            moment = datetime.combine(date.fromisoformat(day), time.fromisoformat(at), UTC)
            assert str(london_day(moment)) == oracle.london(day, at)[0], moment


# It is moved from outside the process.


@dataclass
class Server:
    """A service that runs in a process with a moved clock, and everyone who calls it."""

    service: Service
    timetable: Path
    zone: str

    def move(self, moment: datetime) -> None:
        """Let it be another moment, there and here: its clock stands still until it is moved again."""
        move(self.timetable, moment, self.zone)
        self.service.clock.now = moment


def london(day: str, at: str = "10:00:00") -> datetime:
    """A moment as clocks in London show it."""
    return datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=LONDON).astimezone(UTC)


def move(timetable: Path, moment: datetime, zone: str) -> None:
    """Write the moment where libfaketime looks for it, as clocks in the machine's own zone show it."""
    fresh = timetable.with_suffix(".new")
    fresh.write_text(f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}\n")
    fresh.replace(timetable)


@pytest.fixture(scope="session")
def library() -> str:
    """Where libfaketime is, as its own command says."""
    found = shutil.which("faketime")
    assert found, "there is no faketime here: run scripts/need faketime"
    said = subprocess.run(  # noqa: S603  what was just found
        [found, "2026-01-01", sys.executable, "-c", "import os; print(os.environ['LD_PRELOAD'])"],
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.strip()


@dataclass(frozen=True)
class Machine:
    """A machine with a data directory, a time zone, and a clock that is moved from outside."""

    data: Path
    library: str
    zone: str

    @property
    def timetable(self) -> Path:
        return self.data / "now"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "RAS_DATA_DIR": str(self.data),
            "TZ": self.zone,
            "LD_PRELOAD": self.library,
            "FAKETIME_TIMESTAMP_FILE": str(self.timetable),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # how long to wait is no matter of the day
            "NO_FAKE_STAT": "1",  # or Python would compile everything again
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def ras(self, *words: str) -> str:
        """What a command prints."""
        done = subprocess.run(  # noqa: S603  our own command
            [sys.executable, "-m", "app.cli", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    @contextmanager
    def serving(self, moment: datetime) -> Iterator[Server]:
        """The service as `ras serve` starts it at a moment."""
        move(self.timetable, moment, self.zone)
        port = free_port()
        with (self.data / "log").open("a") as log:
            process = subprocess.Popen(  # noqa: S603  our own command
                [sys.executable, "-m", "app.cli", "serve", "--port", str(port)],
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=SECONDS) as client:
                _wait_until_live(client, process, self.data / "log")
                service = Service(
                    app=FastAPI(),  # the one that runs is in another process
                    client=cast("TestClient", client),
                    clock=Clock(moment),
                    keys=LocalKeys(self.data),
                )
                yield Server(service, self.timetable, self.zone)
        finally:
            process.terminate()
            process.wait(SECONDS)


def _wait_until_live(client: httpx2.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    last = monotonic() + SECONDS
    while monotonic() < last and process.poll() is None:
        try:
            assert client.get("/livez").is_success
        except httpx2.TransportError:
            sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())


@pytest.fixture(params=ZONES)
def machine(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path, library: str) -> Machine:
    """A machine in each of four time zones."""
    sqlite_copy(sqlite_template, tmp_path)
    return Machine(tmp_path, library, request.param)


def seen(life: Life, notice: Data) -> tuple[str, int, str]:
    """The state of the notice, what is payable today, and which day that is."""
    state = good(life.worker.get(f"/v1/notices/{notice['id']}"))["state"]
    today = good(life.worker.get(f"/v1/budgets/{life.id}/payable"))
    return state, today["annual_pence"], today["on"]


def served(life: Life, notice: Data) -> tuple[str, ...]:
    """How, and then the dates."""
    dates = good(life.worker.get(f"/v1/notices/{notice['id']}"))["running"][0]["dates"]
    return (dates["sent"]["on"], *(dates[word] for word in ("served_on", "last_day", "lower_from")))


def test_every_date_follows_a_clock_that_is_moved_from_outside(machine: Machine) -> None:
    with machine.serving(london("2026-11-23")) as server:
        life = awarded(server.service, annual_pence=FULL)
        assert life.person["written"]["at"] == "2026-11-23T10:00:00Z"

        server.move(london("2026-12-21"))
        decided = life.award(component(direct_payment=LESS), starts_on="2026-12-21")
        notice = life.draft(decided)
        assert notice["state"] == "draft"
        assert notice["written"]["at"] == "2026-12-21T10:00:00Z"
        good(life.act(notice, "issue", by=life.manager))
        early = {"method": "post", "sent_at": london("2026-12-21", "10:00:01").isoformat()}
        assert problems(life.act(notice, "serve", early, by=life.worker)) == ["day-in-future"]
        life.serve(notice, method="post")
        dates = ("2026-12-21", "2026-12-23", "2027-03-23", "2027-03-24")
        assert served(life, notice) == dates
        assert seen(life, notice) == ("running", FULL, "2026-12-21")

        server.move(london("2027-03-23", "23:59:59"))
        assert seen(life, notice) == ("running", FULL, "2027-03-23")
        server.move(london("2027-03-24", "00:00:00"))
        assert seen(life, notice) == ("ended", LESS, "2027-03-24")
        server.move(london("2027-03-23", "23:59:59"))
        assert seen(life, notice) == ("running", FULL, "2027-03-23"), "nothing was written when it ended"

    with machine.serving(datetime(2027, 6, 30, 23, 30, tzinfo=UTC)) as server:
        life = Life(server.service, life.person, life.plan, life.assessment)
        assert served(life, notice) == dates
        assert seen(life, notice) == ("ended", LESS, "2027-07-01"), "in London it is the next day"
        life.find("account", "designated-account", on="2027-07-01", recipient="parent")
        tomorrow = {"person_id": life.id, "kind": "account", "outcome": "designated-account"}
        refused = life.worker.post(
            "/v1/findings", {**tomorrow, "recipient": "parent", "found_on": "2027-07-02"}
        )
        assert problems(refused) == ["day-in-future"]

        further = life.award(component(direct_payment=LESS - 20_00), starts_on="2027-07-01")
        emailed = life.notice(further)
        assert served(life, emailed) == ("2027-07-01", "2027-07-01", "2027-10-01", "2027-10-02")


def test_a_token_counts_from_the_moved_clock_and_no_longer_than_it_says(
    sqlite_template: Path, tmp_path: Path, library: str
) -> None:
    sqlite_copy(sqlite_template, tmp_path)
    machine = Machine(tmp_path, library, "Europe/London")
    with machine.serving(london("2031-05-05")) as server:
        bearer = {"Authorization": f"Bearer {machine.ras('token', 'demo-assessor', '--hours', '2')}"}
        worker = Person(server.service.client, bearer)
        made = add_person(worker, reference="EX-2031")
        assert made["written"]["at"] == "2031-05-05T09:00:00Z"

        server.move(london("2031-05-05", "12:00:29"))
        assert worker.get(f"/v1/people/{made['id']}").is_success
        server.move(london("2031-05-05", "12:00:30"))
        assert problems(worker.get(f"/v1/people/{made['id']}")) == ["token-invalid"]
        server.move(london("2031-05-05", "09:59:29"))
        assert problems(worker.get(f"/v1/people/{made['id']}")) == ["token-invalid"], "it is not issued yet"
