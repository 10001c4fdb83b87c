"""Saved queries, how they are tracked, the alerts that raised, and the job runner's sign of life."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _create_queries()
    _create_tracking()


def downgrade() -> None:
    """Drop them."""
    for name in ("job_runner", "query_alert", "query_tracker", "saved_query_default", "saved_query"):
        op.drop_table(name)


def _create_queries() -> None:
    op.create_table(
        "saved_query",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("owner_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("search", sa.Text, nullable=False),
        sa.Column("shared_role", sa.String(2)),
        sa.Column("created", INSTANT, nullable=False),
        sa.Column("updated", INSTANT, nullable=False),
        sa.Column("last_run", INSTANT),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_query"),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name="fk_saved_query_owner_id", ondelete="CASCADE"),
    )
    op.create_index("ix_saved_query_owner_id", "saved_query", ["owner_id"])
    op.create_table(
        "saved_query_default",
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("page", sa.String(40), nullable=False),
        sa.Column("query_id", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "page", name="pk_saved_query_default"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_saved_query_default_user_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["query_id"], ["saved_query.id"], name="fk_saved_query_default_query_id", ondelete="CASCADE"
        ),
    )


def _create_tracking() -> None:
    op.create_table(
        "query_tracker",
        sa.Column("query_id", sa.String(36), nullable=False),
        sa.Column("threshold", sa.Integer),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("next_run", INSTANT, nullable=False),
        sa.Column("lease", sa.String(36), nullable=False),
        sa.Column("leased_until", INSTANT),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("problem", sa.String(300), nullable=False),
        sa.Column("last_run", INSTANT),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("today", sa.BigInteger, nullable=False),
        sa.Column("prior", sa.BigInteger, nullable=False),
        sa.Column("so_far", sa.BigInteger, nullable=False),
        sa.Column("usual", sa.Double),
        sa.PrimaryKeyConstraint("query_id", name="pk_query_tracker"),
        sa.ForeignKeyConstraint(["query_id"], ["saved_query.id"], name="fk_query_tracker_query_id", ondelete="CASCADE"),
    )
    op.create_index("ix_query_tracker_next_run", "query_tracker", ["next_run"])
    op.create_table(
        "query_alert",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("query_id", sa.String(36), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("messages", sa.BigInteger, nullable=False),
        sa.Column("threshold", sa.Integer, nullable=False),
        sa.Column("raised", INSTANT, nullable=False),
        sa.Column("seen", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_query_alert"),
        sa.ForeignKeyConstraint(["query_id"], ["saved_query.id"], name="fk_query_alert_query_id", ondelete="CASCADE"),
        sa.UniqueConstraint("query_id", "day", name="uq_query_alert_query_id"),
    )
    op.create_table(
        "job_runner",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("ticked", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_job_runner"),
    )
