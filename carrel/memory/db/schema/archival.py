"""Archival memory."""

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint
from sqlalchemy.types import JSON

from carrel.memory.db.dialect import NEVER_REUSED
from carrel.memory.db.schema.common import agent_column, metadata, turn_column
from carrel.memory.db.utc import UtcTime

passages = Table(
    "passages",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    agent_column(),
    Column("session_id", ForeignKey("sessions.id", ondelete="SET NULL")),
    turn_column(),
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
    Column("pinned", sa.Boolean, nullable=False, default=False, server_default="0"),
    Column("forgotten_at", UtcTime),
    UniqueConstraint("agent_id", "import_key"),
    CheckConstraint("state in ('live', 'superseded', 'deleted')", name="state"),
    Index("ix_passages_agent_hash", "agent_id", "hash"),
    Index("ix_passages_agent_at", "agent_id", "at"),
    **NEVER_REUSED,
)
"""`pinned`: the agent may not change or delete it. `forgotten_at`: since when it is in the bin; its state is then
'deleted'."""

tags = Table(
    "tags",
    metadata,
    Column("passage_n", ForeignKey("passages.n", ondelete="CASCADE"), primary_key=True),
    Column("tag", Text, primary_key=True),
    agent_column(),
    Index("ix_tags_agent_tag", "agent_id", "tag"),
)
