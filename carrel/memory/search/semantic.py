"""Find rows by meaning: query the vector index, and scan exactly the vectors that it does not contain.

So a search never misses a committed row, whether the index is outdated, broken or owned by another process.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import ModelFailed
from carrel.memory.db.dialect import list_literal
from carrel.memory.db.schema import TIER_TABLES
from carrel.memory.indexing.embedding import Embedding
from carrel.memory.indexing.exact_scan import keep_best
from carrel.memory.indexing.progress import Coverage
from carrel.memory.indexing.vector_index import IndexBroken, VectorIndex
from carrel.memory.search.engines import VectorEngines
from carrel.memory.search.filters import conditions
from carrel.memory.search.plan import SearchPlan
from carrel.memory.values import Filters, Tier
from carrel.protocols import Vectors

MAX_FILTERED = 20_000
"""If the index returns too few rows that pass a filter, up to this number of them are scanned exactly."""
SCAN_LIMIT = 2_000
"""Up to this number, vectors are scanned without the index: the scan takes less than a millisecond."""
FEW_ROWS = 500
"""Up to this number of rows the index is not even opened: to import chromadb takes half a second of CPU."""
MIN_COSINE = 0.25
"""Below this a row is not found by meaning alone. Unrelated sentences have 0.05 on average with MiniLM. 0.2 returns
noise for questions that have no answer; 0.3 costs 0.2 points of recall@10 on the dev conversations of LoCoMo."""
FIRST_FACTOR, SECOND_FACTOR = 4, 20
"""The multiples of the pool for which the index is queried with filters: at first, and if too few rows remain."""


@dataclass(frozen=True, slots=True)
class IndexAnswer:
    """The answer of the embedder and the index to a question."""

    vector: Vectors | None = None
    """The vector of the question, shape (dimension,); None if it was not embedded."""
    coverage: Mapping[Tier, Coverage] = field(default_factory=dict)
    """How the index differed from SQL before it was queried."""
    cosines: Mapping[Tier, Mapping[int, float]] = field(default_factory=dict)
    """The cosine of the nearest vectors by number. A tier whose vectors must be scanned is left out."""


class SemanticSearch:
    """Search by meaning in the rows of one agent."""

    def __init__(self, agent_id: int, embedding: Embedding, index: VectorIndex, engines: VectorEngines) -> None:
        self._agent_id = agent_id
        self._embedding = embedding
        self._index = index
        self._engines = engines

    def coverage(self, connection: Connection, tiers: Sequence[Tier]) -> dict[Tier, Coverage]:
        """Return how the index differs from SQL in these tiers, without those for which it is not queried."""
        if not any(self._is_worth_querying(tier) for tier in tiers):
            return {}
        coverage = self._engines.index_sync.coverage(connection, self._agent_id)
        return {tier: item for tier, item in coverage.items() if tier in tiers}

    def query_index(self, plan: SearchPlan, timeout_s: float) -> IndexAnswer:
        """Embed the question and query the index. It uses no SQL, so it can run in parallel with the search by words.

        If the embedder is not loaded within the time limit, the answer has no vector.
        """
        vector = self._embedding.embed_query(plan.question.text_to_embed, timeout_s)
        if vector is None:
            return IndexAnswer()
        try:
            self._engines.store.check_length(len(vector))
        except ModelFailed:
            self._embedding.forget_query(plan.question.text_to_embed)
            raise
        factor = 1 if plan.filters == Filters() else FIRST_FACTOR
        cosines: dict[Tier, Mapping[int, float]] = {}
        for tier, coverage in plan.coverage.items():
            found = self._query(tier, vector, factor * plan.breadth.pool + coverage.removed)
            if found is not None:
                cosines[tier] = found
        return IndexAnswer(vector, plan.coverage, cosines)

    def best_rows(
        self, connection: Connection, tier: Tier, answer: IndexAnswer, present: Coverage | None, plan: SearchPlan
    ) -> dict[int, float]:
        """Return the cosine of the rows nearest in meaning, as many as the plan asks for if enough pass its filters.

        `present` is the current coverage of the index; None if it cannot be used.
        """
        query, filters, pool = answer.vector, plan.filters, plan.breadth.pool
        if query is None:
            return {}
        before = answer.coverage.get(tier)
        missing = before.missing | present.missing if before is not None and present is not None else None
        best = self._complete(connection, tier, query, answer.cosines.get(tier), missing, pool)
        if filters == Filters():
            return best
        passing = self._passing(connection, tier, best, filters)
        if len(passing) < pool // 2:
            more = SECOND_FACTOR * pool
            cosines = self._query(tier, query, more) if tier in answer.cosines else None
            best = self._complete(connection, tier, query, cosines, missing, more)
            passing = self._passing(connection, tier, best, filters)
        if len(passing) < pool // 2:
            allowed = self._allowed(connection, tier, filters)
            if len(allowed) <= MAX_FILTERED:
                return self._engines.scan.nearest_of_rows(connection, self._agent_id, tier, query, pool, rows=allowed)
        return {n: cosine for n, cosine in best.items() if n in passing}

    def _query(self, tier: Tier, query: Vectors, limit: int) -> dict[int, float] | None:
        """Query the index; return None if it is not worth it or if the index is broken."""
        try:
            return (
                dict(self._index.nearest(self._agent_id, tier, query, limit)) if self._is_worth_querying(tier) else None
            )
        except IndexBroken:
            self._engines.index_sync.report_broken()
            return None

    def _is_worth_querying(self, tier: Tier) -> bool:
        """Return whether to query the index. If it is closed, or contains few vectors, they are scanned instead."""
        try:
            return self._index.has_more_than(self._agent_id, tier, SCAN_LIMIT)
        except IndexBroken:
            return False

    def _complete(
        self,
        connection: Connection,
        tier: Tier,
        query: Vectors,
        cosines: Mapping[int, float] | None,
        missing: Collection[int] | None,
        limit: int,
    ) -> dict[int, float]:
        """Return the rows of the vectors that the index found, and of those that it lacks, which are scanned.

        `missing` are those that it lacked before it was queried or lacks now. If it was not queried, all vectors are
        scanned.
        """
        scan, agent_id = self._engines.scan, self._agent_id
        if cosines is None or missing is None:
            return scan.nearest(connection, agent_id, tier, query, limit)
        best = scan.nearest_among(connection, agent_id, tier, query, limit, numbers=missing)
        batch = self._engines.store.read(connection, [n for n in cosines if n not in missing])
        keep_best(best, batch.rows, batch.matrix @ query)
        return best

    def _allowed(self, connection: Connection, tier: Tier, filters: Filters) -> Sequence[int]:
        """Return the rows that pass the filters, up to one more than may be scanned."""
        table = TIER_TABLES[tier]
        own = sa.select(table.c.n).where(table.c.agent_id == self._agent_id, *conditions(self._agent_id, tier, filters))
        return connection.scalars(own.limit(MAX_FILTERED + 1)).all()

    def _passing(self, connection: Connection, tier: Tier, numbers: Collection[int], filters: Filters) -> set[int]:
        """Return which of these rows pass the filters."""
        table = TIER_TABLES[tier]
        chosen = sa.select(table.c.n).where(table.c.n.in_(list_literal(numbers)))
        return set(connection.scalars(chosen.where(*conditions(self._agent_id, tier, filters))))
