"""A 2xx means committed: the commit is done before the answer leaves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from httpx2 import Response as Answer
from starlette.background import BackgroundTask
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import edge
from app.idempotency import Key
from app.work import Work
from tests.app.service import Person, Service

CHILD = {"reference": "EX-0001", "born_on": "2015-06-14", "team": "north"}


def everyone(connection: sa.Connection) -> list[str]:
    """The references of everyone who is on disk for this connection."""
    return list(connection.scalars(sa.text("SELECT reference FROM person")))


@contextmanager
def second_connection(service: Service) -> Iterator[sa.Connection]:
    """A connection that has nothing to do with the service's own."""
    engine = sa.create_engine(service.database.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection


class Watched:
    """The application, with a look at the database at the moment an answer's first byte leaves."""

    def __init__(self, app: ASGIApp, look: Callable[[], list[str]]) -> None:
        self._app, self._look = app, look
        self.seen: list[list[str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def watching(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.seen.append(self._look())
            await send(message)

        await self._app(scope, receive, watching)


def add_child_and_look(service: Service, **headers: str) -> tuple[Answer, list[str]]:
    """Add a child; give the answer, and who was on disk for a stranger as it began to leave."""

    def look() -> list[str]:
        with second_connection(service) as connection:
            return everyone(connection)

    watched = Watched(service.app, look)
    assessor = Person(TestClient(watched, raise_server_exceptions=False), service.assessor.headers)
    answer = assessor.post("/v1/people", CHILD, headers=headers)
    return answer, watched.seen[-1]


def refuse_unless_committed_first(service: Service, **headers: str) -> None:
    """The check itself, which the last tests of this file show to fail on a broken edge."""
    answer, on_disk = add_child_and_look(service, **headers)

    assert answer.status_code == 201
    assert on_disk == ["EX-0001"], "the answer left before its effect was committed"


def test_the_row_is_there_for_others_when_the_first_byte_of_the_answer_leaves(service: Service) -> None:
    refuse_unless_committed_first(service)


def test_so_it_is_with_an_idempotency_key(service: Service) -> None:
    refuse_unless_committed_first(service, **{"Idempotency-Key": "child-1"})


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "child-1"}])
def test_a_commit_that_fails_is_no_2xx_and_keeps_nothing(service: Service, headers: dict[str, str]) -> None:
    """A foreign key that is checked at the commit and not before makes the commit itself fail."""
    fail_at_commit(service)

    refused = service.assessor.post("/v1/people", CHILD, headers=headers)

    assert refused.status_code == 409
    assert refused.json()["code"] == "conflict"
    with second_connection(service) as connection:
        assert everyone(connection) == []
        assert connection.scalar(sa.text("SELECT count(*) FROM idempotency_key")) == 0
        acts = sa.text("SELECT count(*) FROM audit_entry WHERE act = 'person-added'")
        assert connection.scalar(acts) == 0
    mended(service)
    assert service.assessor.post("/v1/people", CHILD, headers=headers).status_code == 201


def test_a_database_that_goes_away_at_the_commit_is_503_with_a_time_to_come_back(service: Service) -> None:
    def gone(_connection: sa.Connection) -> None:
        raise sa.exc.OperationalError("COMMIT", {}, OSError("no space left on device"))

    sa.event.listen(service.database.writing, "commit", gone)
    refused = service.assessor.post("/v1/people", CHILD)
    sa.event.remove(service.database.writing, "commit", gone)

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert "space" not in refused.text
    with second_connection(service) as connection:
        assert everyone(connection) == []
    assert service.assessor.post("/v1/people", CHILD).status_code == 201


def test_every_connection_flushes_at_its_commit(service: Service) -> None:
    for engine in (service.database.writing, service.database.reading):
        with engine.connect() as connection:
            if service.database.is_sqlite:
                full = 2
                assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == full
                assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
                assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            else:
                for setting in ("synchronous_commit", "fsync", "full_page_writes"):
                    assert connection.exec_driver_sql(f"SHOW {setting}").scalar() == "on"


def test_what_reads_cannot_write(service: Service) -> None:
    """Whatever an operation that only reads tries, its transaction refuses."""
    statement = sa.text("INSERT INTO audit_head (chain, sequence, hash) VALUES ('x', 0, 'x')")
    with service.database.read() as session, pytest.raises(sa.exc.DBAPIError, match=r"read-?only"):
        session.execute(statement)


def test_the_check_sees_an_edge_that_commits_after_the_answer(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a `yield` dependency that commits at its exit does, if it is not told otherwise."""
    commit = edge._commit  # noqa: SLF001  broken here on purpose

    def late(work: Work, key: Key | None, response: Response) -> None:
        response.background = BackgroundTask(commit, work, key, response)

    monkeypatch.setattr(edge, "_commit", late)

    with pytest.raises(AssertionError, match="left before its effect was committed"):
        refuse_unless_committed_first(service)
    with second_connection(service) as connection:
        assert everyone(connection) == ["EX-0001"]


def test_the_check_sees_an_edge_that_never_commits(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgets(work: Work, _key: Key | None, _response: Response) -> None:
        work.session.close()

    monkeypatch.setattr(edge, "_commit", forgets)

    with pytest.raises(AssertionError, match="left before its effect was committed"):
        refuse_unless_committed_first(service)


def fail_at_commit(service: Service) -> None:
    """Let every transaction that adds a person break a foreign key that is checked at its commit."""
    by_row = "FOR EACH ROW EXECUTE FUNCTION break_a_key()"
    body = "INSERT INTO broken_key VALUES ('00000000-0000-0000-0000-000000000000')"
    statements = [
        f"CREATE TABLE broken_key (person_id {'CHAR(32)' if service.database.is_sqlite else 'UUID'}"
        " REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED)"
    ]
    if service.database.is_sqlite:
        statements.append(f"CREATE TRIGGER breaks AFTER INSERT ON person BEGIN {body}; END")
    else:
        function = f"$$ BEGIN {body}; RETURN NULL; END $$"
        statements += [
            f"CREATE FUNCTION break_a_key() RETURNS trigger LANGUAGE plpgsql AS {function}",
            f"CREATE TRIGGER breaks AFTER INSERT ON person {by_row}",
        ]
    with service.database.writing.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def mended(service: Service) -> None:
    """Take the trigger of `fail_at_commit` away, as a stranger: nothing holds the database."""
    of = "" if service.database.is_sqlite else " ON person"
    with second_connection(service) as connection:
        connection.exec_driver_sql(f"DROP TRIGGER breaks{of}")
        connection.commit()
