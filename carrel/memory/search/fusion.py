"""Combine words, meaning, neighbours, speaker and time into one score. Pure. Each constant is given with its reason.

A linear score over features of a candidate set. The weights were fitted together by softmax cross-entropy on the
dev conversations of LoCoMo and BEAM; judged by leaving each conversation out in turn they reach, on LoCoMo, recall@5,
@10, @20 of 78.9, 85.7, 90.5 and 91.0 of the evidence within 1,000 tokens. The number of candidates that contain a term
replaces its document frequency in the store: that costs nothing and changes no figure by more than 0.1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from carrel.memory.search.question import Question
from carrel.memory.values import Scores
from carrel.words import stem

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Days = NDArray[np.datetime64]

REACH = 3
"""How many places away a neighbour may be: an answer comes one to three rows after its question."""
WORD_DECAY = (0.8, 0.6, 0.4)
"""The share that a term counts if it is found 1, 2 or 3 rows away."""
VECTOR_DECAY = (0.6, 0.3)
"""The weights of rows 1 and 2 places away in the mean vector of a window, which needs no call of the embedder."""
_WINDOW = range(-len(VECTOR_DECAY), len(VECTOR_DECAY) + 1)
_WINDOW_WEIGHTS = np.array([*VECTOR_DECAY[::-1], 1.0, *VECTOR_DECAY])
_EARLIER, _LATER = np.triu_indices(len(_WINDOW), 1)
"""The distances in a window, their weights, and all pairs of them."""
LONG = 300.0
"""Words. In a row of this length one occurrence of a term counts half: long rows contain every word by chance."""
DAY_SCALE = 4.0
"""Days. People speak of an event within about a week of it."""

WEIGHTS = {
    "near_words": 3.58,  # the share of the terms, weighted by rarity, in the row or around it
    "past_words": 3.77,  # the same in the row or before it: an answer follows the words it answers
    "cosine": 3.72,  # the meaning of the row itself
    "near_cosine": 2.61,  # the meaning of its window
    "session_cosine": 5.41,  # the best cosine in its session
    "answers": 3.43,  # the cosine of the row before times the share of it that asks, as a reply follows a question
    "asks": -1.14,  # questions contain the words but not the facts
    "about": 0.45,  # said by the person whom the question is about
    "about_self": 0.44,  # … and in the first person
    "same_month": 4.07,  # dated in a month that the question names
    "near_day": 6.32,  # dated within days of a day that it names
    "when_time": 0.78,  # rows with time words answer "when"
    "length": -0.41,  # log(1 + words): long rows match everything by chance
}

NEIGHBOUR_FEATURES = ("near_words", "past_words", "near_cosine", "session_cosine", "answers")
"""The features that depend on the rows around a row."""

FULL_SCORE = 20.0
"""The total of a row that contains every term and has the same meaning. Scores are shown as shares of it."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidate rows as arrays, in any order: n rows, t terms, d dimensions (0 if nothing is embedded)."""

    counts: Floats
    """How often each row contains each term, shape (n, t)."""
    lengths: Floats
    """The number of words of each row, shape (n,)."""
    vectors: NDArray[np.float32]
    """Unit vectors, zeros for a row without one, shape (n, d)."""
    query: NDArray[np.float32]
    """The unit vector of the question, shape (d,)."""
    group: Numbers
    """The session of each row, within which it has neighbours; a passage has one of its own."""
    position: Numbers
    about: Floats
    asks: Floats
    first_person: Floats
    time_words: Floats
    days: Days
    """The day of each row; NaT if unknown."""


@dataclass(frozen=True, slots=True)
class FusedScores:
    """The scores of candidates, each 0 to 1 or slightly more, and their parts."""

    total: Floats
    words: Floats
    """The share of the question's terms, weighted by rarity, in the row itself."""
    meaning: Floats
    """The cosine of the row itself."""
    neighbours: Floats
    """What the neighbours add to the score."""
    shares: Mapping[str, Floats]
    """What each feature adds to the total, or takes from it."""

    def parts(self, row: int) -> Scores:
        """Return the parts of the score of one row."""
        shares = {name: float(values[row]) for name, values in self.shares.items()}
        return Scores(float(self.words[row]), float(self.meaning[row]), float(self.neighbours[row]), shares)


