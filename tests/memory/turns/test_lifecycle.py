"""The life of a turn: what is acknowledged is kept, and a turn that was stopped is closed or goes on."""

import pytest

from carrel.clock import FrozenClock
from carrel.memory.store import Memory
from carrel.memory.turns.calls import NOT_EXECUTED, UNKNOWN
from carrel.memory.values import StoredMessage
from carrel.messages import ToolCall, ToolResult
from tests.memory.turns.talk import Talk


def test_begin(talk: Talk, clock: FrozenClock) -> None:
    """The user's message is on disk and in the queue before any model is asked."""
    [user] = talk.memory.queue.load(talk.session)
    expected = StoredMessage(user.n, user.id, "user", "Note Rome.", clock.now(), talk.session, 2, turn=talk.turn)
    assert user == expected
    assert talk.memory.recall.of_turn(talk.turn) == [user]
    assert talk.row() == ("running", None, None)


def test_recover(talk: Talk, clock: FrozenClock) -> None:
    """Recovery closes a running turn with each call answered exactly once: done, unknown or not executed."""

    def stopped(memory: Memory) -> ToolResult:
        raise KeyboardInterrupt

    calls = tuple(ToolCall(f"c{n}", "note", "{}") for n in range(3))
    talk.ask(*calls)
    talk.execute(lambda memory: ToolResult("c0", "note", "Done."), "memory", 0)
    with pytest.raises(KeyboardInterrupt):
        talk.execute(stopped, "outside", 1)
    clock.advance(hours=1)
    assert [talk.memory.turns.recover(), talk.memory.turns.recover()] == [[talk.turn], []]
    assert talk.results() == [("c0", "Done.", True), ("c1", UNKNOWN, False), ("c2", NOT_EXECUTED, False)]
    assert talk.row() == ("interrupted", "The program stopped during this turn.", clock.now())
    assert talk.memory.queue.load(talk.session) == talk.memory.recall.of_turn(talk.turn)


def test_recover_only_what_runs(talk: Talk, other: Memory) -> None:
    """Recovery leaves turns that ended and turns of other agents as they are."""
    talk.memory.turns.end(talk.turn, "complete")
    theirs = other.sessions.start()
    running, _ = other.turns.begin(theirs, "Hello", "m")
    assert talk.memory.turns.recover() == []
    assert talk.row()[0] == "complete"
    assert other.turns.recover() == [running]


def test_unclean_error(talk: Talk) -> None:
    """Whatever characters a server sends, a turn is closed and its summary stored."""
    dirty, clean = "a\x00\ud800", "a\ufffd"
    talk.memory.queue.evict(talk.session, talk.turn, [], dirty)
    talk.memory.turns.end(talk.turn, "failed", dirty)
    assert (talk.row()[:2], talk.memory.queue.summary(talk.session)) == (("failed", clean), clean)


def test_a_reopened_turn_makes_its_session_the_last(talk: Talk, clock: FrozenClock) -> None:
    """Whoever goes on with a turn that had failed goes on with its session, though another was used meanwhile."""
    talk.memory.turns.end(talk.turn, "failed", "Nobody answers.")
    clock.advance(hours=1)
    other = talk.memory.sessions.start()
    turn, _ = talk.memory.turns.begin(other, "Hello", "m")
    assert talk.memory.sessions.find("last") == other
    talk.memory.turns.end(turn, "complete")
    clock.advance(hours=1)
    unfinished = talk.memory.turns.reopen(talk.session)
    assert unfinished is not None
    assert (unfinished.turn, unfinished.steps, unfinished.calls, unfinished.reply) == (talk.turn, 0, (), "")
    assert talk.memory.sessions.find("last") == talk.session
