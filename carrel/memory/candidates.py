"""Find the rows that may answer a question: a few hundred of them, whatever the size of the store.

Words come from the full-text index, meaning from the vector index where it is complete and from an exact scan after
that. What scoring needs of these rows is loaded in `shortlist`, scoring is in `fusion`.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.index import Index, IndexBroken
from carrel.memory.indexer import Indexer
from carrel.memory.shortlist import TABLES, conditions
from carrel.memory.values import Filters, Tier
from carrel.memory.vectors import VectorStore
from carrel.protocols import Vectors

WORD_POOL = 120
MEANING_POOL = 100
"""Rows that words and meaning bring each."""
HEARD = 20
"""Rows whose neighbours come along: the best of words and of meaning in turn."""
MOST_FILTERED = 20_000
"""Rows that a filter may leave to be scanned exactly where the index brings too few of them."""
EXACT_UP_TO = 2_000
"""Vectors that are scanned rather than asked of the index: the scan takes under a millisecond."""
LEAST_COSINE = 0.2
"""Below this MiniLM's cosine says nothing; the cosine of two unrelated sentences is 0.05 on average."""
WIDER = (4, 20)
"""How many times the pool the index is asked for where a filter drops some of it."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an agent's candidates come from; `vectors` is None where vectors are not used."""

    agent_id: int
    vectors: VectorStore | None
    index: Index
    indexer: Indexer | None


def by_meaning(
    connection: Connection, source: Source, tier: Tier, query: Vectors, pool: int, filters: Filters
) -> dict[int, float]:
    """Return the cosine of the rows that mean most nearly the same."""
    if source.vectors is None:
        return {}
    if filters == Filters():
        return _nearest(source, tier, query, pool)
    near: dict[int, float] = {}
    kept: set[int] = set()
    for times in WIDER:
        near = _nearest(source, tier, query, times * pool)
        kept = _passing(connection, source.agent_id, tier, near, filters)
        if len(kept) >= pool // 2:
            break
    else:
        table = TABLES[tier]
        mine = sa.select(table.c.n).where(
            table.c.agent_id == source.agent_id, *conditions(source.agent_id, tier, filters)
        )
        allowed = connection.execute(mine.limit(MOST_FILTERED + 1)).scalars().all()
        if len(allowed) <= MOST_FILTERED:
            return source.vectors.nearest_of(source.agent_id, tier, query, pool, allowed)
    return {n: cosine for n, cosine in near.items() if n in kept}


def _passing(connection: Connection, agent_id: int, tier: Tier, numbers: Collection[int], filters: Filters) -> set[int]:
    """Return those of these rows that pass the filters."""
    table = TABLES[tier]
    listed = sa.func.json_each(json.dumps(list(numbers))).table_valued("value")
    chosen = sa.select(table.c.n).where(table.c.n.in_(sa.select(listed.c.value)))
    return set(connection.execute(chosen.where(*conditions(agent_id, tier, filters))).scalars())


def _nearest(source: Source, tier: Tier, query: Vectors, pool: int) -> dict[int, float]:
    """Ask the index as far as it is complete and scan the tail; scan everything where there is no index."""
    store, agent_id = source.vectors, source.agent_id
    assert store is not None
    upto = source.indexer.mark(agent_id, tier) if source.indexer else 0
    try:
        if not upto or source.index.count(agent_id, tier) <= EXACT_UP_TO:
            return store.nearest(agent_id, tier, query, pool)
        numbers = dict(source.index.nearest(agent_id, tier, query, pool))
    except IndexBroken:
        return store.nearest(agent_id, tier, query, pool)
    found = store.nearest(agent_id, tier, query, pool, start=upto)
    for n, row in store.rows_of(list(numbers)).items():
        found[row] = max(found.get(row, -1.0), numbers[n])
    return found
