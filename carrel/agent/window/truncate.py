"""Cut what takes more than its share: texts, calls and their results, always with a word on how to read on. Pure."""

import json
from collections.abc import Sequence
from dataclasses import replace

from carrel.agent.window.budget import PER_MESSAGE
from carrel.memory.values import StoredMessage
from carrel.messages import ToolCall, call_to_json, canonical
from carrel.protocols import TokenCounter
from carrel.rendering.core_memory import TRUNCATED
from carrel.rendering.memories import truncation_marker
from carrel.text import clip

CALL_TOKENS = 64
"""What a call and its result take at least, both cut as far as they can be."""

LONGEST_TOKEN = 8
"""Characters of a token, seen from above: what is longer by far cannot fit."""


def fitted(text: str, most: int, counter: TokenCounter, marker: str = "") -> str:
    """Return a text, or as much of its beginning as takes, with the marker, at most about `most` tokens."""
    length = min(len(text), LONGEST_TOKEN * max(0, most))
    if length == len(text) and counter.count(text) <= most:
        return text
    while length and counter.count(text[:length] + marker) > most:
        length = length * 9 // 10
    return text[:length] + marker


def shown(queue: Sequence[StoredMessage], most: int, counter: TokenCounter) -> list[StoredMessage]:
    """Return the queue as it is shown: what takes more than its share is cut, with its id and size.

    A message of the model and the results of its calls together take two shares at most.
    """
    each = most
    found: list[StoredMessage] = []
    for stored in queue:
        if stored.role == "tool":
            found.append(_cut(stored, each, counter))
            continue
        found.append(_cut(stored, most, counter))
        each = (2 * most - found[-1].tokens) // max(1, len(stored.calls))
    return found


def tokens_of(text: str, calls: Sequence[ToolCall], counter: TokenCounter) -> int:
    """Count a message of the model, its calls included."""
    return counter.count(text) + sum(counter.count(canonical(call_to_json(call))) for call in calls)


def _cut(stored: StoredMessage, most: int, counter: TokenCounter) -> StoredMessage:
    """Cut a message; its figure may be another model's, so what can fit at all is counted anew."""
    if len(stored.text) <= LONGEST_TOKEN * max(0, most):
        tokens = tokens_of(stored.text, stored.calls, counter) + PER_MESSAGE
        if tokens <= most:
            return replace(stored, tokens=tokens)
    calls = _cut_calls(stored.calls, most * 3 // 4, counter)
    left = most - PER_MESSAGE - tokens_of("", calls, counter)
    marker = truncation_marker(len(stored.text), stored.id) if most > CALL_TOKENS // 2 else TRUNCATED
    text = fitted(stored.text, left, counter, marker)
    return replace(stored, text=text, calls=calls, tokens=tokens_of(text, calls, counter) + PER_MESSAGE)


def _cut_calls(calls: tuple[ToolCall, ...], most: int, counter: TokenCounter) -> tuple[ToolCall, ...]:
    """Cut the arguments of calls, as much as it takes."""
    letters = max(0, LONGEST_TOKEN * most // max(1, len(calls)))
    cut = calls
    while letters and tokens_of("", cut, counter) > most:
        letters //= 2
        cut = tuple(replace(call, arguments=_cut_arguments(call.arguments, letters)) for call in calls)
    return cut


def _cut_arguments(arguments: str, letters: int) -> str:
    """Cut the values of a call's arguments to so many letters together, so that they stay JSON."""
    try:
        values = json.loads(arguments)
    except (ValueError, RecursionError):
        values = {"unreadable": arguments}
    if not isinstance(values, dict) or len(values) * 8 > letters:
        return "{}"
    each = letters // max(1, len(values))
    cut = {clip(key, each): clip(item, each) if isinstance(item, str) else item for key, item in values.items()}
    text = json.dumps(cut, ensure_ascii=False)
    return text if len(text) <= 4 * letters else "{}"
