"""The service writes to no database that would lose what it acknowledges (P1)."""

import time
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from app.db import Database
from app.errors import NotDurable
from tests.app.service import new_service, template_of
from tests.faults.killable import Killable
from tests.postgres import new_database, stoppable_server


def test_a_database_that_flushes_is_written_to(database_url: str) -> None:
    database = Database(database_url)
    database.refuse_to_lose()
    database.close()


def test_sqlite_where_it_cannot_keep_a_log_is_refused(tmp_path: Path) -> None:
    """As on a file system that cannot share memory, which this way of locking does without."""
    with pytest.raises(NotDurable, match="journal_mode is delete"):
        Database(f"sqlite:///file:{tmp_path / 'ras.db'}?vfs=unix-dotfile&uri=true").refuse_to_lose()


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_postgresql_that_does_not_flush_is_refused_at_the_start_and_later(
    tmp_path: Path, setting: str
) -> None:
    with stoppable_server() as server:
        url = new_database(server.url)
        template_of(url)
        with new_service(url, tmp_path) as running:
            _tell(url, f"ALTER SYSTEM SET {setting} = off")
            _tell(url, "SELECT pg_reload_conf()")
            time.sleep(0.5)  # it reads its settings when it comes to it
            answer = running.assessor.post(
                "/v1/people", {"reference": "EX-1", "born_on": "2015-06-14", "team": "north"}
            )
            assert (answer.status_code, answer.json()["code"]) == (503, "not-durable")
            assert running.public.get("/livez").status_code == httpx.codes.OK

        with pytest.raises(AssertionError, match="it did not start: 1"):
            Killable(url, tmp_path).start()


def _tell(url: str, statement: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
