"""The disk full or failing, the database gone, frozen, cut off, locked or slow: a clear 503, nothing lost,
and the service recovers by itself (P1, P2, P18)."""

import os
import random
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from signal import SIGCONT, SIGSTOP

import httpx
import pytest
import sqlalchemy as sa

from tests.app.service import template_of
from tests.conftest import sqlite_copy
from tests.faults.breaking import acknowledge_before_commit, acknowledge_what_failed, wait_for_ever
from tests.faults.killable import Killable
from tests.faults.ledger import Ledger
from tests.faults.proxy import Proxy
from tests.faults.tracing import NO_FLUSH, processes_of, traced
from tests.faults.writing import writing
from tests.postgres import Server, new_database, stoppable_server

SOON_SECONDS = 5
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def wait_for(what: Callable[[], bool]) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: it was not; no failed assertion, which is how a promise that is broken is found.
    """
    ends_at = time.monotonic() + 30
    while not what():
        if time.monotonic() > ends_at:
            raise TimeoutError
        time.sleep(0.02)


@pytest.fixture
def on_sqlite(sqlite_template: Path, tmp_path: Path) -> Killable:
    return Killable(sqlite_copy(sqlite_template, tmp_path), tmp_path)


@contextmanager
def under_load(service: Killable) -> Iterator[Ledger]:
    """Start the service and write to it before, while and after something happens; then reconcile."""
    ledger = Ledger(sa.create_engine(service.database_url, poolclass=sa.NullPool))
    service.start()
    with writing(service, ledger):
        wait_for(lambda: len(ledger.acknowledged) > 0)
        yield ledger
        before = len(ledger.acknowledged)
        # Where something is wrong already, what is written next may have nothing to be about.
        wait_for(lambda: bool(ledger.wrong) or len(ledger.acknowledged) > before + 10)
    ledger.reconcile()


def last(ledger: Ledger, seconds: float | None) -> None:
    """Let a fault last until a write is refused, or so long: a service that lies refuses none."""
    if seconds is None:
        wait_for(lambda: ledger.refused > 0)
    else:
        time.sleep(seconds)


def fill_the_disk(service: Killable, *, seconds: float | None = None) -> Ledger:
    """Let no file of the service grow for a while."""
    with under_load(service) as ledger:
        assert service.process is not None
        assert service.process.pid is not None
        most = ((service.folder / "ras.db-wal").stat().st_size, resource.RLIM_INFINITY)
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, most)
        last(ledger, seconds)
        with service.client() as client:
            assert client.get("/livez").status_code == httpx.codes.OK
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, UNLIMITED)
    return ledger


def test_a_full_disk_is_told_and_nothing_is_lost(on_sqlite: Killable) -> None:
    ledger = fill_the_disk(on_sqlite)

    assert ledger.refused > 0


def test_on_a_full_disk_a_service_that_breaks_the_promise_is_found(on_sqlite: Killable) -> None:
    on_sqlite.prepare = acknowledge_what_failed

    with pytest.raises(AssertionError):
        fill_the_disk(on_sqlite, seconds=2)


def let_flushes_fail(service: Killable, trace: Path, *, seconds: float | None = None) -> Ledger:
    """Let every flush of the database fail for a while."""
    with under_load(service) as ledger, traced(processes_of(service), NO_FLUSH, into=trace):
        last(ledger, seconds)
    return ledger


def test_a_disk_that_fails_is_told_and_nothing_is_lost(on_sqlite: Killable, tmp_path: Path) -> None:
    ledger = let_flushes_fail(on_sqlite, tmp_path / "trace")

    assert ledger.refused > 0


def test_a_disk_that_fails_under_postgresql_is_told_and_nothing_is_lost(
    on_postgresql: Killable, tmp_path: Path
) -> None:
    """Its server goes down rather than go on, and comes back by itself."""
    ledger = let_flushes_fail(on_postgresql, tmp_path / "trace")

    assert ledger.refused > 0


def test_on_a_disk_that_fails_a_service_that_breaks_the_promise_is_found(
    on_sqlite: Killable, tmp_path: Path
) -> None:
    on_sqlite.prepare = acknowledge_what_failed

    with pytest.raises(AssertionError):
        let_flushes_fail(on_sqlite, tmp_path / "trace", seconds=2)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of one's own: others are not to see it stop."""
    with stoppable_server() as server:
        yield server


