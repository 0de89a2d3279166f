"""The tool that searches what was said."""

from carrel.memory.values import NewMessage
from carrel.tools.tool import ToolContext
from tests.tools.memory.calling import day, full_outcome


def test_recall_search_tells_who_and_when(context: ToolContext) -> None:
    """A hit of recall carries its id, date and speaker, and roles narrow the search."""
    messages = [
        NewMessage("user", "The\nzeppelin landed.", day(3), "Ada", "s1"),
        NewMessage("assistant", "A zeppelin, you say?", day(4), None, "s1"),
    ]
    context.memory.recall.load(messages)
    found = full_outcome(context, "recall_search", query="zeppelin", roles=["user"])
    (hit,) = context.memory.recall.search("zeppelin", roles=("user",)).hits
    at = context.memory.scope.local(day(3)).strftime("%Y-%m-%d %H:%M")
    assert found.result.text == f"1 results, page 1 of 1:\n[{hit.id} | {at} | Ada] The zeppelin landed."
    assert [item.id for item in found.found] == [hit.id]
