"""Bringing a database to this version of the tables, and seeing whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from app.db import Database
from app.errors import NotMigrated


def _scripts() -> Path:
    """The migrations: at the top of a checkout, inside the package once installed."""
    package = Path(__file__).parent
    beside = package.parent / "migrations"
    return beside if (beside / "env.py").exists() else package / "migrations"


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_scripts()).replace("%", "%%"))
    config.attributes["engine"] = database.writing
    return config


def migrate(database: Database, revision: str = "head") -> None:
    """Bring the database's tables up to a revision."""
    if database.is_sqlite and database.url.database:
        file = Path(database.url.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    command.upgrade(_config(database), revision)


def migrate_down(database: Database, revision: str) -> None:
    """Take the database's tables back to an earlier revision."""
    command.downgrade(_config(database), revision)


def is_up_to_date(database: Database) -> None:
    """Let the service work only on tables of its own version.

    Raises:
        NotMigrated: the tables are of another version.
    """
    with database.reading.connect() as connection:
        is_of_this_version(connection)


def is_of_this_version(connection: Connection) -> None:
    """See that the tables a connection reaches are of this version.

    Raises:
        NotMigrated: they are of another.
    """
    here = MigrationContext.configure(connection).get_current_revision()
    if here != ScriptDirectory(_scripts()).get_current_head():
        raise NotMigrated
