"""THE tables: the only place where columns are named into being.

Conventions: `n` is a row number given by the database, ever growing and never reused; a text `id` is what people
and models see; times are UTC in ISO 8601 with six digits, so that text order is time order; `tokens` were counted once.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint
from sqlalchemy.types import JSON

from carrel.memory.db.dialect import NEVER_REUSED, partial_index
from carrel.memory.db.utc import UtcTime
from carrel.memory.values import Tier

AnyRow = sa.Row[*tuple[Any, ...]]
"""A row of whatever columns."""

HEAD = "0004"
"""The newest revision in migrations/versions."""


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _agent() -> Column[Any]:
    return Column("agent_id", ForeignKey("agents.id", ondelete="CASCADE"), nullable=False)


def _turn() -> Column[Any]:
    return Column("turn_id", ForeignKey("turns.id", ondelete="SET NULL"))


agents = Table(
    "agents",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False, unique=True),
    Column("model", Text),
    Column("created_at", UtcTime, nullable=False),
    Column("lease", Text),
    Column("recall_count", Integer, nullable=False, server_default="0"),
    Column("archival_count", Integer, nullable=False, server_default="0"),
    Column("session_count", Integer, nullable=False, server_default="0"),
    Column("turn_count", Integer, nullable=False, server_default="0"),
    **NEVER_REUSED,
)
"""`lease`: the process and the turn that holds this agent, so that turns never interleave.
The counts are kept by triggers (memory/counting): to count 100,000 messages takes 20 ms, and each step tells them."""

blocks = Table(
    "blocks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _agent(),
    Column("label", Text, nullable=False),
    Column("description", Text, nullable=False, default=""),
    Column("value", Text, nullable=False, default=""),
    Column("limit", Integer, nullable=False),
    Column("read_only", sa.Boolean, nullable=False, default=False),
    Column("position", Integer, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("updated_at", UtcTime, nullable=False),
    UniqueConstraint("agent_id", "label"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    _agent(),
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
    _agent(),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("error", Text),
    CheckConstraint("state in ('running', 'complete', 'interrupted', 'failed')", name="state"),
    Index("ix_turns_agent_state", "agent_id", "state"),
    **NEVER_REUSED,
)

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
"""`window`: hashes into `contents`, in order: exactly what was sent."""

speakers = Table(
    "speakers",
    metadata,
    Column("agent_id", ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
)
"""Who ever said something to an agent: a question that names one is about what that one said."""

contents = Table(
    "contents",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("body", Text, nullable=False),
)
"""Parts of windows, each kept once however often it was sent."""

messages = Table(
    "messages",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    _agent(),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    _turn(),
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
    UniqueConstraint("agent_id", "import_key"),
    CheckConstraint("role in ('system', 'user', 'assistant', 'tool')", name="role"),
    CheckConstraint("state in ('complete', 'interrupted')", name="state"),
    Index("ix_messages_session", "session_id", "n"),
    Index("ix_messages_position", "session_id", "position"),
    Index("ix_messages_agent_at", "agent_id", "at"),
    Index("ix_messages_agent_n", "agent_id", "n"),
    Index("ix_messages_turn", "turn_id"),
    **NEVER_REUSED,
)
"""`position`: the place among the session's searchable messages, by which a search finds a message's neighbours.
`asks`, `first_person` and `time_words`: how it is put, read once."""

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
"""Which calls were executed: the key makes it impossible to execute one twice."""

queue = Table(
    "queue",
    metadata,
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("message_n", ForeignKey("messages.n", ondelete="CASCADE"), primary_key=True),
)
"""The messages that stand in a session's main context, in the order of their numbers."""

summaries = Table(
    "summaries",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    _turn(),
    Column("text", Text, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("first_n", Integer),
    Column("last_n", Integer),
    Column("at", UtcTime, nullable=False),
    Column("spent", Integer, nullable=False, default=0, server_default="0"),
    **NEVER_REUSED,
)
"""Each flush writes one; the newest stands in the main context. `first_n` to `last_n`: the messages it covers; `spent`:
the tokens that a model took to write it."""

passages = Table(
    "passages",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    _agent(),
    Column("session_id", ForeignKey("sessions.id", ondelete="SET NULL")),
    _turn(),
    Column("text", Text, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("origin", Text, nullable=False),
    Column("document", Text),
    Column("source", Text),
    Column("import_key", Text),
    Column("state", Text, nullable=False, default="live"),
    Column("successor", Text),
    Column("version", Integer, nullable=False, default=1),
    Column("hash", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("tokens", Integer, nullable=False),
    UniqueConstraint("agent_id", "import_key"),
    CheckConstraint("state in ('live', 'superseded', 'deleted')", name="state"),
    Index("ix_passages_agent_hash", "agent_id", "hash"),
    Index("ix_passages_agent_at", "agent_id", "at"),
    **NEVER_REUSED,
)

tags = Table(
    "tags",
    metadata,
    Column("passage_n", ForeignKey("passages.n", ondelete="CASCADE"), primary_key=True),
    Column("tag", Text, primary_key=True),
    _agent(),
    Index("ix_tags_agent_tag", "agent_id", "tag"),
)

memory_events = Table(
    "memory_events",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    _agent(),
    Column("tier", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("op", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("actor", Text, nullable=False),
    Column("reason", Text),
    _turn(),
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
    _agent(),
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
"""What a search offered; `taken` says whether it stood in the context, `reason` why not."""

embedders = Table(
    "embedders",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("fingerprint", Text, nullable=False, unique=True),
    Column("dimension", Integer, nullable=False),
)

vectors = Table(
    "vectors",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    _agent(),
    Column("tier", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("part", Integer, nullable=False, default=0),
    Column("embedder_id", ForeignKey("embedders.id"), nullable=False),
    Column("vector", LargeBinary, nullable=False),
    UniqueConstraint("tier", "row", "part", "embedder_id", name="uq_vectors_row"),
    Index("ix_vectors_agent", "agent_id", "tier", "embedder_id", "n"),
    **NEVER_REUSED,
)
"""The vector (float32, little endian, unit length) of each chunk of a text, `part`: every index is built from here."""

outbox = Table(
    "outbox",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    _agent(),
    Column("tier", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Index("ix_outbox_agent", "agent_id", "tier", "row"),
    **NEVER_REUSED,
)
"""Rows that still have to be embedded, written in the transaction that wrote the row."""

removals = Table(
    "removals",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    _agent(),
    Column("tier", Text, nullable=False),
    Column("vector_n", Integer, nullable=False),
    **NEVER_REUSED,
)
"""Vectors that still have to leave the index."""

unindexed = Table(
    "unindexed",
    metadata,
    Column("vector_n", ForeignKey("vectors.n", ondelete="CASCADE"), primary_key=True),
    _agent(),
    Column("tier", Text, nullable=False),
    Index("ix_unindexed_agent", "agent_id", "tier", "vector_n"),
)
"""The vectors that the index does not hold: written with the vector, deleted once the index has it."""

index_generation = Table("index_generation", metadata, Column("name", Text, primary_key=True))
"""The one generation of the index of which `unindexed` speaks."""

TIER_TABLES: dict[Tier, Table] = {"recall": messages, "archival": passages}
"""The rows of the two tiers that are searched."""


def is_searchable(tier: Tier) -> sa.ColumnElement[bool]:
    """Return whether a search may return a row: not the results of calls, nor passages that were deleted."""
    return messages.c.position.is_not(None) if tier == "recall" else passages.c.state != "deleted"
