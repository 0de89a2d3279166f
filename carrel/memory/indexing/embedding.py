"""The embedder as the memory uses it: loaded in the background, called once at a time, queries first and cached."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from carrel.errors import CarrelError, ModelFailed
from carrel.memory.indexing.vectors import is_sound
from carrel.protocols import Embedder, Purpose, Vectors

log = logging.getLogger(__name__)


class EmbeddingStopped(Exception):
    """The caller stopped the embedding of documents."""


CACHED_QUERIES = 256
LOAD_TIMEOUT_S = 60.0
"""How long `close` waits for a model that is loading."""
SLICE_S = 0.25
"""How long documents are embedded before a waiting query gets its turn, once the speed is known."""
SLICE_BOUNDS = (8, 4096)
"""The smallest and the largest number of documents that are embedded in one call."""


class Embedding:
    """Wraps an embedder, or represents that there is none."""

    def __init__(self, embedder: Embedder | None) -> None:
        self.embedder = embedder
        self._lock = threading.Lock()
        self._query_waits = threading.Lock()
        """Held by a query while it waits and is embedded; documents wait for it before each slice."""
        self._slice_size = SLICE_BOUNDS[0]
        self._ready = threading.Event()
        self._loader: threading.Thread | None = None
        self._queries: OrderedDict[str, Vectors] = OrderedDict()

    @property
    def ready(self) -> bool:
        """Whether a text can be embedded without loading the model first."""
        return self._ready.is_set()

    @property
    def query_waiting(self) -> bool:
        """Whether a query is being embedded or waits for documents."""
        return self._query_waits.locked()

    def start_loading(self) -> None:
        """Start to load the model in the background, unless that was done before."""
        if self.embedder is None or self._loader is not None or self.ready:
            return
        self._loader = threading.Thread(target=self._load, name="carrel-load-embedder", daemon=True)
        self._loader.start()

    def embed_documents(self, texts: Sequence[str], should_stop: Callable[[], bool] = lambda: False) -> Vectors:
        """Return the unit vectors of texts, shape (texts, dimension). It waits for the model and lets queries go first.

        Texts of similar length are embedded together, because a batch is padded to its longest text.

        Raises:
            EmbeddingStopped: `should_stop` returned True; it is called about every SLICE_S seconds.
        """
        assert self.embedder is not None
        order = sorted(range(len(texts)), key=lambda n: -len(texts[n]))
        parts: list[Vectors] = []
        done = 0
        while done < len(order):
            if should_stop():
                raise EmbeddingStopped
            chosen = order[done : done + self._slice_size]
            with self._query_waits:
                pass
            start = time.monotonic()
            parts.append(self._embed([texts[n] for n in chosen], "document"))
            done += len(chosen)
            speed = len(chosen) / max(1e-6, time.monotonic() - start)
            self._slice_size = int(min(SLICE_BOUNDS[1], max(SLICE_BOUNDS[0], speed * SLICE_S)))
        if not parts:
            return np.zeros((0, self.embedder.dimension), np.float32)
        if len({part.shape[1] for part in parts}) > 1:
            raise ModelFailed("The embedder returned vectors of different lengths.", "See the log of its server.")
        joined = np.concatenate(parts)
        whole = np.empty_like(joined)
        whole[order] = joined
        return whole

    def embed_query(self, text: str, timeout_s: float) -> Vectors | None:
        """Return the vector of a query, shape (dimension,); None if the model is not loaded within the time limit."""
        if self.embedder is None:
            return None
        if (known := self._queries.get(text)) is not None:
            return known
        self.start_loading()
        if not self._ready.wait(timeout_s):
            return None
        with self._query_waits:
            vector: Vectors = self._embed([text], "query")[0]
        self._queries[text] = vector
        if len(self._queries) > CACHED_QUERIES:
            self._queries.popitem(last=False)
        return vector

    def forget_query(self, text: str) -> None:
        """Embed a query anew the next time."""
        self._queries.pop(text, None)

    def close(self) -> None:
        """Wait for a model that is loading: a process that ends while native code runs aborts."""
        if self._loader is not None:
            self._loader.join(LOAD_TIMEOUT_S)

    def _load(self) -> None:
        try:
            self._embed(["warm"], "query")
        except CarrelError as error:
            log.warning("The embedder does not answer yet: %s", error)
        finally:
            self._ready.set()  # after a failure too, so that a query raises the error at once instead of waiting

    def _embed(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        assert self.embedder is not None
        with self._lock:
            vectors = self.embedder.embed(texts, purpose)
        if vectors.ndim != 2 or len(vectors) != len(texts) or not is_sound(vectors).all():
            said = "The embedder returned something that is not one finite vector other than zero for each text."
            raise ModelFailed(said, "See the log of its server.")
        self._ready.set()
        return vectors
