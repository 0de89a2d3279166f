"""Read an error's words and its code from a server's answer, whatever its shape. Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from carrel.text import clean_text, one_line

MAX_MESSAGE = 400
"""Characters of a server's message that an error quotes."""

MAX_DEPTH = 8
"""Levels of an error's body that are read."""

_WORDS = (
    *("error", "errors", "message", "msg", "detail", "details", "error_message", "error_msg", "reason", "title"),
    *("base_resp", "status_msg"),
)
"""The fields that hold an error or its words, in the order in which they are tried."""

_CODES = ("code", "type", "status")


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What a server says of an error: one line of words, and a code; either may be empty."""

    message: str = ""
    code: str = ""


def read_error(body: object) -> ErrorBody:
    """Return the words and the code of an error's body.

    OpenRouter puts the words of the provider that failed into `error.metadata.raw`; these are taken, and its own
    "Provider returned error" is not.
    """
    messages = list(dict.fromkeys(_messages(body, MAX_DEPTH)))
    return ErrorBody(one_line("; ".join(messages), MAX_MESSAGE), next(_codes(body, MAX_DEPTH), ""))


def one_line_of(text: str) -> str:
    """Return a text as one short line, without the tags of HTML."""
    if "<" in text:
        text = re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL | re.IGNORECASE)
    return one_line(clean_text(text), MAX_MESSAGE)


def _messages(body: object, depth: int) -> Iterator[str]:
    """Yield the words of an error, of each of several."""
    body = _parsed(body)
    if depth and isinstance(body, list):
        for item in body:
            yield from _messages(item, depth - 1)
    elif depth and isinstance(body, Mapping):
        inner = [_raw(body), *(body.get(name) for name in _WORDS)]
        found = (list(_messages(value, depth - 1)) for value in inner if value)
        yield from next((messages for messages in found if messages), [])
    elif isinstance(body, str) and (message := one_line_of(body)):
        yield message


def _codes(body: object, depth: int) -> Iterator[str]:
    """Yield the codes of an error, the innermost first: that of the provider behind a router, then the router's."""
    body = _parsed(body)
    if depth and isinstance(body, list):
        for item in body:
            yield from _codes(item, depth - 1)
    elif depth and isinstance(body, Mapping):
        for value in (_raw(body), *(body.get(name) for name in _WORDS)):
            if not isinstance(value, str) or value is _raw(body):
                yield from _codes(value, depth - 1)
        yield from (str(body[name]) for name in _CODES if isinstance(body.get(name), str | int) and body[name])


def _raw(body: Mapping[str, Any]) -> object:
    metadata = body.get("metadata")
    return metadata.get("raw") if isinstance(metadata, Mapping) else None


def _parsed(body: object) -> object:
    """Return the value of a text that is a JSON object or list; anything else as it is."""
    if not isinstance(body, str) or not body.lstrip().startswith(("{", "[")):
        return body
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body
