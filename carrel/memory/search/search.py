"""One search for all: `recall_search`, `archival_search`, page-in, the command line and the API ask here.

Every hit is a live row of the agent; a row without a vector is found by words; what another process wrote a moment
ago is found too.
"""

import logging
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import Busy, OperatorError, UsageError
from carrel.memory.db.schema import TIER_TABLES, speakers
from carrel.memory.indexing.chroma import Index
from carrel.memory.indexing.embedding import Embedding
from carrel.memory.indexing.vectors import VectorStore
from carrel.memory.indexing.worker import Indexer
from carrel.memory.journal.scope import Scope
from carrel.memory.search import semantic as candidates
from carrel.memory.search.fusion import Fused, fuse
from carrel.memory.search.hydrate import ScoredRow, load_hits
from carrel.memory.search.lexical import MAX_COUNTED, Matches, match_words
from carrel.memory.search.question import Question, read_question
from carrel.memory.search.semantic import BROAD, LEAST_COSINE, NARROW, Breadth, Mark, Near, Source
from carrel.memory.search.shortlist import (
    CandidateRow,
    RowKey,
    Shortlist,
    count_with_other_words,
    find_neighbours,
    find_successors,
    to_arrays,
)
from carrel.memory.values import Filters, Found, Hit, Mode, Scores, StoredMessage, Tier
from carrel.text import clean_text
from carrel.words import is_emoji

log = logging.getLogger(__name__)

MAX_LIMIT = 1_000
MAX_QUERY = 4_000
"""Characters of a question that are looked at; what follows rarely sharpens it."""
SUPERSEDED = 0.05
"""How far the score of a fact that has a successor stays below that of the successor."""
PATIENCE = 60.0
"""Seconds that a search waits for the embedder to load before it goes by words alone."""
TURN_PATIENCE = 3.0
"""The same within a turn: MiniLM takes half a second on a CPU, a model on a GPU eight."""


_AGENT: sa.BindParameter[int] = sa.bindparam("agent")
_SPEAKERS = sa.select(speakers.c.name).where(speakers.c.agent_id == _AGENT)
_HELD = {tier: sa.select(table.c.n).where(table.c.agent_id == _AGENT).limit(1) for tier, table in TIER_TABLES.items()}


class Engines:
    """What meaning needs; shared by all agents of a home."""

    def __init__(
        self, embedding: Embedding, vectors: VectorStore | None, index: Index, indexer: Indexer | None
    ) -> None:
        self.embedding = embedding
        self.vectors = vectors
        self.index = index
        self.indexer = indexer
        self.beside = ThreadPoolExecutor(2, "carrel-ask")
        """Embeds a question and asks the index while SQL is searched by words: both leave Python's lock."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A search as it is carried out."""

    question: Question
    tiers: tuple[Tier, ...]
    filters: Filters
    mode: Mode
    last: Collection[int]
    breadth: Breadth
    complete: Mapping[Tier, Mark]
    """How far the index was complete when it was asked."""

    @property
    def means_something(self) -> bool:
        """Whether to search by meaning: signs and emoji alone mean nothing to an embedder."""
        return self.mode != "words" and not all(map(is_emoji, self.question.words))


class _Ranked(NamedTuple):
    """A row with its score, and where its parts stand."""

    key: RowKey
    score: float
    fused: Fused | None = None
    place: int = 0

    @property
    def parts(self) -> Scores:
        """Return the parts of the score; none where the row was found beyond those that were fused."""
        return self.fused.parts(self.place) if self.fused else Scores()


@dataclass(frozen=True, slots=True)
class Ahead:
    """A search for a message that was begun before the message was stored."""

    asked: _Asked
    answer: Callable[[], Near]


@dataclass(frozen=True, slots=True)
class _Ranking:
    """What was found, best first, and what tells how much that is."""

    ranked: list[_Ranked]
    rows: Sequence[CandidateRow]
    fused: Fused
    words: list[RowKey]
    """The rows that words brought."""
    found: Collection[RowKey]
    """These, and what took the place of superseded ones."""

    def others(self, question: Question, pool: int) -> int:
        """Return how many of the rows hold none of the words; `pool` is how many rows words bring at most."""
        besides = [item for item in self.ranked if item.key not in self.found]
        if len(self.words) < pool:  # all rows that hold a word are among `words`
            return len(besides)
        silent = [self.rows[item.place] for item in besides if not self.fused.words[item.place]]
        return len(silent) - count_with_other_words(silent, question)