@pytest.fixture
def on_postgresql(server: Server, tmp_path: Path) -> Killable:
    url = new_database(server.url)
    template_of(url)
    return Killable(url, tmp_path)


def crash_the_database(service: Killable, server: Server) -> Ledger:
    """Crash the database's server and start it again; the service runs on."""
    with under_load(service) as ledger:
        server.stop()
        wait_for(lambda: ledger.refused > 0)
        with service.client() as client:
            _hold_to_what_is_said_without_a_database(client)
        server.start()
        before = len(ledger.acknowledged)
        wait_for(lambda: len(ledger.acknowledged) > before)
        with service.client() as client:
            assert client.get("/readyz").status_code == httpx.codes.OK
    return ledger


def _hold_to_what_is_said_without_a_database(client: httpx.Client) -> None:
    assert client.get("/livez").status_code == httpx.codes.OK
    for path in ("/readyz", "/v1/me", "/v1/people", "/local-offer/v1/policy"):
        asked = time.monotonic()
        answer = client.get(path)
        assert time.monotonic() - asked < SOON_SECONDS
        assert (answer.status_code, answer.json()["code"]) == (503, "database-unavailable")
        assert int(answer.headers["Retry-After"]) > 0


def test_without_its_database_the_service_says_so_and_recovers(
    on_postgresql: Killable, server: Server
) -> None:
    ledger = crash_the_database(on_postgresql, server)

    assert ledger.refused > 0


def test_in_a_crash_of_the_database_a_service_that_breaks_the_promise_is_found(
    on_postgresql: Killable, server: Server
) -> None:
    on_postgresql.prepare = acknowledge_before_commit

    with pytest.raises(AssertionError):
        crash_the_database(on_postgresql, server)


CALLERS = 60
"""More than the service has connections, and nearly as many as it has threads."""


def freeze(server: Server) -> Iterator[None]:
    """Stop every process of the server in its tracks: what it is sent is taken, and nothing is answered."""
    own = (Path(server.control[2]) / "postmaster.pid").read_text().split()[0]
    begotten = Path(f"/proc/{own}/task/{own}/children").read_text().split()
    pids = [int(pid) for pid in (own, *begotten)]
    for pid in pids:
        os.kill(pid, SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, SIGCONT)


