"""The journal: read per turn and per memory, oldest first, of one agent."""

from carrel.clock import FrozenClock
from carrel.memory.store import Memory
from carrel.memory.values import Cause, MemoryEvent


def test_of_turn_and_of_memory(memory: Memory, clock: FrozenClock) -> None:
    """A turn's changes and a memory's history are what they say, in order, with nothing of others among them."""
    session = memory.sessions.start()
    first, _ = memory.turns.begin(session, "one", "m")
    second, _ = memory.turns.begin(session, "two", "m")
    memory.core.append("human", "a", Cause("agent", first, 1, 0))
    clock.advance(seconds=1)
    memory.core.append("persona", "b", Cause("agent", second, 1, 0))
    memory.core.append("human", "c", Cause("agent", second, 1, 1))
    memory.core.append("human", "d", Cause("user"))
    assert [event.after for event in memory.turns.changes(first)] == ["a"]
    assert [event.ref for event in memory.turns.changes(second)] == ["persona", "human"]
    assert [event.after for event in memory.history("core", "human")] == ["a", "a\nc", "a\nc\nd"]
    assert [event.turn for event in memory.history("core", "human")] == [first, second, None]


def test_of_another_agent(memory: Memory, other: Memory) -> None:
    """An agent's history holds nothing of another, even under the same reference or of a turn that is named."""
    session = memory.sessions.start()
    turn, _ = memory.turns.begin(session, "one", "m")
    memory.core.append("human", "a", Cause("agent", turn))
    passage = memory.archival.insert("b").passage
    assert (other.history("core", "human"), other.history("archival", passage.id), other.turns.changes(turn)) == (
        [],
        [],
        [],
    )


def test_tiers_are_told_apart(memory: Memory) -> None:
    """The history of a block is not that of a passage of the same reference."""
    memory.core.append("human", "a")
    assert memory.history("archival", "human") == []


def test_to_json(clock: FrozenClock) -> None:
    """An event is printed whole, its time with the zone."""
    event = MemoryEvent("e-1", "core", "human", "append", "", "Ann", "agent", clock.now(), "t-1", "said so")
    assert event.to_json() == {
        "id": "e-1",
        "tier": "core",
        "ref": "human",
        "op": "append",
        "before": "",
        "after": "Ann",
        "actor": "agent",
        "at": clock.now().astimezone().isoformat(),
        "turn": "t-1",
        "reason": "said so",
    }
