"""Two models to test the tasks with: one that does what each task calls ideal, and one that always says the same."""

import re
from collections.abc import Callable
from typing import Any

from benchmarks.agent.tasks import Task
from carrel.errors import ModelFailed
from carrel.messages import AssistantMessage, to_json
from carrel.models.chat.scripted import Item, ScriptedModel, call, say
from carrel.protocols import Request

SENTENCE = "Yes, of course: I don't know, but I have noted it."
"""What the control says to everything: it agrees, and abstains, and promises."""

_ID = re.compile(r"\bp-[0-9a-z]{12}\b")


def ideal_model(task: Task, session: int) -> ScriptedModel:
    """Return a model that does in a session what the task calls ideal."""
    return ScriptedModel([_item(item) for turn in task.sessions[session] for item in turn.ideal], "ideal")


def control_model(task: Task, session: int) -> ScriptedModel:
    """Return a model that always answers the same sentence."""
    return ScriptedModel(lambda request: say(SENTENCE), "control")


def _item(item: str | dict[str, dict[str, Any]]) -> Item:
    if isinstance(item, str):
        return item
    ((tool, arguments),) = item.items()
    if "{{ id }}" in arguments.values():
        return _with_id(tool, arguments)
    return call(tool, **arguments)


def _with_id(tool: str, arguments: dict[str, Any]) -> Callable[[Request], AssistantMessage]:
    """Return an item that puts in the id of the passage that the newest message shows first."""

    def answer(request: Request) -> AssistantMessage:
        shown = _ID.search(str(to_json(request.messages[-1])["content"]))
        if shown is None:
            raise ModelFailed("No passage is shown.", "Search first.")
        return call(tool, **{key: shown[0] if value == "{{ id }}" else value for key, value in arguments.items()})

    return answer
