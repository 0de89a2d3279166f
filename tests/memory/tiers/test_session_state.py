"""What main context holds of a session beside its queue."""

import pytest

from carrel.errors import NotFound
from carrel.memory.store import Memory, Store
from carrel.memory.values import SessionState


def test_the_state_of_a_session(memory: Memory, other: Memory) -> None:
    """Counts, the head, the newest summary and the blocks in order: the agent's own, and the session's own."""
    session = memory.sessions.start()
    assert memory.session_state(session) == SessionState(memory.counts(), None, "", tuple(memory.core.all()))
    turn, user = memory.turns.begin(session, "I live in Rome.", "m")
    for summary in ("They live in Rome.", "They live in 罗马."):
        memory.queue.evict(session, turn, [user], summary)
    memory.sessions.set_head(session, "head")
    memory.core.append("human", "Ada")
    other.core.append("human", "Bob")
    state = memory.session_state(session)
    assert (state.counts, state.core_head, state.summary) == (memory.counts(), "head", "They live in 罗马.")
    assert [(block.label, block.value) for block in state.blocks] == [
        ("persona", "I am a librarian."),
        ("human", "Ada"),
        ("rules", "Be brief."),
    ]
    assert memory.session_state(memory.sessions.start()).summary == ""


def test_an_agent_without_blocks(store: Store) -> None:
    """Has none in its state."""
    memory = store.memory("eve", ())
    assert memory.session_state(memory.sessions.start()).blocks == ()


def test_a_session_that_is_gone(memory: Memory, store: Store) -> None:
    """Whoever removed its agent meanwhile, it is told in words."""
    session = memory.sessions.start()
    store.agents.remove("ada")
    with pytest.raises(NotFound, match=f"Session '{session}' was removed meanwhile"):
        memory.session_state(session)
