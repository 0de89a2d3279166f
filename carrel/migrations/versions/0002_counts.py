"""Counts of what an agent remembers, kept by triggers; an index for what servers reported."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

COUNTED = {
    "recall_count": "messages WHERE position IS NOT NULL AND agent_id = agents.id",
    "archival_count": "passages WHERE state = 'live' AND agent_id = agents.id",
    "session_count": "sessions WHERE agent_id = agents.id",
    "turn_count": "turns WHERE agent_id = agents.id",
}


def upgrade() -> None:
    """Add the counts, count what is there, and keep counting."""
    for column, rows in COUNTED.items():
        op.add_column("agents", sa.Column(column, sa.Integer(), nullable=False, server_default="0"))
        op.execute(f"UPDATE agents SET {column} = (SELECT count(*) FROM {rows})")
    _triggers()
    reported = sa.text("prompt_tokens > 0")
    op.create_index("ix_steps_reported", "steps", ["model", "at"], unique=False, sqlite_where=reported)


def _triggers() -> None:
    op.execute(
        "CREATE TRIGGER count_message_in AFTER INSERT ON messages BEGIN UPDATE agents SET recall_count = recall_count + (NEW.position IS NOT NULL) WHERE id = NEW.agent_id; END"
    )
    op.execute(
        "CREATE TRIGGER count_message_out AFTER DELETE ON messages BEGIN UPDATE agents SET recall_count = recall_count + -(OLD.position IS NOT NULL) WHERE id = OLD.agent_id; END"
    )
    op.execute(
        "CREATE TRIGGER count_message_change AFTER UPDATE OF position ON messages BEGIN UPDATE agents SET recall_count = recall_count + (NEW.position IS NOT NULL) - (OLD.position IS NOT NULL) WHERE id = NEW.agent_id; END"
    )
    op.execute(
        "CREATE TRIGGER count_passage_in AFTER INSERT ON passages BEGIN UPDATE agents SET archival_count = archival_count + (NEW.state = 'live') WHERE id = NEW.agent_id; END"
    )
    op.execute(
        "CREATE TRIGGER count_passage_out AFTER DELETE ON passages BEGIN UPDATE agents SET archival_count = archival_count + -(OLD.state = 'live') WHERE id = OLD.agent_id; END"
    )
    op.execute(
        "CREATE TRIGGER count_passage_change AFTER UPDATE OF state ON passages BEGIN UPDATE agents SET archival_count = archival_count + (NEW.state = 'live') - (OLD.state = 'live') WHERE id = NEW.agent_id; END"
    )
    op.execute(
        "CREATE TRIGGER count_session_in AFTER INSERT ON sessions BEGIN UPDATE agents SET session_count = session_count + (1) WHERE id = NEW.agent_id; END"
    )
    op.execute(
        "CREATE TRIGGER count_session_out AFTER DELETE ON sessions BEGIN UPDATE agents SET session_count = session_count + -(1) WHERE id = OLD.agent_id; END"
    )
    op.execute(
        "CREATE TRIGGER count_turn_in AFTER INSERT ON turns BEGIN UPDATE agents SET turn_count = turn_count + (1) WHERE id = NEW.agent_id; END"
    )
    op.execute(
        "CREATE TRIGGER count_turn_out AFTER DELETE ON turns BEGIN UPDATE agents SET turn_count = turn_count + -(1) WHERE id = OLD.agent_id; END"
    )
