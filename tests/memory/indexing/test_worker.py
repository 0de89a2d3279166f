"""The worker: every row gets its vector, a bad one never holds up the others."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from carrel.clock import FrozenClock
from carrel.errors import ModelUnreachable
from carrel.memory.db.schema import outbox, vectors
from carrel.memory.indexing.outbox import MAX_TRIES, Outbox, WaitingRow
from carrel.memory.indexing.worker import FLUSH_LIMIT, Indexer
from carrel.memory.search.engines import VectorEngines
from carrel.memory.store import Memory, Store
from carrel.memory.tiers.core import NewBlock
from carrel.memory.upkeep.reindex import enqueue_missing
from carrel.memory.upkeep.verify import verify
from carrel.memory.values import NewMessage, Tier
from carrel.protocols import Purpose, Vectors
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


BOTH: tuple[Tier, ...] = ("recall", "archival")


def vectors_of(store: Store) -> VectorEngines:
    """Return what works on the vectors of a store that has an embedder."""
    assert store.engines.vectors is not None
    return store.engines.vectors


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
    assert [tier.failed for tier in verify(memory.scope, vectors_of(store).store).tiers] == [0, 1]


def test_background_thread_embeds_what_is_added(store: Store, memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    """After start() rows get their vectors without anybody asking."""
    done = threading.Event()
    finish = Outbox.finish

    def seen(outbox: Outbox, rows: Sequence[WaitingRow], chunks: Sequence[Sequence[Vectors]]) -> None:
        finish(outbox, rows, chunks)
        done.set()

    monkeypatch.setattr(Outbox, "finish", seen)
    store.start()
    memory.archival.insert("Ada keeps bees")
    memory.notify()

    assert done.wait(20)
    assert count(store, vectors) == 1


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
    assert verify(mine.scope, vectors_of(other).store).tiers[1].missing == 2
    assert [enqueue_missing(mine.scope, vectors_of(other).store) for _ in range(2)] == [2, 0]
    other.embed_now()
    report = verify(mine.scope, vectors_of(other).store)
    assert (report.sound, report.vectors) == (True, {"toy/1/64": 2, "other/1/64": 2})
    other.close()


def test_verify_finds_what_is_wrong(store: Store, memory: Memory) -> None:
    """A vector without a row, and a row without words, are counted."""
    memory.archival.insert("Ada keeps bees")
    store.embed_now()
    with store.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM passage_words")
        connection.exec_driver_sql("UPDATE vectors SET row = 999")
    tier = verify(memory.scope, vectors_of(store).store).tiers[1]

    assert (tier.without_words, tier.orphans, tier.missing, tier.sound) == (1, 1, 1, False)


class Away(ToyEmbedder):
    """The toy behind a server that can go away."""

    away = False

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return one unit vector a text. Raise ModelUnreachable while away."""
        if self.away:
            raise ModelUnreachable("The embedding server does not answer.", "Start it.")
        return super().embed(texts, purpose)


class Held(ToyEmbedder):
    """The toy, that keeps a batch until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.busy, self.go = threading.Event(), threading.Event()

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return one unit vector a text, in its own time."""
        self.busy.set()
        assert self.go.wait(20)
        return super().embed(texts, purpose)


def indexer_of(store: Store) -> Indexer:
    """Return the worker of a store that has an embedder."""
    return vectors_of(store).indexer


def filled(memory: Memory, number: int) -> None:
    """Add so many facts."""
    for n in range(number):
        memory.archival.insert(f"Fact number {n}")


@pytest.mark.parametrize(("waiting", "embedded"), [(0, 0), (1, 1), (FLUSH_LIMIT, FLUSH_LIMIT), (FLUSH_LIMIT + 1, 0)])
def test_flush_embeds_a_little_and_leaves_much(store: Store, memory: Memory, waiting: int, embedded: int) -> None:
    """Up to sixteen rows are embedded here and now, all of them or none; the index is not opened for them."""
    filled(memory, waiting)
    indexer_of(store).flush()

    assert (count(store, vectors), count(store, outbox)) == (embedded, waiting - embedded)
    assert not store.engines.index.is_open


def test_search_by_meaning_finds_what_was_said_a_moment_ago(store: Store, memory: Memory) -> None:
    """A row that waits is embedded by the search itself; where much waits, words find it all the same."""
    memory.archival.insert("Ada keeps bees")
    assert [hit.text for hit in memory.archival.search("keeps bees", mode="meaning").hits] == ["Ada keeps bees"]
    assert count(store, outbox) == 0

    filled(memory, FLUSH_LIMIT)
    memory.archival.insert("Bob sails boats")
    assert memory.archival.search("sails boats", mode="meaning").hits == ()
    assert [hit.text for hit in memory.archival.search("sails boats").hits] == ["Bob sails boats"]
    assert count(store, outbox) == FLUSH_LIMIT + 1


def test_search_by_words_embeds_nothing(store: Store, memory: Memory, embedder: ToyEmbedder) -> None:
    """Who asks for words alone pays for no embedding."""
    memory.archival.insert("Ada keeps bees")
    assert len(memory.archival.search("bees", mode="words").hits) == 1
    assert (embedder.texts, count(store, outbox)) == ([], 1)


