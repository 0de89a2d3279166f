"""Rewrite the messages of a request so that every known server accepts them. Pure.

Mistral takes only call ids of nine letters and digits, and no user message right after a tool result; OpenAI only names
of letters, digits, dashes and underscores; Bedrock and Anthropic no blank text; strict chat templates only a user's and
the model's messages in turns, beginning with the user's.
"""

import hashlib
import re
import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from carrel.messages import AssistantMessage, Message, OpaqueFields, SystemMessage, ToolCall, ToolResult, UserMessage

ID_LENGTH = 9
"""Characters of a call id that every known server accepts; Mistral's API allows no other length."""

MAX_ID_LENGTH = 40
"""Characters of a call id that OpenAI accepts."""

NAME_LENGTH = 64

BRIDGE = "I have read the result."
"""What stands between a tool result and a user message when the model has not answered the result."""

GO_ON = "Go on."
"""What the user says where the conversation would begin, or end, with the model's words."""

BLANK = "(no text)"
LOST = "The result of this call was lost. Call again if it is still wanted."

_LETTERS = string.ascii_letters + string.digits
_ACCEPTED_ID = re.compile(rf"[A-Za-z0-9]{{{ID_LENGTH}}}")
_MARK = re.compile(r"<\|(\w+)\|>")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")


def with_pairs(messages: Sequence[Message]) -> Iterator[Message]:
    """Yield the messages with the results of each message's calls right after it, in the order of the calls.

    A call without a result gets one that says so, a result without a call is left out, and of two calls in one message
    with the same id the second gets another.
    """
    for place, message in enumerate(messages):
        match message:
            case AssistantMessage(calls=calls) if calls:
                made = _with_unique_ids(calls)
                yield replace(message, calls=tuple(made))
                results = _results_after(messages[place + 1 :])
                for call, unique in zip(calls, made, strict=True):
                    given = results.get(call.id)
                    yield replace(given.pop(0), call_id=unique.id) if given else _lost(unique)
            case ToolResult():
                continue
            case _:
                yield message


def with_texts(messages: Iterable[Message]) -> Iterator[Message]:
    """Yield the messages with a text in place of a blank one; beside calls a text may be missing.

    The marks of chat templates in what the model said are set apart: a template refuses a history with its own.
    """
    for message in messages:
        calls = message.calls if isinstance(message, AssistantMessage) else ()
        if isinstance(message, AssistantMessage) and "<|" in message.text:
            yield replace(message, text=_MARK.sub(r"<| \1 |>", message.text))
        else:
            yield message if message.text.strip() else replace(message, text="" if calls else BLANK)


def with_bridges(messages: Iterable[Message]) -> Iterator[Message]:
    """Yield the messages with a line of the model between each tool result and a user message after it.

    The user has the first word and the last one, unless that is a result's.
    """
    last: Message | None = None
    for message in messages:
        if isinstance(message, UserMessage) and isinstance(last, ToolResult):
            yield AssistantMessage(BRIDGE)
        if isinstance(message, AssistantMessage) and (last is None or isinstance(last, SystemMessage)):
            yield UserMessage(GO_ON)
        yield message
        last = message
    if not isinstance(last, UserMessage | ToolResult):
        yield UserMessage(GO_ON)


def with_accepted_names(messages: Iterable[Message]) -> Iterator[Message]:
    """Yield the messages with ids of calls of nine letters and digits, each used once, and names that can be sent.

    Results name the ids of their calls. The same messages get the same ids every time, and further messages do not
    change the ids before them. An id to which the opaque fields of its message refer stays as its server gave it.
    """
    ids: dict[str, str] = {}
    used: set[str] = set()
    for message in messages:
        match message:
            case AssistantMessage(calls=calls, opaque=opaque) if calls:
                yield replace(message, calls=tuple(_rename(call, ids, used, opaque) for call in calls))
            case ToolResult(call_id=call_id):
                yield replace(message, call_id=ids.get(call_id) or accepted_id(call_id))
            case _:
                yield message


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


def accepted_name(name: str) -> str:
    """Return a name of a tool that every server accepts: models make up names with all kinds of characters."""
    fitted = _NOT_IN_NAMES.sub("_", name)[:NAME_LENGTH]
    return fitted if fitted[:1].isalpha() or fitted[:1] == "_" else f"_{fitted}"[:NAME_LENGTH]


def _rename(call: ToolCall, ids: dict[str, str], used: set[str], opaque: OpaqueFields | None) -> ToolCall:
    """Return the call with an accepted id that is not used yet, and note the id for its result."""
    name = call.id if opaque and _refers(opaque, call.id) else accepted_id(call.id)
    while name in used:
        name = accepted_id(f"{name} again")
    used.add(name)
    ids[call.id] = name
    return ToolCall(name, accepted_name(call.name), call.arguments)


def _refers(opaque: OpaqueFields, call_id: str) -> bool:
    """Tell whether fields name a call by its id, or are of an API that keeps reasoning and calls together by ids."""
    if not 0 < len(call_id) <= MAX_ID_LENGTH:
        return False
    return any(f'"{call_id}"' in fields or '"reasoning_items"' in fields for fields in opaque.texts())


def _with_unique_ids(calls: Sequence[ToolCall]) -> list[ToolCall]:
    unique: list[ToolCall] = []
    for call in calls:
        call_id = call.id
        while any(call_id == made.id for made in unique):
            call_id += " again"
        unique.append(replace(call, id=call_id))
    return unique


def _results_after(rest: Sequence[Message]) -> dict[str, list[ToolResult]]:
    """Return the results before the next message with calls, by the ids of their calls."""
    results: dict[str, list[ToolResult]] = {}
    for message in rest:
        if isinstance(message, AssistantMessage) and message.calls:
            break
        if isinstance(message, ToolResult):
            results.setdefault(message.call_id, []).append(message)
    return results


def _lost(call: ToolCall) -> ToolResult:
    return ToolResult(call.id, call.name, LOST, ok=False)
