"""Find and load the rows that may answer a question: a few hundred of them, whatever the size of the store.

Words come from the full-text index, meaning from the vector index where it is complete and from an exact scan after
that, and the rows around the best of both come along. All SQL of a search is here; scoring is in `fusion`.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from carrel.memory.fusion import REACH, Candidates, count_terms
from carrel.memory.index import Index, IndexBroken
from carrel.memory.indexer import Indexer
from carrel.memory.question import Question
from carrel.memory.schema import WORD_TABLES, AnyRow, messages, passages, tags
from carrel.memory.values import Filters, Tier
from carrel.memory.vectors import VectorStore
from carrel.protocols import Vectors
from carrel.words import match_expression, stem

WORD_POOL = 150
MEANING_POOL = 100
"""Rows that words and meaning bring each."""
HEARD = 40
"""Rows whose neighbours come along: the best of words and of meaning in turn."""
MOST_FILTERED = 20_000
"""Rows that a filter may leave to be scanned exactly where the index brings too few of them."""
EXACT_UP_TO = 2_000
"""Vectors that are scanned rather than asked of the index: the scan takes under a millisecond."""
LEAST_COSINE = 0.2
"""Below this MiniLM's cosine says nothing; the cosine of two unrelated sentences is 0.05 on average."""
Key = tuple[str, int]
"""Tier and row number."""

TABLES = {"recall": messages, "archival": passages}


@dataclass(frozen=True, slots=True)
class Source:
    """Where an agent's candidates come from; `zone` is None where vectors are not used."""

    agent_id: int
    vectors: VectorStore | None
    index: Index
    indexer: Indexer | None


@dataclass(frozen=True, slots=True)
class Light:
    """What scoring needs of a row; read without a detour, since there are hundreds in every search."""

    n: int
    tier: Tier
    session: str
    position: int
    role: str | None
    speaker: str | None
    at: str
    asks: float
    first_person: int
    time_words: int
    state: str


def by_words(
    connection: Connection, agent_id: int, tier: Tier, words: Sequence[str], pool: int, filters: Filters
) -> tuple[list[int], int]:
    """Return the rows that hold most of the words, best first by BM25, and how many rows hold any of them."""
    name = WORD_TABLES[tier]
    expression = f'agent:"agent{agent_id}" AND text:({match_expression(words)})'
    values = {"expression": expression, "pool": pool}
    found = f"SELECT rowid AS n, bm25({name}, 0.0, 1.0) AS bm FROM {name} WHERE {name} MATCH :expression"
    if filters == Filters():
        ordered = sa.text(f"SELECT n, count(*) OVER () AS total FROM ({found}) ORDER BY bm, n DESC LIMIT :pool")
        rows = connection.execute(ordered, values).fetchall()
    else:
        table = TABLES[tier]
        matching = sa.text(found).bindparams(expression=expression).columns(n=sa.Integer, bm=sa.Float).cte("found")
        joined = sa.select(matching.c.n, sa.func.count().over().label("total"))
        joined = joined.join_from(matching, table, table.c.n == matching.c.n)
        chosen = joined.where(*conditions(agent_id, tier, filters)).order_by(matching.c.bm, matching.c.n.desc())
        rows = connection.execute(chosen.limit(pool)).fetchall()
    return [row.n for row in rows], rows[0].total if rows else 0


def by_meaning(
    connection: Connection, source: Source, tier: Tier, query: Vectors, pool: int, filters: Filters
) -> dict[int, float]:
    """Return the cosine of the rows that mean most nearly the same."""
    if source.vectors is None:
        return {}
    if filters == Filters():
        return _nearest(source, tier, query, pool)
    near = _nearest(source, tier, query, 4 * pool)
    table = TABLES[tier]
    wanted = conditions(source.agent_id, tier, filters)
    kept = set(connection.execute(sa.select(table.c.n).where(table.c.n.in_(list(near)), *wanted)).scalars())
    if len(kept) < pool // 2:
        mine = sa.select(table.c.n).where(table.c.agent_id == source.agent_id, *wanted)
        allowed = connection.execute(mine.limit(MOST_FILTERED + 1)).scalars().all()
        if len(allowed) <= MOST_FILTERED:
            return source.vectors.nearest_of(source.agent_id, tier, query, pool, allowed)
    return {n: cosine for n, cosine in near.items() if n in kept}


def load(connection: Connection, agent_id: int, keys: Iterable[Key], filters: Filters) -> dict[Key, Light]:
    """Return the live rows among these that pass the filters."""
    numbers: dict[str, list[int]] = {"recall": [], "archival": []}
    for tier, n in keys:
        numbers[tier].append(n)
    rows: list[Light] = []
    if numbers["recall"]:
        chosen = _MESSAGES.where(messages.c.n.in_(_listed("numbers")), *conditions(agent_id, "recall", filters))
        rows += map(_message, connection.execute(chosen, {"numbers": json.dumps(numbers["recall"])}))
    if numbers["archival"]:
        chosen = _PASSAGES.where(passages.c.n.in_(_listed("numbers")), *conditions(agent_id, "archival", filters))
        rows += map(_passage, connection.execute(chosen, {"numbers": json.dumps(numbers["archival"])}))
    return {(row.tier, row.n): row for row in rows}


