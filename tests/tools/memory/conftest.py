"""The context of a call to a memory tool, with real memory beneath."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.tools.tool import ToolContext


@pytest.fixture
def context(home: Path, clock: FrozenClock) -> Iterator[ToolContext]:
    """A call's context with real memory and a turn that runs."""
    with Carrel.open(home, "offline", "none", clock, flags={"limit_human": 60}) as carrel:
        memory = carrel.agent("ada").memory
        turn, _ = memory.turns.begin(memory.sessions.start(), "Hello", "m")
        yield ToolContext(memory, turn, 1, 0, 3000)
