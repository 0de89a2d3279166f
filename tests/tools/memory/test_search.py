"""The tool that searches recall and archival at once."""

import json

from carrel.memory.values import NewMessage
from carrel.messages import ToolCall
from carrel.tools.memory.search import memory_search
from carrel.tools.tool import ToolContext
from carrel.tools.toolbox import CallOutcome, Toolbox
from tests.tools.memory.calling import day


def search(context: ToolContext, query: str) -> CallOutcome:
    """Run the tool."""
    call = ToolCall("c1", "memory_search", json.dumps({"query": query}))
    return Toolbox([], [memory_search]).run(call, context)


def test_both_tiers_are_searched(context: ToolContext) -> None:
    """What was said and what was stored are found by one call, and an id is read."""
    context.memory.recall.load([NewMessage("user", "The zeppelin landed.", day(3), "Ada", "s1")])
    stored = context.memory.archival.insert("The zeppelin is silver.").passage
    found = search(context, "zeppelin")
    assert sorted(hit.tier for hit in found.found) == ["archival", "recall"]
    assert found.result.text.startswith("2 results, page 1 of 1:\n")
    assert search(context, stored.id).result.text.endswith("The zeppelin is silver.")
