"""Meanings, compared by vectors."""

from collections.abc import Sequence

import numpy as np
import pytest

from carrel.errors import ModelUnreachable
from carrel.models.offline.meanings import MAX_KEPT, Meanings
from carrel.protocols import Purpose, Vectors


class Letters:
    """An embedder whose vectors count the letters a and b."""

    fingerprint = "letters"
    dimension = 2

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return a unit vector for each text."""
        self.texts += texts
        rows = np.array([[text.count("a") + 0.001, text.count("b") + 0.001] for text in texts], np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


class Broken(Letters):
    """An embedder that does not answer."""

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Fail."""
        raise ModelUnreachable("Nobody is there.", "Try again.")


def test_alike_texts_have_alike_vectors() -> None:
    """The cosine is one for the same direction, and next to nothing for another."""
    assert Meanings(Letters()).compare("aa", ["a", "b"]) == pytest.approx([1.0, 0.0], abs=0.01)
    assert Meanings(Letters()).compare("aa", []) == []


def test_a_sentence_is_embedded_once() -> None:
    """The question is embedded each time."""
    embedder = Letters()
    meanings = Meanings(embedder)
    for _ in range(2):
        meanings.compare("aa", ["a", "b", "a"])
    assert embedder.texts == ["a", "b", "aa", "aa"]


def test_not_more_is_kept_than_is_allowed() -> None:
    """The oldest go; they are embedded again when they are asked for."""
    embedder = Letters()
    meanings = Meanings(embedder)
    meanings.compare("a", [f"b{n}" for n in range(MAX_KEPT + 1)])
    embedder.texts.clear()
    meanings.compare("a", ["b0", f"b{MAX_KEPT}"])
    assert embedder.texts == ["b0", "a"]


@pytest.mark.parametrize(("embedder", "text"), [(Broken(), "aa"), (Letters(), "我的猫")])
def test_what_cannot_be_compared_is_not(embedder: Letters, text: str) -> None:
    """An embedder that fails, and a script whose words MiniLM does not know."""
    assert Meanings(embedder).compare(text, ["a"]) == []
