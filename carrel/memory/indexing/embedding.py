"""The embedder as the memory uses it: loaded off the turn's path, one call at a time, questions first and cached."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from carrel.errors import CarrelError
from carrel.protocols import Embedder, Vectors

log = logging.getLogger(__name__)

CACHED_QUERIES = 256
LOAD_SECONDS = 60.0
"""How long an end waits for a model that is being loaded."""
AT_ONCE_SECONDS = 0.25
"""How long a question waits at most for documents that are being embedded, once their speed is known."""
AT_ONCE = (32, 4096)
"""The least and the most documents embedded between two looks for a question."""


class Embedding:
    """Wraps an embedder, or stands for there being none."""

    def __init__(self, embedder: Embedder | None) -> None:
        self.embedder = embedder
        self._lock = threading.Lock()
        self._turnstile = threading.Lock()
        self._at_once = AT_ONCE[0]
        self._ready = threading.Event()
        self._warming: threading.Thread | None = None
        self._queries: OrderedDict[str, Vectors] = OrderedDict()

    @property
    def ready(self) -> bool:
        """Whether a text can be embedded without loading the model first."""
        return self._ready.is_set()

    def warm(self) -> None:
        """Start to load the model in the background, once."""
        if self.embedder is None or self._warming is not None or self.ready:
            return
        self._warming = threading.Thread(target=self._load, name="carrel-warm", daemon=True)
        self._warming.start()

    def documents(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, shape (texts, dimension); waits for the model and lets questions through.

        Texts of like length are embedded together: a batch is padded to its longest.
        """
        assert self.embedder is not None
        order = sorted(range(len(texts)), key=lambda n: -len(texts[n]))
        parts: list[Vectors] = []
        done = 0
        while done < len(order):
            chosen = order[done : done + self._at_once]
            with self._turnstile:
                pass
            start = time.monotonic()
            parts.append(self._embed([texts[n] for n in chosen], "document"))
            done += len(chosen)
            speed = len(chosen) / max(1e-6, time.monotonic() - start)
            self._at_once = int(min(AT_ONCE[1], max(AT_ONCE[0], speed * AT_ONCE_SECONDS)))
        whole = np.zeros((len(texts), self.embedder.dimension), np.float32)
        if parts:
            whole[order] = np.concatenate(parts)
        return whole

    def query(self, text: str, patience: float) -> Vectors | None:
        """Return the question's vector, shape (dimension,); None where the model is not there in `patience` seconds."""
        if self.embedder is None:
            return None
        if (known := self._queries.get(text)) is not None:
            return known
        self.warm()
        if not self._ready.wait(patience):
            return None
        with self._turnstile:
            vector: Vectors = self._embed([text], "query")[0]
        self._queries[text] = vector
        if len(self._queries) > CACHED_QUERIES:
            self._queries.popitem(last=False)
        return vector

    def close(self) -> None:
        """Wait for a model that is being loaded: a process that ends under native code aborts."""
        if self._warming is not None:
            self._warming.join(LOAD_SECONDS)

    def _load(self) -> None:
        try:
            self._embed(["warm"], "query")
        except CarrelError as error:
            log.warning("The embedder does not answer yet: %s", error)
        finally:
            self._ready.set()  # else whoever asks would wait for what does not come; now it is told why

    def _embed(self, texts: Sequence[str], purpose: "str") -> Vectors:
        assert self.embedder is not None
        with self._lock:
            vectors = self.embedder.embed(texts, "query" if purpose == "query" else "document")
        self._ready.set()
        return vectors
