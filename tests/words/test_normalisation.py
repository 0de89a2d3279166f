"""Normalisation: the same text for the same words, the same again when done twice."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.memory.indexing.fts5 import TOKENIZER
from carrel.words import index_words, normalise, normalise_by_character

SCRIPTS = [(0x20, 0x52F), (0x530, 0x5FF), (0x600, 0x6FF), (0x900, 0xDFF), (0xE00, 0x109F), (0x1780, 0x17FF)]
SCRIPTS += [(0x1E00, 0x1FFF), (0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xFB00, 0xFB4F), (0xFF00, 0xFFEF)]
"""Blocks of the scripts that most people write, which SQLite and Python know alike."""
LETTERS = st.one_of(
    *(st.characters(min_codepoint=first, max_codepoint=last, categories=["L", "M", "N"]) for first, last in SCRIPTS)
)


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=40))
def test_a_second_time_changes_nothing(text: str) -> None:
    """Normal text is its own normal form, whatever it came from."""
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(max_size=40))
def test_each_character_knows_where_it_comes_from(text: str) -> None:
    """The result is the text's characters normalised one by one, each beside its place."""
    normal, origins = normalise_by_character(text)
    places = range(len(text))
    assert ["".join(normal[n] for n, origin in enumerate(origins) if origin == place) for place in places] == [
        normalise(character) for character in text
    ]
    assert list(origins) == sorted(origins)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_is_put_into_lower_case(text: str) -> None:
    """And nothing else happens to it."""
    assert normalise(text) == text.lower()


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Hauptstraße", "hauptstrasse"),
        ("ΟΔΥΣΣΕΑΣ", "οδυσσεασ"),
        ("İIıi", "iiii"),
        ("Фёдор Йод", "федор йод"),
        ("مُحَمَّدٌ أحمد", "محمد احمد"),
        ("ｶﾞ０１", "ガ01"),
        ("exam\u00adple", "example"),
        ("臺灣", "台湾"),
        ("Lego™", "lego tm "),
        ("ज़मीन ठण्डा", "जम\U000f0940न ठ\U000f0902ड\U000f093e"),
    ],
)
def test_normal_forms(text: str, normal: str) -> None:
    """Case, accents, width, points and invisible signs go; marks that are letters become private-use characters."""
    assert normalise(text) == normal


@pytest.fixture(scope="module")
def engine() -> Iterator[sqlite3.Connection]:
    """A full-text table and its vocabulary."""
    with closing(sqlite3.connect(":memory:")) as raw:
        raw.execute(f"CREATE VIRTUAL TABLE t USING fts5(text, tokenize = '{TOKENIZER}')")
        raw.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, instance)")
        yield raw


@settings(deadline=None, max_examples=300)
@given(text=st.text(LETTERS, min_size=1, max_size=12))
def test_the_engine_takes_each_word_as_it_is(engine: sqlite3.Connection, text: str) -> None:
    """FTS5 neither splits nor folds a word of other letters than English ones: that is decided here alone."""
    words = [word for word in index_words(text).split() if not any(map(str.isascii, word))]
    engine.execute("DELETE FROM t")
    engine.execute("INSERT INTO t VALUES (?)", (" ".join(words),))
    assert [term for (term,) in engine.execute("SELECT term FROM v ORDER BY offset")] == words
