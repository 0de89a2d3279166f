"""Sessions, turns and messages: recall, and what was sent to models."""

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint
from sqlalchemy.types import JSON

from carrel.memory.db.dialect import NEVER_REUSED, partial_index
from carrel.memory.db.schema.common import agent_column, metadata, turn_column
from carrel.memory.db.utc import UtcTime

sessions = Table(
    "sessions",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    agent_column(),
    Column("name", Text),
    Column("origin", Text, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("head", Text),
    UniqueConstraint("agent_id", "name"),
    CheckConstraint("origin in ('chat', 'import')", name="origin"),
    Index("ix_sessions_agent_last", "agent_id", "last_at"),
    **NEVER_REUSED,
)

turns = Table(
    "turns",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    agent_column(),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("error", Text),
    Column("session_last_at", UtcTime),
    CheckConstraint("state in ('running', 'complete', 'interrupted', 'failed')", name="state"),
    Index("ix_turns_agent_state", "agent_id", "state"),
    **NEVER_REUSED,
)
"""`session_last_at`: what the `last_at` of its session was before it, for undo."""

steps = Table(
    "steps",
    metadata,
    Column("turn_id", ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("model", Text, nullable=False),
    Column("finish", Text, nullable=False),
    Column("estimated_tokens", Integer, nullable=False),
    Column("prompt_tokens", Integer),
    Column("completion_tokens", Integer),
    Column("cached_tokens", Integer),
    Column("window", JSON, nullable=False),
    Index("ix_steps_reported", "model", "at", **partial_index("prompt_tokens > 0")),
)
"""`window`: the hashes of the parts of the request in order; with `contents` they give exactly what was sent."""

contents = Table(
    "contents",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("body", Text, nullable=False),
)
"""The parts of requests, each stored once however often it was sent."""

messages = Table(
    "messages",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    agent_column(),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    turn_column(),
    Column("step", Integer),
    Column("position", Integer),
    Column("role", Text, nullable=False),
    Column("speaker", Text),
    Column("text", Text, nullable=False),
    Column("calls", JSON),
    Column("call_id", Text),
    Column("tool", Text),
    Column("ok", sa.Boolean),
    Column("state", Text, nullable=False, default="complete"),
    Column("at", UtcTime, nullable=False),
    Column("source", Text),
    Column("import_key", Text),
    Column("tokens", Integer, nullable=False),
    Column("asks", sa.Float, nullable=False, default=0.0),
    Column("first_person", Integer, nullable=False, default=0),
    Column("time_words", Integer, nullable=False, default=0),
    Column("opaque", JSON(none_as_null=True)),
    Column("forgotten_at", UtcTime),
    UniqueConstraint("agent_id", "import_key"),
    CheckConstraint("role in ('system', 'user', 'assistant', 'tool')", name="role"),
    CheckConstraint("state in ('complete', 'interrupted')", name="state"),
    Index("ix_messages_session", "session_id", "n"),
    Index("ix_messages_position", "session_id", "position"),
    Index("ix_messages_agent_at", "agent_id", "at"),
    Index("ix_messages_agent_n", "agent_id", "n"),
    Index("ix_messages_turn", "turn_id"),
    Index("ix_messages_forgotten", "session_id", "turn_id", **partial_index("forgotten_at IS NOT NULL")),
    **NEVER_REUSED,
)
"""`opaque`: the fields that the model's server wants back with the message and its calls.
`position`: the place among the searchable messages of the session, by which a search finds neighbours.
`asks`, `first_person` and `time_words`: features of the text that scoring needs, computed once.
`forgotten_at`: since when it is in the bin; it then has no position, so that no search finds it."""

tool_runs = Table(
    "tool_runs",
    metadata,
    Column("turn_id", ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("call_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("message_id", Text),
    Column("at", UtcTime, nullable=False),
    CheckConstraint("state in ('started', 'done', 'refused')", name="state"),
)
"""Calls that were started or executed. The key makes it impossible to execute a call twice."""

queue = Table(
    "queue",
    metadata,
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("message_n", ForeignKey("messages.n", ondelete="CASCADE"), primary_key=True),
)
"""The messages in the queue of a session, in the order of their numbers."""

withheld = Table(
    "withheld",
    metadata,
    Column("tier", Text, primary_key=True),
    Column("row", Integer, primary_key=True, autoincrement=False),
    agent_column(),
)
"""Messages and passages that a model server refuses for their content. They are kept, and sent to no model."""

summaries = Table(
    "summaries",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    turn_column(),
    Column("text", Text, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("first_n", Integer),
    Column("last_n", Integer),
    Column("at", UtcTime, nullable=False),
    Column("spent", Integer, nullable=False, default=0, server_default="0"),
    **NEVER_REUSED,
)
"""Each flush writes one; the newest is in main context. `first_n` to `last_n`: the messages it covers; `spent`: the
tokens that a model took to write it."""
