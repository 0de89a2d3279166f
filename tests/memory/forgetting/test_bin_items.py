"""What is in the bin, and since when."""

from datetime import timedelta

from carrel.clock import FrozenClock
from carrel.memory.forgetting.bin_items import bin_items, has_older
from carrel.memory.forgetting.selection import Selection
from carrel.memory.store import Memory
from tests.memory.conftest import Say


def test_what_is_in_the_bin(memory: Memory, other: Memory, say: Say, clock: FrozenClock) -> None:
    """Messages, passages and single lines, by the moment at which they came there; what was restored is out again."""
    memory.recall.load([say("I sail.")])
    memory.archival.insert("Bees sail.")
    memory.core.append("human", "Likes tea.\nSails.")
    first = memory.forgetting.forget(Selection(query="sail")).key
    moment = clock.now()
    clock.advance(days=1)
    memory.core.append("human", "Knows Ann.")
    memory.forgetting.forget(Selection(("human:2",)))
    with memory.scope.read() as connection:
        texts = [item.text for item in bin_items(connection, memory.scope)]
        assert texts == ["I sail.", "Bees sail.", "Sails.", "Knows Ann."]
        assert [item.text for item in bin_items(connection, memory.scope, moment)] == texts[:3]
        assert has_older(connection, memory.scope, moment)
        assert not has_older(connection, memory.scope, moment - timedelta(seconds=1))
        assert bin_items(connection, other.scope) == []
    memory.forgetting.restore(first)
    assert [item.text for item in memory.forgetting.in_bin()] == ["Knows Ann."]