def say_nothing(service: Killable, silence: AbstractContextManager[object]) -> Ledger:
    """Let the database say nothing for a while; everybody is told so in time, and then served again."""
    with under_load(service) as ledger:
        with silence:
            with service.client() as client, ThreadPoolExecutor(CALLERS) as callers:
                told = [callers.submit(_seconds_until_told, client, path) for path in PATHS * (CALLERS // 5)]
                time.sleep(0.5)
                for path, status in (("/livez", 200), ("/version", 200), ("/v1/me", 401)):
                    asked = time.monotonic()
                    answer = httpx.get(f"{service.address}{path}", timeout=SOON_SECONDS)
                    assert answer.status_code == status
                    assert time.monotonic() - asked < SOON_SECONDS / 2, "others are starved"
                assert max(each.result() for each in told) < SOON_SECONDS
            wait_for(lambda: ledger.refused > 0)
        before, resumed = len(ledger.acknowledged), time.monotonic()
        wait_for(lambda: len(ledger.acknowledged) > before)
        assert time.monotonic() - resumed < SOON_SECONDS
        with service.client() as client:
            assert client.get("/readyz").status_code == httpx.codes.OK
    return ledger


PATHS = ("/readyz", "/v1/me", "/v1/people", "/local-offer/v1/policy", "/v1/events")


def _seconds_until_told(client: httpx.Client, path: str) -> float:
    asked = time.monotonic()
    answer = client.get(path, timeout=3 * SOON_SECONDS)
    took = time.monotonic() - asked
    assert (answer.status_code, answer.json()["code"]) == (503, "database-unavailable"), path
    assert int(answer.headers["Retry-After"]) > 0
    return took


def replayed(service: Killable, ledger: Ledger) -> None:
    """Every write that is in doubt is sent again under its key: it has one effect."""
    service.start()
    with service.client() as client:
        ledger.replay(client, random.Random(0))  # noqa: S311
    service.kill()
    ledger.reconcile()


def test_a_frozen_database_is_told_in_time_and_nothing_is_lost_or_done_twice(
    on_postgresql: Killable, server: Server
) -> None:
    ledger = say_nothing(on_postgresql, contextmanager(freeze)(server))

    assert ledger.refused > 0
    replayed(on_postgresql, ledger)


@pytest.fixture
def proxy(server: Server, on_postgresql: Killable) -> Iterator[Proxy]:
    """A network between the service and its database."""
    socket = f"{sa.make_url(server.url).query['host']}/.s.PGSQL.5432"
    with Proxy(socket) as between:
        name = sa.make_url(on_postgresql.database_url).database
        on_postgresql.database_url = f"postgresql+psycopg://postgres@127.0.0.1:{between.port}/{name}"
        yield between


def test_a_network_that_swallows_everything_is_told_in_time_and_nothing_is_lost(
    on_postgresql: Killable, proxy: Proxy
) -> None:
    ledger = say_nothing(on_postgresql, proxy.swallowing())

    assert ledger.refused > 0
    replayed(on_postgresql, ledger)


def test_a_frozen_database_would_make_a_service_without_patience_wait(
    on_postgresql: Killable, proxy: Proxy
) -> None:
    on_postgresql.prepare = wait_for_ever

    with pytest.raises((AssertionError, httpx.TimeoutException)):
        say_nothing(on_postgresql, proxy.swallowing())


def test_connections_that_are_cut_are_made_again_and_nothing_is_lost(
    on_postgresql: Killable, proxy: Proxy
) -> None:
    with under_load(on_postgresql) as ledger:
        for _ in range(5):
            before = len(ledger.acknowledged)
            proxy.cut()
            wait_for(lambda before=before: len(ledger.acknowledged) > before)  # type: ignore[misc]  # bound now

    replayed(on_postgresql, ledger)


def test_a_slow_database_is_waited_for(on_postgresql: Killable, proxy: Proxy) -> None:
    with under_load(on_postgresql) as ledger, proxy.slow(seconds=0.05):
        before = len(ledger.acknowledged)
        wait_for(lambda: len(ledger.acknowledged) > before + 5)

    assert ledger.refused == 0


@contextmanager
def locked(file: Path, how: str) -> Iterator[None]:
    """Hold a SQLite database from another process' connection."""
    with closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as other:
        other.execute("PRAGMA locking_mode=NORMAL")
        other.execute(f"BEGIN {how}")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


def test_a_sqlite_file_that_is_locked_for_long_is_told_in_time_and_readers_read_on(
    on_sqlite: Killable,
) -> None:
    with under_load(on_sqlite) as ledger:
        with locked(on_sqlite.folder / "ras.db", "IMMEDIATE"):
            wait_for(lambda: ledger.refused > 0)
            with on_sqlite.client() as client, ThreadPoolExecutor(CALLERS) as callers:
                told = [callers.submit(_seconds_until_refused, client, n) for n in range(CALLERS)]
                # A read of somebody's record is not answered unless it can be written down.
                told.append(callers.submit(_seconds_until_told, client, "/v1/people"))
                for path in ("/readyz", "/v1/me", "/local-offer/v1/policy"):
                    assert client.get(path, timeout=SOON_SECONDS / 2).status_code == httpx.codes.OK
                assert max(each.result() for each in told) < SOON_SECONDS
        before = len(ledger.acknowledged)
        wait_for(lambda: len(ledger.acknowledged) > before)

    replayed(on_sqlite, ledger)


def _seconds_until_refused(client: httpx.Client, number: int) -> float:
    child = {"reference": f"LOCKED-{number}", "born_on": "2015-06-14", "team": "north"}
    asked = time.monotonic()
    answer = client.post("/v1/people", json=child, timeout=3 * SOON_SECONDS)
    assert (answer.status_code, answer.json()["code"]) == (503, "database-unavailable")
    return time.monotonic() - asked
