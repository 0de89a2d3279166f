"""The agents and their core memory."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from carrel.memory.db.dialect import NEVER_REUSED
from carrel.memory.db.schema.common import agent_column, metadata
from carrel.memory.db.utc import UtcTime

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
"""`lease`: the process and the turn that hold this agent, so that two turns never run at once.
The counts are kept by triggers (`db/counting`): counting 100,000 messages takes 20 ms, and each step shows them."""

blocks = Table(
    "blocks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    agent_column(),
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

speakers = Table(
    "speakers",
    metadata,
    Column("agent_id", ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
)
"""The names of all speakers. A question that names one is about what that speaker said."""
