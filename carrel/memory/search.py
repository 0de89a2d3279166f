"""One search for all: words and meaning over recall and archival, fused, filtered, paged.

Meaning comes from the index where it is complete and from an exact scan of the vectors after that; rows without a
vector are found by words. Every hit is a live row of the agent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import UsageError
from carrel.memory.embedding import Embedding
from carrel.memory.fusion import Candidate, Ranked, fuse
from carrel.memory.index import Index
from carrel.memory.indexer import Indexer
from carrel.memory.schema import WORD_TABLES, AnyRow, messages, passages, sessions, tags
from carrel.memory.scope import Scope
from carrel.memory.values import Filters, Found, Hit, Mode, Scores, Tier
from carrel.memory.vectors import VectorStore
from carrel.protocols import Vectors
from carrel.text import clean_text
from carrel.words import match_expression, query_terms

POOL = 200
"""Candidates that each of words and meaning brings: enough that fusion rarely wants one that is missing."""
MAX_POOL = 2_000
MAX_LIMIT = 1_000
MAX_QUERY = 4_000
"""Characters of a question that are looked at; what follows rarely sharpens it."""
EXACT_UP_TO = 2_000
"""Vectors that are scanned rather than asked of the index: the scan takes under a millisecond."""
LEAST_COSINE = 0.25
"""MiniLM's cosine of two unrelated sentences is below this nine times in ten."""
SUPERSEDED = 0.5
"""What remains of the score of a fact that has a successor, so that it ranks below it."""
PATIENCE = 1.5
"""Seconds that a turn waits for the embedder to load before it searches by words alone."""

_TABLES = {"recall": messages, "archival": passages}


@dataclass(frozen=True, slots=True)
class _Row:
    """A live row as fusion and hits need it."""

    n: int
    tier: Tier
    hit: Hit
    group: str
    position: int


class Engines:
    """What meaning needs; shared by all agents of a home."""

    def __init__(self, embedding: Embedding, vectors: VectorStore | None, index: Index, indexer: Indexer | None) -> None:
        self.embedding = embedding
        self.vectors = vectors
        self.index = index
        self.indexer = indexer


