"""One search for all: `recall_search`, `archival_search`, page-in, the command line and the API ask here.

Every hit is a live row of the agent; a row without a vector is found by words; what another process wrote a moment
ago is found too.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import UsageError
from carrel.memory import candidates
from carrel.memory.candidates import HEARD, LEAST_COSINE, MEANING_POOL, WORD_POOL, Key, Light, Source
from carrel.memory.embedding import Embedding
from carrel.memory.fusion import fuse
from carrel.memory.index import Index
from carrel.memory.indexer import Indexer
from carrel.memory.question import Question, read_question
from carrel.memory.schema import AnyRow, messages, passages, sessions, speakers
from carrel.memory.scope import Scope
from carrel.memory.values import Filters, Found, Hit, Mode, Scores, Tier
from carrel.memory.vectors import VectorStore
from carrel.protocols import Vectors
from carrel.text import clean_text

MAX_DEPTH = 20_000
"""Rows that paging reaches; whoever is there has better words to search by."""
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """A search as it is carried out."""

    question: Question
    tiers: tuple[Tier, ...]
    filters: Filters
    mode: Mode
    vector: Vectors | None


_Scored = tuple[Light, float, Scores]


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
        exclude: Collection[int] = (),
    ) -> Found:
        """Return one page of what answers the query, best first; ties go to the younger row.

        Messages with numbers in `exclude` do not count: those of the turn that asks.

        Raises:
            UsageError: the query is empty, the limit or page is out of range, or the dates are the wrong way round.
        """
        wanted = filters or Filters()
        text = _checked(query, limit, page, wanted)
        question = read_question(text, self._speakers(), self._scope.now())
        vector = None if mode == "words" else self._engines.embedding.query(question.as_told, patience)
        used: Mode = mode if vector is not None else "words"
        if vector is not None and self._engines.indexer is not None:
            self._engines.indexer.flush()
        asked = _Asked(question, tuple(tiers), wanted, used, vector)
        with self._scope.database.read() as connection:
            words, total = self._by_words(connection, asked, WORD_POOL)
            ranked = self._ranked(connection, asked, words)
            left = [item for item in ranked if item[0].tier != "recall" or item[0].n not in exclude]
            total, ranked = max(0, total - len(ranked) + len(left)), left
            if page * limit > len(ranked) and total > WORD_POOL:
                ranked += self._tail(connection, asked, ranked, min(MAX_DEPTH, page * limit + WORD_POOL))
            hits = self._hits(connection, ranked[(page - 1) * limit : page * limit])
        count = max(total, len(ranked))
        return Found(text, tuple(hits), count, page, max(1, -(-count // limit)), used)

    def _by_words(self, connection: Connection, asked: _Asked, pool: int) -> tuple[list[Key], int]:
        """Return the rows that words bring, best first in each tier, and how many match at all."""
        found: list[Key] = []
        total = 0
        if asked.mode == "meaning" or not asked.question.words:
            return found, total
        for tier in asked.tiers:
            numbers, count = candidates.by_words(
                connection, self._scope.agent_id, tier, asked.question.words, pool, asked.filters
            )
            found += [(tier, n) for n in numbers]
            total += count
        return found, total

    def _by_meaning(self, connection: Connection, asked: _Asked) -> list[Key]:
        """Return the rows that meaning brings, best first in each tier."""
        found: list[Key] = []
        if asked.vector is not None:
            for tier in asked.tiers:
                near = candidates.by_meaning(connection, self._source, tier, asked.vector, MEANING_POOL, asked.filters)
                found += [(tier, n) for n, cosine in near.items() if cosine >= LEAST_COSINE]
        return found

    def _ranked(self, connection: Connection, asked: _Asked, words: list[Key]) -> list[_Scored]:
        """Score what words and meaning bring and, unless only words are wanted, the rows around the best of both."""
        meaning = self._by_meaning(connection, asked)
        agent_id = self._scope.agent_id
        rows = candidates.load(connection, agent_id, {*words, *meaning}, asked.filters)
        if asked.mode != "words":
            best = dict.fromkeys([*words[:HEARD], *meaning[:HEARD]])
            heard = [rows[key] for key in best if key in rows]
            rows = {**candidates.around(connection, agent_id, heard, asked.filters), **rows}
        ordered = [rows[key] for key in sorted(rows)]
        loaded = candidates.arrays(connection, self._source, asked.question, ordered, asked.vector)
        fused = fuse(asked.question, loaded)
        held = set(words)
        scored = [
            (row, float(fused.total[n]) * (SUPERSEDED if row.state == "superseded" else 1), fused.parts(n))
            for n, row in enumerate(ordered)
            if (row.tier, row.n) in held or fused.meaning[n] >= LEAST_COSINE or fused.neighbours[n] > 0
        ]
        return sorted(scored, key=lambda item: (-item[1], item[0].tier, -item[0].n))

    def _tail(self, connection: Connection, asked: _Asked, ranked: list[_Scored], depth: int) -> list[_Scored]:
        """Return what matches by words beyond the rows that were scored, by BM25: deep pages stay in one order."""
        words, _ = self._by_words(connection, asked, depth)
        shown = {(row.tier, row.n) for row, _, _ in ranked}
        rest = [key for key in words if key not in shown]
        rows = candidates.load(connection, self._scope.agent_id, rest, asked.filters)
        last = min(0.0, ranked[-1][1]) if ranked else 0.0
        return [(rows[key], last, Scores()) for key in rest if key in rows]

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
        told = sa.select(passages, label).outerjoin_from(passages, sessions, sessions.c.id == passages.c.session_id)
        stored = told.where(passages.c.n.in_([row.n for row, _, _ in ranked if row.tier == "archival"]))
        whole.update((("archival", row.n), _passage_hit(row)) for row in connection.execute(stored))
        return [self._hit(whole[row.tier, row.n], score, parts) for row, score, parts in ranked]

    def _hit(self, whole: Hit, score: float, parts: Scores) -> Hit:
        return replace(whole, at=self._scope.local(whole.at), score=score, scores=parts)


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
        session=data["session_label"],
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
