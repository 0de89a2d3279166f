"""What can be derived from rows is put right: words, and vectors."""

import random
from typing import Literal

import pytest

from carrel.memory.indexing.outbox import MAX_TRIES
from carrel.memory.store import Memory, Store
from carrel.memory.upkeep.reindex import drop_broken, drop_orphans, enqueue_missing, rebuild_words
from carrel.memory.upkeep.verify import TierReport, verify
from carrel.memory.values import NewMessage
from tests.memory.looking import vectors_of


@pytest.fixture
def store(indexed: Store) -> Store:
    """The store with the toy embedder."""
    return indexed


def report(store: Store, memory: Memory, tier: Literal["recall", "archival"] = "archival") -> TierReport:
    """Return what is counted in a tier."""
    found = {item.tier: item for item in verify(memory, vectors_of(store).store).tiers}
    return found[tier]


def damage(store: Store, statement: str) -> None:
    """Change the database as nobody should."""
    with store.database.write() as connection:
        connection.exec_driver_sql(statement)


def test_words_are_written_anew(store: Store, memory: Memory, other: Memory) -> None:
    """Those of this agent's searchable rows, with speakers and tags; another agent's are found as before."""
    memory.recall.load([NewMessage("user", "I keep bees.", speaker="Ada")])
    memory.archival.insert("小明喜欢喝茶。", tags=["tea"])
    other.archival.insert("Bob sails boats.")
    damage(store, "DELETE FROM passage_words WHERE rowid = 1")
    damage(store, "DELETE FROM message_words")
    assert rebuild_words(memory) == 2
    for query in ("bees", "Ada", "喝茶", "tea"):
        assert len(memory.search.find(query, ("recall", "archival"), mode="words").hits) == 1, query
    assert len(other.archival.search("boats", mode="words").hits) == 1


def test_rows_without_a_vector_wait_for_one(store: Store, memory: Memory) -> None:
    """Each once, also those that were refused too often; a row that waits already is not counted again."""
    for fact in ("Ada keeps bees", "Bob sails boats", "Cora climbs"):
        memory.archival.insert(fact)
    store.embed_now()
    memory.archival.insert("Dan paints")
    damage(store, "DELETE FROM vectors WHERE row = 1")
    engine = vectors_of(store).store
    assert (report(store, memory).missing, report(store, memory).waiting) == (1, 1)
    assert (enqueue_missing(memory, engine), enqueue_missing(memory, engine)) == (1, 0)
    damage(store, f"UPDATE outbox SET tries = {MAX_TRIES}")
    assert report(store, memory).failed == 2
    assert enqueue_missing(memory, engine) == 2
    store.embed_now()
    assert (report(store, memory).with_vector, report(store, memory).sound) == (4, True)


def test_what_has_no_prose_needs_no_vector(store: Store, memory: Memory) -> None:
    """Data is stored as it is, and neither embedded nor found; the memory is sound, and stays so when reindexed."""
    data = random.Random(1).randbytes(3_000).hex()
    memory.archival.insert(data)
    memory.archival.insert(f"Ada keeps bees {data}")
    store.embed_now()
    assert [hit.text[:14] for hit in memory.archival.search(data[:40], mode="meaning").hits] in ([], ["Ada keeps bees"])
    assert (report(store, memory).missing, report(store, memory).with_vector, report(store, memory).sound) == (
        0,
        1,
        True,
    )
    enqueue_missing(memory, vectors_of(store).store)
    store.embed_now()
    assert (report(store, memory).waiting, report(store, memory).with_vector, report(store, memory).sound) == (
        0,
        1,
        True,
    )
    assert memory.archival.latest(2)[0].text == data


def test_orphans_leave_sql_and_the_index(store: Store, memory: Memory, other: Memory) -> None:
    """The vectors that belong to no row of the agent; another agent's stay."""
    memory.archival.insert("Ada keeps bees")
    other.archival.insert("Bob sails boats")
    store.embed_now()
    damage(store, "UPDATE vectors SET row = 999 WHERE n = 1")
    assert (drop_orphans(memory), drop_orphans(memory)) == (1, 0)
    assert report(store, memory).orphans == 0
    store.embed_now()
    assert store.engines.index.count(memory.scope.agent_id, "archival") == 0
    assert store.engines.index.count(other.scope.agent_id, "archival") == 1


@pytest.mark.parametrize(
    "blob", ["0000c07f" * 64, "0000807f" * 64, "00" * 256, "0000803f" * 3], ids=["nan", "infinite", "zero", "length"]
)
def test_broken_vectors_are_counted_and_replaced(store: Store, memory: Memory, other: Memory, blob: str) -> None:
    """Not finite, zero or of another length, as earlier versions stored them: no search fails, reindex mends them."""
    for fact in ("Ada keeps bees", "Bob sails boats"):
        memory.archival.insert(fact)
    other.archival.insert("Cora climbs")
    store.embed_now()
    damage(store, f"UPDATE vectors SET vector = x'{blob}' WHERE n = 1")
    engine = vectors_of(store).store
    assert memory.archival.search("Bob sails boats", mode="meaning").hits[0].text == "Bob sails boats"
    assert (report(store, memory).broken, report(store, memory).sound) == (1, False)
    assert (drop_broken(memory, engine), drop_broken(memory, engine)) == (1, 0)
    assert enqueue_missing(memory, engine) == 1
    store.embed_now()
    assert (report(store, memory).broken, report(store, memory).sound) == (0, True)
    assert memory.archival.search("Ada keeps bees", mode="meaning").hits[0].text == "Ada keeps bees"
