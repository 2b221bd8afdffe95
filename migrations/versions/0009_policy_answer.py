"""Written answers to what the checker finds in a policy. They cannot be changed or deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLE = "policy_answer"

SQLITE = """
CREATE TRIGGER policy_answer_refuses_{verb} BEFORE {verb} ON policy_answer
BEGIN SELECT RAISE(ABORT, 'policy_answer is append-only'); END
"""
SQLITE_REPLACE = """
CREATE TRIGGER policy_answer_refuses_replace BEFORE INSERT ON policy_answer
WHEN EXISTS (SELECT 1 FROM policy_answer WHERE rowid = NEW.rowid OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'policy_answer is append-only'); END
"""
"""`INSERT OR REPLACE` deletes what is in its way without a word to the triggers on DELETE."""
POSTGRESQL = """
CREATE TRIGGER policy_answer_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON policy_answer
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    """Make the table and the triggers that refuse change."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_policy_answer_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_answer")),
    )
    op.create_index(op.f("ix_policy_answer_policy_id"), TABLE, ["policy_id"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(SQLITE.format(verb=verb))
        op.execute(SQLITE_REPLACE)
    else:
        op.execute(POSTGRESQL)


def downgrade() -> None:
    """Drop the table, if nothing is in it: its triggers go with it."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM policy_answer")):
        raise RuntimeError("policy_answer holds rows: a downgrade would lose them")
    op.drop_table(TABLE)
