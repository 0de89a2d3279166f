"""Views for other tools: the program creates them after each upgrade, and this revision makes it upgrade once."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make room for the views: one of the same name may have been made by hand."""
    for name in ("v_turns", "v_context", "v_memories", "v_history", "v_retrievals"):
        op.execute(f"DROP VIEW IF EXISTS {name}")
