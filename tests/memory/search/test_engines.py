"""What searches and stores vectors in a home."""

from carrel.memory.store import Store


def test_without_an_embedder_there_is_nothing_to_embed(store: Store) -> None:
    """No vectors, no worker; closing is the same."""
    assert (store.engines.vectors, store.waiting(), store.embed_now()) == (None, 0, 0)
    store.engines.close()


def test_closing_stops_everything(indexed: Store) -> None:
    """The worker ends, the index is closed, and closing again does nothing more."""
    indexed.start()
    memory = indexed.memory("ada", ())
    memory.archival.insert("Ada keeps bees")
    indexed.embed_now()
    engines = indexed.engines
    assert engines.vectors is not None
    assert engines.index.is_open
    engines.close()
    assert not engines.index.is_open
    engines.close()
