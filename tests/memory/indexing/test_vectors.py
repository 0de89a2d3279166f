"""The vectors in SQL: to the bit, one embedder's beside another's."""

from pathlib import Path

import numpy as np

from carrel.clock import FrozenClock
from carrel.memory.store import Memory, Store
from carrel.memory.upkeep.reindex import enqueue_missing
from carrel.memory.upkeep.verify import verify
from tests.memory.conftest import Letters
from tests.memory.looking import vectors_of
from tests.memory.toy import ToyEmbedder


def test_vectors_come_back_as_they_were_stored(store: Store, memory: Memory, embedder: ToyEmbedder) -> None:
    """SQL keeps each vector to the bit."""
    memory.archival.insert("Ada keeps bees")
    store.embed_now()
    with store.database.read() as connection:
        stored = vectors_of(store).store.read(connection, [1])

    np.testing.assert_array_equal(stored.matrix, embedder.embed(["Ada keeps bees"]))


def test_another_embedder_reembeds_only_what_it_has_not(
    store: Store, memory: Memory, tmp_path: Path, clock: FrozenClock
) -> None:
    """After a change of model words find everything; reindex queues each row once and can be interrupted."""
    for text in ("Ada keeps bees", "Bob sails boats"):
        memory.archival.insert(text)
    store.embed_now()
    store.close()
    other = Store(tmp_path, clock, Letters(), ToyEmbedder("other/1/64"))
    mine = other.memory("ada")

    assert [hit.text for hit in mine.archival.search("bees").hits] == ["Ada keeps bees"]
    assert verify(mine, vectors_of(other).store).tiers[1].missing == 2
    assert [enqueue_missing(mine, vectors_of(other).store) for _ in range(2)] == [2, 0]
    other.embed_now()
    report = verify(mine, vectors_of(other).store)
    assert (report.sound, report.vectors) == (True, {"toy/1/64": 2, "other/1/64": 2})
    other.close()
