"""Words are found in one and in parts, and more data has none: what is stored is indexed again in the background."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Enter all that is stored."""
    op.execute("DELETE FROM stale_words")
    for tier, table in (("recall", "messages"), ("archival", "passages")):
        op.execute(f"INSERT INTO stale_words (tier, upto) SELECT '{tier}', max(n) FROM {table} HAVING max(n) > 0")
