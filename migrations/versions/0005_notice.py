"""Notices and reconsiderations, and what happened to them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("notice", "notice_event", "reconsideration", "reconsideration_event")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("policy_revision_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_notice_decision_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.ForeignKeyConstraint(
            ["policy_revision_id"], ["policy_revision.id"], name=op.f("fk_notice_policy_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("decision_id", "number", name=op.f("uq_notice_decision_id_number")),
    )
    op.create_index(op.f("ix_notice_person_id"), "notice", ["person_id"], unique=False)
    op.create_table(
        "notice_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reasons_commitment", sa.String(), nullable=True),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_event_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_event")),
        sa.UniqueConstraint("notice_id", "sequence", name=op.f("uq_notice_event_notice_id_sequence")),
    )
    op.create_table(
        "reconsideration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("policy_revision_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("representations_commitment", sa.String(), nullable=True),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_reconsideration_decision_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reconsideration_person_id")),
        sa.ForeignKeyConstraint(
            ["policy_revision_id"], ["policy_revision.id"], name=op.f("fk_reconsideration_policy_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconsideration")),
        sa.UniqueConstraint("decision_id", "number", name=op.f("uq_reconsideration_decision_id_number")),
    )
    op.create_index(op.f("ix_reconsideration_person_id"), "reconsideration", ["person_id"], unique=False)
    op.create_table(
        "reconsideration_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reconsideration_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reasons_commitment", sa.String(), nullable=True),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reconsideration_id"],
            ["reconsideration.id"],
            name=op.f("fk_reconsideration_event_reconsideration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconsideration_event")),
        sa.UniqueConstraint(
            "reconsideration_id",
            "sequence",
            name=op.f("uq_reconsideration_event_reconsideration_id_sequence"),
        ),
    )


def downgrade() -> None:
    """Drop them, empty ones only."""
    _refuse_to_lose(TABLES)
    for table in reversed(TABLES):
        op.drop_table(table)


def _refuse_to_lose(tables: tuple[str, ...]) -> None:
    """Let no row be dropped with its table: whoever goes back takes the rows out to a safe place first."""
    for table in tables:
        if op.get_bind().scalar(sa.text(f"SELECT count(*) FROM {table}")):  # noqa: S608  names are above
            raise RuntimeError(f"{table} holds rows: a downgrade would lose them")
