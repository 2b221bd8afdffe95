"""Reviews, when the next is due, and calendars of them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("review", "review_due", "calendar", "calendar_revocation")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("with_ehc_review", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("notes_commitment", sa.String(), nullable=True),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("person_id", "number", name=op.f("uq_review_person_id_number")),
    )
    op.create_table(
        "review_due",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("limit_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("hold_by", sa.Date(), nullable=False),
        sa.Column("with_ehc_review", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_due_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_review_due")),
    )
    op.create_index("ix_review_due_hold_by_person_id", "review_due", ["hold_by", "person_id"], unique=False)
    op.create_index(
        "ix_review_due_team_hold_by_person_id", "review_due", ["team", "hold_by", "person_id"], unique=False
    )
    op.create_table(
        "calendar",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("secret_sha256", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_calendar_secret_sha256")),
    )
    op.create_table(
        "calendar_revocation",
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendar.id"], name=op.f("fk_calendar_revocation_calendar_id")
        ),
        sa.PrimaryKeyConstraint("calendar_id", name=op.f("pk_calendar_revocation")),
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
