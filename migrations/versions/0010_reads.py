"""Reads of people's records. They cannot be changed or deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLE = "read_of_person"

SQLITE = """
CREATE TRIGGER read_of_person_refuses_{verb} BEFORE {verb} ON read_of_person
BEGIN SELECT RAISE(ABORT, 'read_of_person is append-only'); END
"""
SQLITE_REPLACE = """
CREATE TRIGGER read_of_person_refuses_replace BEFORE INSERT ON read_of_person
WHEN EXISTS (
    SELECT 1 FROM read_of_person
    WHERE rowid = NEW.rowid OR (entry_id = NEW.entry_id AND person_id = NEW.person_id)
)
BEGIN SELECT RAISE(ABORT, 'read_of_person is append-only'); END
"""
"""`INSERT OR REPLACE` deletes what is in its way without a word to the triggers on DELETE."""
POSTGRESQL = """
CREATE TRIGGER read_of_person_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON read_of_person
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    """Make the table and the triggers that refuse change."""
    op.create_table(
        TABLE,
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=True),
        sa.Column("broke_glass", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_read_of_person_entry_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_read_of_person_person_id")),
        sa.PrimaryKeyConstraint("entry_id", "person_id", name=op.f("pk_read_of_person")),
    )
    op.create_index("ix_read_of_person_person_id", TABLE, ["person_id", "entry_id"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(SQLITE.format(verb=verb))
        op.execute(SQLITE_REPLACE)
    else:
        op.execute(POSTGRESQL)


def downgrade() -> None:
    """Drop the table, if nothing is in it: its triggers go with it."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM read_of_person")):
        raise RuntimeError("read_of_person holds rows: a downgrade would lose them")
    op.drop_table(TABLE)
