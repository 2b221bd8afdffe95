"""What is held about a person: in which tables, and which of their rows.

It follows from the tables themselves: a table is about a person if it names one, or if it belongs to a row
that does. So a table that is added later is found, or a test fails until somebody says it is about nobody.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, Table, select

from app.columns import Row
from app.person.service import chain_of

ABOUT_NOBODY = frozenset(
    {
        *("policy", "policy_revision", "policy_event", "policy_answer", "staff"),
        *("calendar", "calendar_revocation", "audit_head", "event_head"),
    }
)
"""Tables that hold nothing about a child or young person."""


def held_about(person_id: UUID) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Each table that holds something about people, and which of its rows are about one person.

    Whatever a row belongs to comes before it.
    """
    found: dict[str, ColumnElement[bool]] = {}
    for table in Row.metadata.sorted_tables:
        condition = _about(table, person_id, found)
        if condition is not None:
            found[table.name] = condition
            yield table, condition


def _about(
    table: Table, person_id: UUID, found: dict[str, ColumnElement[bool]]
) -> ColumnElement[bool] | None:
    if table.name == "person":
        return table.c.id == person_id
    if table.name == "audit_entry":
        return table.c.chain == chain_of(person_id)
    if "person_id" in table.c:
        return table.c.person_id == person_id
    for key in table.foreign_keys:
        parent = key.column.table
        if parent.name in found:
            return key.parent.in_(select(key.column).where(found[parent.name]))
    return None