def around(connection: Connection, agent_id: int, rows: Sequence[Light], filters: Filters) -> dict[Key, Light]:
    """Return the messages up to three places before and after these, in their sessions."""
    places = {
        (row.session, position)
        for row in rows
        if row.tier == "recall"
        for position in range(row.position - REACH, row.position + REACH + 1)
    }
    if not places:
        return {}
    beside = _MESSAGES.join_from(_PLACES, messages, _BESIDE).where(*conditions(agent_id, "recall", filters))
    found = connection.execute(beside, {"places": json.dumps(sorted(places))})
    return {("recall", row.n): row for row in map(_message, found)}


def conditions(agent_id: int, tier: Tier, filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Return what a live row of an agent must meet to pass the filters.

    The sum keeps SQLite from starting at the agent's index: a few hundred rows are known already, an agent may have
    a million. Measured on 6,000 rows: 1,360 ms against 1.
    """
    table = TABLES[tier]
    wanted: list[sa.ColumnElement[bool]] = [table.c.agent_id + 0 == agent_id]
    if filters.since:
        wanted.append(table.c.at >= filters.since)
    if filters.until:
        wanted.append(table.c.at <= filters.until)
    if filters.session:
        wanted.append(table.c.session_id == filters.session)
    return [*wanted, *(_recall_only(filters) if tier == "recall" else _archival_only(filters))]


def arrays(
    connection: Connection, source: Source, question: Question, rows: Sequence[Light], query: Vectors | None
) -> Candidates:
    """Load the words and vectors of rows and return everything as arrays."""
    texts = _words_of(connection, rows)
    stems = [[stem(word) for word in texts.get((row.tier, row.n), "").split()] for row in rows]
    vectors = _matrix(source, rows, query)
    return Candidates(
        counts=count_terms(stems, question.terms),
        lengths=np.array([len(found) for found in stems], float),
        vectors=vectors,
        query=np.zeros(vectors.shape[1], np.float32) if query is None else query,
        group=_groups(rows),
        position=np.array([row.position for row in rows], np.int64),
        about=np.array([question.is_about(row.speaker, row.role) for row in rows], float),
        asks=np.array([row.asks for row in rows], float),
        first_person=np.array([row.first_person for row in rows], float),
        time_words=np.array([row.time_words for row in rows], float),
        days=np.array([row.at[:10] for row in rows], "M8[D]"),
    )


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


def _groups(rows: Sequence[Light]) -> NDArray[np.int64]:
    """Number the sessions; a passage stands alone."""
    numbers = {session: n for n, session in enumerate(dict.fromkeys(row.session for row in rows))}
    return np.array([numbers[row.session] if row.tier == "recall" else -row.n for row in rows], np.int64)


def _matrix(source: Source, rows: Sequence[Light], query: Vectors | None) -> Vectors:
    """Return the best vector of each row for the query, zeros where there is none."""
    if source.vectors is None or query is None:
        return np.zeros((len(rows), 1), np.float32)
    matrix = np.zeros((len(rows), len(query)), np.float32)
    for tier in ("recall", "archival"):
        place = {row.n: number for number, row in enumerate(rows) if row.tier == tier}
        if place:
            found = source.vectors.of_rows(source.agent_id, tier, list(place))
            best_last = np.argsort(found.matrix @ query, kind="stable")
            at = np.array([place[row] for row in found.rows.tolist()], np.int64)
            matrix[at[best_last]] = found.matrix[best_last]
    return matrix


def _words_of(connection: Connection, rows: Sequence[Light]) -> dict[Key, str]:
    texts: dict[Key, str] = {}
    for tier, name in WORD_TABLES.items():
        numbers = [row.n for row in rows if row.tier == tier]
        if numbers:
            chosen = f"SELECT rowid, text FROM {name} WHERE rowid IN (SELECT value FROM json_each(?))"
            found = connection.exec_driver_sql(chosen, (json.dumps(numbers),))
            texts.update(((tier, n), text) for n, text in found)
    return texts


def _listed(name: str) -> sa.Select[Any]:
    """Return the items of a JSON array as a subquery: one parameter, however many numbers there are."""
    return sa.select(sa.func.json_each(sa.bindparam(name)).table_valued("value").c.value)


_AT = sa.type_coerce(messages.c.at, sa.Text)
_MESSAGES = sa.select(
    messages.c.n,
    messages.c.session_id,
    messages.c.position,
    messages.c.role,
    messages.c.speaker,
    _AT,
    messages.c.asks,
    messages.c.first_person,
    messages.c.time_words,
)
_PASSAGES = sa.select(passages.c.n, sa.type_coerce(passages.c.at, sa.Text), passages.c.state)
_PLACES = sa.func.json_each(sa.bindparam("places")).table_valued("value", name="places")
_BESIDE = sa.and_(
    messages.c.session_id == sa.func.json_extract(_PLACES.c.value, "$[0]"),
    messages.c.position == sa.func.json_extract(_PLACES.c.value, "$[1]"),
)


def _message(row: AnyRow) -> Light:
    n, session, position, role, speaker, at, asks, first_person, time_words = row
    return Light(n, "recall", session, position, role, speaker, at, asks, first_person, time_words, "live")


def _passage(row: AnyRow) -> Light:
    n, at, state = row
    return Light(n, "archival", "", 0, None, None, at, 0.0, 0, 0, state)


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
