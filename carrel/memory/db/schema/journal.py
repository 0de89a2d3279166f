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
    Column("columns_before", JSON(none_as_null=True)),
    Column("columns_after", JSON(none_as_null=True)),
    Column("actor", Text, nullable=False),
    Column("reason", Text),
    turn_column(),
    Column("step", Integer),
    Column("position", Integer),
    Column("at", UtcTime, nullable=False),
    CheckConstraint("tier in ('core', 'recall', 'archival', 'summary', 'queue', 'session')", name="tier"),
    CheckConstraint("actor in ('user', 'agent', 'system', 'import', 'api')", name="actor"),
    Index("ix_memory_events_ref", "agent_id", "tier", "ref"),
    Index("ix_memory_events_turn", "turn_id"),
    **NEVER_REUSED,
)
"""`before` and `after`: what the memory said. `columns_before` and `columns_after`: the columns of its row that
changed, by which the change is undone and redone; both are empty where a row was added, because the row itself says
all. A message and a summary are never edited, so their own rows are the record of their addition."""

undone_turns = Table(
    "undone_turns",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    agent_column(),
    Column("turn", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("last_turn", Integer, nullable=False),
    Column("last_event", Integer, nullable=False),
    Column("rows", JSON, nullable=False),
    Index("ix_undone_turns_agent", "agent_id", "n"),
    **NEVER_REUSED,
)
"""Turns that were undone, with all their rows by table, so that they can be redone. `last_turn` and `last_event`: the
newest turn and event of the agent that were left; where there are newer ones, the turn cannot be redone."""

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

tombstones = Table(
    "tombstones",
    metadata,
    Column("agent_id", ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True),
    Column("hash", Text, primary_key=True),
    Column("salt", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)
"""Salted hashes of sentences that were forgotten for good, so that they are not learnt again from old messages, imports
or consolidation. An agent has one salt."""
