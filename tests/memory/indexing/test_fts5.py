"""Full text by FTS5: what is indexed is found, in any script, and no text is syntax."""

import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from carrel.memory.db.dialect import list_literal
from carrel.memory.indexing.fts5 import TOKENIZER, Fts5, match_expression
from carrel.memory.indexing.fulltext import AllOf, AnyOf, Query
from carrel.memory.store import Memory
from carrel.words import index_words, query_terms


@pytest.mark.parametrize(
    ("query", "expression"),
    [
        ("AND", '"AND"'),
        ('b"c', '"b""c"'),
        ("茶", '"茶"*'),
        (AnyOf(("a", "北京")), '"a" OR "北京"'),
        (AllOf((AnyOf(("a", "b")), "c")), '("a" OR "b") AND "c"'),
        (AnyOf((AllOf(("a", "b")), AllOf(("b", "茶")))), '("a" AND "b") OR ("b" AND "茶"*)'),
    ],
)
def test_match_expression(query: Query, expression: str) -> None:
    """Each word is quoted, quotes in it doubled; a single Chinese character finds words that begin with it."""
    assert match_expression(query) == expression


def found(text: str, query: str) -> bool:
    """Index a text in a table of its own and ask for it."""
    with closing(sqlite3.connect(":memory:")) as raw:
        raw.execute(f"CREATE VIRTUAL TABLE t USING fts5(text, tokenize = '{TOKENIZER}')")
        raw.execute("INSERT INTO t VALUES (?)", (index_words(text),))
        terms = query_terms(query)
        if not terms:
            return False
        [(count,)] = raw.execute("SELECT count(*) FROM t WHERE t MATCH ?", (match_expression(AnyOf(tuple(terms))),))
        return bool(count == 1)


LETTERS = st.text(alphabet=st.characters(max_codepoint=0x24F, categories=["L", "N", "P", "Zs"]), max_size=30)
CHINESE = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=6)


@settings(deadline=None, max_examples=100)
@given(LETTERS)
def test_found_by_itself(text: str) -> None:
    """A text of Latin letters is found by itself, wherever it has a word at all."""
    assert found(text, text) == bool(query_terms(text))


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=30), CHINESE, st.text(max_size=30))
@example("", "一一", "\U000f0300")
@example("", "一一", "\u0d00")
def test_chinese_word_in_any_text(before: str, word: str, after: str) -> None:
    """A Chinese word of two characters or more is found wherever it stands, with or without spaces."""
    assert found(before + word + after, word)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_is_syntax(text: str, query: str) -> None:
    """Any two texts may be indexed and asked for: the engine takes them as words, and finds only what they share."""
    shared = {term.lower() for term in index_words(text).split()} & set(query_terms(query))
    assert found(text, query) >= (bool(shared) and text.isascii())


def matches(memory: Memory, query: Query, agent_id: int | None) -> list[int]:
    """Return the numbers of the passages that match."""
    fulltext = memory.scope.fulltext
    match = fulltext.match("archival")
    with memory.scope.database.read() as connection:
        statement = sa.select(match.n).select_from(match.table).where(match.condition).order_by(match.n)
        return list(connection.scalars(statement, fulltext.parameters(query, agent_id)))


def test_rows_are_added_matched_and_removed(memory: Memory, other: Memory) -> None:
    """A row is found by its words for its agent alone, until it is removed; its words can be read."""
    fulltext, mine, theirs = memory.scope.fulltext, memory.scope.agent_id, other.scope.agent_id
    with memory.scope.database.write() as connection:
        fulltext.add(connection, "archival", mine, {101: "blue heron", 102: "blue 书本"})
        fulltext.add(connection, "archival", theirs, {103: "blue swan"})
        fulltext.add(connection, "archival", theirs, {})
    assert matches(memory, "blue", mine) == [101, 102]
    assert matches(memory, AllOf(("blue", AnyOf(("herons", "swan")))), None) == [101, 103]
    with memory.scope.database.write() as connection:
        fulltext.remove(connection, "archival", list_literal([101]))
    assert matches(memory, "blue", mine) == [102]
    words = fulltext.words("archival")
    with memory.scope.database.read() as connection:
        read = connection.execute(sa.select(words.n, words.words).select_from(words.table).order_by(words.n)).fetchall()
    assert read == [(102, "blue 书本"), (103, "blue swan")]


def test_an_index_that_lost_its_words_is_not_sound_until_it_is_rebuilt(memory: Memory) -> None:
    """What no longer agrees with its words is told, and rebuilding mends it."""
    fulltext = Fts5()
    with memory.scope.database.write() as connection:
        fulltext.add(connection, "recall", memory.scope.agent_id, {1: "blue heron"})
        sound = [fulltext.is_sound(connection, "recall")]
        connection.exec_driver_sql("UPDATE message_words_content SET c1 = 'white swan'")
        sound.append(fulltext.is_sound(connection, "recall"))
        fulltext.rebuild(connection, "recall")
        sound.append(fulltext.is_sound(connection, "recall"))
    assert sound == [True, False, True]
