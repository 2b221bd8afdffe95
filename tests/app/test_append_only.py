"""What was written down is not changed or deleted, whatever sends the SQL."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.assessment.tables import AssessmentRow
from app.columns import Row
from tests.app.service import Service

APPEND_ONLY = {
    *("calendar", "calendar_revocation", "component_agreement", "decision", "event", "finding"),
    *("notice", "notice_event", "proposal", "reconsideration", "reconsideration_event", "review", "share"),
    "assessment",
    "audit_entry",
    "broken_glass",
    *("legal_hold", "erasure"),
    "budget_request",
    "person",
    "person_revision",
    "plan",
    "plan_version",
    "policy",
    "policy_answer",
    "policy_event",
    "policy_revision",
    "read_of_person",
    "request_outcome",
    "staff",
}
MAY_CHANGE = {
    "audit_content": "erasable",
    "audit_head": "follows its chain",
    "event_head": "counts the events",
    "review_due": "worked out again from the records",
    "idempotency_key": "kept for a time",
    "monitoring": "the family's to change or take back",
    "words": "erasable",
}


def test_every_table_is_either_append_only_or_said_to_change() -> None:
    assert set(Row.metadata.tables) == APPEND_ONLY | set(MAY_CHANGE)


def test_no_update_and_no_delete_is_let_through_on_any_of_them(told: Service) -> None:
    with told.database.writing.connect() as connection:
        for name in sorted(APPEND_ONLY):
            table = Row.metadata.tables[name]
            before = _content(connection, table)
            assert before, f"{name} is empty: this would show nothing"
            column = next(iter(table.primary_key))
            for statement in (
                sa.update(table).values({column.name: column}),  # not even to what it was
                sa.delete(table),
                sa.delete(table).where(column == _first(connection, column)),
            ):
                with pytest.raises(sa.exc.DBAPIError, match=f"{name} is append-only"):
                    connection.execute(statement)
                connection.rollback()
            assert _content(connection, table) == before


def test_nor_is_one_truncated(told: Service) -> None:
    if told.database.is_sqlite:
        return  # SQLite has no TRUNCATE: a DELETE of everything is refused above
    with told.database.writing.connect() as connection:
        for name in sorted(APPEND_ONLY):
            with pytest.raises(sa.exc.DBAPIError, match="is append-only"):
                connection.exec_driver_sql(f"TRUNCATE {name} CASCADE")
            connection.rollback()


ADD_AGAIN = "INSERT INTO person SELECT id, reference || 'X', written_by, written_at FROM person WHERE true "
REPLACING = {
    "postgresql": [f"{ADD_AGAIN} ON CONFLICT (id) DO UPDATE SET reference = 'X'"],
    "sqlite": [
        f"{ADD_AGAIN} ON CONFLICT (id) DO UPDATE SET reference = 'X'",
        "INSERT OR REPLACE INTO person SELECT id, 'X', written_by, written_at FROM person",
        "REPLACE INTO person SELECT 'ab', reference, 'X', written_at FROM person",
        "REPLACE INTO person (rowid, id, reference, written_by, written_at)"
        " SELECT rowid, 'ab', 'X', 'X', written_at FROM person",
    ],
}
"""Changes by another name: by a row's key, by what is unique about it, by its place."""


def test_nor_does_an_insert_replace_a_row(told: Service) -> None:
    with told.database.writing.connect() as connection:
        for statement in REPLACING[told.database.url.get_backend_name()]:
            with pytest.raises(sa.exc.DBAPIError, match="person is append-only"):
                connection.exec_driver_sql(statement)
            connection.rollback()
        assert connection.scalar(sa.text("SELECT reference FROM person ORDER BY id")) == "EX-0001"


def test_nor_does_the_object_mapper_change_one(told: Service) -> None:
    with Session(told.database.writing) as session:
        row = session.scalars(sa.select(AssessmentRow)).first()
        assert row is not None
        row.indicative_annual_pence += 100
        with pytest.raises(sa.exc.DBAPIError, match="assessment is append-only"):
            session.commit()


def test_a_connection_that_is_not_the_services_is_refused_too(told: Service) -> None:
    engine = sa.create_engine(told.database.url, poolclass=sa.NullPool)
    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="staff is append-only"):
        connection.exec_driver_sql("UPDATE staff SET role = 'team-manager', team = 'north'")


@pytest.mark.parametrize("kept", ["assessments", "decisions", "proposals", "findings"])
@pytest.mark.parametrize("verb", ["PUT", "PATCH", "DELETE", "POST"])
def test_no_verb_changes_what_was_kept(told: Service, verb: str, kept: str) -> None:
    listed = told.assessor.get(f"/v1/{kept}").json()["items"][0]
    path = f"/v1/{kept}/{listed['id']}"
    before = told.assessor.get(path)
    for subject in ("demo-assessor", "demo-team-manager", "demo-panel-chair", "demo-auditor"):
        answer = told.acting_as(subject).send(verb, path, json={"agreed_annual_pence": 1})
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "GET"
    assert told.assessor.get(path).content == before.content


def _content(connection: sa.Connection, table: sa.Table) -> list[Any]:
    rows = [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))]
    connection.rollback()
    return rows


def _first(connection: sa.Connection, column: sa.Column[Any]) -> Any:
    value = connection.scalar(sa.select(column).limit(1))
    connection.rollback()
    return value
