"""The order in which acts were committed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("event_head", "event")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "event_head",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_event_head")),
    )
    op.create_table(
        "event",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_event_person_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_event_entry_id")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_event")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_event_entry_id")),
    )
    # What was done before stands in the feed first, in the order in which it was written down: by its moment,
    # and never before the entry that it follows in its chain, be they of one moment or of a clock set back.
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    person = "replace(substr(chain, 8), '-', '')" if is_sqlite else "CAST(substr(chain, 8) AS uuid)"
    op.execute(
        "INSERT INTO event (sequence, entry_id, person_id) "  # noqa: S608  it is above
        "SELECT row_number() OVER (ORDER BY not_before, sequence, id), id, "
        f"CASE WHEN chain LIKE 'person:%' THEN {person} END "
        "FROM (SELECT id, chain, sequence, max(at) OVER (PARTITION BY chain ORDER BY sequence) AS not_before "
        "FROM audit_entry) AS kept"
    )
    op.execute("INSERT INTO event_head (name, sequence) SELECT 'event', count(*) FROM event")


def downgrade() -> None:
    """Drop them: the audit log itself stays."""
    for table in reversed(TABLES):
        op.drop_table(table)
