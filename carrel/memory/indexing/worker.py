"""The background worker: it embeds the rows in the outbox and brings the index up to date."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy.engine import Connection

from carrel.chunking import split_for_embedding
from carrel.errors import CarrelError, ModelFailed
from carrel.memory.indexing.embedding import Embedding, EmbeddingStopped
from carrel.memory.indexing.index_sync import IndexSync
from carrel.memory.indexing.outbox import Outbox, WaitingRow
from carrel.memory.values import Tier

log = logging.getLogger(__name__)

EMBED_BATCH = 256
EMBED_CHARACTERS = 20_000
"""Characters in a batch, unless one row has more: a quarter of a second on two cores."""
DRAIN_BATCH = 512
DRAIN_CHARACTERS = 400_000
"""The same when everything is embedded at once: in a larger batch more texts have a similar length."""
FLUSH_LIMIT = 16
FLUSH_CHARACTERS = 8_000
"""Rows and characters that a search embeds by itself: a tenth of a second on a CPU."""
FLUSH_TIMEOUT_S = 1.0
"""How long a search waits for the background worker to embed new rows."""
PAUSE_S = 2.0
"""Between two checks of the outbox, to which another process may have written. The index is brought up to date only
after such a pause, so that a program that answers one question does not have to open it."""
SYNC_AFTER = 4_096
"""After this number of rows without a pause the index is brought up to date, because searches scan what it lacks."""
STOP_TIMEOUT_S = 30.0
"""How long a stop waits for an index that hangs. The probe of the next start will deal with it."""


class Indexer:
    """Embeds and indexes, in its own thread or when asked."""

    def __init__(self, embedding: Embedding, outbox: Outbox, index_sync: IndexSync) -> None:
        self._embedding = embedding
        self._outbox = outbox
        self._index_sync = index_sync
        self._work = threading.Event()
        self._stopping = threading.Event()
        self._embedding_now = threading.Lock()
        self._thread: threading.Thread | None = None
        self._not_synced = 0
        self._agent_id: int | None = None
        """The agent whose rows are embedded first."""

    def start(self) -> None:
        """Start the background thread, once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="carrel-indexer", daemon=True)
            self._thread.start()

    def notify(self, agent_id: int | None = None) -> None:
        """Announce that there are rows to embed; those of this agent come first."""
        self._agent_id = agent_id
        self._work.set()

    def stop(self) -> bool:
        """Stop, even in the middle of a long text, and return whether the thread has ended.

        Rows that are not embedded remain in the outbox.
        """
        self._stopping.set()
        self._work.set()
        if self._thread is None:
            return True
        self._thread.join(STOP_TIMEOUT_S)
        return not self._thread.is_alive()

    def drain(self, progress: Callable[[int], None] = lambda done: None, agent_id: int | None = None) -> int:
        """Embed and index all waiting rows now, and return the number of rows embedded.

        `progress` is called with the number of rows embedded so far. The rows of the agent come first.
        """
        self._agent_id = agent_id
        total = 0
        handled = 1
        while handled:
            with self._embedding_now:
                handled, embedded = self._embed_waiting(DRAIN_BATCH, DRAIN_CHARACTERS)
            total += embedded
            progress(total)
        self.sync_index()
        return total

    def embed_batch(self) -> int:
        """Embed one batch from the outbox and return the number of rows handled.

        If the embedder refuses the batch, each row is tried alone, so that one bad row does not delay the others. Other
        errors are raised: a server that cannot be reached says nothing about the rows.
        """
        with self._embedding_now:
            return self._embed_waiting(EMBED_BATCH, EMBED_CHARACTERS)[0]

    def find_few_waiting(self, connection: Connection) -> list[tuple[Tier, int]]:
        """Return the tier and the number of the waiting rows; none if they are too many for a search to embed."""
        waiting = self._outbox.first(connection, FLUSH_LIMIT + 1)
        return waiting if len(waiting) <= FLUSH_LIMIT else []

    def flush(self) -> None:
        """Embed the waiting rows if they are few and short, so that a search finds them by meaning.

        If the background worker is embedding, wait for it, but not for long. Rows that still wait are found by words.
        """
        if self._embedding_now.acquire(timeout=FLUSH_TIMEOUT_S):
            try:
                rows = self._outbox.read(FLUSH_LIMIT + 1)
                if len(rows) <= FLUSH_LIMIT and sum(len(item.text) for item in rows) <= FLUSH_CHARACTERS:
                    with suppress(EmbeddingStopped):  # the home is being closed
                        self._embed_rows(rows)
            finally:
                self._embedding_now.release()

    def sync_index(self) -> bool:
        """Bring the index up to date with SQL; return False if another process owns it."""
        self._not_synced = 0
        return self._index_sync.run(self._stopping.is_set)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._work_once()
            except EmbeddingStopped:
                return
            except CarrelError as error:
                log.warning("The indexer waits: %s", error)
                self._work.wait(PAUSE_S)

    def _work_once(self) -> None:
        """Embed a batch. After many batches, or if nothing was added for a while, bring the index up to date."""
        with self._embedding_now:
            handled, embedded = self._embed_waiting(EMBED_BATCH, EMBED_CHARACTERS)
        if handled:
            if not embedded:  # all rows failed, and another try right away would use up their tries
                self._stopping.wait(PAUSE_S)
            self._not_synced += handled
            if self._not_synced >= SYNC_AFTER:
                self.sync_index()
            return
        was_called = self._work.wait(PAUSE_S)
        self._work.clear()
        if not was_called:
            self.sync_index()

    def _embed_waiting(self, limit: int, max_characters: int) -> tuple[int, int]:
        """Return how many rows were handled and how many of them were embedded."""
        return self._embed_rows(self._outbox.read(limit, max_characters, self._agent_id))

    def _embed_rows(self, rows: list[WaitingRow]) -> tuple[int, int]:
        try:
            self._embed(rows)
        except ModelFailed:
            return len(rows), self._embed_singly(rows)
        return len(rows), len(rows)

    def _embed(self, rows: list[WaitingRow]) -> None:
        if not rows:
            return
        chunks = [split_for_embedding(item.text) for item in rows]
        texts = [chunk for group in chunks for chunk in group]
        vectors = iter(self._embedding.embed_documents(texts, self._stopping.is_set))
        self._outbox.finish(rows, [[next(vectors) for _ in group] for group in chunks])

    def _embed_singly(self, rows: list[WaitingRow]) -> int:
        embedded = 0
        for item in rows:
            try:
                self._embed([item])
                embedded += 1
            except ModelFailed as error:
                log.warning("Row %s of %s cannot be embedded: %s", item.row, item.tier, error)
                self._outbox.count_failure(item)
        return embedded