class Search:
    """The search of one agent."""

    def __init__(self, scope: Scope, engines: Engines) -> None:
        self._scope = scope
        self._engines = engines

    def find(
        self,
        query: str,
        tiers: Sequence[Tier],
        limit: int = 10,
        page: int = 1,
        filters: Filters | None = None,
        mode: Mode = "hybrid",
        patience: float = PATIENCE,
    ) -> Found:
        """Return one page of what answers the query, best first.

        Raises:
            UsageError: the query is empty, the limit or page is out of range, or the dates are the wrong way round.
        """
        wanted = filters or Filters()
        text = _checked(query, limit, page, wanted)
        vector = None if mode == "words" else self._engines.embedding.query(text, patience)
        used: Mode = mode if vector is not None else "words"
        pool = min(MAX_POOL, max(POOL, page * limit + limit))
        with self._scope.database.read() as connection:
            ranked, rows, total = self._ranked(connection, text, vector, tiers, pool, wanted, used)
        hits = [self._hit(item, rows) for item in ranked[(page - 1) * limit : page * limit]]
        return Found(text, tuple(hits), total, page, max(1, -(-total // limit)), used)

    def _ranked(
        self,
        connection: Connection,
        text: str,
        vector: Vectors | None,
        tiers: Sequence[Tier],
        pool: int,
        filters: Filters,
        mode: Mode,
    ) -> tuple[list[Ranked], dict[tuple[str, int], _Row], int]:
        words: dict[tuple[str, int], float] = {}
        meaning: dict[tuple[str, int], float] = {}
        total = 0
        terms = [] if mode == "meaning" else query_terms(text)
        for tier in tiers:
            if terms:
                found, count = self._by_words(connection, tier, terms, pool, filters)
                words.update(((tier, n), score) for n, score in found.items())
                total += count
            if vector is not None:
                near = self._by_meaning(connection, tier, vector, pool, filters)
                meaning.update(((tier, n), cosine) for n, cosine in near.items() if cosine >= LEAST_COSINE)
        rows = self._rows(connection, {*words, *meaning}, filters)
        candidates = [
            Candidate(key, row.group, row.position, words.get(key, 0.0), meaning.get(key, 0.0))
            for key, row in rows.items()
        ]
        ranked = _demoted(fuse(candidates), rows)
        return ranked, rows, total if mode == "words" else len(ranked)

    def _by_words(
        self, connection: Connection, tier: Tier, terms: Sequence[str], pool: int, filters: Filters
    ) -> tuple[dict[int, float], int]:
        """Return BM25 of the best rows and how many rows match at all."""
        table = _TABLES[tier]
        name = WORD_TABLES[tier]
        words = sa.table(name, sa.column("rowid"))
        expression = f'agent:"agent{self._scope.agent_id}" AND text:({match_expression(terms)})'
        matches = sa.text(f"{name} MATCH :expression").bindparams(expression=expression)
        rank: sa.ColumnElement[float] = sa.literal_column(f"bm25({name}, 0.0, 1.0)")
        joined = sa.select(words.c.rowid, rank.label("rank")).join_from(words, table, table.c.n == words.c.rowid)
        matching = joined.where(matches, *self._conditions(tier, filters))
        rows = connection.execute(matching.order_by(sa.text("rank"), words.c.rowid.desc()).limit(pool)).fetchall()
        if len(rows) < pool:
            return {row.rowid: -row.rank for row in rows}, len(rows)
        counted = sa.select(sa.func.count()).select_from(
            matching.order_by(None).with_only_columns(words.c.rowid).subquery()
        )
        return {row.rowid: -row.rank for row in rows}, int(connection.execute(counted).scalar_one())

    def _by_meaning(
        self, connection: Connection, tier: Tier, vector: Vectors, pool: int, filters: Filters
    ) -> dict[int, float]:
        """Return the cosine of the nearest rows: the index as far as it is complete, then the exact tail."""
        store = self._engines.vectors
        if store is None:
            return {}
        agent_id = self._scope.agent_id
        if filters != Filters():
            table = _TABLES[tier]
            allowed = connection.execute(sa.select(table.c.n).where(*self._conditions(tier, filters))).scalars().all()
            return store.nearest(agent_id, tier, vector, pool, allowed=allowed)
        upto = self._engines.indexer.mark(agent_id, tier) if self._engines.indexer else 0
        if not upto or self._engines.index.count(agent_id, tier) <= EXACT_UP_TO:
            return store.nearest(agent_id, tier, vector, pool)
        found = store.nearest(agent_id, tier, vector, pool, start=upto)
        numbers = dict(self._engines.index.nearest(agent_id, tier, vector, pool))
        for n, row in store.rows_of(list(numbers)).items():
            found[row] = max(found.get(row, -1.0), numbers[n])
        return found

    def _rows(
        self, connection: Connection, keys: Iterable[tuple[str, int]], filters: Filters
    ) -> dict[tuple[str, int], _Row]:
        by_tier: dict[str, list[int]] = {"recall": [], "archival": []}
        for tier, n in keys:
            by_tier[tier].append(n)
        found = {("archival", row.n): row for row in self._passages(connection, by_tier["archival"], filters)}
        found.update({("recall", row.n): row for row in self._messages(connection, by_tier["recall"], filters)})
        return found

    def _messages(self, connection: Connection, numbers: list[int], filters: Filters) -> list[_Row]:
        if not numbers:
            return []
        columns = sa.select(messages, sa.func.coalesce(sessions.c.name, sessions.c.id).label("session_label"))
        joined = columns.join_from(messages, sessions, sessions.c.id == messages.c.session_id)
        chosen = joined.where(messages.c.n.in_(numbers), *self._conditions("recall", filters))
        return [_message_row(row) for row in connection.execute(chosen)]

    def _passages(self, connection: Connection, numbers: list[int], filters: Filters) -> list[_Row]:
        if not numbers:
            return []
        chosen = sa.select(passages).where(passages.c.n.in_(numbers), *self._conditions("archival", filters))
        return [_passage_row(row) for row in connection.execute(chosen)]

    def _conditions(self, tier: Tier, filters: Filters) -> list[sa.ColumnElement[bool]]:
        table = _TABLES[tier]
        conditions: list[sa.ColumnElement[bool]] = [table.c.agent_id == self._scope.agent_id]
        if filters.since:
            conditions.append(table.c.at >= filters.since)
        if filters.until:
            conditions.append(table.c.at <= filters.until)
        if filters.session:
            conditions.append(table.c.session_id == filters.session)
        return [*conditions, *(_recall_only(filters) if tier == "recall" else _archival_only(filters))]

    def _hit(self, item: Ranked, rows: dict[tuple[str, int], _Row]) -> Hit:
        return replace(rows[item.key].hit, score=item.score, scores=item.scores)


def _recall_only(filters: Filters) -> list[sa.ColumnElement[bool]]:
    if filters.tags:
        return [sa.false()]
    searchable = messages.c.position.is_not(None)
    return [searchable, messages.c.role.in_(filters.roles)] if filters.roles else [searchable]


def _archival_only(filters: Filters) -> list[sa.ColumnElement[bool]]:
    if filters.roles:
        return [sa.false()]
    alive: sa.ColumnElement[bool] = passages.c.state != "deleted"
    if not filters.tags:
        return [alive]
    tagged = sa.select(tags.c.passage_n).where(tags.c.tag.in_(filters.tags)).group_by(tags.c.passage_n)
    least = len(filters.tags) if filters.all_tags else 1
    return [alive, passages.c.n.in_(tagged.having(sa.func.count() >= least))]


def _message_row(row: AnyRow) -> _Row:
    data = row._mapping
    hit = Hit(
        id=data["id"],
        tier="recall",
        text=data["text"],
        at=data["at"],
        score=0.0,
        scores=Scores(),
        role=data["role"],
        speaker=data["speaker"],
        session=data["session_label"],
        source=data["source"],
    )
    return _Row(data["n"], "recall", hit, data["session_id"], data["position"])


def _passage_row(row: AnyRow) -> _Row:
    data = row._mapping
    hit = Hit(
        id=data["id"],
        tier="archival",
        text=data["text"],
        at=data["at"],
        score=0.0,
        scores=Scores(),
        session=data["session_id"],
        source=data["source"],
        tags=tuple(data["tags"]),
        state=data["state"],
    )
    return _Row(data["n"], "archival", hit, "", 0)


def _demoted(ranked: list[Ranked], rows: dict[tuple[str, int], _Row]) -> list[Ranked]:
    demoted = [
        replace(item, score=item.score * SUPERSEDED) if rows[item.key].hit.state == "superseded" else item
        for item in ranked
    ]
    return sorted(demoted, key=lambda item: -item.score)


def _checked(query: str, limit: int, page: int, filters: Filters) -> str:
    text = clean_text(query).strip()[:MAX_QUERY]
    if not text:
        raise UsageError("The query is empty.", "Say what to look for.")
    if not 1 <= limit <= MAX_LIMIT:
        raise UsageError(f"Limit {limit} is out of range.", f"Ask for 1 to {MAX_LIMIT} results.")
    if page < 1:
        raise UsageError(f"Page {page} does not exist.", "Pages count from 1.")
    if filters.since and filters.until and filters.since > filters.until:
        raise UsageError("The date range ends before it begins.", "Swap since and until.")
    return text
