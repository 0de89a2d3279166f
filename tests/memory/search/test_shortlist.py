"""The shortlist: what scoring needs of a few hundred rows, and what stands around them."""

import numpy as np
import pytest

from carrel.memory.search.question import read_question
from carrel.memory.search.shortlist import (
    CandidateRow,
    RowKey,
    Shortlist,
    count_with_other_words,
    find_neighbours,
    find_successors,
    to_arrays,
)
from carrel.memory.store import Memory, Store
from carrel.memory.values import Filters, NewMessage


@pytest.fixture
def store(indexed: Store) -> Store:
    """The store with the toy embedder."""
    return indexed


def load(memory: Memory, *keys: RowKey, filters: Filters | None = None) -> dict[RowKey, CandidateRow]:
    """Load rows with the vectors of the store's first embedder."""
    with memory.scope.read() as connection:
        shortlist = Shortlist(memory.scope.fulltext, memory.scope.agent_id, 1)
        return shortlist.load(connection, keys, filters or Filters())


def test_rows_of_both_tiers_come_with_words_and_vectors(store: Store, memory: Memory, other: Memory) -> None:
    """Only the agent's own live rows, those that pass the filters; one without a vector is there without."""
    memory.recall.load([NewMessage("user", "I keep bees.", speaker="Ada", session="s")])
    kept = memory.archival.insert("Bees like clover.", tags=["garden"]).passage
    deleted = memory.archival.insert("Ants like sugar.").passage
    memory.archival.delete(deleted.id)
    theirs = other.archival.insert("Wasps like jam.").passage
    store.embed_now()
    late = memory.archival.insert("Moths like light.").passage
    keys: list[RowKey] = [("recall", 1), *(("archival", item.n) for item in (kept, deleted, theirs, late))]
    rows = load(memory, *keys)
    assert sorted(rows) == [("archival", kept.n), ("archival", late.n), ("recall", 1)]
    assert rows["recall", 1].speaker == "Ada"
    assert [len(rows[key].vectors) for key in sorted(rows)] == [1, 0, 1]
    assert "clover" in rows["archival", kept.n].words.split()
    assert list(load(memory, *keys, filters=Filters(tags=("garden",)))) == [("archival", kept.n)]


def test_neighbours_are_those_of_the_session(memory: Memory) -> None:
    """Three places before and after, never of another session."""
    memory.recall.load([NewMessage("user", f"Line {n}.", session="a" if n % 2 else "b") for n in range(20)])
    with memory.scope.read() as connection:
        found = find_neighbours(connection, [11])
    assert sorted(found) == [5, 7, 9, 11, 13, 15, 17]


def test_a_chain_of_successors_is_followed_to_its_end(memory: Memory) -> None:
    """From the first of three versions the other two are found, the last without a successor."""
    first = memory.archival.insert("Ada lives in Oslo.").passage
    second = memory.archival.update(first.id, "Ada lives in Rome.")
    third = memory.archival.update(second.id, "Ada lives in Bonn.")
    rows = load(memory, ("archival", first.n))
    with memory.scope.read() as connection:
        assert find_successors(connection, rows.values()) == {
            second.id: (second.n, third.id),
            third.id: (third.n, None),
        }
        assert find_successors(connection, load(memory, ("archival", third.n)).values()) == {}


def test_a_long_text_is_as_near_as_its_nearest_chunk(store: Store, memory: Memory) -> None:
    """Of several vectors of a row, the one nearest to the query is scored; without a query none is."""
    text = " ".join(f"Sentence number {n} is about the weather." for n in range(200)) + " Zebras graze."
    memory.archival.insert(text)
    store.embed_now()
    rows = list(load(memory, ("archival", 1)).values())
    question = read_question("zebras graze", (), memory.now())
    query = np.frombuffer(rows[0].vectors[-1], "<f4")
    assert len(rows[0].vectors) > 5
    np.testing.assert_array_equal(to_arrays(question, rows, query).vectors[0], query)
    assert to_arrays(question, rows, None).vectors.tolist() == [[0.0]]


def test_other_words_of_a_question_are_counted(memory: Memory) -> None:
    """A row that holds a name or a date of the question, and no term, is one that words can find."""
    memory.recall.load(
        [NewMessage("user", "Ann came.", speaker="Ann"), NewMessage("user", "It rained.", speaker="Bob")]
    )
    rows = list(load(memory, ("recall", 1), ("recall", 2)).values())
    question = read_question("When did Ann dance?", ("Ann", "Bob"), memory.now())
    assert count_with_other_words(rows, question) == 1
    assert count_with_other_words([], question) == 0
