"""Compare requests line by line: how similar two are, and how one differs from another. Pure."""

import difflib
from typing import Any

from carrel.messages import canonical

MAX_LINES = 24
"""How many lines of difference are shown."""
MAX_CHARACTERS = 160
"""How much of each line is shown."""
COMPARED_CHARACTERS = 400
"""How much of the last messages is compared."""


def diff_requests(recorded: dict[str, Any], request: dict[str, Any]) -> list[str]:
    """Return the lines in which a request differs from a recorded one, shortened."""
    before, after = _lines(recorded), _lines(request)
    lines = [line for line in difflib.unified_diff(before, after, "recorded", "asked", n=0, lineterm="")]
    shown = [
        line if len(line) <= MAX_CHARACTERS else f"{line[: MAX_CHARACTERS - 1]}…"
        for line in lines
        if not line.startswith("@@")
    ]
    more = len(shown) - MAX_LINES
    return shown[:MAX_LINES] + ([f"… and {more} more lines"] if more > 0 else [])


def similarity(one: dict[str, Any], other: dict[str, Any]) -> float:
    """Return from 0 to 2 how similar two requests are: the share of common lines plus the ratio of the last texts."""
    lines, others = set(_lines(one)), set(_lines(other))
    shared = len(lines & others) / max(1, len(lines | others))
    return shared + difflib.SequenceMatcher(None, _last_message(one), _last_message(other)).quick_ratio()


def _lines(request: dict[str, Any]) -> list[str]:
    """Return a request as lines, one for each line of a message's text."""
    lines: list[str] = []
    for message in request["messages"]:
        lines += [f"{message['role']}: {line}" for line in str(message["content"]).split("\n")]
        lines += [f"{message['role']} calls {canonical(call['function'])}" for call in message.get("tool_calls", ())]
    lines += [f"tool {canonical(tool)}" for tool in request["tools"]]
    return [*lines, f"max_tokens: {request['max_tokens']}"]


def _last_message(request: dict[str, Any]) -> str:
    return str(request["messages"][-1]["content"])[:COMPARED_CHARACTERS]
