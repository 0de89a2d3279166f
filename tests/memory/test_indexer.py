"""The worker: every row gets its vector, a bad one never holds up the others."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from carrel.clock import FrozenClock
from carrel.memory.core import NewBlock
from carrel.memory.schema import outbox, vectors
from carrel.memory.store import Memory, Store
from carrel.memory.values import NewMessage
from carrel.memory.vectors import MAX_TRIES
from carrel.memory.verify import enqueue_missing, verify
from tests.memory.conftest import Letters
from tests.memory.toy import ToyEmbedder


@pytest.fixture
def embedder() -> ToyEmbedder:
    """The toy."""
    return ToyEmbedder()


@pytest.fixture
def store(tmp_path: Path, clock: FrozenClock, embedder: ToyEmbedder) -> Iterator[Store]:
    """A store with an index."""
    made = Store(tmp_path, clock, Letters(), embedder)
    yield made
    made.close()


@pytest.fixture
def memory(store: Store) -> Memory:
    """The memory of one agent."""
    return store.memory("ada", (NewBlock("human", "", 100),))


def count(store: Store, table: sa.Table) -> int:
    """Return how many rows a table has."""
    with store.database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_speaker_is_part_of_what_is_embedded(store: Store, memory: Memory, embedder: ToyEmbedder) -> None:
    """A message is embedded with the name of who said it."""
    memory.recall.load([NewMessage("user", "I keep bees", speaker="Ada")])
    store.embed_now()

    assert embedder.texts == ["Ada: I keep bees"]


def test_long_text_gets_a_vector_for_every_piece(store: Store, memory: Memory, embedder: ToyEmbedder) -> None:
    """Nothing of a text longer than the model's limit goes unembedded, down to its last words."""
    text = " ".join(f"Sentence number {n} is about the weather." for n in range(200)) + " Zebras graze quietly."
    memory.archival.insert(text)
    memory.archival.insert("Something else entirely")
    store.embed_now()

    assert count(store, vectors) == len(embedder.texts) > 5
    assert all(sentence + "." in " ".join(embedder.texts) for sentence in text.rstrip(".").split(". "))
    assert any(piece.endswith("Zebras graze quietly.") for piece in embedder.texts)


def test_poisonous_row_is_counted_and_left_to_words(store: Store, memory: Memory) -> None:
    """A row that the embedder refuses keeps no other from its vector, and is found by words."""
    for text in ("good one", "poison apple", "good two"):
        memory.archival.insert(text)
    for _ in range(MAX_TRIES + 1):
        store.embed_now()

    assert (count(store, vectors), count(store, outbox)) == (2, 1)
    assert [hit.text for hit in memory.archival.search("apple").hits] == ["poison apple"]
    assert [tier.failed for tier in verify(memory.scope, store.engines.vectors).tiers] == [0, 1]


def test_background_thread_embeds_what_is_added(store: Store, memory: Memory) -> None:
    """After start() rows get their vectors without anybody asking."""
    import threading

    done = threading.Event()
    original = store.engines.vectors.store  # type: ignore[union-attr]

    def seen(rows: object) -> None:
        original(rows)  # type: ignore[arg-type]
        done.set()

    store.engines.vectors.store = seen  # type: ignore[union-attr, method-assign]
    store.start()
    memory.archival.insert("Ada keeps bees")
    memory.notify()

    assert done.wait(20)
    assert count(store, vectors) == 1


def test_vectors_come_back_as_they_were_stored(store: Store, memory: Memory, embedder: ToyEmbedder) -> None:
    """SQL keeps each vector to the bit."""
    memory.archival.insert("Ada keeps bees")
    store.embed_now()
    stored = store.engines.vectors.after(memory.scope.agent_id, "archival", 0, 10)  # type: ignore[union-attr]

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
    assert other.engines.vectors is not None

    assert [hit.text for hit in mine.archival.search("bees").hits] == ["Ada keeps bees"]
    assert verify(mine.scope, other.engines.vectors).tiers[1].missing == 2
    assert [enqueue_missing(mine.scope, other.engines.vectors) for _ in range(2)] == [2, 0]
    other.embed_now()
    report = verify(mine.scope, other.engines.vectors)
    assert (report.sound, report.vectors) == (True, {"toy/1/64": 2, "other/1/64": 2})
    other.close()


def test_verify_finds_what_is_wrong(store: Store, memory: Memory) -> None:
    """A vector without a row, and a row without words, are counted."""
    memory.archival.insert("Ada keeps bees")
    store.embed_now()
    with store.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM passage_words")
        connection.exec_driver_sql("UPDATE vectors SET row = 999")
    tier = verify(memory.scope, store.engines.vectors).tiers[1]

    assert (tier.without_words, tier.orphans, tier.missing, tier.sound) == (1, 1, 1, False)
