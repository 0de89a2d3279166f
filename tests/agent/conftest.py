"""What the tests of the agent share."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from carrel.agent.agent import Agent
from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.protocols import Clock
from carrel.tools.tool import Tool

Open = Callable[..., Agent]


@pytest.fixture
def opened(home: Path) -> Iterator[Open]:
    """Open homes with a scripted model, and close them at the end."""
    homes: list[Carrel] = []

    def open_home(model: Any, tools: tuple[Tool, ...] = (), clock: Clock | None = None, **flags: Any) -> Agent:
        homes.append(Carrel.open(home, model, "none", clock, tools=tools, flags=flags))
        return homes[-1].agent("ada")

    yield open_home
    for carrel in homes:
        carrel.close()


@pytest.fixture
def opened_memgpt(opened: Open, clock: FrozenClock) -> Open:
    """Open homes with a scripted model under the paper's contract."""
    return partial(opened, clock=clock, contract="memgpt")
