"""The vectors in SQL, from which every index is built."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from carrel.errors import ModelFailed
from carrel.memory.db.database import new_number
from carrel.memory.db.dialect import list_parameter, upsert, without_index
from carrel.memory.db.schema import embedders, removals, unindexed, vectors
from carrel.memory.values import Tier
from carrel.protocols import Embedder, Vectors

Numbers = NDArray[np.int64]
READ_AT_ONCE = 20_000
"""Vectors that are read in one query: 30 MB."""


@dataclass(frozen=True, slots=True)
class VectorBatch:
    """Vectors in memory."""

    numbers: Numbers
    """The numbers of the vectors, shape (vectors,)."""
    rows: Numbers
    """The numbers of the embedded rows, shape (vectors,)."""
    matrix: Vectors
    """Unit vectors, shape (vectors, dimension)."""

    def __len__(self) -> int:
        return len(self.numbers)


class EmbeddedRow(NamedTuple):
    """A row with the vector of each of its chunks, shape (dimension,)."""

    agent_id: int
    tier: Tier
    row: int
    chunks: Sequence[Vectors]


def is_sound(matrix: Vectors) -> NDArray[np.bool_]:
    """Return which vectors of a matrix (vectors, dimension) are finite and not zero, shape (vectors,)."""
    return np.asarray(np.isfinite(matrix).all(axis=1) & matrix.any(axis=1), np.bool_)


class VectorStore:
    """The vectors of one embedder. Each method works in the transaction of the given connection."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._id = 0
        self._dimension = 0

    @property
    def fingerprint(self) -> str:
        """The embedder's fingerprint."""
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        """The length of a vector: that of the vectors in SQL, since one answer of a server may have another."""
        return self._dimension or self._embedder.dimension

    def embedder_id(self, connection: Connection) -> int:
        """Return the number of the embedder in the database; 0 if it has no vector yet."""
        if not self._id:
            found = connection.execute(_EMBEDDER, {"fingerprint": self._embedder.fingerprint}).first()
            self._id, self._dimension = found or (0, 0)
        return self._id

    def add(self, connection: Connection, rows: Iterable[EmbeddedRow]) -> None:
        """Add vectors, and record that the index does not contain them yet. Existing vectors of a row are kept.

        Raises:
            ModelFailed: the length of a vector differs from those in SQL.
        """
        rows = list(rows)
        embedder_id = self.embedder_id(connection) or self._add_embedder(connection)
        for length in {len(vector) for item in rows for vector in item.chunks}:
            self.check_length(length)
        values = [
            {
                "agent_id": item.agent_id,
                "tier": item.tier,
                "row": item.row,
                "part": part,
                "embedder_id": embedder_id,
                "vector": vector.astype("<f4").tobytes(),
            }
            for item in rows
            for part, vector in enumerate(item.chunks)
        ]
        if values and (added := connection.execute(_ADD, values).fetchall()):
            connection.execute(unindexed.insert(), [dict(row._mapping) for row in added])

    def check_length(self, length: int) -> None:
        """Raise ModelFailed if the vectors in SQL have another length."""
        if self._dimension and length != self._dimension:
            said = f"The embedder returned a vector of {length} numbers; those stored have {self._dimension}."
            raise ModelFailed(said, "If its model was changed, run: carrel memory reindex")

    def count_and_sum(self, connection: Connection, agent_id: int, tier: Tier) -> tuple[int, int]:
        """Return the count of an agent's vectors in a tier and the sum of their numbers; both reveal any change."""
        count, total = connection.execute(_COUNT_AND_SUM, self._of(connection, agent_id, tier)).one()
        return int(count), int(total or 0)

    def numbers(self, connection: Connection, agent_id: int, tier: Tier) -> Numbers:
        """Return the numbers of an agent's vectors in a tier, in order."""
        return np.array(connection.scalars(_NUMBERS, self._of(connection, agent_id, tier)).all(), np.int64)

    def read(self, connection: Connection, numbers: Sequence[int]) -> VectorBatch:
        """Return those of these vectors that exist, in order."""
        return self.batch(connection.execute(_READ, {"numbers": list(numbers)}).fetchall())

    def read_after(self, connection: Connection, agent_id: int, tier: Tier, number: int, *, limit: int) -> VectorBatch:
        """Return an agent's vectors in a tier with higher numbers than this one, in order, up to a limit."""
        values = {**self._of(connection, agent_id, tier), "number": number, "limit": limit}
        return self.batch(connection.execute(_READ_AFTER, values).fetchall())

    def read_rows(self, connection: Connection, agent_id: int, tier: Tier, rows: Sequence[int]) -> VectorBatch:
        """Return the vectors of these rows."""
        values = {**self._of(connection, agent_id, tier), "rows": list(rows)}
        return self.batch(connection.execute(_READ_ROWS, values).fetchall())

    def batch(self, rows: Sequence[Sequence[Any]]) -> VectorBatch:
        """Return what was selected, number, row and vector, as arrays; a broken vector is zero, which is near nothing.

        Earlier versions stored whatever a server returned.
        """
        numbers = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        owners = np.fromiter((row[1] for row in rows), np.int64, len(rows))
        size = 4 * self.dimension
        packed = b"".join(row[2] if len(row[2]) == size else bytes(size) for row in rows)
        matrix = np.frombuffer(packed, dtype="<f4").reshape(len(rows), self.dimension).astype(np.float32, copy=False)
        sound = is_sound(matrix)
        return VectorBatch(numbers, owners, matrix if sound.all() else np.where(sound[:, None], matrix, np.float32(0)))

    def find_broken(self, connection: Connection, agent_id: int, tier: Tier) -> list[int]:
        """Return the numbers of an agent's vectors that have another length, are zero or are not finite."""
        found: list[int] = []
        last = 0
        while len(batch := self.read_after(connection, agent_id, tier, last, limit=READ_AT_ONCE)):
            found += batch.numbers[~is_sound(batch.matrix)].tolist()
            last = int(batch.numbers[-1])
        return found

    def ask_dimension(self) -> int:
        """Return the length that the embedder's vectors have now. Raises what `embed` raises."""
        return self._embedder.dimension

    def set_dimension(self, connection: Connection, dimension: int) -> None:
        """Set the length that vectors in SQL must have from now on."""
        if self.embedder_id(connection):
            self._dimension = dimension
            changed = sa.update(embedders).where(embedders.c.id == self._id)
            connection.execute(changed.values(dimension=self._dimension))

    def _of(self, connection: Connection, agent_id: int, tier: Tier) -> dict[str, Any]:
        return {"agent": agent_id, "tier": tier, "embedder": self.embedder_id(connection)}

    def _add_embedder(self, connection: Connection) -> int:
        self._dimension = self._embedder.dimension
        values = {"fingerprint": self._embedder.fingerprint, "dimension": self._dimension}
        return new_number(connection, embedders.insert(), values)


