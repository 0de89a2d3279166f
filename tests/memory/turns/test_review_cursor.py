"""The review cursor: every message is reviewed once, and by one process at a time."""

import pytest

from carrel.errors import Busy, NotFound
from carrel.memory.store import Memory, Store
from carrel.memory.values import NewMessage, StoredMessage


def say(memory: Memory, *texts: str) -> None:
    """Load messages of the user."""
    memory.recall.load([NewMessage("user", text) for text in texts])


def test_what_was_reviewed_is_not_given_again(memory: Memory, other: Memory) -> None:
    """Portions follow one another without gap or overlap, each agent's by themselves."""
    say(memory, "一", "two", "three")
    say(other, "theirs")
    cursor = memory.review_cursor
    position, portion = cursor.unreviewed(2)
    assert (position, [message.text for message in portion], cursor.count_unreviewed()) == (0, ["一", "two"], 3)
    cursor.advance(portion[-1], position)
    position, rest = cursor.unreviewed(9)
    assert (position, [message.text for message in rest]) == (portion[-1].n, ["three"])
    cursor.advance(rest[-1], position)
    assert (cursor.unreviewed(9), cursor.count_unreviewed()) == ((rest[-1].n, []), 0)
    assert other.review_cursor.count_unreviewed() == 1


def test_it_moves_only_from_where_it_was_found(memory: Memory) -> None:
    """A second review of the same portion is refused, and so is a step back; what was done with it is undone."""
    say(memory, "one", "two")
    position, (one, two) = memory.review_cursor.unreviewed(2)
    memory.review_cursor.advance(two, position)

    def review(last: StoredMessage, since: int) -> None:
        with memory.transaction() as inner:
            inner.archival.insert("Done twice.")
            inner.review_cursor.advance(last, since)

    for last, since in ((two, position), (one, two.n)):
        with pytest.raises(Busy, match="is being consolidated elsewhere"):
            review(last, since)
    assert memory.archival.count() == 0
    assert memory.review_cursor.unreviewed(2) == (two.n, [])


def test_one_review_at_a_time(memory: Memory, other: Memory) -> None:
    """While one is under way another is refused at once; that of another agent is not, nor is a later one."""
    with memory.review_cursor.lock():
        with pytest.raises(Busy), memory.review_cursor.lock():
            pass
        with other.review_cursor.lock():
            pass
    with memory.review_cursor.lock():
        pass


def test_an_agent_that_was_removed(memory: Memory, store: Store) -> None:
    """Is not reviewed: nothing more is asked about what it remembered."""
    say(memory, "one")
    position, (one,) = memory.review_cursor.unreviewed(1)
    memory.review_cursor.require_agent()
    store.agents.remove("ada")
    with pytest.raises(NotFound, match="was removed meanwhile"):
        memory.review_cursor.require_agent()
    with pytest.raises(NotFound, match="was removed meanwhile"):
        memory.review_cursor.advance(one, position)
