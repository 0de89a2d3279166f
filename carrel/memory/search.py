"""One search for all: `recall_search`, `archival_search`, page-in, the command line and the API ask here.

Every hit is a live row of the agent; a row without a vector is found by words; what another process wrote a moment
ago is found too.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import UsageError
from carrel.memory import candidates
from carrel.memory.candidates import HEARD, LEAST_COSINE, MEANING_POOL, WORD_POOL, Key, Light, Source
from carrel.memory.embedding import Embedding
from carrel.memory.fusion import Candidates, Fused, fuse
from carrel.memory.index import Index
from carrel.memory.indexer import Indexer
from carrel.memory.question import Question, read_question
from carrel.memory.schema import AnyRow, messages, passages, sessions, speakers
from carrel.memory.scope import Scope
from carrel.memory.values import Filters, Found, Hit, Mode, Scores, Tier
from carrel.memory.vectors import VectorStore
from carrel.protocols import Vectors
from carrel.text import clean_text

MAX_POOL = 2_000
MAX_LIMIT = 1_000
MAX_QUERY = 4_000
"""Characters of a question that are looked at; what follows rarely sharpens it."""
SUPERSEDED = 0.5
"""What remains of the score of a fact that has a successor, so that it ranks below it."""
PATIENCE = 1.5
"""Seconds that a turn waits for the embedder to load before it searches by words alone."""


class Engines:
    """What meaning needs; shared by all agents of a home."""

    def __init__(
        self, embedding: Embedding, vectors: VectorStore | None, index: Index, indexer: Indexer | None
    ) -> None:
        self.embedding = embedding
        self.vectors = vectors
        self.index = index
        self.indexer = indexer


class Search:
    """The search of one agent."""

    def __init__(self, scope: Scope, engines: Engines) -> None:
        self._scope = scope
        self._engines = engines
        self._source = Source(scope.agent_id, engines.vectors, engines.index, engines.indexer)

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
        """Return one page of what answers the query, best first; ties go to the younger row.

        Raises:
            UsageError: the query is empty, the limit or page is out of range, or the dates are the wrong way round.
        """
        wanted = filters or Filters()
        text = _checked(query, limit, page, wanted)
        question = read_question(text, self._speakers(), self._scope.now())
        vector = None if mode == "words" else self._engines.embedding.query(question.as_told, patience)
        used: Mode = mode if vector is not None else "words"
        more = min(MAX_POOL, page * limit + limit)
        with self._scope.database.read() as connection:
            words, meaning, total = self._pools(connection, question, vector, tiers, more, wanted, used)
            rows = self._rows(connection, words, meaning, wanted, alone=used == "words")
            ranked = self._ranked(connection, question, rows, vector)
            count = total if used == "words" else len(ranked)
            hits = self._hits(connection, ranked[(page - 1) * limit : page * limit])
        return Found(text, tuple(hits), count, page, max(1, -(-count // limit)), used)

    def _pools(
        self,
        connection: Connection,
        question: Question,
        vector: Vectors | None,
        tiers: Sequence[Tier],
        more: int,
        filters: Filters,
        mode: Mode,
    ) -> tuple[dict[Key, float], dict[Key, float], int]:
        """Return what words and what meaning bring, each best first, and how many rows match by words."""
        words: dict[Key, float] = {}
        meaning: dict[Key, float] = {}
        total = 0
        agent_id = self._scope.agent_id
        for tier in tiers:
            if mode != "meaning" and question.words:
                pool = max(WORD_POOL, more)
                found = candidates.by_words(connection, agent_id, tier, question.words, pool, filters)
                words.update(((tier, n), score) for n, score in found.items())
                if mode == "words":
                    total += candidates.count_by_words(connection, agent_id, tier, question.words, filters)
            if vector is not None:
                pool = max(MEANING_POOL, more)
                near = candidates.by_meaning(connection, self._source, tier, vector, pool, filters)
                meaning.update(((tier, n), cosine) for n, cosine in near.items() if cosine >= LEAST_COSINE)
        return words, meaning, total

    def _rows(
        self,
        connection: Connection,
        words: dict[Key, float],
        meaning: dict[Key, float],
        filters: Filters,
        alone: bool,
    ) -> list[Light]:
        """Load what the pools brought and, unless words alone are asked for, the rows around the best of both."""
        agent_id = self._scope.agent_id
        rows = candidates.load(connection, agent_id, {*words, *meaning}, filters)
        if not alone:
            best = [*list(words)[:HEARD], *list(meaning)[:HEARD]]
            heard = [rows[key] for key in dict.fromkeys(best) if key in rows]
            rows = {**candidates.around(connection, agent_id, heard, filters), **rows}
        return [rows[key] for key in sorted(rows)]

    def _ranked(
        self, connection: Connection, question: Question, rows: list[Light], vector: Vectors | None
    ) -> list[tuple[Light, float, Scores]]:
        loaded = candidates.arrays(connection, self._source, question, rows, vector)
        fused = fuse(question, loaded)
        scored = [
            (row, float(fused.total[n]) * (SUPERSEDED if row.state == "superseded" else 1), fused.parts(n))
            for n, row in enumerate(rows)
        ]
        relevant = _relevant(fused, loaded)
        kept = [item for item, wanted in zip(scored, relevant, strict=True) if wanted]
        return sorted(kept, key=lambda item: (-item[1], item[0].tier, -item[0].n))

    def _speakers(self) -> list[str]:
        mine = sa.select(speakers.c.name).where(speakers.c.agent_id == self._scope.agent_id)
        with self._scope.database.read() as connection:
            return list(connection.execute(mine).scalars())

    def _hits(self, connection: Connection, ranked: Sequence[tuple[Light, float, Scores]]) -> list[Hit]:
        """Load the whole of the rows that are shown."""
        label = sa.func.coalesce(sessions.c.name, sessions.c.id).label("session_label")
        said = sa.select(messages, label).join_from(messages, sessions, sessions.c.id == messages.c.session_id)
        chosen = said.where(messages.c.n.in_([row.n for row, _, _ in ranked if row.tier == "recall"]))
        whole = {("recall", row.n): _message_hit(row) for row in connection.execute(chosen)}
        stored = sa.select(passages).where(passages.c.n.in_([row.n for row, _, _ in ranked if row.tier == "archival"]))
        whole.update((("archival", row.n), _passage_hit(row)) for row in connection.execute(stored))
        return [replace(whole[row.tier, row.n], score=score, scores=parts) for row, score, parts in ranked]


def _relevant(fused: Fused, rows: Candidates) -> list[bool]:
    """Return which rows say anything to the question: by a word, by meaning, or by what stands around them."""
    kept = (fused.words > 0) | (fused.meaning >= LEAST_COSINE) | (fused.neighbours > 0)
    return [bool(value) for value in kept & np.isfinite(fused.total)]


def _message_hit(row: AnyRow) -> Hit:
    data = row._mapping
    return Hit(
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


def _passage_hit(row: AnyRow) -> Hit:
    data = row._mapping
    return Hit(
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
