"""The view of published policies: all that the public side may read."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the view."""
    op.execute(
        """
        CREATE VIEW local_offer_policy AS
        SELECT revision.sha256, revision.document, revision.valid_from, revision.valid_before
        FROM policy_event AS published
        JOIN policy_revision AS revision ON revision.id = published.revision_id
        WHERE published.kind = 'published'
        AND NOT EXISTS (
            SELECT 1 FROM policy_event AS withdrawn
            WHERE withdrawn.policy_id = published.policy_id AND withdrawn.kind = 'withdrawn'
        )
        """
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP VIEW local_offer_policy")
