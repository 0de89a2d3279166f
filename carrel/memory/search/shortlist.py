"""Load the shortlist, a few hundred rows that may answer a question, with their words and vectors, in one query."""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.engine import Connection, Row

from carrel.memory.db.dialect import list_parameter
from carrel.memory.db.schema import TIER_TABLES, messages, passages, vectors
from carrel.memory.indexing.fulltext import FullText
from carrel.memory.search.filters import conditions
from carrel.memory.search.fusion import REACH, Candidates, count_terms
from carrel.memory.search.question import Question
from carrel.memory.values import Filters, Tier
from carrel.protocols import Vectors
from carrel.words import is_single, stem

RowKey = tuple[Tier, int]
"""Tier and row number."""


class CandidateRow(NamedTuple):
    """What scoring needs to know about a row. What only messages or only passages have is empty for the others."""

    tier: Tier
    n: int
    at: str
    session: str
    position: int
    role: str | None
    speaker: str | None
    asks: float
    first_person: int
    time_words: int
    state: str
    id: str
    """The id of a passage, to which `successor` refers."""
    successor: str | None
    """The id of the passage that replaced this one."""
    words: str
    """The indexed words, separated by spaces."""
    vectors: tuple[bytes, ...]
    """One for each chunk of the text; empty if it is not embedded yet."""

    @property
    def key(self) -> RowKey:
        """The tier and the number."""
        return self.tier, self.n


class Shortlist:
    """Loads the candidates of one agent, with the vectors of one embedder; without vectors if its number is 0."""

    def __init__(self, fulltext: FullText, agent_id: int, embedder_id: int) -> None:
        self._fulltext = fulltext
        self._agent_id = agent_id
        self._embedder_id = embedder_id

    def load(self, connection: Connection, keys: Iterable[RowKey], filters: Filters) -> dict[RowKey, CandidateRow]:
        """Return those of these rows that are live and pass the filters."""
        numbers: dict[str, list[int]] = {"recall": [], "archival": []}
        for tier, n in keys:
            numbers[tier].append(n)
        rows: dict[RowKey, CandidateRow] = {}
        tiers = tuple(tier for tier in TIER_TABLES if numbers[tier])
        if not tiers:
            return {}
        values: dict[str, Any] = {tier: sorted(numbers[tier]) for tier in tiers}
        values |= {"agent": self._agent_id, "embedder": self._embedder_id}
        for found in connection.execute(_select_rows(self._fulltext, tiers, filters), values).all():
            row = _read_row(found)
            known = rows.get(row.key)
            rows[row.key] = row if known is None else known._replace(vectors=known.vectors + row.vectors)
        return rows


def count_with_other_words(rows: Sequence[CandidateRow], question: Question) -> int:
    """Return how many of these rows contain another word of the question, though none of its terms: a name, a date."""
    others = [word for word in question.words if stem(word) not in question.terms]
    if not others or not rows:
        return 0
    held = count_terms([row.words for row in rows], [stem(word) for word in others]).any(axis=1)
    for word in filter(is_single, others):
        held = held | np.array([any(pair.startswith(word) for pair in row.words.split()) for row in rows])
    return int(held.sum())


def find_neighbours(connection: Connection, numbers: Collection[int]) -> list[int]:
    """Return the messages up to three places before and after these in their sessions, without checking the agent."""
    return list(connection.scalars(_NEIGHBOURS, {"numbers": sorted(numbers)}).all())


def find_successors(connection: Connection, rows: Iterable[CandidateRow]) -> dict[str, tuple[int, str | None]]:
    """Return all successors of these passages, up to the last of each chain: number and successor by id."""
    wanted = sorted({row.successor for row in rows if row.successor})
    if not wanted:
        return {}
    return {key: (n, successor) for key, n, successor in connection.execute(_CHAIN, {"ids": wanted})}


def to_arrays(question: Question, rows: Sequence[CandidateRow], query: Vectors | None) -> Candidates:
    """Return what scoring needs as arrays."""
    return Candidates(
        counts=count_terms([row.words for row in rows], question.terms),
        lengths=np.array([row.words.count(" ") + 1 if row.words else 0 for row in rows], float),
        vectors=_matrix(rows, query),
        query=np.zeros(1, np.float32) if query is None else query,
        group=_groups(rows),
        position=np.array([row.position for row in rows], np.int64),
        about=np.array([question.is_about(row.speaker, row.role) for row in rows], float),
        asks=np.array([row.asks for row in rows], float),
        first_person=np.array([row.first_person for row in rows], float),
        time_words=np.array([row.time_words for row in rows], float),
        days=np.array([row.at[:10] if question.days else "NaT" for row in rows], "M8[D]"),
    )


