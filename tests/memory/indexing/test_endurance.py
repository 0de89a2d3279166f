"""What a search and the worker outlive: deletions, an index deleted under them, a locked database, other writers."""

import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from carrel.clock import FrozenClock
from carrel.errors import Busy, UsageError
from carrel.memory.indexing import worker
from carrel.memory.indexing.worker import Indexer
from carrel.memory.search import lexical as word_search
from carrel.memory.store import Memory, Store
from carrel.memory.tiers.core import NewBlock
from carrel.memory.values import Filters, NewMessage
from carrel.protocols import Purpose, Vectors
from tests.memory.conftest import Letters
from tests.memory.toy import ToyEmbedder

BLOCKS = (NewBlock("human", "", 100),)


@pytest.fixture
def store(tmp_path: Path, clock: FrozenClock) -> Iterator[Store]:
    """A store with the toy embedder."""
    made = Store(tmp_path, clock, Letters(), ToyEmbedder())
    yield made
    made.close()


@pytest.fixture
def memory(store: Store) -> Memory:
    """The memory of one agent."""
    return store.memory("ada", BLOCKS)


def indexer_of(store: Store) -> Indexer:
    """Return the worker."""
    assert store.engines.vectors is not None
    return store.engines.vectors.indexer


@pytest.mark.slow
def test_what_is_gone_takes_no_places(store: Store, memory: Memory) -> None:
    """After the nearest were deleted, the next nearest are found by meaning."""
    kept = [memory.archival.insert(f"cat cat cat {'z' * n}").passage for n in range(200)]
    store.embed_now()
    nearest = memory.archival.search("cat cat cat", limit=80, mode="meaning").hits
    for hit in nearest:
        memory.archival.delete(hit.id)
    found = {hit.id for hit in memory.archival.search("cat cat cat", limit=200, mode="meaning").hits}
    assert len(found) >= 80
    assert found <= {passage.id for passage in kept} - {hit.id for hit in nearest}


def test_the_worker_outlives_what_fails(store: Store, memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is locked for long, once, ends neither the worker nor what it has to do."""
    monkeypatch.setattr(worker, "PAUSE_S", 0.01)
    whole, failed, done = Indexer.sync_index, threading.Event(), threading.Event()

    def locked(self: Indexer) -> bool:
        if not failed.is_set():
            failed.set()
            raise Busy("The database is locked.", "Try again.")
        made = whole(self)
        done.set()
        return made

    monkeypatch.setattr(Indexer, "sync_index", locked)
    store.start()
    assert failed.wait(20)
    memory.archival.insert("Ada keeps bees")
    memory.notify()
    assert done.wait(20)


@pytest.mark.parametrize("remains", ["nothing", "a file"])
def test_the_index_folder_is_deleted_while_it_is_open(
    store: Store, memory: Memory, tmp_path: Path, remains: str
) -> None:
    """Whatever stands there afterwards, the worker goes on and everything is found."""
    memory.archival.insert("Ada keeps bees")
    store.embed_now()
    shutil.rmtree(tmp_path / "index")
    if remains == "a file":
        (tmp_path / "index").write_text("not a folder", encoding="utf-8")
    memory.archival.insert("Bob sails boats")
    assert store.embed_now() == 1
    for said in ("Ada keeps bees", "Bob sails boats"):
        assert memory.archival.search(said, mode="meaning").hits[0].text == said


class Slow(ToyEmbedder):
    """Embeds a question only when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = threading.Event()
        self.go = threading.Event()

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Wait for leave, then embed."""
        if purpose == "query" and list(texts) != ["warm"]:
            self.asked.set()
            assert self.go.wait(20)
        return super().embed(texts, purpose)


def test_others_write_while_a_question_is_embedded(tmp_path: Path, clock: FrozenClock) -> None:
    """A search holds no snapshot while it waits for the embedder, so a commit does not wait for the search."""
    slow = Slow()
    store = Store(tmp_path, clock, Letters(), slow)
    memory = store.memory("ada", BLOCKS)
    memory.archival.insert("Ada keeps bees")
    store.embed_now()
    found: list[str] = []
    asking = threading.Thread(target=lambda: found.extend(h.text for h in memory.archival.search("bees").hits))
    asking.start()
    assert slow.asked.wait(20)
    memory.archival.insert("Bob sails boats")
    slow.go.set()
    asking.join(20)
    assert found == ["Ada keeps bees"]
    store.close()
    with pytest.raises(UsageError, match="closed"):
        memory.archival.search("bees")


@pytest.mark.parametrize("filters", [None, Filters(roles=("user",))])
def test_pages_neither_repeat_nor_miss(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, filters: Filters | None
) -> None:
    """Over all pages each row stands once, and every page tells the same total, with rare and common words mixed."""
    monkeypatch.setattr(word_search, "COMMON", 40)
    words = ("red", "blue", "green")
    texts = [
        " ".join([words[n % 3], words[n % 2], "lion" * (n % 23 == 0), "zebra" * (n % 19 == 0), f"x{n}"])
        for n in range(700)
    ]
    memory.recall.load([NewMessage("assistant" if n % 2 else "user", text) for n, text in enumerate(texts)])

    def page(number: int) -> list[str]:
        found = memory.search.find(
            "lion zebra red blue green", ("recall",), limit=13, page=number, filters=filters, mode="words"
        )
        totals.add((found.total, found.pages))
        return [hit.id for hit in found.hits]

    totals: set[tuple[int, int]] = set()
    first = page(1)
    ((total, pages),) = totals
    ids = first + [identity for number in range(2, pages + 1) for identity in page(number)]
    assert (len(ids), len(set(ids)), len(totals)) == (total, total, 1)
    assert total == (350 if filters else 700)
