"""Break a request of the log down: its parts, the tokens of each, and how much of it was new. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from carrel.agent.window.budget import PER_MESSAGE
from carrel.memory.journal.request_log import SentRequest
from carrel.messages import canonical
from carrel.protocols import TokenCounter
from carrel.rendering.prompt import parse_head, parse_tail, render_recalled, render_summary, split_tail


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextParts:
    """The parts of a main context: the texts of head and tail, and the messages of the queue and the tools as JSON."""

    instructions: str
    core: str
    summary: str
    queue: tuple[dict[str, Any], ...]
    recalled: str
    tail: str
    tools: tuple[dict[str, Any], ...]


def split_context(sent: SentRequest) -> ContextParts:
    """Return the parts of a request."""
    bodies = [json.loads(part) for part in sent.parts]
    tools = tuple(body for body in bodies if body.get("type") == "function")
    head, *messages = [body for body in bodies if "role" in body]
    parsed = parse_head(head["content"])
    queue, recalled, tail = _split_tail(messages)
    return ContextParts(
        instructions=parsed.instructions,
        core=parsed.core,
        summary=render_summary(parsed.summary),
        queue=queue,
        recalled=recalled,
        tail=tail,
        tools=tools,
    )


def count_parts(sent: SentRequest, counter: TokenCounter) -> dict[str, int]:
    """Return the tokens of each part of a request, as the compiler counts them."""
    parts, count = split_context(sent), counter.count
    calls = [call for message in parts.queue for call in message.get("tool_calls", ())]
    texts = [message["content"] for message in parts.queue if message["content"]]
    queue = sum(map(count, texts)) + sum(count(canonical(call)) for call in calls)
    return {
        "instructions": count(parts.instructions) + PER_MESSAGE,
        "tools": count(canonical(list(parts.tools))) if parts.tools else 0,
        "core": count(parts.core),
        "summary": count(parts.summary),
        "queue": queue + PER_MESSAGE * len(parts.queue),
        "recalled": count(parts.recalled),
        "tail": count(parts.tail) + PER_MESSAGE,
    }


def count_unchanged_bytes(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """Return how many bytes at the beginning of a prompt are those of the one before, and how many bytes it has.

    Both are given part by part. Tools count first, because chat templates put them before the messages.
    """
    old, new = _prompt_bytes(before), _prompt_bytes(after)
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if old[:middle] == new[:middle] else (low, middle - 1)
    return low, len(new)


def _prompt_bytes(parts: Sequence[str]) -> bytes:
    tools = [part for part in parts if '"type":"function"' in part and '"role"' not in part]
    return "\n".join([*tools, *(part for part in parts if part not in set(tools))]).encode()


def _split_tail(messages: Sequence[dict[str, Any]]) -> tuple[tuple[dict[str, Any], ...], str, str]:
    """Return the queue, the recalled memories, and the rest of the tail that the last message carries."""
    last = messages[-1]
    rest, tail = split_tail(last["content"])
    if not tail:
        return tuple(messages), "", ""
    parsed = parse_tail(tail)
    recalled = render_recalled(parsed.recalled) if parsed else ""
    carrier = ({**last, "content": rest},) if rest or last["role"] == "tool" else ()
    return (*messages[:-1], *carrier), recalled, tail.replace(f"{recalled}\n", "", 1) if recalled else tail
