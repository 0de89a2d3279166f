"""Undo takes a whole turn back, byte for byte, and redo brings it again; what stands in the way is named."""

import pytest

from carrel.errors import Busy, Conflict, NotFound
from carrel.memory.store import Memory, Store
from carrel.memory.turns.steps import NewStep
from carrel.memory.values import Cause
from carrel.messages import AssistantMessage
from tests.memory.conftest import BLOCKS, Fill
from tests.memory.looking import LASTING, WORK, everything

SHOWN = WORK | LASTING


def talk(memory: Memory, text: str, session: str | None = None) -> str:
    """Make a turn that edits core memory, stores a passage and flushes its session's queue; return its id."""
    session = session or memory.sessions.start()
    turn, _ = memory.turns.begin(session, text, "m")
    cause = Cause("agent", turn, 1, 0)
    memory.core.append("human", text[:9], cause)
    kept = memory.archival.insert(text, ["note"], cause=cause).passage
    memory.archival.insert(text, ["again"], cause=cause)
    memory.archival.update(kept.id, f"{text} Indeed.", cause)
    memory.steps.add(session, NewStep(turn, 1, [text, "shared"], 2, "m", AssistantMessage("Yes."), "stop"))
    memory.queue.evict(session, turn, memory.queue.load(session)[:-1], f"They said: {text}")
    memory.sessions.set_head(session, text, turn)
    memory.turns.end(turn, "complete")
    return turn


def test_undo_and_redo_are_exact(memory: Memory, fill: Fill) -> None:
    """After undo every table is as before the turn, after redo as after it, the session's row included."""
    fill(memory)
    session = memory.sessions.find("talk")
    before = everything(memory, SHOWN)
    turn = talk(memory, "I sail.", session)
    after = everything(memory, SHOWN)
    done = memory.undo()
    assert everything(memory, SHOWN) == before
    assert (done.turn, done.messages) == (turn, 2)
    assert [(change.tier, change.op) for change in done.changes] == [
        ("core", "append"),
        ("archival", "insert"),
        ("archival", "tag"),
        ("archival", "update"),
    ]
    assert memory.redo() == done
    assert everything(memory, SHOWN) == after


def test_several_turns(memory: Memory) -> None:
    """Turns are undone one after the other and redone in the opposite order; a session goes with its only turn."""
    states = [everything(memory, SHOWN)]
    turns = [talk(memory, text) for text in ("One.", "Two.")]
    states.append(everything(memory, SHOWN))
    assert [memory.undo().turn, memory.undo(turns[0]).turn] == turns[::-1]
    assert everything(memory, SHOWN) == states[0]
    assert memory.sessions.all() == []
    assert [memory.redo().turn, memory.redo().turn] == turns
    assert everything(memory, SHOWN) == states[1]


def test_what_was_undone_is_not_found(memory: Memory) -> None:
    """Neither words nor ids lead to an undone turn; redone, it is found again."""
    talk(memory, "The zither is in the attic.")
    memory.undo()
    assert memory.search.find("zither", ("recall", "archival")).total == 0
    memory.redo()
    assert memory.search.find("zither", ("recall", "archival")).total == 3


def test_what_changed_since_is_not_undone(memory: Memory) -> None:
    """A turn whose block the user has edited since stays as it is, and the error names the edit."""
    turn = talk(memory, "I sail.")
    memory.core.append("human", "Ann", Cause("user"))
    before = everything(memory)
    with pytest.raises(Conflict, match=rf"'{turn}' cannot be undone: 'human' was changed since, by user \(append\)"):
        memory.undo()
    assert everything(memory) == before


def test_only_the_last_turn_is_undone(memory: Memory) -> None:
    """An older turn is refused by its id; a new turn, or an edit of what it changed, ends what redo can do."""
    first, second = talk(memory, "One."), talk(memory, "Two.")
    with pytest.raises(Conflict, match=f"Undo '{second}' first"):
        memory.undo(first)
    memory.undo()
    memory.core.append("human", "Ann", Cause("user"))
    with pytest.raises(Conflict, match="what it changed was changed since"):
        memory.redo()
    talk(memory, "Three.")
    with pytest.raises(Conflict, match="another turn was made since"):
        memory.redo()


def test_nothing_to_undo(memory: Memory, other: Memory) -> None:
    """An agent without turns has nothing to undo or redo, whatever another one did."""
    talk(other, "One.")
    with pytest.raises(NotFound, match="Agent 'ada' has no turn"):
        memory.undo()
    other.undo()
    with pytest.raises(NotFound, match="Agent 'ada' has no turn that was undone"):
        memory.redo()


def test_not_while_the_agent_answers(store: Store, memory: Memory) -> None:
    """Nothing is undone or redone during a turn."""
    talk(memory, "One.")
    with memory.lease(lambda begun: None):
        for action in (memory.undo, memory.redo):
            with pytest.raises(Busy, match="Agent 'ada' is answering a message"):
                action()
    assert store.memory("ada", BLOCKS).undo().messages == 2


def test_a_savepoint_brings_undone_turns_back(memory: Memory) -> None:
    """What was undone after a savepoint is there again, and what was redone is gone with the rest."""
    kept = talk(memory, "One.")
    before = everything(memory)
    point = memory.savepoint()
    memory.undo(kept)
    talk(memory, "Two.")
    memory.restore(point)
    assert everything(memory) == before
