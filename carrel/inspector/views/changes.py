"""What entered main context and what left it between two requests. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from carrel.agent.context.breakdown import ContextParts

TEXT_PARTS = ("instructions", "core", "summary", "recalled")
"""Parts that are compared line by line; the tail changes with each step, so it is left out."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a part, a message of the queue or a tool."""

    part: str
    text: str
    role: str | None = None

    def to_json(self) -> dict[str, str | None]:
        """Return it by field."""
        return {"part": self.part, "text": self.text, "role": self.role}


def compare(before: ContextParts | None, after: ContextParts) -> tuple[list[Entry], list[Entry]]:
    """Return what entered and what left, each in its order; without a request before, everything entered."""
    old, new = _entries(before) if before else [], _entries(after)
    return _without(new, Counter(old)), _without(old, Counter(new))


def describe_message(message: Mapping[str, Any]) -> str:
    """Return the text of a message of the queue, or the calls that it makes."""
    calls = (call["function"] for call in message.get("tool_calls", ()))
    lines = [message.get("content") or "", *(f"{call['name']} {call['arguments']}" for call in calls)]
    return "\n".join(line for line in lines if line)


def _entries(parts: ContextParts) -> list[Entry]:
    entries = [Entry(name, line) for name in TEXT_PARTS for line in getattr(parts, name).splitlines() if line.strip()]
    entries += [Entry("queue", describe_message(message), message["role"]) for message in parts.queue]
    return entries + [Entry("tools", tool["function"]["name"]) for tool in parts.tools]


def _without(entries: list[Entry], others: Counter[Entry]) -> list[Entry]:
    """Return the entries that occur more often than among the others."""
    left: list[Entry] = []
    for entry in entries:
        if others[entry]:
            others[entry] -= 1
        else:
            left.append(entry)
    return left
