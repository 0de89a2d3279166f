"""The background worker: embeds what waits in the outbox and brings the index up to the vectors in SQL."""

import logging
import threading
from collections.abc import Callable, Mapping

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from carrel.chunking import pieces
from carrel.errors import CarrelError, ModelFailed
from carrel.memory.db.database import Database
from carrel.memory.db.prepared import Prepared
from carrel.memory.db.schema import agents, index_marks
from carrel.memory.indexing.chroma import Index, IndexBroken
from carrel.memory.indexing.embedding import Embedding
from carrel.memory.indexing.vectors import Pending, VectorStore, to_blob
from carrel.memory.values import Tier

log = logging.getLogger(__name__)

EMBED_BATCH = 256
DRAIN_BATCH = 512
"""Where all is to be embedded at once: the more texts, the better those of like length stand together."""
FLUSH_UP_TO = 16
"""Rows that a search embeds itself: a tenth of a second on a CPU."""
FLUSH_SECONDS = 1.0
"""How long a search waits for the background to embed what waits."""
INDEX_BATCH = 2_000
PAUSE = 2.0
"""Seconds between two looks at the outbox when nobody calls: another process may have written. The index is brought
up to date after such a pause only, so that a program that answers once never pays for opening it."""
STOP_SECONDS = 30.0
"""How long a stop waits for the batch at hand; an index that hangs is left to the next start's probe."""
TIERS: tuple[Tier, ...] = ("recall", "archival")


_MARKS = Prepared(
    sa.select(index_marks.c.tier, index_marks.c.upto).where(
        index_marks.c.agent_id == sa.bindparam("agent"), index_marks.c.generation == sa.bindparam("generation")
    )
)


