"""Only waiting for a database uses patience up. What happens to a service whose database says nothing is in
tests/faults."""

import asyncio
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from app.db import Database
from tests.postgres import drop_database, new_database

SECONDS = 0.5


@pytest.fixture
def database(postgres: str) -> Iterator[Database]:
    """An empty database, which is waited for no longer than `SECONDS`."""
    url = new_database(postgres)
    opened = Database(url, busy_seconds=SECONDS)
    yield opened
    opened.close()
    drop_database(postgres, url)


def ask(database: Database, *questions: str, works_for: float = 0) -> list[object]:
    """Ask a database as one request, which has work of its own between one question and the next."""

    def at_work() -> list[object]:
        answers = []
        with database.reading.connect() as connection:
            for question in questions:
                answers.append(connection.scalar(sa.text(question)))
                time.sleep(works_for)
        return answers

    async def in_turn() -> list[object]:
        async with database.turn("somebody", to_write=False):
            return at_work()

    return asyncio.run(in_turn())


def test_what_a_request_works_out_by_itself_costs_no_patience(database: Database) -> None:
    answers = ask(database, "SELECT 1", "SELECT 2 FROM pg_sleep(0.1)", works_for=2 * SECONDS)

    assert answers == [1, 2]


def test_patience_ends_while_the_database_says_nothing(database: Database) -> None:
    with pytest.raises(sa.exc.OperationalError, match="the server says nothing"):
        ask(database, "SELECT pg_sleep(60)")
