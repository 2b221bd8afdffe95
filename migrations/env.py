"""Runs migrations on the engine that the service, or the tests, hand over.

All that are due are one transaction, also on SQLite: they are done or they are not, and whoever else
migrates at that moment waits and then finds them done.
"""

from alembic import context
from sqlalchemy import Engine

engine: Engine = context.config.attributes["engine"]
metadata = context.config.attributes.get("metadata")

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            # SQLite locks when a transaction begins. Never wait long for a table in use.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7727320260)")
            connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
            # A large table takes its time: the limits of requests are not a migration's.
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        context.run_migrations()
