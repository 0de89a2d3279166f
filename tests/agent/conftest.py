"""What the tests of the agent share."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from carrel.agent.agent import Agent
from carrel.bootstrap import Carrel
from carrel.tools.tool import Tool

Open = Callable[..., Agent]


@pytest.fixture
def opened(home: Path) -> Iterator[Open]:
    """Open homes with a scripted model, and close them at the end."""
    desks: list[Carrel] = []

    def open_home(model: Any, tools: tuple[Tool, ...] = (), **flags: Any) -> Agent:
        desks.append(Carrel.open(home, model, "none", tools=tools, flags=flags))
        return desks[-1].agent("ada")

    yield open_home
    for desk in desks:
        desk.close()
