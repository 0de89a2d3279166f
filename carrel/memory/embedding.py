"""The embedder as the memory uses it: loaded off the turn's path, one call at a time, queries cached."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

from carrel.protocols import Embedder, Vectors

CACHED_QUERIES = 256


class Embedding:
    """Wraps an embedder, or stands for there being none."""

    def __init__(self, embedder: Embedder | None) -> None:
        self.embedder = embedder
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._warming: threading.Thread | None = None
        self._queries: OrderedDict[str, Vectors] = OrderedDict()

    @property
    def ready(self) -> bool:
        """Whether a text can be embedded without loading the model first."""
        return self._ready.is_set()

    def warm(self) -> None:
        """Start to load the model in the background, once."""
        if self.embedder is None or self._warming is not None:
            return
        self._warming = threading.Thread(target=self._load, name="carrel-warm", daemon=True)
        self._warming.start()

    def documents(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text; waits for the model."""
        return self._embed(texts, "document")

    def query(self, text: str, patience: float) -> Vectors | None:
        """Return the question's vector, shape (dimension,); None where the model is not there in `patience` seconds."""
        if self.embedder is None:
            return None
        if (known := self._queries.get(text)) is not None:
            return known
        self.warm()
        if not self._ready.wait(patience):
            return None
        vector: Vectors = self._embed([text], "query")[0]
        self._queries[text] = vector
        if len(self._queries) > CACHED_QUERIES:
            self._queries.popitem(last=False)
        return vector

    def _load(self) -> None:
        self._embed(["warm"], "query")

    def _embed(self, texts: Sequence[str], purpose: "str") -> Vectors:
        assert self.embedder is not None
        with self._lock:
            vectors = self.embedder.embed(texts, "query" if purpose == "query" else "document")
        self._ready.set()
        return vectors
