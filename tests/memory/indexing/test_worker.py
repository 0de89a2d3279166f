"""The worker: every row gets its vector, a bad one never holds up the others."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from carrel.clock import FrozenClock
from carrel.memory.db.schema import outbox, vectors
from carrel.memory.indexing import embedding, worker
from carrel.memory.indexing.outbox import Outbox, WaitingRow
from carrel.memory.indexing.worker import FLUSH_LIMIT, Indexer
from carrel.memory.store import Memory, Store
from carrel.memory.tiers.core import NewBlock
from carrel.memory.upkeep.verify import verify
from carrel.memory.values import NewMessage
from carrel.protocols import Purpose, Vectors
from tests.memory.conftest import Letters
from tests.memory.looking import count, vectors_of
from tests.memory.toy import ToyEmbedder


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


def test_flush_takes_the_rows_of_every_agent(store: Store, memory: Memory) -> None:
    """The outbox is one for all: each row's vector belongs to the agent that said it."""
    memory.archival.insert("Ada keeps bees")
    ben = store.memory("ben", (NewBlock("human", "", 100),))
    ben.archival.insert("Ben sails boats")
    indexer_of(store).flush()

    assert [verify(one, vectors_of(store).store).tiers[1].with_vector for one in (memory, ben)] == [1, 1]
    assert [hit.text for hit in ben.archival.search("keeps bees", mode="meaning").hits] == []


def test_flush_waits_for_the_background_but_not_for_ever(tmp_path: Path, clock: FrozenClock) -> None:
    """While another thread embeds, a search gives up after a while and embeds nothing itself; nothing is done twice."""
    held = Held()
    store = Store(tmp_path, clock, Letters(), held)
    store.memory("ada", (NewBlock("human", "", 100),)).archival.insert("Ada keeps bees")
    thread = threading.Thread(target=indexer_of(store).embed_batch)
    thread.start()
    assert held.busy.wait(20)
    indexer_of(store).flush()

    assert (held.texts, thread.is_alive()) == ([], True)
    held.go.set()
    thread.join(20)
    assert (held.texts, count(store, vectors), count(store, outbox)) == (["Ada keeps bees"], 1, 0)
    store.close()


def test_flush_gets_past_a_bad_row(store: Store, memory: Memory) -> None:
    """A row that the embedder refuses neither fails the search nor keeps the others from being found by meaning."""
    for text in ("good one", "poison apple", "good two"):
        memory.archival.insert(text)

    found = memory.archival.search("good one", mode="meaning").hits
    assert found[0].text == "good one"
    assert (count(store, vectors), count(store, outbox)) == (2, 1)


class GatedEmbedder(ToyEmbedder):
    """Lets the documents' first slice through and reports it; every later one waits for the gate."""

    def __init__(self) -> None:
        super().__init__()
        self.slices = 0
        self.first_done = threading.Event()
        self.gate = threading.Event()

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Count a slice of documents."""
        if purpose == "document":
            self.slices += 1
            if self.slices == 2:
                self.first_done.set()
                self.gate.wait(10)
        return super().embed(texts, purpose)


def test_stop_does_not_wait_for_the_rest_of_a_long_text(
    tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stop in the middle of a text of many slices ends after the slice at hand; the text goes on waiting."""
    monkeypatch.setattr(embedding, "SLICE_BOUNDS", (32, 64))  # so that no machine is too fast for a third slice
    embedder = GatedEmbedder()
    store = Store(tmp_path, clock, Letters(), embedder)
    memory = store.memory("ada", (NewBlock("human", "", 100),))
    memory.recall.load([NewMessage("user", " ".join(f"Sentence {n} is about bees." for n in range(6_000)))])
    store.start()
    assert embedder.first_done.wait(10)
    stopper = threading.Thread(target=store.close)
    stopper.start()
    embedder.gate.set()
    stopper.join(10)

    assert not stopper.is_alive()
    assert embedder.slices == 2
    again = Store(tmp_path, clock, Letters(), ToyEmbedder())
    assert again.waiting() == 1
    again.close()


def test_a_search_embeds_no_long_text(store: Store, memory: Memory, embedder: ToyEmbedder) -> None:
    """A long text that waits is found by words and left to the background; a short one is embedded at once."""
    memory.recall.load([NewMessage("user", "bees " * 4_000)])
    assert memory.search.find("bees", ("recall",)).total == 1
    assert (embedder.texts, store.waiting()) == (["warm", "bees"], 1)


def test_a_long_import_reaches_the_index_before_it_ends(
    store: Store, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After many rows the index is brought up to date, though more of them wait: no search has to scan them all."""
    monkeypatch.setattr(worker, "EMBED_BATCH", 4)
    monkeypatch.setattr(worker, "SYNC_AFTER", 8)
    synced = threading.Event()
    sync, waiting = Indexer.sync_index, []

    def seen(indexer: Indexer) -> bool:
        waiting.append(store.waiting())
        done = sync(indexer)
        synced.set()
        return done

    monkeypatch.setattr(Indexer, "sync_index", seen)
    filled(memory, 30)
    store.start()
    assert synced.wait(20)
    assert waiting[0] == 22


class Unreliable(ToyEmbedder):
    """The toy, one answer of which is what it is told."""

    answer: Vectors | None = None

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return one unit vector a text, or once the answer."""
        found, self.answer = self.answer, None
        return super().embed(texts, purpose) if found is None else np.repeat(found, len(texts), axis=0)


@pytest.mark.parametrize(
    "answer",
    [np.full((1, 64), np.nan), np.full((1, 64), np.inf), np.zeros((1, 64)), np.ones((1, 8)), np.ones((2, 64))],
    ids=["nan", "infinite", "zero", "length", "number"],
)
def test_a_bad_answer_is_not_stored_and_asked_again(tmp_path: Path, clock: FrozenClock, answer: Vectors) -> None:
    """Neither a row's nor a question's: the next try gives the right vector, and no search fails."""
    embedder = Unreliable()
    store = Store(tmp_path, clock, Letters(), embedder)
    memory = store.memory("ada", (NewBlock("human", "", 100),))
    memory.archival.insert("Bob sails boats")
    store.embed_now()
    memory.archival.insert("Ada keeps bees")
    embedder.answer = answer.astype(np.float32)
    store.embed_now()
    embedder.answer = answer.astype(np.float32)
    assert memory.archival.search("keeps bees").hits[0].text == "Ada keeps bees"
    assert memory.archival.search("keeps bees", mode="meaning").hits[0].text == "Ada keeps bees"
    assert verify(memory, vectors_of(store).store).sound
    assert (count(store, vectors), count(store, outbox)) == (2, 0)
    store.close()
