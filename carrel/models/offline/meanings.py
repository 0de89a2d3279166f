"""How alike in meaning a question is to remembered sentences, by the vectors of an embedder."""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from carrel.errors import OperatorError
from carrel.protocols import Embedder
from carrel.words import is_cjk

MAX_KEPT = 2000
"""Vectors that are kept: a sentence that is remembered is asked about again."""


class Meanings:
    """Compares texts by the cosine of their vectors."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def compare(self, text: str, others: Sequence[str]) -> list[float]:
        """Return how alike a text is to each of the others, from -1 to 1.

        Return nothing where that cannot be told: the embedder does not answer, or the text is in a script of which
        MiniLM knows no words.
        """
        if is_cjk(text):
            return []
        missing = [other for other in dict.fromkeys(others) if other not in self._kept]
        try:
            vectors = self._embedder.embed(missing, "document") if missing else ()
            (asked,) = self._embedder.embed([text], "query")
        except OperatorError:
            return []
        self._kept.update(zip(missing, vectors, strict=True))
        found = [float(self._kept[other] @ asked) for other in others]
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        return found
