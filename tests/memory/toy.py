"""An embedder that anyone can follow: one dimension a word, by the word's letters."""

from collections.abc import Sequence

import numpy as np

from carrel.errors import ModelFailed
from carrel.protocols import Purpose, Vectors


class ToyEmbedder:
    """Adds up unit vectors of words; texts with the word `poison` are refused."""

    def __init__(self, fingerprint: str = "toy/1/64") -> None:
        self._fingerprint = fingerprint
        self.texts: list[str] = []

    @property
    def fingerprint(self) -> str:
        """Its name."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return 64

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return one unit vector a text."""
        if any("poison" in text for text in texts):
            raise ModelFailed("The embedder refuses a text.", "Leave it out.")
        self.texts.extend(texts)
        return np.array([self._one(text) for text in texts], np.float32)

    def _one(self, text: str) -> Vectors:
        vector = np.zeros(64, np.float32)
        for word in text.lower().split():
            vector[sum(map(ord, word.strip(".,?!:"))) % 64] += 1.0
        length = float(np.linalg.norm(vector))
        unit: Vectors = vector / length if length else np.eye(1, 64, dtype=np.float32)[0]
        return unit
