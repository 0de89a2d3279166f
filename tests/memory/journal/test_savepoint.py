"""A savepoint: whatever came after it leaves nothing behind, and what was there before is there again."""

from pathlib import Path

from carrel.clock import FrozenClock
from carrel.memory.store import Memory, Store
from carrel.memory.values import Cause
from tests.memory.conftest import BLOCKS, Fill, Letters, Say
from tests.memory.looking import LASTING, WORK, everything
from tests.memory.toy import ToyEmbedder


def test_what_came_after_is_gone(memory: Memory, other: Memory, fill: Fill) -> None:
    """Turns, calls, imports, vectors, words, the journal and what was sent: no row is left of them.

    What was forgotten for good must not come back even so.
    """
    fill(other)
    before = everything(memory, WORK | {"tombstones"})
    point = memory.savepoint()
    fill(memory)
    assert everything(memory, WORK | {"tombstones"}) != before
    memory.restore(point)
    assert everything(memory, WORK | {"tombstones"}) == before


def test_what_was_changed_is_put_back(memory: Memory, fill: Fill, say: Say) -> None:
    """Blocks, passages that were replaced or deleted, the queue and the dates of a session are as they were."""
    turn = fill(memory)
    memory.core.append("human", "Name: Ada.")
    kept = memory.archival.insert("Ada plays the cello.", ["music"]).passage
    gone = memory.archival.insert("Ada has a cat.").passage
    session = memory.sessions.find("talk")
    before = everything(memory)
    point = memory.savepoint()
    memory.core.replace("human", "Ada", "Eve")
    memory.core.rethink("human", "")
    newer = memory.archival.update(kept.id, "Ada plays the viola.")
    memory.archival.delete(newer.id)
    memory.archival.delete(gone.id, Cause("agent", turn))
    memory.queue.evict(session, None, memory.queue.load(session), "Nothing is left.")
    memory.recall.load([say("Once more.", session="talk", day=20)])
    assert memory.queue.load(session) == []
    memory.restore(point)
    assert everything(memory) == before
    assert [hit.id for hit in memory.archival.search("cat").hits] == [gone.id]


def test_another_agent_is_not_touched(memory: Memory, other: Memory, fill: Fill) -> None:
    """What another agent did meanwhile stays."""
    point = memory.savepoint()
    fill(other)
    other.core.append("human", "Name: Bob.")
    after = everything(other, WORK | LASTING)
    fill(memory)
    memory.restore(point)
    assert everything(other, WORK | LASTING) == after


def test_what_is_gone_takes_no_place_among_the_nearest(tmp_path: Path, clock: FrozenClock) -> None:
    """After a restore a search finds by meaning what it found before, however much was embedded meanwhile."""
    store = Store(tmp_path, clock, Letters(), ToyEmbedder())
    store.engines.embedding.embed_documents(["warm"])
    memory = store.memory("ada", BLOCKS)
    memory.archival.insert("The violin is in the attic.")
    point = memory.savepoint()
    query = store.engines.embedding.embed_query("violin", 1)
    assert query is not None
    vectors = store.engines.vectors
    assert vectors is not None

    def nearest() -> list[int]:
        with memory.scope.read() as connection:
            return list(vectors.scan.nearest(connection, memory.scope.agent_id, "archival", query, 3))

    for n in range(9):
        memory.archival.insert(f"violin {n}")
    vectors.indexer.embed_batch()
    assert 1 not in nearest()
    memory.restore(point)
    vectors.indexer.embed_batch()
    assert nearest() == [1]
    store.close()


def test_what_was_superseded_stays_superseded(memory: Memory, fill: Fill) -> None:
    """A fact whose place another took is not brought back to life, nor do tags that were added stay."""
    fill(memory)
    old = memory.archival.insert("Ada lives in Oslo.", ["home"]).passage
    new = memory.archival.update(old.id, "Ada lives in Bergen.")
    newest = memory.archival.update(new.id, "Ada lives in Porto.")
    kept = memory.archival.insert("Ada keeps bees.", ["x", "two words"]).passage
    bare = memory.archival.insert("Ada sails.").passage
    before = everything(memory)
    point = memory.savepoint()
    memory.archival.insert("Ada keeps bees.", ["secret"])
    memory.archival.insert("Ada keeps bees.", ["secret", "more"])
    memory.archival.insert("Ada sails.", ["boat"])
    memory.archival.delete(newest.id)
    memory.archival.delete(bare.id)
    memory.restore(point)
    assert everything(memory) == before
    assert [memory.archival.get(item.id).state for item in (old, new, newest, kept)] == [
        "superseded",
        "superseded",
        "live",
        "live",
    ]
    assert memory.archival.search("secret").total == memory.archival.search("boat").total == 0
