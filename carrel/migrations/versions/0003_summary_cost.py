"""What the summaries of a session took, for its limit on tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the tokens spent on each summary; those of old are not known and count as none."""
    op.add_column("summaries", sa.Column("spent", sa.Integer(), nullable=False, server_default="0"))
