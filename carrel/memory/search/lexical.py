"""Find rows by words: those that contain the rarest words of a question, and as many as possible.

The cost hardly grows with the store. A full-text engine scores every row that contains any of the words: a question of
four common words matches 35,000 of 100,000 chat messages, and BM25 takes 47 ms for them. Here a common word selects no
rows by itself as long as rarer words, or several common ones together, select enough. Word frequencies are those of the
agent, so that the rows of others do not influence its searches.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.schema import TIER_TABLES
from carrel.memory.indexing.fulltext import AllOf, AnyOf, FullText, Match, Query
from carrel.memory.search.filters import conditions
from carrel.memory.values import Filters, Tier

COMMON = 300
"""A word in more rows than this is common. Reading the numbers of that many rows takes a fifth of a millisecond."""
COMBINED = 3
"""How many of the common words, the rarest, are combined: a combination takes 1 ms at 100,000 rows."""
MAX_COUNTED = 10_000
"""Totals are exact up to this number. A query with more results needs better words."""


@dataclass(frozen=True, slots=True)
class AgentRows:
    """The rows of one agent and tier that pass the filters, in the full-text index."""

    connection: Connection
    fulltext: FullText
    agent_id: int
    is_only_agent: bool
    """Whether the home has no other agent: a query without the agent takes half of the time."""
    tier: Tier
    filters: Filters

    def numbers(self, query: Query, limit: int) -> list[int]:
        """Return the numbers of the rows that match, newest first."""
        (found,) = look_up([self], [query], limit)[self.tier]
        return found

    def count(self, query: Query) -> int:
        """Return how many rows match, up to MAX_COUNTED; up to half of it with filters, which look each row up."""
        limit = MAX_COUNTED if self.filters == Filters() else MAX_COUNTED // 2
        statement = _select_count(self.fulltext, self.tier, self.filters)
        return int(self.connection.scalar(statement, {**self.parameters(query, "query"), "limit": limit}) or 0)

    def parameters(self, query: Query, name: str) -> dict[str, Any]:
        """Return the parameters of a statement for the query with this name."""
        matched = self.fulltext.parameters(query, None if self.is_only_agent else self.agent_id, name)
        return {**matched, "agent": self.agent_id}


def look_up(sources: Sequence[AgentRows], queries: Sequence[Query], limit: int) -> dict[Tier, list[list[int]]]:
    """Return the rows of each tier that match each query, newest first, with one statement.

    There is at least one source, and sources differ only in their tier.
    """
    one, names = sources[0], tuple(f"query{n}" for n in range(len(queries)))
    values: dict[str, Any] = {"limit": limit}
    for name, query in zip(names, queries, strict=True):
        values |= one.parameters(query, name)
    statement = _select_each(one.fulltext, tuple(source.tier for source in sources), one.filters, names)
    found = iter(one.connection.execute(statement, values).one())
    return {source.tier: [_read_numbers(next(found)) for _ in queries] for source in sources}


@lru_cache(maxsize=64)
def _select_each(
    fulltext: FullText, tiers: tuple[Tier, ...], filters: Filters, names: tuple[str, ...]
) -> sa.Select[Any]:
    """Return the statement for the newest rows that match each of several queries in each tier, one column each."""
    queries = (_select_numbers(fulltext, tier, filters, name) for tier in tiers for name in names)
    return sa.select(*(query.scalar_subquery() for query in queries))


def _select_numbers(fulltext: FullText, tier: Tier, filters: Filters, name: str) -> sa.Select[Any]:
    """Return the statement for the newest matches, joined in one text: reading rows takes three times as long."""
    match = fulltext.match(tier, name)
    newest = _select_matches(match, tier, filters).order_by(match.n.desc()).limit(sa.bindparam("limit")).subquery()
    return sa.select(sa.func.aggregate_strings(sa.cast(newest.c.n, sa.Text), ","))


@lru_cache(maxsize=64)
def _select_count(fulltext: FullText, tier: Tier, filters: Filters) -> sa.Select[Any]:
    matches = _select_matches(fulltext.match(tier), tier, filters).limit(sa.bindparam("limit")).subquery()
    return sa.select(sa.func.count()).select_from(matches)


def _select_matches(match: Match, tier: Tier, filters: Filters) -> sa.Select[Any]:
    matches = sa.select(match.n.label("n")).where(match.condition)
    if filters == Filters():
        return matches.select_from(match.table)
    rows = TIER_TABLES[tier]
    joined = matches.select_from(match.table.join(rows, rows.c.n == match.n))
    return joined.where(*conditions(sa.bindparam("agent"), tier, filters))


@dataclass(frozen=True, slots=True)
class _Word:
    """A word with the rows that contain it, or the newest of them, and its weight."""

    text: str
    rows: Sequence[int]
    is_common: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Matches:
    """Rows that contain words of a question; those with the rarest and the most words come first."""

    rows: list[int]
    _found: int
    """The least number of rows that match."""
    _source: AgentRows
    _words: Sequence[_Word]

    def total(self) -> int:
        """Return how many rows contain any of the words, exact up to MAX_COUNTED. At 100,000 rows it takes 2 ms."""
        if not any(word.is_common for word in self._words):
            return self._found
        held = tuple(word.text for word in self._words if word.rows)
        return max(0, self._source.count(AnyOf(held)))


def match_words(sources: Sequence[AgentRows], words: Sequence[str], pool: int) -> dict[Tier, Matches]:
    """Return up to `pool` rows of each tier: those with the rarest and the most words first, of equal ones the newer.

    All words are looked up in all tiers with one statement. Sources differ only in their tier.
    """
    if not sources or not words:
        return {}
    found = look_up(sources, words, COMMON + 1)
    return {
        source.tier: _match(source, [_weigh(*item) for item in zip(words, found[source.tier], strict=True)], pool)
        for source in sources
    }


def _match(source: AgentRows, looked_up: Sequence[_Word], pool: int) -> Matches:
    common = sorted((word for word in looked_up if word.is_common), key=lambda word: -word.weight)
    rare = [word for word in looked_up if word.rows and not word.is_common]
    scores: dict[int, float] = {}
    for word in rare:
        for n in word.rows:
            scores[n] = scores.get(n, 0.0) + word.weight
    if common:
        _add_common(source, scores, rare, common)
        _add_combined(source, scores, common, pool)
    ranked = sorted(scores, key=lambda n: (-scores[n], -n))
    return Matches(ranked[:pool], len(scores), source, looked_up)


def _read_numbers(joined: str | None) -> list[int]:
    return [int(n) for n in joined.split(",")] if joined else []


def _weigh(word: str, rows: Sequence[int]) -> _Word:
    """Compute the weight of a word. The frequency of a common one is estimated from the newest rows that contain it."""
    is_common = len(rows) > COMMON
    span = rows[0] - rows[-1] + 1 if is_common else 0
    share = len(rows) / span if is_common else len(rows) / (COMMON * 50)
    return _Word(word, rows, is_common, math.log(1 + 1 / max(share, 1e-6)))


def _add_common(source: AgentRows, scores: dict[int, float], rare: Sequence[_Word], common: Sequence[_Word]) -> None:
    """Add the weights of common words to the rows that contain a rare word."""
    if not rare:
        return
    any_rare = AnyOf(tuple(word.text for word in rare))
    both = [AllOf((any_rare, word.text)) for word in common]
    found = look_up([source], both, COMMON * len(rare))[source.tier]
    for word, numbers in zip(common, found, strict=True):
        for n in numbers:
            if n in scores:
                scores[n] += word.weight


def _add_combined(source: AgentRows, scores: dict[int, float], common: Sequence[_Word], pool: int) -> None:
    """Add rows that contain several of the rarest common words, then rows that contain any common word."""
    rarest = common[:COMBINED]
    weights = sorted(word.weight for word in rarest)
    for together in range(len(rarest), 1, -1):
        groups = combinations((word.text for word in rarest), together)
        for n in source.numbers(AnyOf(tuple(AllOf(group) for group in groups)), pool):
            scores.setdefault(n, sum(weights[:together]))
        if len(scores) >= pool:
            return
    for n in source.numbers(AnyOf(tuple(word.text for word in common)), pool):
        scores.setdefault(n, common[-1].weight)