def test_flush_takes_the_rows_of_every_agent(store: Store, memory: Memory) -> None:
    """The outbox is one for all: each row's vector belongs to the agent that said it."""
    memory.archival.insert("Ada keeps bees")
    ben = store.memory("ben", (NewBlock("human", "", 100),))
    ben.archival.insert("Ben sails boats")
    indexer_of(store).flush()

    assert [verify(one.scope, vectors_of(store).store).tiers[1].with_vector for one in (memory, ben)] == [1, 1]
    assert [hit.text for hit in ben.archival.search("keeps bees", mode="meaning").hits] == []


def test_flush_waits_for_the_background_but_not_for_ever(tmp_path: Path, clock: FrozenClock) -> None:
    """While another thread embeds, a search gives up after a while and embeds nothing itself; nothing is done twice."""
    held = Held()
    store = Store(tmp_path, clock, Letters(), held)
    store.memory("ada", (NewBlock("human", "", 100),)).archival.insert("Ada keeps bees")
    worker = threading.Thread(target=indexer_of(store).embed_batch)
    worker.start()
    assert held.busy.wait(20)
    indexer_of(store).flush()

    assert (held.texts, worker.is_alive()) == ([], True)
    held.go.set()
    worker.join(20)
    assert (held.texts, count(store, vectors), count(store, outbox)) == (["Ada keeps bees"], 1, 0)
    store.close()


def test_flush_gets_past_a_bad_row(store: Store, memory: Memory) -> None:
    """A row that the embedder refuses neither fails the search nor keeps the others from being found by meaning."""
    for text in ("good one", "poison apple", "good two"):
        memory.archival.insert(text)

    found = memory.archival.search("good one", mode="meaning").hits
    assert found[0].text == "good one"
    assert (count(store, vectors), count(store, outbox)) == (2, 1)


def test_search_goes_on_by_words_while_the_embedder_is_away(tmp_path: Path, clock: FrozenClock) -> None:
    """A server that went away costs meaning, not the search; what waited gets its vector when it is back."""
    embedder = Away()
    store = Store(tmp_path, clock, Letters(), embedder)
    memory = store.memory("ada", (NewBlock("human", "", 100),))
    memory.archival.insert("Ada keeps bees")
    assert len(memory.archival.search("bees").hits) == 1
    embedder.away = True
    memory.archival.insert("Bob hates bees")
    try:
        for query in ("bees", "wild bees"):
            assert {hit.text for hit in memory.archival.search(query).hits} == {"Ada keeps bees", "Bob hates bees"}
        assert count(store, outbox) == 1
        embedder.away = False
        assert len(memory.archival.search("hates bees", mode="meaning").hits) == 2
    finally:
        store.close()


def test_drain_returns_how_many_rows_it_embedded(store: Store, memory: Memory) -> None:
    """A row that is refused is tried again and again, but never counted as embedded; progress ends at the figure."""
    for text in ("good one", "poison apple", "good two"):
        memory.archival.insert(text)
    seen: list[int] = []

    assert store.embed_now(seen.append) == count(store, vectors) == 2
    assert seen[-1] == 2


def test_what_to_page_in_is_not_looked_for_in_the_message_itself(
    store: Store, memory: Memory, embedder: ToyEmbedder
) -> None:
    """The message that asks is not embedded to be found; what was said before it and still waits is."""
    store.engines.embedding.start_loading()
    session = memory.sessions.start()
    _, first = memory.turns.begin(session, "I keep bees", "m")
    memory.search.find_relevant(first, ("recall",), limit=9, timeout_s=60.0)
    assert "I keep bees" not in [text for text in embedder.texts if text != "warm"][:-1]
    assert count(store, vectors) == 0
    _, second = memory.turns.begin(session, "Where are the bees", "m")
    found = memory.search.find_relevant(second, ("recall",), limit=9, timeout_s=60.0)
    assert [hit.text for hit in found] == ["I keep bees"]
    assert count(store, vectors) == 2


def test_a_search_begun_ahead_finds_the_same(store: Store, memory: Memory, embedder: ToyEmbedder) -> None:
    """What is looked for before the message is stored is what would be found after; the message itself is left out."""
    for text in ("I keep bees", "Bees like clover", "The boat is blue"):
        memory.archival.insert(text)
    store.embed_now()
    session = memory.sessions.start()

    prefetch = memory.search.prefetch("Where are the bees", BOTH)
    _, message = memory.turns.begin(session, "Where are the bees", "m")

    assert prefetch is not None
    found = memory.search.find_relevant(message, BOTH, limit=9, timeout_s=60.0, prefetch=prefetch)
    assert found == memory.search.find_relevant(message, BOTH, limit=9, timeout_s=60.0)
    assert {hit.text for hit in found[:2]} == {"I keep bees", "Bees like clover"}
    assert message.id not in {hit.id for hit in found}


def test_no_message_waits_to_be_stored(store: Store, memory: Memory, embedder: ToyEmbedder) -> None:
    """Nothing is looked for ahead where the embedder must be loaded first, or something is still to be embedded."""
    memory.archival.insert("I keep bees")
    assert memory.search.prefetch("bees", ("archival",)) is None
    assert embedder.texts == []
    store.embed_now()
    assert memory.search.prefetch("bees", ("archival",)) is not None
    memory.archival.insert("Bees like clover")
    assert memory.search.prefetch("bees", ("archival",)) is None


def test_signs_alone_wait_for_no_embedder(memory: Memory, embedder: ToyEmbedder) -> None:
    """A question of emoji goes by words at once: the embedder is not even loaded for it."""
    memory.archival.insert("I love 🎉 and bees")
    assert [hit.text for hit in memory.archival.search("🎉").hits] == ["I love 🎉 and bees"]
    assert embedder.texts == []
