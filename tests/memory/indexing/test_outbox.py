"""The outbox: each row is embedded once, with its speaker, down to its last words."""

import numpy as np

from carrel.memory.db.schema import outbox, vectors
from carrel.memory.indexing.outbox import MAX_TRIES
from carrel.memory.store import Memory, Store
from carrel.memory.tiers.core import NewBlock
from carrel.memory.upkeep.verify import verify
from carrel.memory.values import NewMessage
from tests.memory.looking import count, vectors_of
from tests.memory.toy import ToyEmbedder


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
    assert [tier.failed for tier in verify(memory, vectors_of(store).store).tiers] == [0, 1]


def test_drain_returns_how_many_rows_it_embedded(store: Store, memory: Memory) -> None:
    """A row that is refused is tried again and again, but never counted as embedded; progress ends at the figure."""
    for text in ("good one", "poison apple", "good two"):
        memory.archival.insert(text)
    seen: list[int] = []

    assert store.embed_now(seen.append) == count(store, vectors) == 2
    assert seen[-1] == 2


def test_a_batch_holds_a_bounded_amount_of_text(store: Store, memory: Memory) -> None:
    """Rows are read until the next would exceed the limit; one that exceeds it alone is read alone."""
    memory.recall.load([NewMessage("user", letter * 40) for letter in "abc"] + [NewMessage("user", "d" * 500)])
    reader = vectors_of(store).outbox

    assert [item.text[0] for item in reader.read(10, max_characters=100)] == ["a", "b"]
    assert [item.text[0] for item in reader.read(10)] == ["a", "b", "c", "d"]
    reader.finish(reader.read(3), [[np.zeros(64, np.float32)]] * 3)
    assert [len(item.text) for item in reader.read(10, max_characters=100)] == [500]


def test_the_rows_of_the_agent_that_talks_come_first(store: Store, memory: Memory) -> None:
    """Rows of one agent are read before older ones of others, and these once none of its own waits."""
    other = store.memory("bob", (NewBlock("human", "", 100),))
    memory.recall.load([NewMessage("user", "older")])
    other.recall.load([NewMessage("user", "younger")])
    reader = vectors_of(store).outbox

    assert [item.text for item in reader.read(10, agent_id=other.scope.agent_id)] == ["younger"]
    reader.finish(reader.read(10, agent_id=other.scope.agent_id), [[np.zeros(64, np.float32)]])
    assert [item.text for item in reader.read(10, agent_id=other.scope.agent_id)] == ["older"]