def fuse(question: Question, rows: Candidates) -> FusedScores:
    """Score every candidate."""
    if not len(rows.lengths):
        none = np.zeros(0)
        return FusedScores(none, none, none, none, {})
    found = compute_features(question, rows)
    parts = {name: weight * found[name] for name, weight in WEIGHTS.items()}
    around = np.sum([parts[name] for name in NEIGHBOUR_FEATURES], axis=0)
    own = (WEIGHTS["near_words"] + WEIGHTS["past_words"]) * found["own_words"]
    own += (WEIGHTS["near_cosine"] + WEIGHTS["session_cosine"]) * found["cosine"]
    total = np.sum(list(parts.values()), axis=0) / FULL_SCORE
    neighbours = np.maximum(0.0, around - own) / FULL_SCORE
    shares = {name: values / FULL_SCORE for name, values in parts.items()}
    return FusedScores(total, found["own_words"], found["cosine"], neighbours, shares)


def compute_features(question: Question, rows: Candidates) -> dict[str, Floats]:
    """Return the feature of each weight, and `own_words`, with one value per row, shape (n,)."""
    neighbours = _NeighbourLookup(rows.group, rows.position)
    rarity = _rarity(rows.counts)
    present = rows.counts / (rows.counts + rows.lengths[:, None] / LONG + 1e-9)
    before, near = _spread_terms(neighbours, present)
    cosine = (rows.vectors @ rows.query).astype(np.float64)
    month, day = _date_features(question, rows.days)
    return {
        "own_words": present @ rarity,
        "near_words": near @ rarity,
        "past_words": before @ rarity,
        "cosine": cosine,
        "near_cosine": _window_cosine(neighbours, rows, cosine),
        "session_cosine": neighbours.best_in_group(cosine),
        "answers": neighbours.values(rows.asks, -1) * neighbours.values(cosine, -1),
        "asks": rows.asks,
        "about": rows.about,
        "about_self": rows.about * rows.first_person,
        "same_month": month,
        "near_day": day,
        "when_time": float(question.asks_when) * rows.time_words,
        "length": np.log1p(rows.lengths),
    }


def count_terms(texts: Sequence[str], terms: Sequence[str]) -> Floats:
    """Return how often each text of indexed words contains each term, a stem, shape (texts, terms).

    Only words that begin like a term are stemmed: Porter's stemmer changes at most the last letter of what it keeps.
    """
    columns = _TermColumns(terms)
    found: list[int] = []
    for number, text in enumerate(texts):
        first = number * len(terms)
        found += [first + column for column in map(columns.__getitem__, text.lower().split()) if column is not None]
    counts = np.bincount(np.array(found, np.int64), minlength=len(texts) * len(terms))
    return counts.reshape(len(texts), len(terms)).astype(np.float64)


class _TermColumns(dict[str, int | None]):
    """The column of the term that a word is a form of, None for any other word; each word is looked at once."""

    def __init__(self, terms: Sequence[str]) -> None:
        self._columns = {term: number for number, term in enumerate(terms)}
        self._beginnings = tuple(term[: max(1, len(term) - 1)] for term in terms)

    def __missing__(self, word: str) -> int | None:
        likely = word.startswith(self._beginnings) or not word.isascii()
        self[word] = column = self._columns.get(stem(word)) if likely else None
        return column


