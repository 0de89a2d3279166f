"""What should agree is counted, and what does not is found."""

import pytest

from carrel.memory.store import Memory, Store
from carrel.memory.upkeep.verify import verify
from tests.memory.looking import vectors_of


@pytest.fixture
def store(indexed: Store) -> Store:
    """The store with the toy embedder."""
    return indexed


def test_verify_finds_what_is_wrong(store: Store, memory: Memory) -> None:
    """A vector without a row, and a row without words, are counted."""
    memory.archival.insert("Ada keeps bees")
    store.embed_now()
    with store.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM passage_words")
        connection.exec_driver_sql("UPDATE vectors SET row = 999")
    tier = verify(memory, vectors_of(store).store).tiers[1]

    assert (tier.without_words, tier.orphans, tier.missing, tier.sound) == (1, 1, 1, False)
