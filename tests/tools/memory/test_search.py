"""The tool that searches recall and archival at once."""

import json
from pathlib import Path

from carrel.bootstrap import Carrel
from carrel.memory.values import NewMessage
from carrel.messages import ToolCall, ToolResult
from carrel.models.chat.scripted import Item, ScriptedModel, call
from carrel.tools.memory.search import memory_search
from carrel.tools.tool import ToolContext
from carrel.tools.toolbox import CallOutcome, Toolbox
from tests.tools.memory.calling import day


def search(context: ToolContext, query: str) -> CallOutcome:
    """Run the tool."""
    made = ToolCall("c1", "memory_search", json.dumps({"query": query}))
    return Toolbox([], [memory_search]).run(made, context)


def test_both_tiers_are_searched(context: ToolContext) -> None:
    """What was said and what was stored are found by one call, and an id is read."""
    context.memory.recall.load([NewMessage("user", "The zeppelin landed.", day(3), "Ada", "s1")])
    stored = context.memory.archival.insert("The zeppelin is silver.").passage
    found = search(context, "zeppelin")
    assert sorted(hit.tier for hit in found.found) == ["archival", "recall"]
    assert found.result.text.startswith("2 results, page 1 of 1:\n")
    assert search(context, stored.id).result.text.endswith("The zeppelin is silver.")


def test_what_is_in_view_is_not_found_again(home: Path) -> None:
    """A message that is still in the session's queue is left out; from another session it is found."""
    searching: list[Item] = [call("memory_search", query="zeppelin"), "It did."]
    model = ScriptedModel(["Where?", *searching, *searching])
    flags = {"contract": "native", "tools": "core", "capture": "off"}
    with Carrel.open(home, model, "none", flags=flags) as carrel:
        session = carrel.agent("ada").session()
        session.send("The zeppelin landed.")
        session.send("Has it landed?")
        carrel.agent("ada").session().send("Did it?")
    first, second = (model.requests[number].messages[-1] for number in (2, 4))
    assert isinstance(first, ToolResult)
    assert "The zeppelin landed." not in first.text
    assert "The zeppelin landed." in second.text