class _NeighbourLookup:
    """Looks up the row some places later or earlier in the same group. Its values are 0 if it is not a candidate."""

    def __init__(self, group: Numbers, position: Numbers) -> None:
        _, compact = np.unique(group, return_inverse=True)
        self._group = compact.reshape(-1)
        span = int(position.max(initial=0)) + 2 * REACH + 1
        key = self._group * span + position
        self.order = np.argsort(key, kind="stable")
        in_order = key[self.order]
        wanted = key + np.arange(-REACH, REACH + 1)[:, None]
        self._places = np.minimum(np.searchsorted(in_order, wanted), len(key) - 1)
        self._there = in_order[self._places] == wanted

    def places(self, distance: int) -> tuple[Numbers, NDArray[np.bool_]]:
        """Return the place in `order` of each row's neighbour, shape (n,), and whether there is one."""
        return self._places[REACH + distance], self._there[REACH + distance]

    def window(self, distances: range) -> tuple[Numbers, NDArray[np.bool_]]:
        """Return what `places` does for several distances at once, shape (distances, n)."""
        rows = slice(REACH + distances.start, REACH + distances.stop)
        return self._places[rows], self._there[rows]

    def values(self, values: Floats, distance: int) -> Floats:
        """Return the values of the neighbours at a distance."""
        place, there = self.places(distance)
        return np.where(there if values.ndim == 1 else there[:, None], values[self.order[place]], 0.0)

    def best_in_group(self, values: Floats) -> Floats:
        """Return the best value of each row's group."""
        best = np.full(int(self._group.max(initial=0)) + 1, -np.inf)
        np.maximum.at(best, self._group, values)
        return best[self._group]


def _rarity(counts: Floats) -> Floats:
    """Return the weight of each term by the idf of BM25 among the candidates; the weights add up to one."""
    holding = (counts > 0).sum(axis=0)
    weights: Floats = np.log(1 + (len(counts) - holding + 0.5) / (holding + 0.5))
    whole = float(weights.sum())
    return weights / whole if whole else weights


def _spread_terms(neighbours: _NeighbourLookup, present: Floats) -> tuple[Floats, Floats]:
    """Return how much each term counts in each row or before it, and in it or around it; less if farther away."""
    before, around = present, present
    for distance, share in enumerate(WORD_DECAY, 1):
        before = np.maximum(before, share * neighbours.values(present, -distance))
        around = np.maximum(around, share * neighbours.values(present, distance))
    return before, np.maximum(around, before)


def _window_cosine(neighbours: _NeighbourLookup, rows: Candidates, cosine: Floats) -> Floats:
    """Return the cosine of the question and the window of each row, the weighted sum of the vectors around it.

    The sum is not computed. Its product with the question is the sum of the cosines; its length follows from the
    products of the vectors in it, which lie at most four places apart.
    """
    places, there = neighbours.window(_WINDOW)
    shares = np.where(there, _WINDOW_WEIGHTS[:, None], 0.0)
    toward = (shares * cosine[neighbours.order[places]]).sum(axis=0)
    products = _products(rows.vectors[neighbours.order], len(_WINDOW))
    apart = np.clip(places[_LATER] - places[_EARLIER], 0, len(_WINDOW) - 1)
    mixed = shares[_EARLIER] * shares[_LATER] * products[apart, places[_EARLIER]]
    squared = (shares**2 * products[0, places]).sum(axis=0) + 2 * mixed.sum(axis=0)
    length = np.sqrt(np.maximum(squared, 0.0))
    return np.where(length > 0, toward / np.where(length > 0, length, 1), 0.0)


def _products(vectors: NDArray[np.float32], reach: int) -> Floats:
    """Return the product of each vector with itself and with the next ones, shape (reach, n); 0 past the end."""
    found = np.zeros((reach, len(vectors)))
    for distance in range(min(reach, len(vectors))):
        end = len(vectors) - distance
        found[distance, :end] = np.einsum("ij,ij->i", vectors[:end], vectors[distance:])
    return found


def _date_features(question: Question, days: Days) -> tuple[Floats, Floats]:
    """Return whether each row is dated in a month that the question names, and how close to a day that it names."""
    month, near = np.zeros(len(days)), np.zeros(len(days))
    known = ~np.isnat(days)
    if not question.days or not known.any():
        return month, near
    months = np.where(known, days.astype("M8[M]").astype(np.int64), -1)
    years = months // 12 + 1970
    numbers = np.where(known, days.astype("M8[D]").astype(np.int64), 0)
    for year, named, day in question.days:
        asked = (np.where(year > 0, year, years) - 1970) * 12 + named - 1
        month = np.maximum(month, known & (months == asked))
        if day:
            target = asked.astype("M8[M]").astype("M8[D]").astype(np.int64) + day - 1
            near = np.maximum(near, np.where(known, np.exp(-np.abs(numbers - target) / DAY_SCALE), 0))
    return month, near
