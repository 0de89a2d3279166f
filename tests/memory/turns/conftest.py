"""What the tests of turns share: one turn that is going on."""

import pytest

from carrel.memory.store import Memory
from tests.memory.turns.talk import Talk


@pytest.fixture
def talk(memory: Memory) -> Talk:
    """A turn in which the user has spoken."""
    session = memory.sessions.start()
    turn, _ = memory.turns.begin(session, "Note Rome.", "model-1")
    return Talk(memory, session, turn)
