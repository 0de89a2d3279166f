"""Bring the vector index up to date with the vectors in SQL, and report how they differ."""

import logging
import threading
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.database import Database
from carrel.memory.db.schema import agents
from carrel.memory.indexing.progress import Coverage, IndexProgress
from carrel.memory.indexing.vector_index import AgentTier, IndexBroken, IndexState, VectorIndex
from carrel.memory.values import Tier

log = logging.getLogger(__name__)

BATCH = 500
"""Vectors that are read, indexed and acknowledged together in half a second, for which a stop may have to wait."""
REMOVED_AT_ONCE = 500


class IndexSync:
    """Keeps one index up to date with SQL."""

    def __init__(self, database: Database, index: VectorIndex, progress: IndexProgress) -> None:
        self._database = database
        self._index = index
        self._progress = progress
        self._running = threading.Lock()
        self._tracked = ""
        """The generation that SQL describes, as far as this process knows."""
        self._is_broken = False
        """Whether a query failed, so that the index must be built anew."""

    def run(self, should_stop: Callable[[], bool] = lambda: False) -> bool:
        """Bring the index up to date; return False if another process owns it. Rebuild a broken index once."""
        with self._running:
            if self._is_broken:
                self._is_broken = False
                self._index.abandon()
            for _ in range(2):
                try:
                    return self._run(should_stop)
                except IndexBroken as error:
                    log.warning("%s", error)
                    self._index.abandon()
            return False

    def discard(self) -> bool:
        """Delete the index, so that it is built anew; return False if another process owns it."""
        with self._running:
            self._tracked = ""
            return self._index.discard()

    def report_broken(self) -> None:
        """Let the next run build the index anew, because a query failed. Until then it is not used."""
        self._is_broken = True

    def examine(self) -> IndexState:
        """Read the whole index and return its state."""
        with self._running:
            return self._index.examine(self._progress)

    def coverage(self, connection: Connection, agent_id: int) -> dict[Tier, Coverage]:
        """Return how the open index differs from SQL in each tier of an agent; empty if it cannot be used."""
        if self._is_broken or not self._index.is_open or self._tracked != self._index.generation:
            return {}
        return self._progress.coverage(connection, agent_id)

    def _run(self, should_stop: Callable[[], bool]) -> bool:
        if not self._index.open(self._progress):
            return False
        if self._progress.generation() != self._index.generation:
            self._progress.restart(self._index.generation)
        self._tracked = self._index.generation
        self._apply_removals()
        with self._database.read() as connection:
            known = connection.scalars(_AGENTS).all()
        self._index.keep_only(known)
        for agent_tier in self._progress.incomplete():
            self._fill(agent_tier, should_stop)
        return True

    def _fill(self, agent_tier: AgentTier, should_stop: Callable[[], bool]) -> None:
        while not should_stop() and len(batch := self._progress.next_missing(*agent_tier, BATCH)):
            numbers = batch.numbers.tolist()
            self._index.upsert(*agent_tier, numbers, batch.matrix)
            self._progress.acknowledge(numbers)

    def _apply_removals(self) -> None:
        while entries := self._progress.removals(REMOVED_AT_ONCE):
            for agent_id, tier in {(entry.agent_id, entry.tier) for entry in entries}:
                own = [entry.vector_n for entry in entries if (entry.agent_id, entry.tier) == (agent_id, tier)]
                self._index.remove(agent_id, tier, own)
            self._progress.forget_removals([entry.n for entry in entries])


_AGENTS = sa.select(agents.c.id)
