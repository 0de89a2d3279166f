"""Read core memory out of a request as an attentive reader would: what comes later is newer."""

import re

from carrel.messages import SystemMessage, ToolResult
from carrel.protocols import Request

_BLOCK = re.compile(
    r"\[core memory: (\w+)(?: \([^)]*\))?, \d+ of \d+ characters\]\n"
    r"(.*?)(?=\n\[core memory|\nNote: |\n</desk|\n\n|\Z)",
    re.DOTALL,
)
_RESULT = re.compile(r"Block '(\w+)' now holds \(\d+ of \d+ characters\):\n(.*?)(?=\n\n<desk|\Z)", re.DOTALL)
_ABOVE = re.compile(r"Note: Block '(.+)' has changed since you last wrote it; it stands above as it is now\.")


def believed(request: Request) -> dict[str, str]:
    """Return what each block holds by the last that the request shows of it."""
    head: dict[str, str] = {}
    held: dict[str, str] = {}
    for message in request.messages:
        if isinstance(message, SystemMessage):
            head = dict(_BLOCK.findall(message.text))
            held = dict(head)
        elif isinstance(message, ToolResult) and (found := _RESULT.match(message.text)):
            held[found[1]] = found[2]
    tail = request.messages[-1].text.partition("<desk ")[2]
    held.update(_BLOCK.findall(tail))
    for names in _ABOVE.findall(tail):
        held.update({name: head[name] for name in names.split("', '")})
    return held


def agrees(seen: str, stored: str) -> bool:
    """Return whether what is shown of a block is what it holds, or the beginning of it and marked as such."""
    return seen == (stored or "(empty)") or (
        seen.endswith(" […cut]") and stored.startswith(seen.removesuffix(" […cut]"))
    )
