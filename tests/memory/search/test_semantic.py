"""Search by meaning: what waits is embedded, and what cannot be is left to words."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from carrel.clock import FrozenClock
from carrel.errors import ModelUnreachable
from carrel.memory.db.schema import outbox
from carrel.memory.indexing.worker import FLUSH_LIMIT
from carrel.memory.store import Memory, Store
from carrel.memory.tiers.core import NewBlock
from carrel.protocols import Purpose, Vectors
from tests.memory.conftest import Letters
from tests.memory.looking import count
from tests.memory.toy import ToyEmbedder


@pytest.fixture
def store(indexed: Store) -> Store:
    """The store with the toy embedder."""
    return indexed


class Away(ToyEmbedder):
    """The toy behind a server that can go away."""

    away = False

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return one unit vector a text. Raise ModelUnreachable while away."""
        if self.away:
            raise ModelUnreachable("The embedding server does not answer.", "Start it.")
        return super().embed(texts, purpose)


def filled(memory: Memory, number: int) -> None:
    """Add so many facts."""
    for n in range(number):
        memory.archival.insert(f"Fact number {n}")


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


def test_signs_alone_wait_for_no_embedder(memory: Memory, embedder: ToyEmbedder) -> None:
    """A question of emoji goes by words at once: the embedder is not even loaded for it."""
    memory.archival.insert("I love 🎉 and bees")
    assert [hit.text for hit in memory.archival.search("🎉").hits] == ["I love 🎉 and bees"]
    assert embedder.texts == []
