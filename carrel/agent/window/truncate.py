"""Truncate texts, messages and calls to their share of main context, saying how to read the rest. Pure."""

import json
from collections.abc import Sequence
from dataclasses import replace

from carrel.agent.window.budget import CALL_TOKENS, PER_MESSAGE
from carrel.memory.values import StoredMessage
from carrel.messages import OpaqueFields, ToolCall, call_to_json, canonical
from carrel.protocols import TokenCounter
from carrel.rendering.core_memory import TRUNCATED
from carrel.rendering.memories import render_truncation_marker
from carrel.text import clip, replace_surrogates

MAX_TOKEN_LENGTH = 8
"""Characters per token, as an upper bound: a text that is much longer than this allows cannot fit."""

_THOUGHTS = frozenset(("reasoning", "reasoning_content", "reasoning_text", "thinking", "thought", "thoughts"))

OPAQUE_SHARE = 0.5
"""The part of a message's share that its opaque fields may take."""

ARGUMENTS_SHARE = 0.75
"""The part of a message's share that the arguments of its calls may take."""


def truncate_text(text: str, max_tokens: int, counter: TokenCounter, marker: str = "") -> str:
    """Return a text, or as much of its beginning as takes about `max_tokens` tokens with the marker that ends it."""
    length = min(len(text), MAX_TOKEN_LENGTH * max(0, max_tokens))
    if length == len(text) and counter.count(text) <= max_tokens:
        return text
    while length and counter.count(text[:length] + marker) > max_tokens:
        length = length * 9 // 10
    return text[:length] + marker


def truncate_queue(queue: Sequence[StoredMessage], max_tokens: int, counter: TokenCounter) -> list[StoredMessage]:
    """Return the queue as the model sees it: no message takes more than `max_tokens` tokens.

    A message of the model and the results of its calls together take at most twice as much. A truncated message
    says how long it is and which call reads the rest.
    """
    limit = max_tokens
    truncated: list[StoredMessage] = []
    for stored in queue:
        if stored.role == "tool":
            truncated.append(_truncate_message(stored, limit, counter))
            continue
        truncated.append(_truncate_message(stored, max_tokens, counter))
        limit = (2 * max_tokens - truncated[-1].tokens - PER_MESSAGE) // max(1, len(stored.calls))
    return truncated


def queue_tokens(messages: Sequence[StoredMessage]) -> int:
    """Return what messages take in main context: their own tokens, and what a server adds to each."""
    return sum(message.tokens for message in messages) + PER_MESSAGE * len(messages)


def count_message(
    text: str, calls: Sequence[ToolCall], counter: TokenCounter, opaque: OpaqueFields | None = None
) -> int:
    """Return the tokens of a message of the model, its calls and its opaque fields included."""
    fields = opaque.texts() if opaque else ()
    return sum(map(counter.count, (text, *fields, *(canonical(call_to_json(call)) for call in calls))))


def _truncate_message(stored: StoredMessage, max_tokens: int, counter: TokenCounter) -> StoredMessage:
    """Truncate a message; its stored count may be another model's, so one that might fit is counted again."""
    if len(stored.text) <= MAX_TOKEN_LENGTH * max(0, max_tokens):
        tokens = count_message(stored.text, stored.calls, counter, stored.opaque)
        if tokens + PER_MESSAGE <= max_tokens:
            return stored if tokens == stored.tokens else replace(stored, tokens=tokens)
    opaque = _truncate_opaque(stored.opaque, int(max_tokens * OPAQUE_SHARE), counter)
    room = max_tokens - count_message("", (), counter, opaque)
    calls = _truncate_calls(stored.calls, int(room * ARGUMENTS_SHARE), counter)
    left = room - PER_MESSAGE - count_message("", calls, counter)
    marker = render_truncation_marker(len(stored.text), stored.id) if max_tokens > CALL_TOKENS // 2 else TRUNCATED
    text = truncate_text(stored.text, left, counter, marker)
    tokens = count_message(text, calls, counter, opaque)
    return replace(stored, text=text, calls=calls, opaque=opaque, tokens=tokens)


def _truncate_opaque(opaque: OpaqueFields | None, max_tokens: int, counter: TokenCounter) -> OpaqueFields | None:
    """Truncate the thoughts among opaque fields, which are plain text; where these are not all, leave all out."""
    if opaque is None or count_message("", (), counter, opaque) <= max_tokens:
        return opaque
    length = MAX_TOKEN_LENGTH * max(0, max_tokens) // 2
    fields = json.loads(opaque.message or "{}")
    while length and fields:
        shown = {name: clip(item, length) if _is_thought(name, item) else item for name, item in fields.items()}
        shorter = replace(opaque, message=replace_surrogates(json.dumps(shown, ensure_ascii=False)))
        if count_message("", (), counter, shorter) <= max_tokens:
            return shorter
        length //= 2
    return None


def _is_thought(name: str, item: object) -> bool:
    """Tell whether a field is a thought in plain text: what is signed or encrypted is of no use truncated."""
    return name in _THOUGHTS and isinstance(item, str)


def _truncate_calls(calls: tuple[ToolCall, ...], max_tokens: int, counter: TokenCounter) -> tuple[ToolCall, ...]:
    """Truncate the arguments of calls until these take at most `max_tokens` tokens together."""
    length = max(0, MAX_TOKEN_LENGTH * max_tokens // max(1, len(calls)))
    truncated = calls
    while length and count_message("", truncated, counter) > max_tokens:
        length //= 2
        truncated = tuple(replace(call, arguments=_truncate_arguments(call.arguments, length)) for call in calls)
    return truncated


def _truncate_arguments(arguments: str, length: int) -> str:
    """Truncate the values of a call's arguments to `length` characters together, so that they stay valid JSON."""
    try:
        values = json.loads(arguments)
    except (ValueError, RecursionError):
        values = {"unreadable": arguments}
    if not isinstance(values, dict) or len(values) * 8 > length:
        return "{}"
    each = length // max(1, len(values))
    shown = {clip(key, each): clip(item, each) if isinstance(item, str) else item for key, item in values.items()}
    text = replace_surrogates(json.dumps(shown, ensure_ascii=False))
    return text if len(text) <= 4 * length else "{}"
