"""`ras move`: an installation moves from SQLite to PostgreSQL whole, and answers as before, or not at all."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from httpx2 import Response
from typer.testing import CliRunner

from app import move as moving
from app.audit import export
from app.cli import cli
from app.contents import TABLES, Content, content_of, faults_of_log
from app.db import Database
from app.demonstration.load import STAFF, load_demonstration
from app.ids import new_id
from app.migration import migrate, migrate_down
from app.move import Moved, MoveFailed, move
from tests.app.journey import NO_SECRET, Story
from tests.app.service import NOW, Ids, Person, Service, good, new_service, template_of
from tests.app.test_migrations import VERSIONS
from tests.postgres import drop_database, new_database

KEY = Ed25519PrivateKey.generate()
AT = datetime(2026, 11, 27, tzinfo=UTC)
CASELOAD = 111
CHILD = {"reference": "EX-7777", "born_on": "2015-06-14", "team": "north"}


@pytest.fixture(scope="module")
def asked(sqlite_story: Story) -> list[dict[str, Any]]:
    """Every question that is asked in the story."""
    requests = [json.loads(json.dumps(exchange["request"])) for exchange in sqlite_story.heard.values()]
    asked = [request for request in requests if request["method"] == "GET"]
    # A checkpoint is over what was drawn as well, so it is another on each after the first question.
    asked = [each for each in asked if each["path"] != "/v1/audit/checkpoint"]
    for each in asked:  # what is in the address is no query
        each["parameters"] = {n: v for n, v in each["parameters"].items() if str(v) not in each["path"]}
    return asked


@pytest.fixture
def source(story_copy: Story) -> str:
    """The SQLite database after the whole story."""
    return story_copy.url


@pytest.fixture
def target(postgres: str) -> Iterator[str]:
    """An empty database on PostgreSQL."""
    url = new_database(postgres)
    yield url
    drop_database(postgres, url)


def moved(source: str, target: str) -> Moved:
    with closing(Database(source)) as one, closing(Database(target)) as other:
        return move(one, other, at=AT, key=KEY)


def contents(url: str) -> dict[str, Content]:
    with closing(Database(url)) as database, database.read() as session:
        return {table.name: content_of(session, table) for table in TABLES}


def fingerprint(url: str) -> str:
    return sha256(Path(sa.make_url(url).database or "").read_bytes()).hexdigest()


def is_as_migrated(url: str) -> bool:
    """Whether a database holds nothing of anybody: at most the tables, as a migration leaves them."""
    with closing(Database(url)) as database:
        with database.reading.connect() as connection:
            if not sa.inspect(connection).get_table_names():
                return True
        with database.read() as session:
            rows = {table.name: content_of(session, table).rows for table in TABLES}
    return {name for name, count in rows.items() if count} == {"event_head"}


def execute(url: str, *statements: str) -> None:
    with closing(Database(url)) as database, database.writing.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def said(answer: Response) -> tuple[int, bytes, str | None]:
    return answer.status_code, answer.content, answer.headers.get("ETag")


def answers(service: Service, asked: list[dict[str, Any]]) -> dict[tuple[str, str], Any]:
    """What each of the staff, and somebody without a token, is answered to each question."""
    everyone = {"": service.public, **{who: service.acting_as(who) for who in STAFF}}
    return {
        (each["path"], subject): said(who.get(each["path"], params=each["parameters"]))
        for each in asked
        for subject, who in everyone.items()
    }


def test_after_the_move_the_same_questions_have_the_same_answers(
    asked: list[dict[str, Any]], source: str, target: str, tmp_path: Path
) -> None:
    there, file = contents(source), fingerprint(source)
    assert all(content.rows for content in there.values()), "every table has rows"

    done = moved(source, target)

    assert done.rows == {name: content.rows for name, content in there.items()}
    assert contents(target) == there == contents(source)
    assert fingerprint(source) == file
    # Asking is written down, so each is asked from the same state, and gives its entries the same keys.
    with new_service(source, tmp_path, ids=Ids(count=10_000)) as service:
        before = answers(service, asked)
    with new_service(target, tmp_path, ids=Ids(count=10_000)) as service:
        assert answers(service, asked) == before
    answered = {path for (path, _), (status, *_) in before.items() if status == HTTPStatus.OK}
    no_longer = {each["path"] for each in asked} - answered
    assert all(NO_SECRET in path or path.endswith("/findings") for path in no_longer), no_longer


def test_a_caseload_moves_and_goes_on_where_it_was(target: str, tmp_path: Path) -> None:
    source = f"sqlite:///{tmp_path / 'ras.db'}"
    with closing(Database(source)) as database:
        migrate(database)
        load_demonstration(database, now=NOW, make_id=new_id, size=CASELOAD)
    key = {"Idempotency-Key": "once"}
    with new_service(source, tmp_path) as service:
        first = service.assessor.post("/v1/people", CHILD, headers=key)
        assert first.status_code == 201
        before = _whole_lists(service)

    assert moved(source, target).rows["person"] == CASELOAD + 1

    with new_service(target, tmp_path) as service:
        assert _whole_lists(service) == before
        again = service.assessor.post("/v1/people", CHILD, headers=key)
        assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
        service.clock.now += timedelta(minutes=1)
        good(service.assessor.post("/v1/people", {**CHILD, "reference": "EX-8888"}))
        newest = good(service.acting_as("demo-auditor").get("/v1/events", params={"limit": 100}))
        assert newest["items"]
    with closing(Database(target)) as database, database.read() as session:
        checkpoint = export.checkpoint(session, at=AT, key=KEY)
        assert list(faults_of_log(session, checkpoint)) == []


def _whole_lists(service: Service) -> list[Any]:
    """Every child that some of the staff see, with budget, plans, assessments and acts, page by page."""
    found: list[Any] = []
    for subject in ("demo-assessor", "demo-assessor-south", "demo-finance"):
        who = service.acting_as(subject)
        for path in ("/v1/people", "/v1/plans", "/v1/assessments", "/v1/decisions", "/v1/events"):
            pages = list(_pages(who, path))
            found += map(said, pages)
            if path == "/v1/people":
                seen = [item["id"] for page in pages if page.is_success for item in page.json()["items"]]
                found += [said(who.get(f"/v1/budgets/{person_id}")) for person_id in seen]
    return found


def _pages(who: Person, path: str) -> Iterator[Response]:
    more: dict[str, Any] | None = {}
    while more is not None:
        page = who.get(path, params=more)
        yield page
        cursor = page.json().get("next_cursor")
        more = {"cursor": cursor} if cursor else None


CATALOGUE = {
    "triggers": "SELECT tgname, tgrelid::regclass::text, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger "
    "WHERE NOT tgisinternal",
    "foreign keys and checks": "SELECT conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint",
    "internal triggers": "SELECT tgrelid::regclass::text, tgfoid::regproc::text, tgenabled FROM pg_trigger "
    "WHERE tgisinternal",
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
    "rights": "SELECT relname, relacl::text, relrowsecurity FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')",
    "settings": "SELECT setconfig::text FROM pg_db_role_setting WHERE setdatabase = "
    "(SELECT oid FROM pg_database WHERE datname = current_database())",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}


def catalogue(url: str) -> dict[str, list[Any]]:
    with closing(Database(url)) as database, database.reading.connect() as connection:
        return {
            what: sorted(map(repr, connection.exec_driver_sql(question)))
            for what, question in CATALOGUE.items()
        }


def test_triggers_views_and_rights_are_as_after_a_migration(source: str, target: str, postgres: str) -> None:
    plain = new_database(postgres)
    with closing(Database(plain)) as database:
        migrate(database)
    moved(source, target)

    assert catalogue(target) == catalogue(plain)
    assert all(catalogue(plain)[what] for what in ("triggers", "views", "functions"))
    with closing(Database(target)) as database, database.reading.connect() as connection:
        assert sa.inspect(connection).get_sequence_names() == [], "the move would have to advance it"
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        execute(target, "DELETE FROM decision")


def test_a_right_given_before_the_move_is_there_after_it(source: str, target: str) -> None:
    with closing(Database(target)) as database:
        migrate(database)
    execute(target, "GRANT SELECT ON local_offer_policy TO PUBLIC")
    before = catalogue(target)

    moved(source, target)

    assert catalogue(target) == before
    assert contents(target) == contents(source)


Put = Callable[[Any, sa.Table, list[dict[str, Any]]], None]


def changed_on_the_way(put: Put) -> Put:
    def changing(session: Any, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        put(session, table, [{**row, "salt": "0" * 32} if "salt" in row else row for row in rows])

    return changing


def lost_on_the_way(put: Put) -> Put:
    return lambda session, table, rows: put(session, table, rows[:-1] if table.name == "words" else rows)


def sent_twice(put: Put) -> Put:
    def twice(session: Any, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        put(session, table, rows)
        if table.name == "words":
            put(session, table, rows)

    return twice


def without_fractions_of_a_second(put: Put) -> Put:
    def coarse(value: Any) -> Any:
        return value - timedelta(microseconds=1) if isinstance(value, datetime) else value

    def rounding(session: Any, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        put(session, table, [{name: coarse(value) for name, value in row.items()} for row in rows])

    return rounding


ON_THE_WAY: dict[Callable[[Put], Put], str] = {
    changed_on_the_way: "holds something else",
    lost_on_the_way: r"words has \d+ rows and not \d+",
    sent_twice: "does not take a row of words .UniqueViolation",
    without_fractions_of_a_second: "person holds something else",
}


@pytest.mark.parametrize("damage", ON_THE_WAY)
def test_what_is_damaged_on_the_way_is_not_kept(
    source: str, target: str, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Put], Put]
) -> None:
    before = fingerprint(source)
    monkeypatch.setattr(moving, "_put", damage(moving._put))  # noqa: SLF001  what is broken is inside

    with pytest.raises(MoveFailed, match=ON_THE_WAY[damage]):
        moved(source, target)

    assert is_as_migrated(target)
    assert fingerprint(source) == before
    monkeypatch.undo()
    moved(source, target)
    assert contents(target) == contents(source)


CHANGES_WORDS = (
    "CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN NEW.content := upper(NEW.content); RETURN NEW; END $$",
    "CREATE TRIGGER change BEFORE INSERT ON words FOR EACH ROW EXECUTE FUNCTION change()",
)


IN_A_FRACTION = (
    "INSERT INTO person (id, reference, written_by, written_at) "
    "VALUES ('0197a0000000700080000000000000ff', 'EX-0.5', 'somebody', '2026-11-23 10:00:00.500000')"
)


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        (["ALTER TABLE person ALTER written_at TYPE timestamptz(0)"], "person holds something else"),
        (["ALTER TABLE words ALTER content TYPE varchar(3)"], "a row of words .StringDataRightTruncation"),
        (CHANGES_WORDS, "words holds something else"),
        (["CREATE TABLE somebody_elses (id int)"], "not of this version: somebody_elses"),
        (["DROP TABLE calendar_revocation"], "not of this version: calendar_revocation"),
        (["UPDATE event_head SET sequence = 7"], "not empty: there are rows in event_head"),
    ],
)
def test_a_target_that_would_hold_it_otherwise_gets_nothing(
    source: str, target: str, statements: tuple[str, ...], message: str
) -> None:
    execute(source, IN_A_FRACTION)
    before = fingerprint(source)
    with closing(Database(target)) as database:
        migrate(database)
    execute(target, *statements)

    with pytest.raises(MoveFailed, match=message):
        moved(source, target)

    with closing(Database(target)) as database, database.reading.connect() as connection:
        for table in set(sa.inspect(connection).get_table_names()) - {"event_head", "alembic_version"}:
            assert not connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table)))
    assert fingerprint(source) == before


@pytest.mark.parametrize(
    ("revision", "subject"), [(2**40, "a number too large"), (1, "a text that PostgreSQL cannot hold \0")]
)
def test_what_postgresql_cannot_hold_is_refused_without_a_word_of_it(
    source: str, target: str, revision: int, subject: str
) -> None:
    with closing(Database(source)) as database, database.writing.begin() as connection:
        statement = (
            "INSERT INTO staff VALUES (?, ?, ?, 'finance', NULL, 1, 'somebody', '2026-11-23 10:00:00')"
        )
        connection.exec_driver_sql(statement, ("0197a0000000700080000000000000ff", subject, revision))

    with pytest.raises(MoveFailed, match=r"^PostgreSQL does not take a row of staff \(\w+\)\.$"):
        moved(source, target)

    assert is_as_migrated(target)


def test_a_source_in_use_is_refused_and_one_being_moved_cannot_be_written(
    source: str, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_service(source, tmp_path) as service:
        assert service.public.get("/readyz").status_code == 200
        with pytest.raises(MoveFailed, match=r"locked\. Stop whatever uses it"):
            moved(source, target)
        assert service.assessor.post("/v1/people", CHILD).status_code == 201

    seen: list[Response] = []
    put = moving._put  # noqa: SLF001

    def looking(session: Any, table: sa.Table, rows: list[dict[str, Any]]) -> None:
        if not seen:
            with new_service(source, tmp_path, busy_seconds=0.1) as service:
                seen.append(service.assessor.post("/v1/people", {**CHILD, "reference": "EX-8888"}))
        put(session, table, rows)

    monkeypatch.setattr(moving, "_put", looking)
    moved(source, target)

    assert (seen[0].status_code, seen[0].json()["code"]) == (503, "database-unavailable")
    assert contents(target) == contents(source)


def test_only_a_whole_source_of_this_version_moves(source: str, target: str, tmp_path: Path) -> None:
    older = f"sqlite:///{tmp_path / 'older.db'}"
    with closing(Database(older)) as database:
        migrate(database, VERSIONS[-2])
    with pytest.raises(MoveFailed, match="another version: run `ras migrate`"):
        moved(older, target)
    with pytest.raises(MoveFailed, match="there is no database"):
        moved(f"sqlite:///{tmp_path / 'none.db'}", target)
    with pytest.raises(MoveFailed, match="Only from SQLite to PostgreSQL"):
        moved(source, older)
    file = tmp_path / "rubbish.db"
    file.write_bytes(b"rubbish" * 1000)
    with pytest.raises(MoveFailed, match="not a database"):
        moved(f"sqlite:///{file}", target)
    execute(
        source,
        "DROP TRIGGER audit_entry_refuses_update",
        "UPDATE audit_entry SET actor = 'x' WHERE act = 'assessed'",
    )
    with pytest.raises(
        MoveFailed, match=r"audit log of the SQLite database was changed: .*not what was hashed"
    ):
        moved(source, target)

    assert is_as_migrated(target)


def test_only_an_empty_target_of_this_version_is_moved_into(source: str, target: str, postgres: str) -> None:
    template_of(target)
    before = contents(target)
    with pytest.raises(MoveFailed, match="not empty: there are rows in"):
        moved(source, target)
    assert contents(target) == before

    other = new_database(postgres)
    execute(other, "CREATE TABLE somebody_elses (id int)")
    with pytest.raises(MoveFailed, match="something else, or of another version"):
        moved(source, other)
    older = new_database(postgres)
    with closing(Database(older)) as database:
        migrate(database)
        migrate_down(database, VERSIONS[-2])
    with pytest.raises(MoveFailed, match="something else, or of another version"):
        moved(source, older)


KILLED = """
import os, signal, sys
from app import move
from app.audit import export
from app.cli import cli

