"""The index keeps step with SQL row by row: whatever it lacks is known, found by a scan, and given to it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from carrel.clock import FrozenClock
from carrel.memory.db.schema import index_generation, unindexed, vectors
from carrel.memory.indexing.index_sync import IndexSync
from carrel.memory.indexing.progress import Coverage, IndexProgress
from carrel.memory.indexing.vector_index import AgentTier, IndexBroken
from carrel.memory.search import semantic
from carrel.memory.store import Memory, Store
from carrel.memory.values import Tier
from carrel.protocols import Vectors
from tests.memory.conftest import BLOCKS, Letters
from tests.memory.toy import ToyEmbedder

WHOLE = Coverage(frozenset(), 0)


@pytest.fixture
def store(tmp_path: Path, clock: FrozenClock) -> Iterator[Store]:
    """A store with an index."""
    made = Store(tmp_path, clock, Letters(), ToyEmbedder())
    yield made
    made.close()


@pytest.fixture
def memory(store: Store) -> Memory:
    """The memory of one agent."""
    return store.memory("ada", BLOCKS)


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


class BrokenIndex:
    """An index that fails at its first vectors, as often as it is told."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.generation = ""
        self.opened = 0
        self.held: dict[AgentTier, set[int]] = {}

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return bool(self.generation)

    def open(self, is_complete: Callable[[str, Mapping[AgentTier, int]], bool]) -> bool:
        """Open a new generation where none is open."""
        if not self.generation:
            self.opened += 1
            self.generation = f"g{self.opened}"
        return True

    def upsert(self, agent_id: int, tier: Tier, numbers: Sequence[int], matrix: Vectors) -> None:
        """Take vectors, or fail."""
        if self.failures:
            self.failures -= 1
            raise IndexBroken("The index failed.", "It is rebuilt.")
        self.held.setdefault((agent_id, tier), set()).update(numbers)

    def remove(self, agent_id: int, tier: Tier, numbers: Sequence[int]) -> None:
        """Remove vectors."""
        self.held[agent_id, tier] -= set(numbers)

    def nearest(self, agent_id: int, tier: Tier, query: Vectors, limit: int) -> list[tuple[int, float]]:
        """Find nothing."""
        return []

    def count(self, agent_id: int, tier: Tier) -> int:
        """Count what it holds."""
        return len(self.held.get((agent_id, tier), ()))

    def has_more_than(self, agent_id: int, tier: Tier, number: int) -> bool:
        """Compare what it holds."""
        return self.count(agent_id, tier) > number

    def keep_only(self, agents: Collection[int]) -> None:
        """Keep all."""

    def abandon(self) -> None:
        """Give the generation up."""
        self.generation = ""
        self.held.clear()

    def close(self) -> None:
        """Close."""
        self.generation = ""


@pytest.mark.parametrize(("failures", "done", "held"), [(0, True, 2), (1, True, 2), (2, False, 0)])
def test_a_broken_index_is_built_anew_once(store: Store, memory: Memory, failures: int, done: bool, held: int) -> None:
    """A second index takes the place of one that fails; where that fails too, search goes on without."""
    for fact in ("Ada keeps bees", "Bob sails boats"):
        memory.archival.insert(fact)
    embed(store)
    assert store.engines.vectors is not None
    index = BrokenIndex(failures)
    sync = IndexSync(store.database, index, IndexProgress(store.database, store.engines.vectors.store))
    assert sync.run() is done
    agent_id = memory.scope.agent_id
    assert index.count(agent_id, "archival") == held
    assert coverage_of(sync, memory) == ({"recall": WHOLE, "archival": WHOLE} if done else {})
    assert len(memory.archival.search("Ada keeps bees", mode="meaning").hits) > 0


def test_an_index_that_lost_what_it_was_given_is_not_complete(store: Store, memory: Memory) -> None:
    """A generation is complete that holds what it was given, or more; one that SQL does not know was given nothing."""
    for fact in ("Ada keeps bees", "Bob sails boats"):
        memory.archival.insert(fact)
    store.embed_now()
    memory.archival.insert("Cora climbs hills")
    embed(store)
    assert store.engines.vectors is not None
    progress = IndexProgress(store.database, store.engines.vectors.store)
    key: AgentTier = (memory.scope.agent_id, "archival")
    generation = store.engines.index.generation
    complete = [progress.is_complete(generation, {key: count}) for count in (1, 2, 3)]
    assert (complete, progress.is_complete(generation, {})) == ([False, True, True], False)
    assert progress.is_complete("g9-other", {})