def remove_vectors(connection: Connection, condition: sa.ColumnElement[bool]) -> int:
    """Delete the vectors that meet a condition, from the index at its next update; return their number."""
    leaving = sa.select(vectors.c.agent_id, vectors.c.tier, vectors.c.n).where(condition)
    connection.execute(removals.insert().from_select(["agent_id", "tier", "vector_n"], leaving))
    return connection.execute(sa.delete(vectors).where(condition)).rowcount


_EMBEDDER = sa.select(embedders.c.id, embedders.c.dimension).where(
    embedders.c.fingerprint == sa.bindparam("fingerprint")
)
_ADD = upsert(vectors).returning(vectors.c.n.label("vector_n"), vectors.c.agent_id, vectors.c.tier)
_OWN = sa.and_(
    vectors.c.agent_id == sa.bindparam("agent"),
    vectors.c.tier == sa.bindparam("tier"),
    vectors.c.embedder_id == sa.bindparam("embedder"),
)
_COUNT_AND_SUM = (
    sa.select(sa.func.count().label("number"), sa.func.sum(vectors.c.n).label("total")).select_from(vectors).where(_OWN)
)
_NUMBERS = sa.select(vectors.c.n).where(_OWN).order_by(vectors.c.n)
_BATCH = sa.select(vectors.c.n, vectors.c.row, vectors.c.vector)
_READ = _BATCH.where(vectors.c.n.in_(list_parameter("numbers"))).order_by(vectors.c.n)
_READ_AFTER = (
    _BATCH.where(_OWN, vectors.c.n > sa.bindparam("number")).order_by(vectors.c.n).limit(sa.bindparam("limit"))
)
_READ_ROWS = _BATCH.where(
    without_index(vectors.c.agent_id) == sa.bindparam("agent"),
    vectors.c.tier == sa.bindparam("tier"),
    vectors.c.embedder_id == sa.bindparam("embedder"),
    vectors.c.row.in_(list_parameter("rows")),
)
