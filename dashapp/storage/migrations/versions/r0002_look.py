"""How a person likes lists: density and widths of columns."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; everyone starts with the usual look."""
    op.add_column("user_account", sa.Column("look", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Forget the looks."""
    op.drop_column("user_account", "look")
