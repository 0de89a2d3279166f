"""What was sent is read back exactly, by turn and step."""

import pytest

from carrel.errors import NotFound, UsageError
from carrel.memory.journal.request_log import SentRequest
from carrel.memory.store import Memory
from carrel.memory.turns.steps import NewStep
from carrel.messages import AssistantMessage, Usage

PARTS = [
    '{"role":"system","content":"Be brief."}',
    '{"role":"user","content":"你好"}',
    '{"role":"system","content":"Be brief."}',
]


def send(memory: Memory, session: str, *steps: list[str]) -> str:
    """Begin a turn with these requests and return its id."""
    turn, _ = memory.turns.begin(session, "Hello", "m")
    for number, parts in enumerate(steps, 1):
        memory.steps.add(
            session, NewStep(turn, number, parts, 9 * number, "m", AssistantMessage("Hi."), "stop", Usage(8, 2, 3))
        )
    memory.turns.end(turn, "complete")
    return turn


def test_a_request_is_read_back_part_by_part(memory: Memory) -> None:
    """In order, equal parts as often as they were sent, with both counts; without a step it is the turn's last."""
    session = memory.sessions.start()
    turn = send(memory, session, PARTS, PARTS[:1])
    first = memory.request_log.find(turn, 1)
    assert first == SentRequest(turn, 1, session, first.at, "m", tuple(PARTS), 9, 8, 3)
    assert memory.request_log.find(turn).parts == tuple(PARTS[:1])
    assert memory.request_log.find(turn[:6], 2) == memory.request_log.find() == memory.request_log.find(turn)


def test_the_request_before(memory: Memory) -> None:
    """The step before, in this turn or the last of the one before in the session; before the first there is none."""
    session, elsewhere = memory.sessions.start(), memory.sessions.start()
    one = send(memory, session, ["a"], ["b"])
    send(memory, elsewhere, ["c"])
    two = send(memory, session, ["d"])
    log = memory.request_log
    assert log.previous(log.find(two)) == log.find(one, 2)
    assert log.previous(log.find(one, 2)) == log.find(one, 1)
    assert log.previous(log.find(one, 1)) is None
    assert (log.last_turn(session), log.last_turn(elsewhere)) == (two, log.find(log.last_turn(elsewhere)).turn)


def test_what_the_server_read(memory: Memory) -> None:
    """Of the latest requests to a model: what Carrel counted and what was reported."""
    send(memory, memory.sessions.start(), ["a"], ["b"])
    assert sorted(memory.request_log.token_counts("m", 5)) == [(9, 8), (18, 8)]
    assert len(memory.request_log.token_counts("m", 1)) == 1
    assert memory.request_log.token_counts("another", 5) == []


def test_what_was_never_sent(memory: Memory, other: Memory) -> None:
    """No turn, no step, an ambiguous beginning, another agent's turn: each in words."""
    with pytest.raises(NotFound, match="Say something first"):
        memory.request_log.find()
    with pytest.raises(NotFound, match="has no turn yet"):
        memory.request_log.last_turn(memory.sessions.start())
    turn = send(memory, memory.sessions.start(), ["a"])
    send(memory, memory.sessions.start(), ["a"])
    with pytest.raises(NotFound, match=f"Turn '{turn}' has no step 2"):
        memory.request_log.find(turn, 2)
    with pytest.raises(UsageError, match="begins the ids of several turns"):
        memory.request_log.find("t-")
    for reference in (turn, "", "%", "t_"):
        with pytest.raises(NotFound, match="does not exist"):
            (other if reference == turn else memory).request_log.find(reference)
