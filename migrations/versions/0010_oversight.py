"""Reads of people's records, and glass that auditors broke. They cannot be changed or deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = {
    "read_of_person": "entry_id = NEW.entry_id AND person_id = NEW.person_id",
    "broken_glass": "id = NEW.id",
}
"""Each table, and when a row of it is there already."""

SQLITE = """
CREATE TRIGGER {table}_refuses_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
SQLITE_REPLACE = """
CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE rowid = NEW.rowid OR ({same}))
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
"""`INSERT OR REPLACE` deletes what is in its way without a word to the triggers on DELETE."""
POSTGRESQL = """
CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    """Make the tables and the triggers that refuse change."""
    op.create_table(
        "read_of_person",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=True),
        sa.Column("broke_glass", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_read_of_person_entry_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_read_of_person_person_id")),
        sa.PrimaryKeyConstraint("entry_id", "person_id", name=op.f("pk_read_of_person")),
    )
    op.create_index("ix_read_of_person_person_id", "read_of_person", ["person_id", "entry_id"])
    op.create_table(
        "broken_glass",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason_commitment", sa.String(), nullable=True),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_broken_glass_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broken_glass")),
    )
    op.create_index(op.f("ix_broken_glass_person_id"), "broken_glass", ["person_id"])
    for table, same in TABLES.items():
        if op.get_bind().dialect.name == "sqlite":
            for verb in ("update", "delete"):
                op.execute(SQLITE.format(table=table, verb=verb))
            op.execute(SQLITE_REPLACE.format(table=table, same=same))
        else:
            op.execute(POSTGRESQL.format(table=table))


def downgrade() -> None:
    """Drop the tables, if nothing is in them: their triggers go with them."""
    for table in TABLES:
        if op.get_bind().scalar(sa.text(f"SELECT count(*) FROM {table}")):  # noqa: S608  it is above
            raise RuntimeError(f"{table} holds rows: a downgrade would lose them")
        op.drop_table(table)