def _matrix(rows: Sequence[CandidateRow], query: Vectors | None) -> Vectors:
    """Return one vector per row, that of the chunk nearest to the query; zeros for a row without vectors."""
    if query is None:
        return np.zeros((len(rows), 1), np.float32)
    matrix = np.zeros((len(rows), len(query)), np.float32)
    embedded = [n for n, row in enumerate(rows) if row.vectors]
    if embedded:
        first = np.frombuffer(b"".join(rows[n].vectors[0] for n in embedded), "<f4")
        matrix[embedded] = first.reshape(len(embedded), len(query))
    for n in embedded:
        if len(rows[n].vectors) > 1:
            chunks = np.frombuffer(b"".join(rows[n].vectors), "<f4").reshape(-1, len(query))
            matrix[n] = chunks[int(np.argmax(chunks @ query))]
    return matrix


def _groups(rows: Sequence[CandidateRow]) -> NDArray[np.int64]:
    """Return a number for the session of each row; each passage has its own."""
    numbers = {session: n for n, session in enumerate(dict.fromkeys(row.session for row in rows))}
    return np.array([numbers[row.session] if row.tier == "recall" else -row.n for row in rows], np.int64)


def _read_row(row: Row[*tuple[Any, ...]]) -> CandidateRow:
    *columns, words, vector = row
    return CandidateRow._make((*columns, words or "", (vector,) if vector else ()))


@lru_cache(maxsize=64)
def _select_rows(fulltext: FullText, tiers: tuple[Tier, ...], filters: Filters) -> sa.CompoundSelect[*tuple[Any, ...]]:
    """Return the query for rows by number, with words and vectors, whose columns are in the order of CandidateRow."""
    return sa.union_all(*(_select_tier(fulltext, tier, filters) for tier in tiers))


def _select_tier(fulltext: FullText, tier: Tier, filters: Filters) -> sa.Select[*tuple[Any, ...]]:
    table, words = TIER_TABLES[tier], fulltext.words(tier)
    made = sa.and_(
        vectors.c.tier == tier, vectors.c.row == table.c.n, vectors.c.embedder_id == sa.bindparam("embedder")
    )
    at = sa.type_coerce(table.c.at, sa.Text)
    joined = sa.select(sa.literal(tier), table.c.n, at, *_COLUMNS[tier], words.words, vectors.c.vector).select_from(
        table.outerjoin(words.table, words.n == table.c.n).outerjoin(vectors, made)
    )
    wanted = table.c.n.in_(list_parameter(tier))
    return joined.where(wanted, *conditions(sa.bindparam("agent"), tier, filters))


_M, _P = messages.c, passages.c
_EMPTY, _NONE, _ZERO = sa.literal(""), sa.null(), sa.literal(0)
_COLUMNS: dict[Tier, tuple[sa.ColumnElement[Any], ...]] = {
    "recall": (
        *(_M.session_id, _M.position, _M.role, _M.speaker, _M.asks, _M.first_person, _M.time_words),
        *(sa.literal("live"), _EMPTY, _NONE),
    ),
    "archival": (*(_EMPTY, _ZERO, _NONE, _NONE, _ZERO, _ZERO, _ZERO), *(_P.state, _P.id, _P.successor)),
}

_CENTRE = messages.alias("centre")
_NEIGHBOURS = (
    sa.select(messages.c.n)
    .join_from(
        _CENTRE,
        messages,
        (messages.c.session_id == _CENTRE.c.session_id)
        & messages.c.position.between(_CENTRE.c.position - REACH, _CENTRE.c.position + REACH),
    )
    .where(_CENTRE.c.n.in_(list_parameter("numbers")))
)

_LINK = sa.select(passages.c.id, passages.c.n, passages.c.successor)
_FIRST = _LINK.where(passages.c.id.in_(list_parameter("ids"))).cte("chain", recursive=True)
_WHOLE = _FIRST.union(_LINK.join(_FIRST, passages.c.id == _FIRST.c.successor))
_CHAIN = sa.select(_WHOLE.c.id, _WHOLE.c.n, _WHOLE.c.successor)
