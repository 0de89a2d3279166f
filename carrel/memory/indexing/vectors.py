"""Vectors in SQL: what still has to be embedded, what is, and the exact scan over it."""

import json
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from carrel.memory.db.database import Database, new_number
from carrel.memory.db.prepared import Prepared
from carrel.memory.db.schema import embedders, messages, outbox, passages, removals, vectors
from carrel.memory.values import Tier
from carrel.protocols import Embedder, Vectors

MAX_TRIES = 5
"""A row that fails to embed this often is left to words, so that it never holds up the others."""

READ_AT_ONCE = 20_000
"""Vectors read in one query: 30 MB."""

SOURCES = {"recall": messages, "archival": passages}
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pending:
    """A row that has no vector yet."""

    outbox_n: int
    agent_id: int
    tier: Tier
    row: int
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Vectors in memory: their numbers, the rows they belong to, and the matrix, shape (vectors, dimension)."""

    numbers: Numbers
    rows: Numbers
    matrix: Vectors


@dataclass(slots=True)
class _Cache:
    """The vectors after `start`, as far as they were read."""

    start: int
    upto: int
    removed: int
    """How many vectors had been taken out when it was begun."""
    parts: list[Stretch] = field(default_factory=list)


class VectorStore:
    """The vectors that one embedder made."""

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database = database
        self._embedder = embedder
        self._id = 0
        self._caches: dict[tuple[int, str], _Cache] = {}
        self._loading = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """The embedder's fingerprint."""
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._embedder.dimension

    def embedder_id(self) -> int:
        """Return the embedder's number in the database; 0 before it made its first vector."""
        if not self._id:
            fingerprint = self._embedder.fingerprint
            with self._database.read() as connection:
                known = sa.select(embedders.c.id).where(embedders.c.fingerprint == fingerprint)
                self._id = connection.execute(known).scalar() or 0
        return self._id

    def pending(self, limit: int) -> list[Pending]:
        """Return the oldest rows that have no vector yet."""
        found: list[Pending] = []
        with self._database.read() as connection:
            waiting = sa.select(outbox).where(outbox.c.tries < MAX_TRIES).order_by(outbox.c.n).limit(limit)
            rows = connection.execute(waiting).fetchall()
            for tier, table in SOURCES.items():
                mine = {row.row: row for row in rows if row.tier == tier}
                speaker = table.c.speaker if tier == "recall" else sa.null().label("speaker")
                texts = sa.select(table.c.n, table.c.text, speaker).where(table.c.n.in_(list(mine)))
                for row in connection.execute(texts):
                    entry = mine[row.n]
                    text = embedded_text(row.text, row.speaker)
                    found.append(Pending(entry.n, entry.agent_id, entry.tier, row.n, text))
        return sorted(found, key=lambda item: item.outbox_n)

    def waiting(self) -> int:
        """Return how many rows have no vector yet."""
        with self._database.read() as connection:
            query = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.tries < MAX_TRIES)
            return int(connection.execute(query).scalar_one())

    def first_waiting(self, most: int) -> list[tuple[Tier, int]]:
        """Return the oldest rows that have no vector yet, at most so many, as tier and number."""
        with self._database.read() as connection:
            return [(tier, row) for tier, row in _WAITING.rows(connection, most=most)]

    def count(self, agent_id: int, tier: Tier, upto: int) -> int:
        """Return how many vectors with numbers up to `upto` an agent has in a tier."""
        mine = (vectors.c.agent_id == agent_id) & (vectors.c.tier == tier)
        mine &= (vectors.c.embedder_id == self.embedder_id()) & (vectors.c.n <= upto)
        with self._database.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(vectors).where(mine)).scalar_one())

    def store(self, done: Sequence[tuple[Pending, Sequence[bytes]]]) -> None:
        """Write the vectors of rows, one a piece, and take the rows out of the outbox; rows gone are skipped."""
        dimension = self._embedder.dimension
        with self._database.write() as connection:
            embedder_id = self.embedder_id() or self._add(connection, dimension)
            alive = set(connection.execute(_numbers(outbox, [item.outbox_n for item, _ in done])).scalars())
            values = [
                {
                    "agent_id": item.agent_id,
                    "tier": item.tier,
                    "row": item.row,
                    "part": part,
                    "embedder_id": embedder_id,
                    "vector": vector,
                }
                for item, pieces in done
                if item.outbox_n in alive
                for part, vector in enumerate(pieces)
            ]
            if values:
                connection.execute(vectors.insert().prefix_with("OR IGNORE"), values)
            connection.execute(sa.delete(outbox).where(outbox.c.n.in_(list(alive))))

    def failed(self, batch: Iterable[Pending]) -> None:
        """Count a failure of these rows."""
        with self._database.write() as connection:
            mine = outbox.c.n.in_([item.outbox_n for item in batch])
            connection.execute(sa.update(outbox).where(mine).values(tries=outbox.c.tries + 1))

    def after(self, agent_id: int, tier: Tier, start: int, limit: int) -> Stretch:
        """Return up to `limit` vectors with numbers above `start`, in order."""
        values = {"agent": agent_id, "tier": tier, "embedder": self.embedder_id(), "start": start, "most": limit}
        with self._database.read() as connection:
            rows = _AFTER.rows(connection, **values)
        return self._stretch(rows)

    def nearest(
        self,
        agent_id: int,
        tier: Tier,
        query: Vectors,
        limit: int,
        start: int = 0,
    ) -> dict[int, float]:
        """Return the cosine of the rows nearest to a query, exactly, best first.

        Only vectors with numbers above `start` count.
        """
        best: dict[int, float] = {}
        for stretch in self._loaded(agent_id, tier, start):
            scores = stretch.matrix @ query
            top = np.argpartition(-scores, min(limit, len(scores)) - 1)[:limit]
            for position in top:
                row = int(stretch.rows[position])
                best[row] = max(best.get(row, -1.0), float(scores[position]))
        return dict(sorted(best.items(), key=lambda item: (-item[1], item[0]))[:limit])

    def nearest_of(
        self, agent_id: int, tier: Tier, query: Vectors, limit: int, rows: Sequence[int]
    ) -> dict[int, float]:
        """Return the cosine of the nearest among these rows, exactly, best first; for thousands of rows, not more."""
        best: dict[int, float] = {}
        for start in range(0, len(rows), READ_AT_ONCE):
            found = self.of_rows(agent_id, tier, rows[start : start + READ_AT_ONCE])
            for row, cosine in zip(found.rows.tolist(), (found.matrix @ query).tolist(), strict=True):
                best[row] = max(best.get(row, -1.0), cosine)
        return dict(sorted(best.items(), key=lambda item: (-item[1], item[0]))[:limit])

    def rows_of(self, numbers: Sequence[int]) -> dict[int, int]:
        """Return the rows to which these vectors belong."""
        with self._database.read() as connection:
            return dict(_ROWS_OF.rows(connection, numbers=json.dumps(list(numbers))))

    def of_rows(self, agent_id: int, tier: Tier, rows: Sequence[int]) -> Stretch:
        """Return the vectors of these rows."""
        mine = (vectors.c.agent_id == agent_id) & (vectors.c.tier == tier)
        listed = sa.func.json_each(sa.bindparam("rows")).table_valued("value")
        mine &= (vectors.c.embedder_id == self.embedder_id()) & vectors.c.row.in_(sa.select(listed.c.value))
        chosen = sa.select(vectors.c.n, vectors.c.row, vectors.c.vector).where(mine)
        with self._database.read() as connection:
            return self._stretch(connection.execute(chosen, {"rows": json.dumps(list(rows))}).fetchall())

    def removed(self, limit: int) -> list[tuple[int, int, Tier, int]]:
        """Return vectors that must leave the index: (number of the entry, agent, tier, vector)."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(removals).order_by(removals.c.n).limit(limit)).fetchall()
        return [(row.n, row.agent_id, row.tier, row.vector_n) for row in rows]

    def forget_removals(self, entries: Sequence[int]) -> None:
        """Take entries off the list of vectors that must leave the index."""
        with self._database.write() as connection:
            connection.execute(sa.delete(removals).where(removals.c.n.in_(list(entries))))

    def _loaded(self, agent_id: int, tier: Tier, start: int) -> list[Stretch]:
        """Return all vectors above `start`, reading from SQL only those that are new since the last call."""
        with self._loading:
            removed = self._removals()
            cache = self._caches.get((agent_id, tier))
            if cache is None or (cache.start, cache.removed) != (start, removed):
                cache = self._caches[agent_id, tier] = _Cache(start, start, removed)
            while len((fresh := self.after(agent_id, tier, cache.upto, READ_AT_ONCE)).numbers):
                cache.parts.append(fresh)
                cache.upto = int(fresh.numbers[-1])
            return list(cache.parts)

    def _removals(self) -> int:
        """Return how many vectors were ever taken out: what was read before the last of them holds dead ones."""
        with self._database.read() as connection:
            return int(_REMOVED.value(connection) or 0)

    def leaving(self, agent_id: int) -> dict[Tier, int]:
        """Return how many vectors still have to leave the index, by tier; no tier where none has to."""
        with self._database.read() as connection:
            return dict(_LEAVING.rows(connection, agent=agent_id))

    def forget_after(self, agent_id: int, newest: int) -> None:
        """Read an agent's vectors with numbers above `newest` anew: some of them are gone.

        What is gone is never found, but it would take the place of what is there among the nearest.
        """
        for (owner, _), cache in self._caches.items():
            if owner == agent_id and cache.upto > newest:
                kept = (_up_to(part, newest) for part in cache.parts)
                cache.parts = [part for part in kept if len(part.numbers)]
                cache.upto = max(cache.start, newest)

    def _stretch(self, rows: Sequence[Sequence[Any]]) -> Stretch:
        numbers = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        owners = np.fromiter((row[1] for row in rows), np.int64, len(rows))
        flat = np.frombuffer(b"".join(row[2] for row in rows), dtype="<f4")
        return Stretch(numbers, owners, flat.reshape(len(rows), self.dimension).astype(np.float32, copy=False))

    def _add(self, connection: Connection, dimension: int) -> int:
        values = {"fingerprint": self._embedder.fingerprint, "dimension": dimension}
        return new_number(connection, embedders.insert().values(**values))


def _up_to(stretch: Stretch, newest: int) -> Stretch:
    """Return the vectors of a stretch with numbers up to one."""
    end = int(np.searchsorted(stretch.numbers, newest, "right"))
    return Stretch(stretch.numbers[:end], stretch.rows[:end], stretch.matrix[:end])


def embedded_text(text: str, speaker: str | None) -> str:
    """Return what is embedded of a message: the speaker's name makes it findable by who said it."""
    return f"{speaker}: {text}" if speaker else text


