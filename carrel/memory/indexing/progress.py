"""Which vectors the index contains, recorded in SQL: a table lists every vector that it does not contain.

A vector is added to the list in the transaction that stores it, and removed once the index has it. Nothing depends on
the order of numbers: of two processes that write at the same time, the one with the lower numbers may commit last.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.database import Database
from carrel.memory.db.dialect import list_parameter
from carrel.memory.db.schema import index_generation, removals, unindexed, vectors
from carrel.memory.indexing.vector_index import AgentTier
from carrel.memory.indexing.vectors import VectorBatch, VectorStore, is_sound
from carrel.memory.values import Tier
from carrel.protocols import Vectors

SAMPLE = 32
"""The vectors of an agent in a tier that are searched for themselves when an index is examined."""


class Coverage(NamedTuple):
    """How the index differs from SQL in one tier of an agent."""

    missing: frozenset[int]
    """The numbers of the vectors that the index does not contain."""
    removed: int
    """How many of the vectors that it contains are no longer in SQL."""


class Removal(NamedTuple):
    """A vector that must be removed from the index."""

    n: int
    """The number of the entry."""
    agent_id: int
    tier: Tier
    vector_n: int


class IndexProgress:
    """How far the index of one embedder's vectors has come."""

    def __init__(self, database: Database, store: VectorStore) -> None:
        self._database = database
        self._store = store

    def generation(self) -> str | None:
        """Return the generation of the index that the list describes; None if there was none yet."""
        with self._database.read() as connection:
            return connection.scalar(_GENERATION)

    def restart(self, generation: str) -> None:
        """Record a new, empty generation, which contains none of the vectors."""
        with self._database.write() as connection:
            connection.execute(sa.delete(unindexed))
            connection.execute(sa.delete(index_generation))
            connection.execute(index_generation.insert().values(name=generation))
            connection.execute(_LIST_ALL, {"embedder": self._store.embedder_id(connection)})

    def coverage(self, connection: Connection, agent_id: int) -> dict[Tier, Coverage]:
        """Return how the index differs from SQL in each tier of an agent."""
        rows = connection.execute(_COVERAGE, {"agent": agent_id}).fetchall()
        tiers: tuple[Tier, ...] = ("recall", "archival")
        return {
            tier: Coverage(
                missing=frozenset(row.vector_n for row in rows if row.tier == tier and not row.is_removed),
                removed=sum(row.tier == tier and row.is_removed for row in rows),
            )
            for tier in tiers
        }

    def incomplete(self) -> list[AgentTier]:
        """Return the agents and tiers with vectors that the index does not contain."""
        with self._database.read() as connection:
            rows = connection.execute(_INCOMPLETE, {"embedder": self._store.embedder_id(connection)})
            return [(agent_id, tier) for agent_id, tier in rows]

    def next_missing(self, agent_id: int, tier: Tier, limit: int) -> VectorBatch:
        """Return vectors that the index does not contain yet, up to a limit."""
        with self._database.read() as connection:
            embedder_id = self._store.embedder_id(connection)
            values = {"agent": agent_id, "tier": tier, "embedder": embedder_id, "limit": limit}
            return self._store.batch(connection.execute(_NEXT_MISSING, values).fetchall())

    def acknowledge(self, numbers: Sequence[int]) -> None:
        """Record that the index now contains these vectors."""
        with self._database.write() as connection:
            connection.execute(_ACKNOWLEDGE, {"numbers": list(numbers)})

    def is_complete(self, generation: str, counts: Mapping[AgentTier, int]) -> bool:
        """Return whether a generation with these numbers of vectors contains all that it was given.

        Additional vectors do no harm.
        """
        with self._database.read() as connection:
            if connection.scalar(_GENERATION) != generation:
                return True  # SQL does not describe it, so it will be filled from the beginning
            given = connection.execute(_COUNT_GIVEN, {"embedder": self._store.embedder_id(connection)}).fetchall()
        return all(counts.get((agent_id, tier), 0) >= count for agent_id, tier, count in given)

    def sample(self, generation: str) -> dict[AgentTier, Vectors]:
        """Return up to 32 vectors of each agent and tier that a generation contains, each of shape (n, dimension)."""
        with self._database.read() as connection:
            if connection.scalar(_GENERATION) != generation:
                return {}
            given = connection.execute(_COUNT_GIVEN, {"embedder": self._store.embedder_id(connection)}).fetchall()
            return {(agent_id, tier): self._sample(connection, agent_id, tier) for agent_id, tier, _ in given}

    def _sample(self, connection: Connection, agent_id: int, tier: Tier) -> Vectors:
        missing = self.coverage(connection, agent_id)[tier].missing
        given = [n for n in self._store.numbers(connection, agent_id, tier).tolist() if n not in missing]
        batch = self._store.read(connection, given[:: max(1, len(given) // SAMPLE)][:SAMPLE])
        return batch.matrix[is_sound(batch.matrix)]

    def checksums(self, generation: str) -> str | None:
        """Return the checksums of a generation's files when it was closed; None if they are not known."""
        with self._database.read() as connection:
            return connection.scalar(_CHECKSUMS, {"generation": generation})

    def save_checksums(self, generation: str, checksums: str) -> None:
        """Record the checksums of the files of a generation that has been closed."""
        with self._database.write() as connection:
            connection.execute(_SAVE_CHECKSUMS, {"generation": generation, "checksums": checksums})

    def removals(self, limit: int) -> list[Removal]:
        """Return vectors that must be removed from the index, oldest entries first."""
        with self._database.read() as connection:
            return [Removal(*row) for row in connection.execute(_REMOVALS, {"limit": limit})]

    def forget_removals(self, entries: Sequence[int]) -> None:
        """Record that these vectors have been removed from the index."""
        with self._database.write() as connection:
            connection.execute(_FORGET_REMOVALS, {"numbers": list(entries)})


_GENERATION = sa.select(index_generation.c.name)
_CHECKSUMS = sa.select(index_generation.c.checksums).where(index_generation.c.name == sa.bindparam("generation"))
_SAVE_CHECKSUMS = (
    sa.update(index_generation)
    .where(index_generation.c.name == sa.bindparam("generation"))
    .values(checksums=sa.bindparam("checksums"))
)
_U, _R, _V = unindexed.c, removals.c, vectors.c
_LIST_ALL = unindexed.insert().from_select(
    ["vector_n", "agent_id", "tier"],
    sa.select(_V.n, _V.agent_id, _V.tier).where(_V.embedder_id == sa.bindparam("embedder")),
)
_COVERAGE = sa.union_all(
    sa.select(_U.tier, _U.vector_n, sa.false().label("is_removed")).where(_U.agent_id == sa.bindparam("agent")),
    sa.select(_R.tier, _R.vector_n, sa.true()).where(_R.agent_id == sa.bindparam("agent")),
)
_JOINED = unindexed.join(vectors, _V.n == _U.vector_n)
_INCOMPLETE = (
    sa.select(_U.agent_id, _U.tier)
    .select_from(_JOINED)
    .where(_V.embedder_id == sa.bindparam("embedder"))
    .distinct()
    .order_by(_U.agent_id, _U.tier)
)
_NEXT_MISSING = (
    sa.select(_V.n, _V.row, _V.vector)
    .select_from(_JOINED)
    .where(_U.agent_id == sa.bindparam("agent"), _U.tier == sa.bindparam("tier"))
    .where(_V.embedder_id == sa.bindparam("embedder"))
    .order_by(_U.vector_n)
    .limit(sa.bindparam("limit"))
)
_ACKNOWLEDGE = sa.delete(unindexed).where(_U.vector_n.in_(list_parameter("numbers")))
_COUNT_GIVEN = (
    sa.select(_V.agent_id, _V.tier, sa.func.count())
    .select_from(vectors.outerjoin(unindexed, _V.n == _U.vector_n))
    .where(_V.embedder_id == sa.bindparam("embedder"), _U.vector_n.is_(None))
    .group_by(_V.agent_id, _V.tier)
)
_REMOVALS = sa.select(_R.n, _R.agent_id, _R.tier, _R.vector_n).order_by(_R.n).limit(sa.bindparam("limit"))
_FORGET_REMOVALS = sa.delete(removals).where(_R.n.in_(list_parameter("numbers")))
