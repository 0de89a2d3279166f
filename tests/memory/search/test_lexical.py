"""The search by words: own frequencies, rarest words first, and the same answer however common the words are."""

from collections.abc import Sequence
from itertools import product

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection

from carrel.memory.db.schema import agents
from carrel.memory.search import lexical as word_search
from carrel.memory.search.lexical import AgentRows, Matches, match_words
from carrel.memory.store import Memory
from carrel.memory.values import Filters, NewMessage

WORDS = ("heron", "river", "boat", "night")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a word be common where more than four rows hold it."""
    monkeypatch.setattr(word_search, "COMMON", 4)


def load(memory: Memory, texts: Sequence[str], session: str = "s") -> None:
    """Store texts as messages of the user and the assistant in turn."""
    memory.recall.load(
        [NewMessage("assistant" if n % 2 else "user", text, session=session) for n, text in enumerate(texts)]
    )


def match(memory: Memory, connection: Connection, words: Sequence[str], pool: int, filters: Filters) -> Matches:
    """Return the messages that hold words."""
    is_only_agent = connection.scalars(sa.select(agents.c.id)).all() == [memory.scope.agent_id]
    source = AgentRows(connection, memory.scope.fulltext, memory.scope.agent_id, is_only_agent, "recall", filters)
    return match_words([source], words, pool)["recall"]


def found(
    memory: Memory, words: Sequence[str], pool: int = 50, filters: Filters | None = None
) -> tuple[list[str], int]:
    """Return the texts found, best first, and the total."""
    with memory.scope.database.read() as connection:
        matches = match(memory, connection, words, pool, filters or Filters())
        numbers, total = matches.rows, matches.total()
    texts = {message.n: message.text for message in memory.recall.latest(1000)}
    return [texts[n] for n in numbers], total


def test_rare_words_first(memory: Memory, few: None) -> None:
    """A row with one rare word stands before one with a common word; a row with both before either."""
    load(memory, ["river"] * 8 + ["heron river", "heron", "boat"])
    texts, total = found(memory, ["river", "heron"])
    assert (texts[:2], set(texts[2:]), total) == (["heron river", "heron"], {"river"}, 10)


def test_common_words_together(memory: Memory, few: None) -> None:
    """Where all words are common, rows that hold the most of the three rarest come first, of equal ones the younger."""
    words = WORDS[:3]
    every = [
        " ".join(word for word, there in zip(words, held, strict=True) if there) for held in product([0, 1], repeat=3)
    ]
    load(memory, [f"{text} x{n}" for n, text in enumerate(every * 2) if text])
    texts, total = found(memory, words)
    counts = [sum(word in text for word in words) for text in texts]
    assert (counts, total) == (sorted(counts, reverse=True), 14)
    assert texts[:2] == ["heron river boat x15", "heron river boat x7"]


def test_a_fourth_common_word_is_found_too(memory: Memory, few: None) -> None:
    """A row that holds none of the three rarest is found by the fourth, last of all."""
    load(memory, [*(f"{word} x{n}" for n in range(5) for word in WORDS[:3]), *(f"night y{n}" for n in range(9))])
    texts, total = found(memory, WORDS)
    assert (len(texts), total, {text for text in texts if "night" in text}) == (
        24,
        24,
        {f"night y{n}" for n in range(9)},
    )


def test_totals_are_true_up_to_a_bound(memory: Memory, few: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows than are counted are reported as just so many."""
    monkeypatch.setattr(word_search, "MAX_COUNTED", 12)
    load(memory, [f"river x{n}" for n in range(10)])
    assert found(memory, ["river"])[1] == 10
    load(memory, [f"river y{n}" for n in range(10)])
    assert found(memory, ["river"])[1] == 12


def test_filters_hold_for_common_words(memory: Memory, few: None) -> None:
    """A filter leaves only its rows, in the list and in the total, however common the words."""
    load(memory, [f"river boat x{n}" for n in range(20)])
    texts, total = found(memory, ["river", "boat"], filters=Filters(roles=("user",)))
    assert (set(texts), total) == ({f"river boat x{n}" for n in range(0, 20, 2)}, 10)


def test_nobody_elses_rows_weigh(memory: Memory, other: Memory, few: None) -> None:
    """What another agent holds changes neither what is found, nor its order, nor the total."""
    texts = ["river"] * 3 + ["heron river", "heron", "boat night"]
    load(memory, texts)
    alone = found(memory, WORDS)
    load(other, ["heron"] * 30 + ["river boat"] * 30)
    assert found(memory, WORDS) == alone


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), min_size=1, max_size=25))
def test_every_match_is_found(memory: Memory, few: None, rows: list[list[str]]) -> None:
    """With room for all, every row that holds any word is found, once, and counted."""
    start = memory.recall.latest(1)
    load(memory, [" ".join(row) for row in rows], f"s{start[0].n if start else 0}")
    wanted = [message.text for message in memory.recall.latest(10_000) if {"heron", "boat"} & set(message.text.split())]
    with memory.scope.database.read() as connection:
        matches = match(memory, connection, ["heron", "boat"], 10_000, Filters())
        numbers, total = matches.rows, matches.total()
    assert (len(numbers), len(set(numbers)), total) == (len(wanted),) * 3
