"""The checksums of the files of the vector index."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column. Where it is empty, the program reads the index once before it uses it."""
    op.add_column("index_generation", sa.Column("checksums", sa.Text()))
