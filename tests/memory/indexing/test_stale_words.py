"""Words that an earlier version indexed: found meanwhile, and indexed again in the background."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from carrel.clock import FrozenClock
from carrel.memory.db.schema import stale_words, vectors
from carrel.memory.indexing import stale_words as module
from carrel.memory.indexing.stale_words import StaleWords
from carrel.memory.store import Memory, Store
from carrel.memory.upkeep.verify import verify
from carrel.memory.values import NewMessage
from tests.memory.conftest import BLOCKS, Letters
from tests.memory.looking import count, vectors_of
from tests.migrations.test_versions import AT, database_of

TEXTS = ("We met in the Hauptstraße", "قال أحمد شيئا", "我住在台灣", "A plain heron")
OLD_WORDS = ("We met in the Hauptstraße", "قال أحمد شيئا", "我住 住在 在台 台灣 灣", "A plain heron")
OLD = (
    f"INSERT INTO agents (id, name, created_at) VALUES (1, 'ada', '{AT}')",
    f"INSERT INTO sessions (id, agent_id, origin, started_at, last_at) VALUES ('s', 1, 'chat', '{AT}', '{AT}')",
    *(
        "INSERT INTO messages (id, agent_id, session_id, role, text, at, tokens, asks, first_person, time_words, state,"
        f" position) VALUES ('m{n}', 1, 's', 'user', '{text}', '{AT}', 1, 0, 0, 0, 'complete', {n})"
        for n, text in enumerate(TEXTS, 1)
    ),
    *(
        f"INSERT INTO message_words (rowid, agent, text) VALUES ({n}, 'agent1', '{words}')"
        for n, words in enumerate(OLD_WORDS, 1)
    ),
    "INSERT INTO passages (id, agent_id, text, tags, origin, state, version, hash, at, updated_at, tokens)"
    f" VALUES ('p1', 1, 'Łódź', '[\"Ørsted\"]', 'api', 'live', 1, 'h', '{AT}', '{AT}', 1)",
    "INSERT INTO passage_words (rowid, agent, text) VALUES (1, 'agent1', 'Ørsted Łódź')",
)
AS_WRITTEN = ("Hauptstraße", "أحمد", "台灣", "heron")
OTHERWISE = ("hauptstrasse", "احمد", "台湾", "HERONS")


@pytest.fixture
def old(tmp_path: Path, clock: FrozenClock) -> Iterator[Store]:
    """A store over a database of revision 0004 that holds something."""
    database_of(tmp_path / "carrel.db", "0004", OLD).close()
    made = Store(tmp_path, clock, Letters(), None)
    yield made
    made.close()


def found(memory: Memory, query: str) -> list[str]:
    """Return what words find in both tiers."""
    return [hit.text for hit in memory.search.find(query, ("recall", "archival"), mode="words").hits]


def stored(store: Store) -> list[str]:
    """Return the indexed words of messages, oldest first."""
    words = store.fulltext.words("recall")
    with store.database.read() as connection:
        return list(connection.scalars(sa.select(words.words).select_from(words.table).order_by(words.n)))


def test_old_rows_are_found_before_and_after(old: Store) -> None:
    """As they are written from the start; in every form once they are indexed again. New rows are found at once."""
    memory = old.memory("ada")
    assert [found(memory, query) for query in (*AS_WRITTEN, "Łódź", "Ørsted")] == [
        *([text] for text in TEXTS),
        ["Łódź"],
        ["Łódź"],
    ]
    assert [found(memory, query) for query in OTHERWISE[:3]] == [[], [], []]
    memory.recall.load([NewMessage("user", "Die Münchner Straße")])
    assert found(memory, "strasse") == ["Die Münchner Straße"]

    assert old.stale_words.count() == 5
    assert old.stale_words.renew() == 5
    assert (old.stale_words.count(), count(old, stale_words), verify(memory, None).sound) == (0, 0, True)
    for queries in (AS_WRITTEN, OTHERWISE):
        assert [found(memory, query) for query in queries] == [[text] for text in TEXTS]
    assert [found(memory, query) for query in ("lodz", "orsted", "oersted")] == [["Łódź"]] * 3


def test_only_what_changes_is_written(old: Store) -> None:
    """Words that the engine takes the same way stay as they are."""
    old.stale_words.renew()
    assert stored(old) == [
        "we met in the hauptstrasse",
        "قال احمد شييا",
        "我住 住在 在台 台湾 湾",
        "A plain heron",
    ]


def test_data_of_earlier_versions_is_embedded_again(indexed: Store) -> None:
    """The vectors that were made of it go, and the row waits for one of its prose; other rows keep theirs."""
    memory = indexed.memory("ada", BLOCKS)
    memory.archival.insert("Ada keeps bees")
    memory.archival.insert(f"Ada sails boats {'0123456789abcdef' * 50}")
    indexed.embed_now()
    with indexed.database.write() as connection:
        connection.execute(stale_words.insert().values(tier="archival", upto=2))
    assert (indexed.stale_words.renew(), indexed.waiting(), count(indexed, vectors)) == (2, 1, 1)
    indexed.embed_now()
    assert (count(indexed, vectors), verify(memory, vectors_of(indexed).store).sound) == (2, True)
    assert memory.archival.search("boats", mode="meaning").hits[0].text.startswith("Ada sails boats")


def test_newest_first_and_in_batches(old: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each batch commits by itself; after a stop the next one goes on; a batch has a limit on characters too."""
    memory = old.memory("ada")
    monkeypatch.setattr(module, "BATCH", 2)
    assert old.stale_words.renew_batch() == 2
    assert [found(memory, query) for query in OTHERWISE] == [[], [], [TEXTS[2]], [TEXTS[3]]]
    monkeypatch.setattr(module, "BATCH_CHARACTERS", 1)
    assert [old.stale_words.renew_batch() for _ in range(4)] == [1, 1, 1, 0]
    assert [found(memory, query) for query in OTHERWISE] == [[text] for text in TEXTS]


def test_in_the_background(old: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is started indexes them by itself; one where nothing remains starts no thread."""
    done = threading.Event()
    renew_batch = StaleWords.renew_batch

    def seen(words: StaleWords) -> int:
        read = renew_batch(words)
        if not read:
            done.set()
        return read

    monkeypatch.setattr(StaleWords, "renew_batch", seen)
    old.start()
    assert done.wait(20)
    assert found(old.memory("ada"), "hauptstrasse") == [TEXTS[0]]
    old.stale_words.stop()
    names = [thread.name for thread in threading.enumerate()]
    old.stale_words.start()
    assert [thread.name for thread in threading.enumerate()] == names


def test_nothing_remains_of_an_empty_database(store: Store) -> None:
    """A new home has nothing to index again."""
    assert (store.stale_words.count(), store.stale_words.renew(), count(store, stale_words)) == (0, 0, 0)