def to_blob(vector: Vectors) -> bytes:
    """Return a vector as it is stored: float32, little endian."""
    return vector.astype("<f4").tobytes()


def _numbers(table: sa.Table, numbers: list[int]) -> sa.Select[int]:
    return sa.select(table.c.n).where(table.c.n.in_(numbers))


_LISTED = sa.func.json_each(sa.bindparam("numbers")).table_valued("value")
_WAITING = Prepared(
    sa.select(outbox.c.tier, outbox.c.row)
    .where(outbox.c.tries < MAX_TRIES)
    .order_by(outbox.c.n)
    .limit(sa.bindparam("most"))
)
_LEAVING = Prepared(
    sa.select(removals.c.tier, sa.func.count())
    .where(removals.c.agent_id == sa.bindparam("agent"))
    .group_by(removals.c.tier)
)
_AFTER = Prepared(
    sa.select(vectors.c.n, vectors.c.row, vectors.c.vector)
    .where(vectors.c.agent_id == sa.bindparam("agent"), vectors.c.tier == sa.bindparam("tier"))
    .where(vectors.c.embedder_id == sa.bindparam("embedder"), vectors.c.n > sa.bindparam("start"))
    .order_by(vectors.c.n)
    .limit(sa.bindparam("most"))
)
_ROWS_OF = Prepared(sa.select(vectors.c.n, vectors.c.row).where(vectors.c.n.in_(sa.select(_LISTED.c.value))))
_REMOVED = Prepared(
    sa.select(sa.column("seq")).select_from(sa.table("sqlite_sequence")).where(sa.text("name = 'removals'"))
)
