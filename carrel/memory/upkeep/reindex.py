"""Repair what is derived from the rows of an agent: its full-text index and its vectors."""

import sqlalchemy as sa

from carrel.memory.db.schema import TIER_TABLES, is_searchable, outbox, vectors
from carrel.memory.indexing.outbox import MAX_TRIES
from carrel.memory.indexing.stale_words import words_of_row
from carrel.memory.indexing.vectors import VectorStore, remove_vectors
from carrel.memory.store import Memory
from carrel.memory.upkeep.verify import missing_vector


def enqueue_missing(memory: Memory, store: VectorStore) -> int:
    """Put every row without a vector of the current embedder into the outbox and return their number."""
    scope = memory.scope
    total = 0
    with scope.write() as connection:
        embedder_id = store.embedder_id(connection)
        refused = sa.delete(outbox).where(outbox.c.agent_id == scope.agent_id, outbox.c.tries >= MAX_TRIES)
        connection.execute(refused)
        for tier, table in TIER_TABLES.items():
            columns = (sa.literal(scope.agent_id), sa.literal(tier), table.c.n, sa.literal(0))
            missing = sa.select(*columns).where(*missing_vector(scope.agent_id, tier, embedder_id))
            statement = outbox.insert().from_select(["agent_id", "tier", "row", "tries"], missing)
            total += connection.execute(statement).rowcount
    return total


def drop_broken(memory: Memory, store: VectorStore) -> int:
    """Delete the vectors of rows of which one is broken, in the index too, and return their number.

    What the embedder returns now decides what length a vector has. Raises what `embed` raises.
    """
    scope = memory.scope
    total = 0
    dimension = store.ask_dimension()
    with scope.write() as connection:
        store.set_dimension(connection, dimension)
        for tier in TIER_TABLES:
            own = (vectors.c.agent_id == scope.agent_id) & (vectors.c.tier == tier)
            of_embedder = own & (vectors.c.embedder_id == store.embedder_id(connection))
            for n in store.find_broken(connection, scope.agent_id, tier):
                row = sa.select(vectors.c.row).where(vectors.c.n == n).scalar_subquery()
                total += remove_vectors(connection, of_embedder & (vectors.c.row == row))
    return total


def drop_orphans(memory: Memory) -> int:
    """Delete the vectors that belong to no row, in the index too, and return their number."""
    scope = memory.scope
    total = 0
    with scope.write() as connection:
        for tier, table in TIER_TABLES.items():
            own = sa.select(table.c.n).where(table.c.agent_id == scope.agent_id, is_searchable(tier))
            of_tier = (vectors.c.agent_id == scope.agent_id) & (vectors.c.tier == tier)
            total += remove_vectors(connection, of_tier & vectors.c.row.not_in(own))
    return total


def rebuild_words(memory: Memory) -> int:
    """Write the rows of an agent to the full-text index again and return their number."""
    scope = memory.scope
    total = 0
    with scope.write() as connection:
        for tier, table in TIER_TABLES.items():
            scope.fulltext.rebuild(connection, tier)
            own = (table.c.agent_id == scope.agent_id) & is_searchable(tier)
            scope.fulltext.remove(connection, tier, sa.select(table.c.n).where(own))
            words = {row.n: words_of_row(row) for row in connection.execute(sa.select(table).where(own))}
            scope.fulltext.add(connection, tier, scope.agent_id, words)
            total += len(words)
    return total
