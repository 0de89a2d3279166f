"""Place the memories of an agent on a map, on which those of similar meaning lie close to each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.dates import is_known, to_zone
from carrel.memory.db.dialect import list_parameter
from carrel.memory.db.schema import TIER_TABLES, AnyRow, is_searchable
from carrel.memory.indexing.vectors import VectorStore
from carrel.memory.inspection.projection import project
from carrel.memory.journal.scope import Scope
from carrel.memory.store import Memory
from carrel.memory.values import Tier
from carrel.protocols import Vectors

MAX_TEXT = 300
"""Characters of a memory that its point keeps."""


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A message or passage on the map."""

    id: str
    tier: Tier
    text: str
    """Its first 300 characters."""
    at: datetime
    session: str | None
    x: float
    """From -1 to 1, as `y` is."""
    y: float

    def to_json(self) -> dict[str, Any]:
        """Return the point by field."""
        return {
            "id": self.id,
            "tier": self.tier,
            "text": self.text,
            "at": to_zone(self.at, None).isoformat() if is_known(self.at) else None,
            "session": self.session,
            "x": round(self.x, 4),
            "y": round(self.y, 4),
        }


@dataclass(frozen=True, slots=True)
class MemoryMap:
    """The map of an agent's memories."""

    points: tuple[MapPoint, ...]
    """In order of their numbers, messages first."""
    total: int
    """How many memories there are; of more than the limit, evenly spaced ones are shown."""
    without_vector: int
    """How many of those that were to be shown are not embedded yet, or cannot be."""
    explained: tuple[float, float]
    """The share of the variance of the vectors that lies along each axis."""


def map_memories(memory: Memory, vectors: VectorStore, limit: int = 2_000) -> MemoryMap:
    """Place up to `limit` messages and passages by the principal components of their vectors."""
    scope = memory.scope
    with scope.read() as connection:
        counts = {tier: _count(connection, scope, tier) for tier in TIER_TABLES}
        total, start, chosen = sum(counts.values()), 0, 0
        found: list[tuple[Tier, AnyRow, Vectors]] = []
        for tier, count in counts.items():
            numbers = _pick(connection, scope, tier, start=start, share=(limit, total))
            start, chosen = start + count, chosen + len(numbers)
            placed = _vectors(connection, scope, vectors, tier, numbers)
            found += [(tier, row, placed[row.n]) for row in _rows(connection, tier, numbers) if row.n in placed]
    matrix = np.array([vector for _, _, vector in found]) if found else np.zeros((0, 1), np.float32)
    projection = project(matrix)
    points = [_point(tier, row, place) for (tier, row, _), place in zip(found, projection.points.tolist(), strict=True)]
    return MemoryMap(tuple(points), total, chosen - len(points), projection.explained)


def _count(connection: Connection, scope: Scope, tier: Tier) -> int:
    table = TIER_TABLES[tier]
    own = (table.c.agent_id == scope.agent_id) & is_searchable(tier)
    return int(connection.execute(sa.select(sa.func.count()).select_from(table).where(own)).scalar_one())


def _pick(connection: Connection, scope: Scope, tier: Tier, *, start: int, share: tuple[int, int]) -> Sequence[int]:
    """Return the numbers of evenly spaced rows: so many of so many, where `start` rows of other tiers come before."""
    table, (limit, total) = TIER_TABLES[tier], share
    own = (table.c.agent_id == scope.agent_id) & is_searchable(tier)
    place = (sa.func.row_number().over(order_by=table.c.n) - 1 + start).label("place")
    placed = sa.select(table.c.n, place).where(own).subquery()
    evenly = (placed.c.place * limit) % max(1, total) < limit
    return connection.scalars(sa.select(placed.c.n).where(evenly).order_by(placed.c.n)).all()


def _vectors(
    connection: Connection, scope: Scope, vectors: VectorStore, tier: Tier, numbers: Sequence[int]
) -> dict[int, Vectors]:
    """Return the vector of each row, by number; that of a long text is the mean of its chunks."""
    if not vectors.embedder_id(connection):
        return {}
    batch = vectors.read_rows(connection, scope.agent_id, tier, numbers)
    rows, first, counts = np.unique(batch.rows, return_inverse=True, return_counts=True)
    sums = np.zeros((len(rows), batch.matrix.shape[1]), np.float32)
    np.add.at(sums, first, batch.matrix)
    return dict(zip(rows.tolist(), sums / counts[:, None], strict=True))


def _rows(connection: Connection, tier: Tier, numbers: Sequence[int]) -> Sequence[AnyRow]:
    table = TIER_TABLES[tier]
    columns = sa.select(
        table.c.n, table.c.id, sa.func.substr(table.c.text, 1, MAX_TEXT).label("text"), table.c.at, table.c.session_id
    )
    chosen = columns.where(table.c.n.in_(list_parameter("numbers"))).order_by(table.c.n)
    return connection.execute(chosen, {"numbers": list(numbers)}).fetchall()


def _point(tier: Tier, row: AnyRow, place: Sequence[float]) -> MapPoint:
    return MapPoint(row.id, tier, row.text, row.at, row.session_id, place[0], place[1])
