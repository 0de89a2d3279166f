"""Tools in modules whose annotations are text."""

from __future__ import annotations

from typing import Any

from carrel.tools.tool import ToolContext, tool


@tool(effect="none")
def whoami(context: ToolContext, greeting: str) -> str:
    """Say which turn it is."""
    return f"{greeting} {context.turn}"


def test_the_context_is_found_behind_textual_annotations() -> None:
    """With `from __future__ import annotations` the context is passed and hidden as ever."""
    memory: Any = None
    assert list(whoami.schema.parameters["properties"]) == ["greeting"]
    assert whoami.run({"greeting": "Hi"}, ToolContext(memory, "t-1", 1, 0, 100)).text == "Hi t-1"
