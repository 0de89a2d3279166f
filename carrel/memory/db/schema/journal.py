"""The records behind history, undo and why."""

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text
from sqlalchemy.types import JSON

from carrel.memory.db.dialect import NEVER_REUSED
from carrel.memory.db.schema.common import agent_column, metadata, turn_column
from carrel.memory.db.utc import UtcTime

memory_events = Table(
    "memory_events",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    agent_column(),
    Column("tier", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("op", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("actor", Text, nullable=False),
    Column("reason", Text),
    turn_column(),
    Column("step", Integer),
    Column("position", Integer),
    Column("at", UtcTime, nullable=False),
    CheckConstraint("tier in ('core', 'recall', 'archival')", name="tier"),
    CheckConstraint("actor in ('user', 'agent', 'system', 'import', 'api')", name="actor"),
    Index("ix_memory_events_ref", "agent_id", "tier", "ref"),
    Index("ix_memory_events_turn", "turn_id"),
    **NEVER_REUSED,
)

retrievals = Table(
    "retrievals",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    agent_column(),
    Column("turn_id", ForeignKey("turns.id", ondelete="CASCADE"), index=True),
    Column("step", Integer),
    Column("kind", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    CheckConstraint("kind in ('page_in', 'tool')", name="kind"),
    **NEVER_REUSED,
)

retrieval_hits = Table(
    "retrieval_hits",
    metadata,
    Column("retrieval_n", ForeignKey("retrievals.n", ondelete="CASCADE"), primary_key=True),
    Column("rank", Integer, primary_key=True),
    Column("tier", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("score", sa.Float, nullable=False),
    Column("scores", JSON, nullable=False),
    Column("taken", sa.Boolean, nullable=False),
    Column("reason", Text),
)
"""What a search found. `taken`: whether it was put into main context; `reason`: why not."""
