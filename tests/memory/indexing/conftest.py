"""The tests of what is derived from rows work in a store with an embedder."""

import pytest

from carrel.memory.store import Store


@pytest.fixture
def store(indexed: Store) -> Store:
    """The store with the toy embedder."""
    return indexed
