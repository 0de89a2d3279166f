"""The tables: the only place where columns are defined.

Conventions: `n` is a row number that the database assigns; numbers grow and are never reused. People and models see the
text `id`. Times are UTC in ISO 8601 with six digits, so that text order is time order. `tokens` is counted once.
"""

import sqlalchemy as sa

from carrel.memory.db.schema.agents import agents, blocks, speakers
from carrel.memory.db.schema.archival import passages, tags
from carrel.memory.db.schema.common import AnyRow, metadata
from carrel.memory.db.schema.conversation import (
    contents,
    messages,
    queue,
    sessions,
    steps,
    summaries,
    tool_runs,
    turns,
    withheld,
)
from carrel.memory.db.schema.embedded import (
    embedders,
    index_generation,
    outbox,
    removals,
    stale_words,
    unindexed,
    vectors,
)
from carrel.memory.db.schema.journal import memory_events, retrieval_hits, retrievals, tombstones, undone_turns
from carrel.memory.values import Tier

__all__ = [
    "HEAD",
    "TIER_TABLES",
    "AnyRow",
    "agents",
    "blocks",
    "contents",
    "embedders",
    "index_generation",
    "is_searchable",
    "memory_events",
    "messages",
    "metadata",
    "outbox",
    "passages",
    "queue",
    "removals",
    "retrieval_hits",
    "retrievals",
    "sessions",
    "speakers",
    "stale_words",
    "steps",
    "summaries",
    "tags",
    "tombstones",
    "tool_runs",
    "turns",
    "undone_turns",
    "unindexed",
    "vectors",
    "withheld",
]

HEAD = "0010"
"""The newest revision in migrations/versions."""

TIER_TABLES: dict[Tier, sa.Table] = {"recall": messages, "archival": passages}
"""The tables of the two tiers that are searched."""


def is_searchable(tier: Tier) -> sa.ColumnElement[bool]:
    """Return the condition of rows that a search may return: not results of calls, and not deleted passages."""
    return messages.c.position.is_not(None) if tier == "recall" else passages.c.state != "deleted"
