"""What can be forgotten: lines, messages and passages that are not in the bin, and how they are named."""

import pytest

from carrel.errors import NotFound, UsageError
from carrel.memory.forgetting.items import all_items, find_id, lines_of
from carrel.memory.forgetting.selection import Selection
from carrel.memory.store import Memory
from tests.memory.conftest import Say


def test_all_that_is_remembered(memory: Memory, say: Say) -> None:
    """Lines that say something, messages and passages; what is in the bin is left out."""
    memory.recall.load([say("I sail."), say("We ski.", day=5)])
    memory.archival.insert("Ada lives in Oslo.", ["place"])
    memory.forgetting.forget(Selection(query="ski"))
    with memory.scope.read() as connection:
        items = list(all_items(connection, memory.scope))
    assert [(item.tier, item.text) for item in items] == [
        ("core", "I am a librarian."),
        ("core", "Be brief."),
        ("recall", "I sail."),
        ("archival", "Ada lives in Oslo."),
    ]
    assert [item.whole for item in items[2:]] == ["Ann\nI sail.", "place\nAda lives in Oslo."]


def test_lines_are_numbered_as_they_stand() -> None:
    """An empty line has a number, and is no memory."""
    assert [(line.ref, line.text) for line in lines_of("human", "a\n\n 小明\n")] == [
        ("human:1", "a"),
        ("human:3", " 小明"),
    ]


def test_ids(memory: Memory, other: Memory) -> None:
    """An id, a unique prefix, and both without the letter; others are refused."""
    stored = memory.archival.insert("Ada lives in Oslo.").passage
    memory.archival.insert("Bob sails.")
    with memory.scope.read() as connection:
        for reference in (stored.id, stored.id[:9], stored.id[2:], f" {stored.id[2:8]} "):
            assert find_id(connection, memory.scope, reference) == ("archival", stored.id)
        with pytest.raises(UsageError, match="'p-' begins the ids of several memories"):
            find_id(connection, memory.scope, "p-")
        for scope, reference in ((memory.scope, ""), (memory.scope, "%"), (other.scope, stored.id)):
            with pytest.raises(NotFound, match="does not exist"):
                find_id(connection, scope, reference)
