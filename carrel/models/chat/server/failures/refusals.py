"""Find out from a refused request what the server cannot do. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from carrel.models.chat.server.failures.failure import Failure

MIN_WINDOW = 1000
"""Tokens below which a number in an error is not a context window."""

_UNKNOWN = r"(?:unsupported|unknown|unrecogni[sz]ed|unexpected|extra|not (?:supported|permitted|allowed))"
_NO_TOOLS = re.compile(
    r"(?:not|n't|no endpoints found that) support\w* (?:the )?(?:use of )?(?:tool|function)"
    r"|(?:tools?|functions?|tool use|(?:tool|function) calling) (?:is|are) not (?:supported|enabled|available)"
    r"|--enable-auto-tool-choice|--jinja"
    rf"|{_UNKNOWN}[^.]{{0,40}}\btools\b|\btools\b[^.]{{0,12}}{_UNKNOWN}"
)
_NO_STREAM = re.compile(
    r"stream(?:ing)?\b['\"]?[\w\s]{0,16} (?:is |are )?(?:not|n't) (?:supported|available|allowed|enabled)"
    r"|(?:not|n't) support (?:\w+ ){0,3}stream|tools? (?:param )?with stream|stream['\"]?:? must be false"
)
_NO_SCHEMA = re.compile(r"response_format|response format|json_schema|json schema|structured output|guided|grammar")
_OTHER_LIMIT = re.compile(rf"{_UNKNOWN}[\s\S]*max_(?:completion_)?tokens|max_(?:completion_)?tokens[\s\S]*{_UNKNOWN}")

_LACKS = (
    ("stream", _NO_STREAM, "streaming"),
    ("response_format", _NO_SCHEMA, "json_schema"),
    ("tools", _NO_TOOLS, "tools"),
)
"""What may be sent, the words by which a server refuses it, and what that shows."""


def facts_from(failure: Failure, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the capabilities that a refused payload reveals; empty if it would not help to ask for less."""
    lowered = failure.message.lower()
    if failure.kind not in {"refused", "server", "path", "model"}:
        return {}
    if "stream_options" in payload and re.search("stream_options|include_usage", lowered):
        return {"stream_options": False}
    if ("max_tokens" in payload or "max_completion_tokens" in payload) and _OTHER_LIMIT.search(lowered):
        return {"long_limit": "max_tokens" in payload}
    lacks = [fact for sent, words, fact in _LACKS if payload.get(sent, False) is not False and words.search(lowered)]
    return dict.fromkeys(lacks[:1], False)


def stated_window(message: str) -> int | None:
    """Return the tokens of the context window that a server names when a request is too long for it."""
    found = re.search(r"(?:context (?:length|size|window)|maximum|limit)\D{0,40}?(\d[\d,]{2,9})", message.lower())
    tokens = int(found[1].replace(",", "")) if found else 0
    return tokens if tokens >= MIN_WINDOW else None
