"""Find the rows that may answer a question: a few hundred of them, whatever the size of the store.

Words come from the full-text index, meaning from the vector index where it is complete and from an exact scan after
that. What scoring needs of these rows is loaded in `shortlist`, scoring is in `fusion`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.dialect import list_literal
from carrel.memory.db.schema import TIER_TABLES
from carrel.memory.indexing.chroma import Index, IndexBroken
from carrel.memory.indexing.embedding import Embedding
from carrel.memory.indexing.vectors import VectorStore
from carrel.memory.indexing.worker import Indexer
from carrel.memory.search.filters import conditions
from carrel.memory.values import Filters, Tier
from carrel.protocols import Vectors


@dataclass(frozen=True, slots=True)
class Breadth:
    """How many rows are scored."""

    pool: int
    """Rows that words and meaning bring each."""
    heard: int
    """Rows whose neighbours come along: so many of the best of words and of meaning."""


BROAD = Breadth(80, 12)
"""For a question that is asked of memory."""
NARROW = Breadth(48, 12)
"""For page-in, which shows ten to twenty rows: half as many are scored, in half of the time."""
MOST_FILTERED = 20_000
"""Rows that a filter may leave to be scanned exactly where the index brings too few of them."""
EXACT_UP_TO = 2_000
"""Vectors that are scanned rather than asked of the index: the scan takes under a millisecond."""
LEAST_COSINE = 0.25
"""Below this a row is no answer by meaning alone. Two unrelated sentences have 0.05 on average with MiniLM; 0.2 brings
noise to questions that nothing answers, 0.3 costs 0.2 points of recall@10 on LoCoMo's dev conversations."""
WIDER = (4, 20)
"""How many times the pool the index is asked for where a filter drops some of it."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an agent's candidates come from; `vectors` is None where vectors are not used."""

    agent_id: int
    embedding: Embedding
    vectors: VectorStore | None
    index: Index
    indexer: Indexer | None


@dataclass(frozen=True, slots=True)
class Near:
    """What the embedder and the index say of a question: its vector, and vectors' numbers with their cosines."""

    vector: Vectors | None = None
    marks: Mapping[Tier, "Mark"] = field(default_factory=dict)
    """How far the index was complete before it was asked."""
    found: Mapping[Tier, Mapping[int, float]] = field(default_factory=dict)
    """Nothing for a tier whose vectors are to be scanned."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to which vector the index is complete, and how many of those that it holds are gone."""

    upto: int
    gone: int


def marks(source: Source, tiers: Sequence[Tier]) -> dict[Tier, Mark]:
    """Return how far the index is complete in each tier; no tier where it is not used."""
    if source.indexer is None or source.vectors is None:
        return {}
    found = source.indexer.marks(source.agent_id)
    leaving = source.vectors.leaving(source.agent_id) if found else {}
    return {tier: Mark(found[tier], leaving.get(tier, 0)) for tier in tiers if tier in found}


def ask(source: Source, text: str, patience: float, complete: Mapping[Tier, Mark], filters: Filters, pool: int) -> Near:
    """Embed a question and ask the index; touches no SQL, so that it can run beside the search by words.

    `complete` holds the marks read before: what the index takes in meanwhile is scanned once more, never missed.
    """
    vector = source.embedding.query(text, patience)
    if vector is None:
        return Near()
    wanted = pool if filters == Filters() else WIDER[0] * pool
    answers = {tier: _index(source, tier, vector, wanted + mark.gone) for tier, mark in complete.items()}
    return Near(vector, complete, {tier: found for tier, found in answers.items() if found is not None})


def by_meaning(
    connection: Connection, source: Source, tier: Tier, near: Near, filters: Filters, pool: int
) -> dict[int, float]:
    """Return the cosine of the rows that mean most nearly the same."""
    store, query = source.vectors, near.vector
    if store is None or query is None:
        return {}
    best = _rows(source, tier, near, near.found.get(tier), pool)
    if filters == Filters():
        return best
    kept = _passing(connection, source.agent_id, tier, best, filters)
    if len(kept) < pool // 2:
        wider = WIDER[1] * pool
        found = _index(source, tier, query, wider) if tier in near.found else None
        best = _rows(source, tier, near, found, wider)
        kept = _passing(connection, source.agent_id, tier, best, filters)
    if len(kept) < pool // 2:
        allowed = _allowed(connection, source.agent_id, tier, filters)
        if len(allowed) <= MOST_FILTERED:
            return store.nearest_of(source.agent_id, tier, query, pool, allowed)
    return {n: cosine for n, cosine in best.items() if n in kept}


def _index(source: Source, tier: Tier, query: Vectors, pool: int) -> dict[int, float] | None:
    """Ask the index; None where a scan is as quick, or where it is broken."""
    try:
        if not source.index.holds_over(source.agent_id, tier, EXACT_UP_TO):
            return None
        return dict(source.index.nearest(source.agent_id, tier, query, pool))
    except IndexBroken:
        return None


def _rows(source: Source, tier: Tier, near: Near, found: Mapping[int, float] | None, pool: int) -> dict[int, float]:
    """Turn vectors into their rows, and scan those that the index does not hold yet; all, where it was not asked."""
    store, query = source.vectors, near.vector
    assert store is not None
    assert query is not None
    if found is None:
        return store.nearest(source.agent_id, tier, query, pool)
    best = store.nearest(source.agent_id, tier, query, pool, start=near.marks[tier].upto)
    for n, row in store.rows_of(list(found)).items():
        best[row] = max(best.get(row, -1.0), found[n])
    return best


def _allowed(connection: Connection, agent_id: int, tier: Tier, filters: Filters) -> Sequence[int]:
    """Return the rows that pass the filters, up to one more than are scanned."""
    table = TIER_TABLES[tier]
    mine = sa.select(table.c.n).where(table.c.agent_id == agent_id, *conditions(agent_id, tier, filters))
    return connection.execute(mine.limit(MOST_FILTERED + 1)).scalars().all()


def _passing(connection: Connection, agent_id: int, tier: Tier, numbers: Collection[int], filters: Filters) -> set[int]:
    """Return those of these rows that pass the filters."""
    table = TIER_TABLES[tier]
    chosen = sa.select(table.c.n).where(table.c.n.in_(list_literal(numbers)))
    return set(connection.execute(chosen.where(*conditions(agent_id, tier, filters))).scalars())
