"""Find rows by words: those that hold the rarest words of a question, and the most of them.

The cost hardly grows with the store. A full-text engine scores every row that holds any word; of 100,000 chat messages
a question of four common words matches 35,000, and BM25 over them takes 47 ms. Here a common word never brings rows by
itself as long as rarer ones, or several common ones together, bring enough. Frequencies are an agent's own, so that
nobody's rows weigh in another's search.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.prepared import Prepared
from carrel.memory.db.schema import WORD_TABLES, agents
from carrel.memory.search.shortlist import TABLES, conditions
from carrel.memory.values import Filters, Tier
from carrel.words import match_expression

COMMON = 300
"""A word that more rows hold is common: to read the numbers of so many rows takes a fifth of a millisecond."""
COMBINED = 3
"""The rarest of the common words, which are looked for together: a combination takes 1 ms at 100,000 rows."""
MOST_COUNTED = 10_000
"""Totals are true up to here; whoever has more results has better words to search by."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where to look: an agent's rows of one tier that pass the filters."""

    connection: Connection
    agent_id: int
    alone: bool
    """Whether all rows are the agent's: to leave its name out of an expression saves half of the time."""
    tier: Tier
    filters: Filters

    def numbers(self, expression: str, limit: int) -> list[int]:
        """Return the rows that match a full-text expression, youngest first."""
        joined = self._run(_numbers(self.tier, self.filters), expression, limit)
        return [int(n) for n in joined.split(",")] if joined else []

    def count(self, expression: str) -> int:
        """Return how many rows match, at most MOST_COUNTED, half of it under a filter, which looks each row up."""
        most = MOST_COUNTED if self.filters == Filters() else MOST_COUNTED // 2
        return int(self._run(_count(self.tier, self.filters), expression, most))

    def _run(self, statement: Prepared, expression: str, limit: int) -> Any:
        matched = f"text:({expression})" if self.alone else f'agent:"agent{self.agent_id}" AND text:({expression})'
        return statement.value(self.connection, expression=matched, agent=self.agent_id, most=limit)


_AGENTS = Prepared(sa.select(agents.c.id).limit(2))


@lru_cache(maxsize=64)
def _numbers(tier: Tier, filters: Filters) -> Prepared:
    n, matching = _matching(tier, filters)
    found = matching.order_by(n.desc()).limit(sa.bindparam("most")).subquery()
    return Prepared(sa.select(sa.func.group_concat(found.c.n)))


@lru_cache(maxsize=64)
def _count(tier: Tier, filters: Filters) -> Prepared:
    _, matching = _matching(tier, filters)
    return Prepared(sa.select(sa.func.count()).select_from(matching.limit(sa.bindparam("most")).subquery()))


def _matching(tier: Tier, filters: Filters) -> tuple[sa.ColumnClause[int], sa.Select[Any]]:
    name = WORD_TABLES[tier]
    n: sa.ColumnClause[int] = sa.column("rowid", sa.Integer)
    words = sa.table(name, n)
    matching = sa.select(n.label("n")).where(sa.text(f"{name} MATCH :expression"))
    if filters == Filters():
        return n, matching
    table = TABLES[tier]
    joined = matching.select_from(words.join(table, table.c.n == n))
    return n, joined.where(*conditions(sa.bindparam("agent"), tier, filters))


@dataclass(frozen=True, slots=True)
class _Word:
    """A word with the rows that hold it, or the youngest of them, and its weight."""

    text: str
    rows: Sequence[int]
    common: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Matches:
    """Rows that hold words of a question, those with the rarest and the most of them first."""

    rows: list[int]
    _found: int
    """How many rows there are at least."""
    _place: _Place
    _words: Sequence[_Word]

    def total(self) -> int:
        """Return how many rows hold any word, true up to MOST_COUNTED; at 100,000 rows it takes 2 ms."""
        if not any(word.common for word in self._words):
            return self._found
        return max(0, self._place.count(match_expression(word.text for word in self._words if word.rows)))


def by_words(
    connection: Connection, agent_id: int, tier: Tier, words: Sequence[str], pool: int, filters: Filters
) -> Matches:
    """Return up to `pool` rows, those with the rarest and the most words first; ties go to the younger row."""
    alone = _AGENTS.column(connection) == [agent_id]
    place = _Place(connection, agent_id, alone, tier, filters)
    held = [_read(place, word) for word in words]
    common = sorted((word for word in held if word.common), key=lambda word: -word.weight)
    rare = [word for word in held if word.rows and not word.common]
    scores: dict[int, float] = {}
    for word in rare:
        for n in word.rows:
            scores[n] = scores.get(n, 0.0) + word.weight
    if common:
        _add_common(place, scores, rare, common)
        _add_combined(place, scores, common, pool)
    ranked = sorted(scores, key=lambda n: (-scores[n], -n))
    return Matches(ranked[:pool], len(scores), place, held)


def _read(place: _Place, word: str) -> _Word:
    """Look a word up. How many rows hold a common one is judged by how far back the youngest of them reach."""
    rows = place.numbers(match_expression([word]), COMMON + 1)
    common = len(rows) > COMMON
    reach = rows[0] - rows[-1] + 1 if common else 0
    share = len(rows) / reach if common else len(rows) / (COMMON * 50)
    return _Word(word, rows, common, math.log(1 + 1 / max(share, 1e-6)))


def _add_common(place: _Place, scores: dict[int, float], rare: Sequence[_Word], common: Sequence[_Word]) -> None:
    """Add to the rows that hold a rare word what the common words in them weigh."""
    if not rare:
        return
    anchor = match_expression(word.text for word in rare)
    for word in common:
        for n in place.numbers(f"({anchor}) AND {match_expression([word.text])}", COMMON * len(rare)):
            if n in scores:
                scores[n] += word.weight


def _add_combined(place: _Place, scores: dict[int, float], common: Sequence[_Word], pool: int) -> None:
    """Add rows that hold several of the rarest common words, the most at once first; at last those that hold any."""
    rarest = [match_expression([word.text]) for word in common[:COMBINED]]
    weights = sorted(word.weight for word in common[:COMBINED])
    for together in range(len(rarest), 1, -1):
        expression = " OR ".join(f"({' AND '.join(group)})" for group in combinations(rarest, together))
        for n in place.numbers(expression, pool):
            scores.setdefault(n, sum(weights[:together]))
        if len(scores) >= pool:
            return
    for n in place.numbers(match_expression(word.text for word in common), pool):
        scores.setdefault(n, common[-1].weight)
