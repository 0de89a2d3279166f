"""Recall: imports that may be cut off and repeated, and messages found by their ids."""

from collections.abc import Callable

import pytest

from carrel.errors import NotFound, UsageError
from carrel.memory.store import Memory
from carrel.memory.values import NewMessage

Say = Callable[..., NewMessage]


@pytest.mark.parametrize("said", ["", "m-zzzz", "%", "_%", "\ud800"])
def test_get_nothing(memory: Memory, say: Say, said: str) -> None:
    """What is no id and no prefix finds nothing, though there is but one message."""
    memory.recall.load([say("one")])
    with pytest.raises(NotFound):
        memory.recall.get(said)


def test_get_by_prefix(memory: Memory, say: Say) -> None:
    """A unique prefix finds a message; that of several is refused."""
    memory.recall.load([say("one"), say("two")])
    first, _ = memory.recall.latest(2)
    assert memory.recall.get(first.id[:-2]) == first
    with pytest.raises(UsageError, match="begins the ids of several"):
        memory.recall.get("m-")


def test_latest(memory: Memory, say: Say) -> None:
    """The newest messages come oldest first, of one session where it is given."""
    memory.recall.load([say(f"{n}", session="odd" if n % 2 else "even") for n in range(6)])
    odd = memory.sessions.find("odd")
    assert [one.text for one in memory.recall.latest(3)] == ["3", "4", "5"]
    assert [one.text for one in memory.recall.latest(2, odd)] == ["3", "5"]
