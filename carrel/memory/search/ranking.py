"""Rank the rows that were found by words and by meaning."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.engine import Connection

from carrel.memory.search.fusion import FusedScores, fuse
from carrel.memory.search.hydrate import ScoredRow
from carrel.memory.search.plan import SearchPlan
from carrel.memory.search.question import Question
from carrel.memory.search.semantic import MIN_COSINE
from carrel.memory.search.shortlist import (
    CandidateRow,
    RowKey,
    Shortlist,
    count_with_other_words,
    find_neighbours,
    find_successors,
    to_arrays,
)
from carrel.memory.values import Scores
from carrel.protocols import Vectors

SUPERSEDED = 0.05
"""How far the score of a superseded fact stays below the score of its successor."""


class RankedRow(NamedTuple):
    """A row with its score, and the place of the parts of the score."""

    key: RowKey
    score: float
    fused: FusedScores | None = None
    place: int = 0
    """The place of the row among the scored rows."""

    def scored(self) -> ScoredRow:
        """Return the row with the parts of its score, which are 0 if it was not among the scored rows."""
        return ScoredRow(self.key, self.score, self.fused.parts(self.place) if self.fused else Scores())


@dataclass(frozen=True, slots=True)
class Ranking:
    """The rows that were found, best first, and what is needed to count them."""

    rows: list[RankedRow]
    loaded: Sequence[CandidateRow]
    """All rows that were scored."""
    fused: FusedScores
    by_words: Sequence[RowKey]
    """The rows that were found by words."""
    counted: Collection[RowKey]
    """The rows found by words, and the successors of superseded ones."""

    def count_without_words(self, question: Question, pool: int) -> int:
        """Return how many of the rows contain none of the words; words find up to `pool` rows."""
        others = [item for item in self.rows if item.key not in self.counted]
        if len(self.by_words) < pool:  # then all rows that contain a word were found by words
            return len(others)
        without = [self.loaded[item.place] for item in others if not self.fused.words[item.place]]
        return len(without) - count_with_other_words(without, question)


def rank(
    connection: Connection,
    shortlist: Shortlist,
    plan: SearchPlan,
    by_words: Sequence[RowKey],
    by_meaning: Sequence[RowKey],
    query: Vectors | None,
) -> Ranking:
    """Score the rows found by words and by meaning, each best first, and the neighbours of the best of both.

    Without the vector of the query only words count, and neighbours are not loaded.
    """
    keys: set[RowKey] = {*by_words, *by_meaning}
    if query is not None:
        best = {*by_words[: plan.breadth.with_neighbours], *by_meaning[: plan.breadth.with_neighbours]}
        near = find_neighbours(connection, [n for tier, n in best if tier == "recall"])
        keys.update(("recall", n) for n in near)
    loaded = shortlist.load(connection, keys, plan.filters)
    links = find_successors(connection, loaded.values())
    newest: set[RowKey] = {("archival", n) for n, successor in links.values() if successor is None}
    loaded |= shortlist.load(connection, newest, plan.filters)
    rows = [loaded[key] for key in sorted(loaded)]
    fused = fuse(plan.question, to_arrays(plan.question, rows, query))
    counted = {*by_words, *newest}
    kept = (fused.meaning >= MIN_COSINE) | (fused.neighbours > 1e-6)
    scores = _below_successors(rows, fused.total.tolist(), links)
    ranked = [
        RankedRow(row.key, score, fused, place)
        for place, (row, score, keep) in enumerate(zip(rows, scores, kept.tolist(), strict=True))
        if keep or row.key in counted
    ]
    ranked.sort(key=lambda item: (plan.ranks_last(item.key), -item.score, item.key[0], -item.key[1]))
    return Ranking(ranked, rows, fused, by_words, counted)


def _below_successors(
    rows: Sequence[CandidateRow], scores: Sequence[float], links: Mapping[str, tuple[int, str | None]]
) -> list[float]:
    """Return the scores, with those of superseded passages lowered below the scores of their successors."""
    own = {row.id: score for row, score in zip(rows, scores, strict=True) if row.id}
    bounds: dict[str, float] = {}
    for row in rows:
        chain: list[str] = []
        link: str | None = row.id if row.state == "superseded" else None
        while link is not None and link not in bounds:
            chain.append(link)
            link = row.successor if link == row.id else links.get(link, (0, None))[1]
        for older in reversed(chain):
            newer = row.successor if older == row.id else links.get(older, (0, None))[1]
            above = bounds.get(newer or "", own.get(newer or "", math.inf))
            bounds[older] = min(own.get(older, math.inf), above - SUPERSEDED if newer else math.inf)
    return [
        bounds.get(row.id, score) if row.state == "superseded" else score
        for row, score in zip(rows, scores, strict=True)
    ]
