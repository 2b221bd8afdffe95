"""What is in the tables, for tests that say what is kept and what is not."""

import sqlalchemy as sa

from app.columns import Row
from tests.app.service import Service


def row_counts(service: Service) -> dict[str, int]:
    """How many rows each table has."""
    with service.database.read() as session:
        return {
            table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in Row.metadata.sorted_tables
        }


def everything(service: Service, *names: str) -> str:
    """All that is in some tables, or in every table, as text to search."""
    with service.database.read() as session:
        return "\n".join(
            repr(tuple(row))
            for table in Row.metadata.sorted_tables
            if not names or table.name in names
            for row in session.execute(sa.select(table))
        )
