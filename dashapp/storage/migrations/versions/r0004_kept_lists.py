"""Lists of values that queries refer to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "kept_list",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("held", sa.Text, nullable=False),
        sa.Column("keeper_id", sa.String(36), nullable=False),
        sa.Column("kept", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kept_list"),
    )
    op.create_index("ix_kept_list_keeper_id", "kept_list", ["keeper_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("kept_list")