put, seen = move._put, 0

def kill(session, table, rows):
    global seen
    seen += 1
    if seen == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
    put(session, table, rows)

move._put = kill
cli(["move"])
"""


@pytest.mark.parametrize("at", [1, 12, 24])
def test_a_move_that_is_killed_leaves_nothing_and_can_be_done_again(
    source: str, target: str, tmp_path: Path, at: int
) -> None:
    before = fingerprint(source)
    environment = {**os.environ, "RAS_DATA_DIR": str(tmp_path), "RAS_DATABASE_URL": target}
    run = subprocess.run(  # noqa: S603  our own few lines
        [sys.executable, "-c", KILLED, str(at)], check=False, capture_output=True, env=environment
    )
    assert run.returncode == -SIGKILL, run.stderr

    assert is_as_migrated(target)
    assert fingerprint(source) == before
    moved(source, target)
    assert contents(target) == contents(source)


def test_the_command_moves_and_says_what_to_do_then(
    source: str, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("RAS_DATABASE_URL", target)
    rows = sum(content.rows for content in contents(source).values())

    def ras(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli, [*arguments])
        return done.exit_code, done.output.replace("\n", " ")

    assert ras("move", "--from", str(tmp_path / "none.db"))[0] == 1
    code, told = ras("move")
    assert code == 0, told
    assert f"{rows:,} rows and" in told
    assert "put" in told
    code, told = ras("move")
    assert (code, "not empty" in told) == (1, True)
