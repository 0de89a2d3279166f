"""What should agree is counted, and what does not is found."""

import os
from contextlib import closing

import pytest

from carrel.clock import FrozenClock
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


def test_a_home_that_can_only_be_read_is_verified_as_far_as_it_can_be(
    store: Store, memory: Memory, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All is counted; that the full-text index was not compared with its words is said, and is no fault."""
    memory.archival.insert("Ada keeps bees")
    store.embed_now()
    vectors = vectors_of(store).store
    counted = verify(memory, vectors)
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.W_OK)
    with closing(Store(store.database.path.parent, clock, store.counter, None)) as frozen:
        report = verify(frozen.memory("ada"), vectors)
    assert (counted.words_sound, report.words_sound, report.sound) == (True, None, True)
    assert report.tiers == counted.tiers
