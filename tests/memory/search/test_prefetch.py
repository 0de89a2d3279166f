"""Search for page-in: the message that asks is not what is found."""

import pytest

from carrel.memory.db.schema import vectors
from carrel.memory.store import Memory, Store
from carrel.memory.values import Tier
from tests.memory.looking import count
from tests.memory.toy import ToyEmbedder


@pytest.fixture
def store(indexed: Store) -> Store:
    """The store with the toy embedder."""
    return indexed


BOTH: tuple[Tier, ...] = ("recall", "archival")


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


def test_the_first_message_does_not_wait_for_the_embedder(store: Store, memory: Memory, embedder: ToyEmbedder) -> None:
    """An agent that has stored nothing else has nothing to find, so its first answer loads no model."""
    _, first = memory.turns.begin(memory.sessions.start(), "I keep bees", "m")
    assert memory.search.find_relevant(first, BOTH, limit=9, timeout_s=60.0) == []
    assert embedder.texts == []
