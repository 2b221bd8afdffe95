"""The disk full or failing, the database gone: a clear 503, nothing lost, and it recovers (P1, P18)."""

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from tests.app.service import template_of
from tests.conftest import sqlite_copy
from tests.faults.breaking import acknowledge_before_commit
from tests.faults.killable import Killable
from tests.faults.ledger import Ledger
from tests.faults.tracing import NO_FLUSH, processes_of, traced
from tests.faults.writing import writing
from tests.postgres import Server, new_database, stoppable_server

SOON_SECONDS = 5
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def wait_for(what: Callable[[], bool]) -> None:
    last = time.monotonic() + 30
    while not what():
        assert time.monotonic() < last
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
        wait_for(lambda: len(ledger.acknowledged) > before + 10)
    ledger.reconcile()


def fill_the_disk(service: Killable) -> Ledger:
    """Let no file of the service grow for a while."""
    with under_load(service) as ledger:
        assert service.process is not None
        assert service.process.pid is not None
        most = ((service.folder / "ras.db-wal").stat().st_size, resource.RLIM_INFINITY)
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, most)
        wait_for(lambda: ledger.refused > 0)
        with service.client() as client:
            assert client.get("/livez").status_code == httpx.codes.OK
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, UNLIMITED)
    return ledger


def test_a_full_disk_is_told_and_nothing_is_lost(on_sqlite: Killable) -> None:
    ledger = fill_the_disk(on_sqlite)

    assert ledger.refused > 0


def test_on_a_full_disk_a_service_that_breaks_the_promise_is_found(on_sqlite: Killable) -> None:
    on_sqlite.prepare = acknowledge_before_commit

    with pytest.raises(AssertionError):
        fill_the_disk(on_sqlite)


def let_flushes_fail(service: Killable, trace: Path) -> Ledger:
    """Let every flush of the database fail for a while."""
    with under_load(service) as ledger, traced(processes_of(service), NO_FLUSH, into=trace):
        wait_for(lambda: ledger.refused > 0)
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
    on_sqlite.prepare = acknowledge_before_commit

    with pytest.raises(AssertionError):
        let_flushes_fail(on_sqlite, tmp_path / "trace")


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
