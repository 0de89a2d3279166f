"""The bin empties itself after 30 days; what was said again meanwhile stays."""

from pathlib import Path

from carrel.clock import FrozenClock
from carrel.memory.forgetting.selection import Selection
from carrel.memory.store import Memory, Store
from carrel.memory.values import NewMessage
from tests.memory.forgetting.telling import SECRET, USER, found, raw, tell


def test_the_bin_empties_itself(
    store: Store, memory: Memory, other: Memory, tmp_path: Path, clock: FrozenClock
) -> None:
    """The first start after 30 days erases what is in the bin of each agent, with an event; a start before does not."""
    for each in (memory, other):
        tell(each)
    memory.forgetting.forget(Selection(query="hunter2"), USER)
    other.core.append("human", "Code 4711.", USER)
    other.forgetting.forget(Selection(ids=("human:2",)), USER)
    for days, left in ((29, 6), (2, 0)):
        clock.advance(days=days)
        store.start()
        assert len(memory.forgetting.in_bin()) == left
    assert other.forgetting.in_bin() == []
    assert other.core["human"].value == SECRET
    assert b"4711" not in raw(tmp_path)
    erased = [event for event in memory.history("core", "human") if event.op == "erase"]
    assert [(event.actor, event.reason, event.before) for event in erased] == [("system", "30 days in the bin", None)]
    assert memory.forgetting.purge_expired() is None


def test_a_start_while_the_agent_answers_leaves_the_bin(store: Store, memory: Memory, clock: FrozenClock) -> None:
    """What is due stays until the agent is idle."""
    tell(memory)
    memory.forgetting.forget(Selection(query="hunter2"), USER)
    clock.advance(days=31)
    with memory.lease(lambda begun: None):
        store.start()
        assert len(memory.forgetting.in_bin()) == 6


def test_what_was_said_again_outlives_the_bin(memory: Memory, tmp_path: Path, clock: FrozenClock) -> None:
    """Somebody forgets where they lived, moves back and says so: that stays, and can be said again."""
    tell(memory, "I live in Bonn. My password is hunter2.")
    memory.forgetting.forget(Selection(query="live Bonn"), USER)
    clock.advance(days=9)
    session = memory.sessions.start()
    memory.turns.begin(session, "By the way, I live in Bonn again.", "m")
    memory.archival.insert("I live in Bonn.", cause=USER)
    clock.advance(days=22)
    assert memory.forgetting.purge_expired() is not None
    assert found(memory, "Bonn") == 2
    assert b"hunter2" not in raw(tmp_path)
    memory.recall.load([NewMessage("user", "I live in Bonn.")])
    assert found(memory, "Bonn") == 3


def test_a_line_that_was_written_again_stays(store: Store, memory: Memory, clock: FrozenClock) -> None:
    """Neither the line nor a passage that says the same goes with the one in the bin, which is emptied once."""
    memory.core.append("human", "Likes green tea.", USER)
    memory.forgetting.forget(Selection(ids=("human:1",)), USER)
    memory.core.append("human", "Owns a kayak.", USER)
    memory.core.append("human", "Likes green tea.", USER)
    memory.archival.insert("Likes green tea.", cause=USER)
    clock.advance(days=31)
    assert memory.forgetting.purge_expired() is not None
    assert memory.core["human"].value == "Owns a kayak.\nLikes green tea."
    assert found(memory, "green tea") == 1
    assert memory.forgetting.in_bin() == []
    assert memory.forgetting.purge_expired() is None
    assert memory.forgetting.purge(USER).items == ()