class Indexer:
    """Embeds and indexes, in its own thread or when asked."""

    def __init__(self, database: Database, embedding: Embedding, store: VectorStore, index: Index) -> None:
        self._database = database
        self._embedding = embedding
        self._store = store
        self._index = index
        self._work = threading.Event()
        self._stopping = threading.Event()
        self._embedding_now = threading.Lock()
        self._indexing_now = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the background thread, once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="carrel-indexer", daemon=True)
            self._thread.start()

    def notify(self) -> None:
        """Say that there is something to embed."""
        self._work.set()

    def stop(self) -> None:
        """Stop after the batch at hand and close the index; what waits stays in the outbox."""
        self._stopping.set()
        self._work.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
        if self._thread is None or not self._thread.is_alive():
            self._index.close()

    def drain(self, progress: Callable[[int], None] = lambda done: None) -> int:
        """Embed and index everything that waits, here and now, and return the number of rows embedded."""
        total = 0
        dealt = 1
        while dealt:
            with self._embedding_now:
                dealt, embedded = self._embed_pending(DRAIN_BATCH)
            total += embedded
            progress(total)
        self.sync_index()
        return total

    def embed_batch(self) -> int:
        """Embed one batch from the outbox and return the number of rows dealt with.

        A batch that the embedder refuses is tried row by row, so that one bad row never holds up the others. Raise
        what else goes wrong: a server that is not there says nothing about the rows.
        """
        with self._embedding_now:
            return self._embed_pending(EMBED_BATCH)[0]

    def flush(self, but: int = 0) -> None:
        """Embed what waits if it is little, so that a search finds by meaning what was said a moment ago.

        Not for the message of number `but` alone. Where the background is at it already, it is waited for, but not for
        long; where much waits, words find it.
        """
        if self.little_waits(but) and self._embedding_now.acquire(timeout=FLUSH_SECONDS):
            try:
                if self.little_waits(but):
                    self._embed_pending(FLUSH_UP_TO)
            finally:
                self._embedding_now.release()

    def little_waits(self, but: int = 0) -> bool:
        """Return whether anything waits to be embedded, beside message `but`, and so little that a search does it."""
        waiting = self._store.first_waiting(FLUSH_UP_TO + 1)
        return len(waiting) <= FLUSH_UP_TO and any(row != ("recall", but) for row in waiting)

    def sync_index(self) -> bool:
        """Bring the index up to the vectors in SQL; False where another process owns it."""
        with self._indexing_now:
            for _ in range(2):
                try:
                    return self._sync()
                except IndexBroken as error:
                    log.warning("%s", error)
                    self._index.abandon()
            return False

    def marks(self, agent_id: int) -> dict[Tier, int]:
        """Return up to which vector number the open index is complete; no tier that it does not hold."""
        if not self._index.is_open:
            return {}
        with self._database.read() as connection:
            rows = _MARKS.rows(connection, agent=agent_id, generation=self._index.generation)
        return {tier: upto for tier, upto in rows if upto}

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
            except CarrelError as error:
                log.warning("The indexer waits: %s", error)
                self._work.wait(PAUSE)

    def _look(self) -> None:
        """Embed a batch; where nothing waits and nobody calls for a while, bring the index up to date."""
        if self.embed_batch():
            return
        called = self._work.wait(PAUSE)
        self._work.clear()
        if not called:
            self.sync_index()

    def _embed_pending(self, limit: int) -> tuple[int, int]:
        """Return how many rows were dealt with, and how many of them were embedded."""
        batch = self._store.pending(limit)
        try:
            self._embed(batch)
        except ModelFailed:
            return len(batch), self._embed_singly(batch)
        return len(batch), len(batch)

    def _embed(self, batch: list[Pending]) -> None:
        if not batch:
            return
        parts = [pieces(item.text) for item in batch]
        vectors = iter(self._embedding.documents([piece for group in parts for piece in group]))
        done = [(item, [to_blob(next(vectors)) for _ in group]) for item, group in zip(batch, parts, strict=True)]
        self._store.store(done)

    def _embed_singly(self, batch: list[Pending]) -> int:
        embedded = 0
        for item in batch:
            try:
                self._embed([item])
                embedded += 1
            except ModelFailed as error:
                log.warning("Row %s of %s cannot be embedded: %s", item.row, item.tier, error)
                self._store.failed([item])
        return embedded

    def _sync(self) -> bool:
        if not self._index.open(self._is_sound):
            return False
        self._apply_removals()
        known = self._agents()
        self._index.keep_only(known)
        for agent_id in known:
            for tier in TIERS:
                self._catch_up(agent_id, tier)
        return True

    def _catch_up(self, agent_id: int, tier: Tier) -> None:
        upto = self.marks(agent_id).get(tier, 0)
        while not self._stopping.is_set():
            fresh = self._store.after(agent_id, tier, upto, INDEX_BATCH)
            if not len(fresh.numbers):
                return
            self._index.upsert(agent_id, tier, fresh.numbers.tolist(), fresh.matrix)
            upto = int(fresh.numbers[-1])
            self._set_mark(agent_id, tier, upto)

    def _is_sound(self, generation: str, counts: Mapping[str, int]) -> bool:
        """Return whether an index holds what SQL says that it was given; what it holds beyond that does no harm."""
        marks = sa.select(index_marks).where(index_marks.c.generation == generation)
        with self._database.read() as connection:
            rows = connection.execute(marks).fetchall()
        return all(
            counts.get(f"agent{row.agent_id}-{row.tier}", 0) >= self._store.count(row.agent_id, row.tier, row.upto)
            for row in rows
        )

    def _set_mark(self, agent_id: int, tier: Tier, upto: int) -> None:
        values = {"agent_id": agent_id, "tier": tier, "generation": self._index.generation, "upto": upto}
        statement = insert(index_marks).values(**values)
        with self._database.write() as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["agent_id", "tier", "generation"], set_={"upto": upto})
            )

    def _apply_removals(self) -> None:
        while entries := self._store.removed(500):
            for agent_id, tier in {(entry[1], entry[2]) for entry in entries}:
                mine = [entry[3] for entry in entries if entry[1:3] == (agent_id, tier)]
                self._index.remove(agent_id, tier, mine)
            self._store.forget_removals([entry[0] for entry in entries])

    def _agents(self) -> list[int]:
        with self._database.read() as connection:
            return list(connection.execute(sa.select(agents.c.id)).scalars())
