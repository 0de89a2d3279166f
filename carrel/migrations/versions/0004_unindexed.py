"""The vectors that the index does not hold, one by one, in place of a mark up to which it holds them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the list, put on it what lies after the marks of the newest generation, and drop the marks."""
    op.create_table(
        "unindexed",
        sa.Column("vector_n", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["vector_n"], ["vectors.n"], name="fk_unindexed_vector_n_vectors", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_unindexed_agent_id_agents", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("vector_n", name="pk_unindexed"),
    )
    op.create_index("ix_unindexed_agent", "unindexed", ["agent_id", "tier", "vector_n"], unique=False)
    op.create_table(
        "index_generation",
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_index_generation"),
    )
    # a generation is called g<number>-<random>-<model>; the cast reads the number
    op.execute(
        "INSERT INTO index_generation (name) SELECT generation FROM index_marks"
        " ORDER BY CAST(substr(generation, 2) AS INTEGER) DESC LIMIT 1"
    )
    op.execute(
        "INSERT INTO unindexed (vector_n, agent_id, tier) SELECT vectors.n, vectors.agent_id, vectors.tier"
        " FROM vectors LEFT JOIN index_marks ON index_marks.agent_id = vectors.agent_id"
        " AND index_marks.tier = vectors.tier"
        " AND index_marks.generation = (SELECT name FROM index_generation)"
        " WHERE vectors.n > coalesce(index_marks.upto, 0)"
    )
    op.drop_table("index_marks")
