"""The embedder as the memory uses it: order is kept, questions come first, an absent server holds nobody up."""

import threading
from collections.abc import Sequence

import numpy as np
import pytest

from carrel.errors import ModelUnreachable
from carrel.memory.indexing.embedding import SLICE_BOUNDS, Embedding
from carrel.protocols import Purpose, Vectors


class Lengths:
    """Embeds a text as its length, and notes what it was asked."""

    fingerprint = "lengths"
    dimension = 2

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.busy = threading.Event()

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Wait for the gate, then return a vector a text."""
        self.asked.append((purpose, len(texts)))
        self.busy.set()
        assert self.gate.wait(20)
        return np.array([[len(text), 1] for text in texts], np.float32)


def test_documents_keep_their_order() -> None:
    """Texts of any length come back as vectors in the order in which they were given."""
    texts = ["x" * (n * 7919 % 100) for n in range(200)]
    made = Embedding(Lengths()).embed_documents(texts)
    assert made[:, 0].tolist() == [len(text) for text in texts]
    assert Embedding(Lengths()).embed_documents([]).shape == (0, 2)


def test_a_question_goes_before_documents_that_wait() -> None:
    """A question waits for the documents at hand, not for all."""
    embedder = Lengths()
    embedding = Embedding(embedder)
    embedding.embed_documents(["warm"])
    embedder.asked.clear()
    embedder.busy.clear()
    embedder.gate.clear()
    many = threading.Thread(target=embedding.embed_documents, args=(["x"] * 20_000,))
    many.start()
    assert embedder.busy.wait(20)
    asking = threading.Thread(target=embedding.embed_query, args=("who?", 20.0))
    asking.start()
    while not embedding.query_waiting:
        pass
    embedder.gate.set()
    asking.join(20)
    many.join(20)
    assert embedder.asked[1] == ("query", 1)
    assert sum(count for _, count in embedder.asked) == 20_001
    assert max(count for _, count in embedder.asked) <= SLICE_BOUNDS[1]


class Away(Lengths):
    """An embedder whose server is not there."""

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Refuse."""
        raise ModelUnreachable("The server does not answer.", "Start it.")


def test_a_server_that_is_away_holds_nobody_up() -> None:
    """Once it is known that it does not answer, a question is told at once instead of waiting for it to load."""
    embedding = Embedding(Away())
    embedding.start_loading()
    embedding.close()
    with pytest.raises(ModelUnreachable, match="The server does not answer"):
        embedding.embed_query("who?", 20.0)
