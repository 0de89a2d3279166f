"""The fields of a reply that its server wants back unchanged, and what a server refuses for its content."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add both; of older messages the fields were not kept."""
    op.add_column("messages", sa.Column("opaque", sa.JSON(), nullable=True))
    op.create_table(
        "withheld",
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_withheld_agent_id_agents", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tier", "row", name="pk_withheld"),
    )
