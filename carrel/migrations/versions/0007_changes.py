"""What undo, forgetting and pinning need: the columns that each change touched, undone turns, the bin, tombstones."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns and tables; write down, as far as it is known, which columns the changes of old touched."""
    op.add_column("turns", sa.Column("session_last_at", sa.Text()))
    op.add_column("messages", sa.Column("forgotten_at", sa.Text()))
    forgotten = sa.text("forgotten_at IS NOT NULL")
    op.create_index("ix_messages_forgotten", "messages", ["session_id", "turn_id"], unique=False, sqlite_where=forgotten)
    op.add_column("passages", sa.Column("pinned", sa.Boolean(), nullable=False, server_default="0"))
    op.add_column("passages", sa.Column("forgotten_at", sa.Text()))
    _events()
    _columns()
    op.create_table(
        "undone_turns",
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("last_turn", sa.Integer(), nullable=False),
        sa.Column("last_event", sa.Integer(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_undone_turns_agent_id_agents", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("n", name="pk_undone_turns"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_undone_turns_agent", "undone_turns", ["agent_id", "n"], unique=False)
    op.create_table(
        "tombstones",
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_tombstones_agent_id_agents", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agent_id", "hash", name="pk_tombstones"),
    )


def _events() -> None:
    """Write the events into a table with the new columns and a wider check; SQLite can change neither in place."""
    op.create_table(
        "memory_events_new",
        sa.Column("n", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("op", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("columns_before", sa.JSON(), nullable=True),
        sa.Column("columns_after", sa.JSON(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("turn_id", sa.Text(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("at", sa.Text(), nullable=False),
        sa.CheckConstraint("actor in ('user', 'agent', 'system', 'import', 'api')", name="ck_memory_events_actor"),
        sa.CheckConstraint("tier in ('core', 'recall', 'archival', 'summary', 'queue', 'session')", name="ck_memory_events_tier"),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_memory_events_agent_id_agents", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_memory_events_turn_id_turns", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("n", name="pk_memory_events"),
        sa.UniqueConstraint("id", name="uq_memory_events_id"),
        sqlite_autoincrement=True,
    )
    names = "n, id, agent_id, tier, ref, op, before, after, actor, reason, turn_id, step, position, at"
    op.execute(f"INSERT INTO memory_events_new ({names}) SELECT {names} FROM memory_events")
    op.drop_table("memory_events")
    op.rename_table("memory_events_new", "memory_events")
    op.create_index("ix_memory_events_ref", "memory_events", ["agent_id", "tier", "ref"], unique=False)
    op.create_index("ix_memory_events_turn", "memory_events", ["turn_id"], unique=False)


def _columns() -> None:
    op.execute(
        "UPDATE memory_events SET columns_before = json_object('value', coalesce(before, '')),"
        " columns_after = json_object('value', coalesce(after, '')) WHERE tier = 'core'"
    )
    successor = "(SELECT successor FROM passages WHERE passages.id = memory_events.ref)"
    op.execute(
        "UPDATE memory_events SET columns_before = json_object('state', 'live', 'successor', NULL),"
        f" columns_after = json_object('state', 'superseded', 'successor', {successor})"
        " WHERE tier = 'archival' AND op = 'update'"
    )
    op.execute(
        "UPDATE memory_events SET columns_before = json_object("
        f"'state', CASE WHEN {successor} IS NULL THEN 'live' ELSE 'superseded' END),"
        " columns_after = json_object('state', 'deleted') WHERE tier = 'archival' AND op = 'delete'"
    )
