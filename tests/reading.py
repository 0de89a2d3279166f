"""Read core memory out of a request as an attentive reader would: what comes later is newer."""

from carrel.messages import SystemMessage, ToolResult
from carrel.protocols import Request
from carrel.rendering.core_memory import TRUNCATED, parse_blocks, parse_edit
from carrel.rendering.notices import parse_outdated_blocks
from carrel.rendering.prompt import parse_head, parse_tail, split_tail


def believed(request: Request) -> dict[str, str]:
    """Return what each block holds by the last that the request shows of it."""
    head: dict[str, str] = {}
    held: dict[str, str] = {}
    for message in request.messages:
        if isinstance(message, SystemMessage):
            head = _values(parse_head(message.text).core)
            held = dict(head)
        elif isinstance(message, ToolResult) and (edit := parse_edit(split_tail(message.text)[0])):
            held[edit.label] = edit.value
    tail = parse_tail(request.messages[-1].text)
    assert tail is not None
    held.update(_values("\n".join(tail.changed)))
    for notice in tail.notices:
        held.update({label: head[label] for label in parse_outdated_blocks(notice)})
    return held


def _values(text: str) -> dict[str, str]:
    return {block.label: f"{block.value}{TRUNCATED * block.truncated}" for block in parse_blocks(text)[0]}


def agrees(seen: str, stored: str) -> bool:
    """Return whether what is shown of a block is what it holds, or the beginning of it and marked as such."""
    return seen == stored or (seen.endswith(TRUNCATED) and stored.startswith(seen.removesuffix(TRUNCATED)))
