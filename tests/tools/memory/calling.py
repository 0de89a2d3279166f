"""Call a memory tool as the loop does."""

import json
from datetime import UTC, datetime
from typing import Any

from carrel.messages import ToolCall, ToolResult
from carrel.tools.defaults import MEMORY_TOOLS
from carrel.tools.tool import ToolContext
from carrel.tools.toolbox import CallOutcome, Toolbox


def run(context: ToolContext, name: str, **arguments: Any) -> ToolResult:
    """Run one of memory's tools."""
    return full_outcome(context, name, **arguments).result


def full_outcome(context: ToolContext, name: str, **arguments: Any) -> CallOutcome:
    """Run one of memory's tools, and return what the turn is told too."""
    return Toolbox(MEMORY_TOOLS).run(ToolCall("c1", name, json.dumps(arguments)), context)


def outcome(context: ToolContext, name: str, **arguments: Any) -> tuple[bool, str]:
    """Run one of memory's tools and return whether it worked and what it says."""
    result = run(context, name, **arguments)
    return result.ok, result.text


def day(number: int) -> datetime:
    """Return noon of a day of January 2025."""
    return datetime(2025, 1, number, 12, tzinfo=UTC)
