"""The index keeps step with SQL row by row: whatever it lacks is known, found by a scan, and given to it."""

from collections.abc import Collection, Sequence

import pytest

from carrel.memory.indexing.index_sync import IndexSync
from carrel.memory.indexing.progress import Coverage, IndexProgress
from carrel.memory.indexing.vector_index import AgentTier, IndexBroken, IndexRecord, IndexState
from carrel.memory.store import Memory, Store
from carrel.memory.values import Tier
from carrel.protocols import Vectors

WHOLE = Coverage(frozenset(), 0)


def embed(store: Store) -> None:
    """Embed what waits, and leave the index as it is."""
    assert store.engines.vectors is not None
    while store.engines.vectors.indexer.embed_batch():
        pass


def coverage_of(sync: IndexSync, memory: Memory) -> dict[Tier, Coverage]:
    """Return how an index differs from SQL."""
    with memory.scope.read() as connection:
        return sync.coverage(connection, memory.scope.agent_id)


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

    def examine(self, record: IndexRecord) -> IndexState:
        """Find nothing wrong."""
        return "sound"

    def open(self, record: IndexRecord) -> bool:
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

    def discard(self) -> bool:
        """Hold nothing any more."""
        self.abandon()
        return True

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


def test_an_index_that_failed_a_query_is_built_anew(store: Store, memory: Memory) -> None:
    """From the report on it is not used; the next run fills a new generation."""
    memory.archival.insert("Ada keeps bees")
    embed(store)
    assert store.engines.vectors is not None
    index = BrokenIndex(0)
    sync = IndexSync(store.database, index, IndexProgress(store.database, store.engines.vectors.store))
    assert sync.run()
    sync.report_broken()
    assert coverage_of(sync, memory) == {}
    assert sync.run()
    assert (index.generation, index.count(memory.scope.agent_id, "archival")) == ("g2", 1)
    assert coverage_of(sync, memory) == {"recall": WHOLE, "archival": WHOLE}


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
