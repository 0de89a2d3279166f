"""Which rows were indexed by the words of an earlier version."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the table and enter all that is stored; the program indexes it again in the background."""
    op.create_table(
        "stale_words",
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tier", name="pk_stale_words"),
    )
    for tier, table in (("recall", "messages"), ("archival", "passages")):
        op.execute(f"INSERT INTO stale_words (tier, upto) SELECT '{tier}', max(n) FROM {table} HAVING max(n) > 0")
