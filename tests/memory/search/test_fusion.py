"""Fusion: what each part of the score does, and that nothing upsets it."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.memory.search.fusion import Candidates, count_terms, fuse
from carrel.memory.search.question import read_question

NOW = datetime.fromisoformat("2026-08-20T12:00:00+02:00")


def plain(count: int, terms: int = 1) -> Candidates:
    """Return rows of one session that differ in nothing."""
    return Candidates(
        counts=np.zeros((count, terms)),
        lengths=np.full(count, 10.0),
        vectors=np.zeros((count, 2), np.float32),
        query=np.array([1, 0], np.float32),
        group=np.ones(count, np.int64),
        position=np.arange(count, dtype=np.int64),
        about=np.zeros(count),
        asks=np.zeros(count),
        first_person=np.zeros(count),
        time_words=np.zeros(count),
        days=np.array(["2026-01-01"] * count, "M8[D]"),
    )


QUESTION = read_question("Where are the boats?", (), NOW)


def best(rows: Candidates, question: object = QUESTION) -> int:
    """Return the number of the best row."""
    return int(np.argmax(fuse(question, rows).total))  # type: ignore[arg-type]


def test_the_word_wins() -> None:
    """A row that holds the term is best."""
    rows = plain(5)
    rows.counts[3, 0] = 1

    assert best(rows) == 3


def test_the_shares_add_up() -> None:
    """What the features added to a score is the whole score."""
    rows = plain(9)
    rows.counts[4, 0] = 1
    rows.asks[3] = 1
    fused = fuse(QUESTION, rows)
    for row in range(9):
        assert sum(fused.parts(row).shares.values()) == pytest.approx(fused.total[row])


def test_the_answer_after_the_word_comes_second() -> None:
    """The row after the one with the word ranks above all others, that before it too, but lower."""
    rows = plain(9)
    rows.counts[4, 0] = 1
    order = np.argsort(-fuse(QUESTION, rows).total, kind="stable").tolist()

    assert order[:3] == [4, 5, 6]


def test_neighbours_of_another_session_hear_nothing() -> None:
    """What stands beside a row in another session does not speak for it."""
    rows = plain(2)
    rows.counts[0, 0] = 1
    apart = replace(rows, group=np.array([1, 2], np.int64))

    assert fuse(QUESTION, rows).neighbours[1] > 0
    assert fuse(QUESTION, apart).neighbours[1] == 0


def test_meaning_counts() -> None:
    """Without a word in common the nearest vector is best."""
    rows = plain(4)
    rows.vectors[2] = [1, 0]

    assert best(rows) == 2


def test_named_month_and_day_count() -> None:
    """Rows told near the day that the question names are better than others."""
    rows = plain(3)
    rows.days[:] = np.array(["2026-06-20", "2026-06-04", "2026-01-01"], "M8[D]")

    assert best(rows, read_question("What happened on 3 June 2026?", (), NOW)) == 1


def test_speaker_counts() -> None:
    """Of two like rows the one said by whom the question names is better."""
    rows = plain(2)
    rows.about[1] = 1

    assert best(rows) == 1


def test_count_terms() -> None:
    """Each term is counted in each row."""
    counted = count_terms(["Boats at boat", "", "sea"], ["boat", "sea"])

    assert counted.tolist() == [[2, 0], [0, 0], [0, 1]]


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 12), st.integers(0, 3), st.integers(0, 1000))
def test_scores_are_always_finite(count: int, terms: int, seed: int) -> None:
    """Whatever the rows, every score is a number."""
    numbers = np.random.default_rng(seed)
    rows = replace(
        plain(count, terms),
        counts=numbers.integers(0, 3, (count, terms)).astype(float),
        vectors=numbers.normal(size=(count, 2)).astype(np.float32),
        group=numbers.integers(-3, 3, count),
        days=np.array(["NaT"] * count, "M8[D]"),
    )
    fused = fuse(QUESTION, rows)

    assert np.isfinite([fused.total, fused.words, fused.meaning, fused.neighbours]).all()
