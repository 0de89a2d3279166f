"""Rewrite the messages of a request so that every known server accepts them. Pure.

Mistral takes only call ids of nine letters and digits, and no user message right after a tool result.
"""

import hashlib
import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import replace

from carrel.messages import AssistantMessage, Message, ToolCall, ToolResult, UserMessage

ID_LENGTH = 9
"""Characters of a call id that every known server accepts; Mistral's API allows no other length."""

BRIDGE = "I have read the result."
"""What stands between a tool result and a user message when the model has not answered the result."""

_LETTERS = string.ascii_letters + string.digits
_ACCEPTED_ID = re.compile(rf"[A-Za-z0-9]{{{ID_LENGTH}}}")


def with_bridges(messages: Iterable[Message]) -> Iterator[Message]:
    """Yield the messages with an assistant message between each tool result and a user message after it."""
    last: Message | None = None
    for message in messages:
        if isinstance(message, UserMessage) and isinstance(last, ToolResult):
            yield AssistantMessage(BRIDGE)
        yield message
        last = message


def with_accepted_ids(messages: Iterable[Message]) -> Iterator[Message]:
    """Yield the messages with call ids of nine letters and digits, each used once, and results that name theirs.

    The same messages get the same ids every time, and further messages do not change the ids before them.
    """
    ids: dict[str, str] = {}
    used: set[str] = set()
    for message in messages:
        match message:
            case AssistantMessage(calls=calls) if calls:
                yield replace(message, calls=tuple(_rename(call, ids, used) for call in calls))
            case ToolResult(call_id=call_id):
                yield replace(message, call_id=ids.get(call_id) or accepted_id(call_id))
            case _:
                yield message


def _rename(call: ToolCall, ids: dict[str, str], used: set[str]) -> ToolCall:
    """Return the call with an accepted id that is not used yet, and note the id for its result."""
    name = accepted_id(call.id)
    while name in used:
        name = accepted_id(f"{name} again")
    used.add(name)
    ids[call.id] = name
    return replace(call, id=name)


def accepted_id(call_id: str) -> str:
    """Return an id of nine letters and digits for a call id: itself if it is one, else a hash of it in base 62."""
    if _ACCEPTED_ID.fullmatch(call_id):
        return call_id
    digest = hashlib.sha256(call_id.encode(errors="surrogatepass")).digest()
    number, letters = int.from_bytes(digest), ""
    for _ in range(ID_LENGTH):
        number, position = divmod(number, len(_LETTERS))
        letters += _LETTERS[position]
    return letters
