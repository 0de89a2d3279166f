"""Vectors, and what the indexes of vectors and words do not contain yet."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from carrel.memory.db.dialect import NEVER_REUSED
from carrel.memory.db.schema.common import agent_column, metadata

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
    agent_column(),
    Column("tier", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("part", Integer, nullable=False, default=0),
    Column("embedder_id", ForeignKey("embedders.id"), nullable=False),
    Column("vector", LargeBinary, nullable=False),
    UniqueConstraint("tier", "row", "part", "embedder_id", name="uq_vectors_row"),
    Index("ix_vectors_agent", "agent_id", "tier", "embedder_id", "n"),
    **NEVER_REUSED,
)
"""The vector (float32, little endian, unit length) of each chunk, `part`, of a text. Every index is built from here."""

outbox = Table(
    "outbox",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    agent_column(),
    Column("tier", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Index("ix_outbox_agent", "agent_id", "tier", "row"),
    **NEVER_REUSED,
)
"""Rows that are not embedded yet. An entry is written in the same transaction as its row."""

removals = Table(
    "removals",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    agent_column(),
    Column("tier", Text, nullable=False),
    Column("vector_n", Integer, nullable=False),
    **NEVER_REUSED,
)
"""Vectors that must still be removed from the index."""

unindexed = Table(
    "unindexed",
    metadata,
    Column("vector_n", ForeignKey("vectors.n", ondelete="CASCADE"), primary_key=True),
    agent_column(),
    Column("tier", Text, nullable=False),
    Index("ix_unindexed_agent", "agent_id", "tier", "vector_n"),
)
"""Vectors that the index does not contain yet. An entry is written with its vector, and deleted once it is indexed."""

stale_words = Table(
    "stale_words", metadata, Column("tier", Text, primary_key=True), Column("upto", Integer, nullable=False)
)
"""Rows with numbers up to `upto` may be indexed by the words of an earlier version, until they are indexed again."""

index_generation = Table(
    "index_generation", metadata, Column("name", Text, primary_key=True), Column("checksums", Text)
)
"""The name of the index generation that `unindexed` and `removals` describe, and the checksums of its files when it was
closed last; one row."""
