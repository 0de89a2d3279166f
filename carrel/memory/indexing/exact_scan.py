"""Exact search: compare a query with all vectors, which are cached in memory. No index is needed."""

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy.engine import Connection

from carrel.memory.indexing.vector_index import AgentTier
from carrel.memory.indexing.vectors import READ_AT_ONCE, Numbers, VectorBatch, VectorStore
from carrel.memory.values import Tier
from carrel.protocols import Vectors

SMALL = 1_000
"""New vectors are appended to a batch smaller than this. Copying a larger one each time takes milliseconds."""


@dataclass(slots=True)
class _Cache:
    """The cached vectors of an agent in a tier."""

    batches: list[VectorBatch] = field(default_factory=list)
    count_and_sum: tuple[int, int] | None = None
    """Their count and the sum of their numbers in SQL when all were cached; None if only some are."""


class ExactScan:
    """Scans the vectors of one embedder, and reads from SQL only what is new since the last call."""

    def __init__(self, vectors: VectorStore) -> None:
        self._vectors = vectors
        self._caches: dict[AgentTier, _Cache] = {}
        self._lock = threading.Lock()

    def nearest(
        self, connection: Connection, agent_id: int, tier: Tier, query: Vectors, limit: int
    ) -> dict[int, float]:
        """Return the cosine of the rows nearest to a query, shape (dimension,), best first."""
        return _nearest(self._load_all(connection, agent_id, tier), query, limit)

    def nearest_among(
        self, connection: Connection, agent_id: int, tier: Tier, query: Vectors, limit: int, *, numbers: Collection[int]
    ) -> dict[int, float]:
        """Do what `nearest` does, with only the vectors that have these numbers."""
        return _nearest(self._load(connection, agent_id, tier, numbers), query, limit)

    def nearest_of_rows(
        self, connection: Connection, agent_id: int, tier: Tier, query: Vectors, limit: int, *, rows: Sequence[int]
    ) -> dict[int, float]:
        """Do what `nearest` does, with only these rows, up to a few thousand. They are not cached."""
        best: dict[int, float] = {}
        for start in range(0, len(rows), READ_AT_ONCE):
            batch = self._vectors.read_rows(connection, agent_id, tier, rows[start : start + READ_AT_ONCE])
            keep_best(best, batch.rows, batch.matrix @ query)
        return _first(best, limit)

    def _load_all(self, connection: Connection, agent_id: int, tier: Tier) -> list[VectorBatch]:
        with self._lock:
            cache = self._caches.setdefault((agent_id, tier), _Cache())
            present = self._vectors.count_and_sum(connection, agent_id, tier)
            if cache.count_and_sum != present:
                cache.batches = self._with_new(connection, agent_id, tier, cache.batches)
                if _count_and_sum(cache.batches) != present:  # some were removed, or committed out of order
                    numbers = self._vectors.numbers(connection, agent_id, tier)
                    cache.batches = self._updated(connection, cache.batches, numbers)
                cache.count_and_sum = present
            return list(cache.batches)

    def _load(self, connection: Connection, agent_id: int, tier: Tier, numbers: Collection[int]) -> list[VectorBatch]:
        with self._lock:
            if not numbers:
                self._caches.pop((agent_id, tier), None)
                return []
            cache = self._caches.setdefault((agent_id, tier), _Cache())
            cache.batches = self._updated(connection, cache.batches, np.array(sorted(numbers), np.int64))
            cache.count_and_sum = None
            return list(cache.batches)

    def _with_new(
        self, connection: Connection, agent_id: int, tier: Tier, batches: Sequence[VectorBatch]
    ) -> list[VectorBatch]:
        """Return the batches extended by the vectors with higher numbers."""
        found = list(batches)
        last = max((int(batch.numbers.max()) for batch in batches), default=0)
        while len(fresh := self._vectors.read_after(connection, agent_id, tier, last, limit=READ_AT_ONCE)):
            found = _extended(found, fresh)
            last = int(fresh.numbers[-1])
            if len(fresh) < READ_AT_ONCE:
                break
        return found

    def _updated(self, connection: Connection, batches: Sequence[VectorBatch], wanted: Numbers) -> list[VectorBatch]:
        """Return batches of exactly the wanted vectors, without those that SQL no longer has."""
        kept = [part for batch in batches if len(part := _among(batch, wanted))]
        held = np.concatenate([batch.numbers for batch in kept]) if kept else np.zeros(0, np.int64)
        missing = np.setdiff1d(wanted, held, assume_unique=True)
        for start in range(0, len(missing), READ_AT_ONCE):
            if len(fresh := self._vectors.read(connection, missing[start : start + READ_AT_ONCE].tolist())):
                kept = _extended(kept, fresh)
        return kept


def _nearest(batches: Sequence[VectorBatch], query: Vectors, limit: int) -> dict[int, float]:
    """Return the cosine of the rows that the vectors nearest to a query belong to, best first."""
    best: dict[int, float] = {}
    for batch in batches:
        scores = batch.matrix @ query
        top = np.argpartition(-scores, min(limit, len(scores)) - 1)[:limit]
        keep_best(best, batch.rows[top], scores[top])
    return _first(best, limit)


def keep_best(best: dict[int, float], rows: Numbers, scores: Vectors) -> None:
    """Keep the best score of each row in `best`; a row has one vector for each of its chunks."""
    for row, score in zip(rows.tolist(), scores.tolist(), strict=True):
        best[row] = max(best.get(row, -1.0), score)


def _first(best: dict[int, float], limit: int) -> dict[int, float]:
    return dict(sorted(best.items(), key=lambda item: (-item[1], item[0]))[:limit])


def _among(batch: VectorBatch, wanted: Numbers) -> VectorBatch:
    """Return the vectors of a batch that are wanted."""
    there = np.isin(batch.numbers, wanted, assume_unique=True)
    return batch if there.all() else VectorBatch(batch.numbers[there], batch.rows[there], batch.matrix[there])


def _extended(batches: Sequence[VectorBatch], fresh: VectorBatch) -> list[VectorBatch]:
    """Return the batches with one more, or with a longer last one if that is small."""
    if batches and len(batches[-1]) < SMALL:
        return [*batches[:-1], _joined(batches[-1], fresh)]
    return [*batches, fresh]


def _count_and_sum(batches: Sequence[VectorBatch]) -> tuple[int, int]:
    return sum(map(len, batches)), sum(int(batch.numbers.sum()) for batch in batches)


def _joined(first: VectorBatch, second: VectorBatch) -> VectorBatch:
    return VectorBatch(
        np.concatenate([first.numbers, second.numbers]),
        np.concatenate([first.rows, second.rows]),
        np.concatenate([first.matrix, second.matrix]),
    )
