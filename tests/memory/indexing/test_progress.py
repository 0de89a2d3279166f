"""Which vectors the index holds is known row by row, whatever the order of their numbers."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from carrel.clock import FrozenClock
from carrel.memory.db.schema import index_generation, unindexed, vectors
from carrel.memory.indexing.index_sync import IndexSync
from carrel.memory.indexing.progress import Coverage
from carrel.memory.search import semantic
from carrel.memory.store import Memory, Store
from carrel.memory.values import Tier
from tests.memory.conftest import Letters
from tests.memory.toy import ToyEmbedder

WHOLE = Coverage(frozenset(), 0)


def embed(store: Store) -> None:
    """Embed what waits, and leave the index as it is."""
    assert store.engines.vectors is not None
    while store.engines.vectors.indexer.embed_batch():
        pass


def coverage(store: Store, memory: Memory) -> dict[Tier, Coverage]:
    """Return how the index differs from SQL."""
    assert store.engines.vectors is not None
    return coverage_of(store.engines.vectors.index_sync, memory)


def coverage_of(sync: IndexSync, memory: Memory) -> dict[Tier, Coverage]:
    """Return how an index differs from SQL."""
    with memory.scope.read() as connection:
        return sync.coverage(connection, memory.scope.agent_id)


def test_each_vector_is_acknowledged(store: Store, memory: Memory) -> None:
    """Nothing is said of an index that is not open; then each vector is missing until the index has it."""
    memory.archival.insert("Ada keeps bees")
    embed(store)
    assert coverage(store, memory) == {}
    store.embed_now()
    assert coverage(store, memory) == {"recall": WHOLE, "archival": WHOLE}
    memory.archival.insert("Bob sails boats")
    embed(store)
    assert coverage(store, memory) == {"recall": WHOLE, "archival": Coverage(frozenset({2}), 0)}
    memory.archival.delete(memory.archival.latest(2)[0].id)
    assert coverage(store, memory)["archival"] == Coverage(frozenset({2}), 1)
    store.embed_now()
    assert coverage(store, memory) == {"recall": WHOLE, "archival": WHOLE}


def test_numbers_that_commit_out_of_order(store: Store, memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vector with a lower number than the index holds already, committed late, is found at once and indexed next."""
    monkeypatch.setattr(semantic, "SCAN_LIMIT", 0)  # so that the index is asked
    for fact in ("Ada keeps bees", "Bob sails boats"):
        memory.archival.insert(fact)
    embed(store)
    with store.database.write() as connection:
        late = connection.execute(sa.select(vectors).where(vectors.c.n == 1)).one()._asdict()
        connection.execute(sa.delete(vectors).where(vectors.c.n == 1))
    store.embed_now()
    with store.database.write() as connection:
        connection.execute(vectors.insert().values(**late))
        connection.execute(unindexed.insert().values(vector_n=1, agent_id=late["agent_id"], tier="archival"))

    def found() -> list[str]:
        return [hit.text for hit in memory.archival.search("Ada keeps bees", limit=1, mode="meaning").hits]

    agent_id = memory.scope.agent_id
    assert (coverage(store, memory)["archival"].missing, found()) == (frozenset({1}), ["Ada keeps bees"])
    store.embed_now()
    assert (coverage(store, memory)["archival"], store.engines.index.count(agent_id, "archival")) == (WHOLE, 2)
    assert found() == ["Ada keeps bees"]


@pytest.mark.process
def test_a_new_generation_lacks_everything(store: Store, memory: Memory, tmp_path: Path, clock: FrozenClock) -> None:
    """Where another generation is opened than SQL speaks of, all vectors of its embedder are given to it anew."""
    for fact in ("Ada keeps bees", "Bob sails boats"):
        memory.archival.insert(fact)
    store.embed_now()
    with store.database.write() as connection:
        connection.execute(sa.update(index_generation).values(name="g0-other"))
    store.close()
    again = Store(tmp_path, clock, Letters(), ToyEmbedder())
    again.embed_now()
    with again.database.read() as connection:
        assert connection.scalars(sa.select(index_generation.c.name)).all() == [again.engines.index.generation]
        assert connection.scalars(sa.select(unindexed.c.vector_n)).all() == []
    assert again.engines.index.count(memory.scope.agent_id, "archival") == 2
    again.close()


def test_a_removed_agent_leaves_nothing(store: Store, memory: Memory) -> None:
    """What the index lacks of an agent goes with the agent."""
    memory.archival.insert("Ada keeps bees")
    embed(store)
    store.agents.remove("ada")
    with store.database.read() as connection:
        assert connection.scalars(sa.select(unindexed.c.vector_n)).all() == []
