"""Carrel: a conversational agent with tiered virtual context memory.

    from carrel import Carrel

    with Carrel.open() as carrel, carrel.agent("ada").session() as chat:
        print(chat.send("I'm allergic to peanuts").text)

Names are imported when they are first used, so that `import carrel` is fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:  # for type checkers; at run time __getattr__ loads a name when it is first used
    from carrel.agent.agent import Agent
    from carrel.agent.events import Answer
    from carrel.bootstrap import Carrel
    from carrel.clock import FrozenClock
    from carrel.errors import CarrelError
    from carrel.memory.values import NewMessage
    from carrel.models.chat.scripted import ScriptedModel
    from carrel.testing.fake_server import FakeServer
    from carrel.tools.tool import ToolContext, tool

MODULES_BY_NAME = {
    "Agent": "carrel.agent.agent",
    "Answer": "carrel.agent.events",
    "Carrel": "carrel.bootstrap",
    "CarrelError": "carrel.errors",
    "FakeServer": "carrel.testing.fake_server",
    "FrozenClock": "carrel.clock",
    "NewMessage": "carrel.memory.values",
    "ScriptedModel": "carrel.models.chat.scripted",
    "ToolContext": "carrel.tools.tool",
    "tool": "carrel.tools.tool",
}

__all__ = [
    "Agent",
    "Answer",
    "Carrel",
    "CarrelError",
    "FakeServer",
    "FrozenClock",
    "NewMessage",
    "ScriptedModel",
    "ToolContext",
    "tool",
]


def __getattr__(name: str) -> Any:
    if name not in MODULES_BY_NAME:
        raise AttributeError(f"module 'carrel' has no attribute {name!r}")
    return getattr(import_module(MODULES_BY_NAME[name]), name)