class Search:
    """The search of one agent."""

    def __init__(self, scope: Scope, engines: Engines) -> None:
        self._scope = scope
        self._engines = engines
        self._source = Source(scope.agent_id, engines.embedding, engines.vectors, engines.index, engines.indexer)

    def find(
        self,
        query: str,
        tiers: Sequence[Tier],
        limit: int = 10,
        page: int = 1,
        filters: Filters | None = None,
        mode: Mode = "hybrid",
        patience: float = PATIENCE,
        last: Collection[int] = (),
    ) -> Found:
        """Return one page of what answers the query, best first; ties go to the younger row.

        Messages with numbers in `last` rank behind all others: those of the turn that asks.

        Raises:
            UsageError: the query is empty, the limit or page is out of range, or the dates are the wrong way round.
        """
        wanted = filters or Filters()
        text = _checked(query, limit, page, wanted)
        asked = self._asked(text, tiers, wanted, mode, last, BROAD)
        near = self._near(asked, patience)
        with self._scope.read() as connection:
            matches = self._by_words(connection, asked, BROAD.pool)
            total = sum(match.total() for match in matches.values())
        answer = near()  # outside of any snapshot: with the rollback journal one keeps others from committing
        with self._scope.read() as connection:
            found = self._ranked(connection, asked, matches, answer)
            ranked = found.ranked
            if page * limit > len(ranked) and total > len(found.words):
                ranked = [*ranked, *self._tail(connection, asked, ranked, MAX_COUNTED)]
            hits = self._hits(connection, ranked[(page - 1) * limit : page * limit])
        count = total + found.others(asked.question, BROAD.pool)
        used: Mode = "words" if answer.vector is None else mode
        return Found(text, tuple(hits), count, page, max(1, -(-count // limit)), used)

    def ahead(self, text: str, tiers: Sequence[Tier]) -> Ahead | None:
        """Start to ask by meaning for a message while it is being stored, for `best`.

        None where something has to be loaded or embedded first: no message waits for that to be stored. Raise
        UsageError where it is empty.
        """
        indexer = self._engines.indexer
        if not self._engines.embedding.ready or indexer is None or indexer.little_waits():
            return None
        asked = self._asked(_checked(text, 1, 1, Filters()), tiers, Filters(), "hybrid", (), NARROW)
        return Ahead(asked, self._begun(asked, 0.0))

    def best(
        self, message: StoredMessage, tiers: Sequence[Tier], limit: int, patience: float, ahead: Ahead | None = None
    ) -> list[Hit]:
        """Return what is most relevant to a message, best first, itself left out, without counting all that matches.

        The message itself is not embedded for it: nobody looks for what was said just now.

        Raises:
            UsageError: the message is empty.
        """
        if ahead is None:
            text = _checked(message.text, limit, 1, Filters())
            asked = self._asked(text, tiers, Filters(), "hybrid", {message.n}, NARROW)
            near = self._near(asked, patience, message.n)
        else:
            asked, near = replace(ahead.asked, last={message.n}), ahead.answer
        with self._scope.read() as connection:
            matches = self._by_words(connection, asked, NARROW.pool)
        answer = near()
        with self._scope.read() as connection:
            ranked = self._ranked(connection, asked, matches, answer).ranked
            others = [item for item in ranked if not self._asks(item.key, asked)]
            return self._hits(connection, others[:limit])

    def _asked(
        self,
        text: str,
        tiers: Sequence[Tier],
        filters: Filters,
        mode: Mode,
        last: Collection[int],
        breadth: Breadth,
    ) -> _Asked:
        """Read the question, and how far the index is complete before it is asked; a tier that is empty is left out."""
        agent_id = self._scope.agent_id
        with self._scope.read() as connection:
            names = connection.scalars(_SPEAKERS, {"agent": agent_id}).all()
            complete = candidates.marks(self._source, tiers) if mode != "words" else {}
            held = tuple(tier for tier in tiers if connection.scalar(_HELD[tier], {"agent": agent_id}))
        return _Asked(read_question(text, names, self._scope.now()), held, filters, mode, last, breadth, complete)

    def _near(self, asked: _Asked, patience: float, but: int = 0) -> Callable[[], Near]:
        """Start to ask by meaning and return how to get the answer; nothing where the embedder is away.

        What waits to be embedded, other than message `but`, is embedded first, so that what was said a moment ago is
        found by meaning too.
        """
        if not asked.means_something:
            return Near
        engines = self._engines
        try:
            if not engines.embedding.ready and engines.embedding.query(asked.question.as_told, patience) is None:
                return Near
            self._flush(but)
        except OperatorError as error:
            return _away(error)
        return self._begun(asked, patience)

    def _begun(self, asked: _Asked, patience: float) -> Callable[[], Near]:
        """Ask by meaning beside and return how to get the answer."""
        if not asked.means_something:
            return Near
        engines = self._engines
        work = (self._source, asked.question.as_told, patience, asked.complete, asked.filters, asked.breadth.pool)
        try:
            future = engines.beside.submit(candidates.ask, *work)
        except RuntimeError:
            raise UsageError("The home is closed.", "Open it again to search.") from None

        def answer() -> Near:
            try:
                return future.result()
            except OperatorError as error:
                return _away(error)()

        return answer

    def _flush(self, but: int) -> None:
        """Embed what waits, unless somebody else writes for long or a transaction is open: then words find it."""
        with suppress(Busy):
            if self._engines.indexer is not None and self._scope.transaction is None:
                self._engines.indexer.flush(but)

    def _by_words(self, connection: Connection, asked: _Asked, pool: int) -> dict[Tier, Matches]:
        """Return the rows that words bring in each tier, best first."""
        words, agent_id = asked.question.words, self._scope.agent_id
        if asked.mode == "meaning" or not words:
            return {}
        return {
            tier: match_words(connection, self._scope.fulltext, agent_id, tier, words, pool=pool, filters=asked.filters)
            for tier in asked.tiers
        }

    def _by_meaning(self, connection: Connection, asked: _Asked, near: Near) -> list[RowKey]:
        """Return the rows that meaning brings, best first in each tier."""
        found: list[RowKey] = []
        for tier in asked.tiers:
            best = candidates.by_meaning(connection, self._source, tier, near, asked.filters, asked.breadth.pool)
            found += [(tier, n) for n, cosine in best.items() if cosine >= LEAST_COSINE]
        return found

    def _ranked(self, connection: Connection, asked: _Asked, matches: Mapping[Tier, Matches], near: Near) -> _Ranking:
        """Score what words and meaning bring and, unless only words are wanted, the rows around the best of both."""
        words = _keys(matches)
        meaning = self._by_meaning(connection, asked, near)
        keys: set[RowKey] = {*words, *meaning}
        if near.vector is not None:
            best = {*words[: asked.breadth.heard], *meaning[: asked.breadth.heard]}
            heard = [n for tier, n in best if tier == "recall"]
            keys.update(("recall", n) for n in find_neighbours(connection, heard))
        shortlist = self._shortlist()
        loaded = shortlist.load(connection, keys, asked.filters)
        links = find_successors(connection, loaded.values())
        newer: set[RowKey] = {("archival", n) for n, successor in links.values() if successor is None}
        loaded |= shortlist.load(connection, newer, asked.filters)
        rows = [loaded[key] for key in sorted(loaded)]
        fused = fuse(asked.question, to_arrays(asked.question, rows, near.vector))
        found = {*words, *newer}
        kept = (fused.meaning >= LEAST_COSINE) | (fused.neighbours > 1e-6)
        scores = _below_successors(rows, fused.total.tolist(), links)
        ranked = [
            _Ranked(row.key, score, fused, place)
            for place, (row, score, keep) in enumerate(zip(rows, scores, kept.tolist(), strict=True))
            if keep or row.key in found
        ]
        ranked.sort(key=lambda item: (self._asks(item.key, asked), -item.score, item.key[0], -item.key[1]))
        return _Ranking(ranked, rows, fused, words, found)

    def _asks(self, key: RowKey, asked: _Asked) -> bool:
        """Return whether a row belongs to the turn that asks."""
        return key[0] == "recall" and key[1] in asked.last

    def _tail(self, connection: Connection, asked: _Asked, ranked: list[_Ranked], depth: int) -> list[_Ranked]:
        """Return what matches by words beyond the rows that were scored, by BM25: deep pages stay in one order."""
        shown = {item.key for item in ranked}
        rest = [key for key in _keys(self._by_words(connection, asked, depth)) if key not in shown]
        rows = self._shortlist().load(connection, rest, asked.filters)
        last = min(0.0, ranked[-1].score) if ranked else 0.0
        return [_Ranked(key, last) for key in rest if key in rows]

    def _shortlist(self) -> Shortlist:
        vectors = self._source.vectors
        return Shortlist(self._scope.fulltext, self._scope.agent_id, vectors.embedder_id() if vectors else 0)

    def _hits(self, connection: Connection, ranked: Sequence[_Ranked]) -> list[Hit]:
        return load_hits(
            connection, [ScoredRow(item.key, item.score, item.parts) for item in ranked], self._scope.local
        )


def _keys(matches: Mapping[Tier, Matches]) -> list[RowKey]:
    """Return the rows that words brought, best first in each tier."""
    return [(tier, n) for tier, match in matches.items() for n in match.rows]


def _below_successors(
    rows: Sequence[CandidateRow], scores: Sequence[float], links: Mapping[str, tuple[int, str | None]]
) -> list[float]:
    """Return the scores, those of superseded passages lowered until they rank below what took their place."""
    own = {row.id: score for row, score in zip(rows, scores, strict=True) if row.id}
    bounds: dict[str, float] = {}
    for row in rows:
        chain: list[str] = []
        place: str | None = row.id if row.state == "superseded" else None
        while place is not None and place not in bounds:
            chain.append(place)
            place = row.successor if place == row.id else links.get(place, (0, None))[1]
        for link in reversed(chain):
            newer = row.successor if link == row.id else links.get(link, (0, None))[1]
            above = bounds.get(newer or "", own.get(newer or "", math.inf))
            bounds[link] = min(own.get(link, math.inf), above - SUPERSEDED if newer else math.inf)
    return [
        bounds.get(row.id, score) if row.state == "superseded" else score
        for row, score in zip(rows, scores, strict=True)
    ]


def _away(error: OperatorError) -> Callable[[], Near]:
    """Go on without meaning."""
    log.warning("The search goes on by words: %s", error)
    return Near


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
