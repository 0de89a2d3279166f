"""Replace the ids in a request by placeholders that are the same in every run, and back. Pure.

So a recorded request is found again although ids differ between runs.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from carrel.messages import AssistantMessage, ToolCall, ToolResult, canonical, to_json
from carrel.protocols import Request
from carrel.rendering.prompt import normalise_tags

_ID = re.compile(r"\b([a-z])-[0-9a-hjkmnp-tv-z]{12}\b")


class Placeholders:
    """The placeholders of one request, numbered in order of first occurrence: m-#1, p-#2, call-#3."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._by_id: dict[str, str] = {}
        for found in _ids(request):
            kind = found[0] if _ID.fullmatch(found) else "call"
            self._by_id.setdefault(found, f"{kind}-#{len(self._by_id) + 1}")
        self._by_placeholder = {placeholder: found for found, placeholder in self._by_id.items()}

    def request_json(self) -> dict[str, Any]:
        """Return the request in its recorded form: messages, tools and the token limit, with placeholders."""
        messages = [self._hide(to_json(message)) for message in self._request.messages]
        return {
            "messages": messages,
            "tools": [tool.to_json() for tool in self._request.tools],
            "max_tokens": self._request.max_tokens,
        }

    def message_json(self, message: AssistantMessage) -> dict[str, Any]:
        """Return a reply to the request in its recorded form, with placeholders."""
        hidden: dict[str, Any] = self._hide(to_json(message))
        return hidden

    def restore(self, text: str) -> str:
        """Return a recorded text with the ids of this request."""
        return _substitute(text, self._by_placeholder)

    def restore_call(self, call: ToolCall) -> ToolCall:
        """Return a recorded call with the ids of this request."""
        return ToolCall(self.restore(call.id), call.name, self.restore(call.arguments))

    def _hide(self, value: Any) -> Any:
        if isinstance(value, str):
            return normalise_tags(_substitute(value, self._by_id))
        if isinstance(value, Mapping):
            return {key: self._hide(item) for key, item in value.items()}
        return [self._hide(item) for item in value] if isinstance(value, list) else value


def _ids(request: Request) -> Iterator[str]:
    for message in request.messages:
        if isinstance(message, ToolResult) and message.call_id:
            yield message.call_id
        for call in message.calls if isinstance(message, AssistantMessage) else ():
            yield from (call.id,) if call.id else ()
        yield from (match[0] for match in _ID.finditer(canonical(to_json(message))))


def _substitute(text: str, replacements: Mapping[str, str]) -> str:
    if not replacements or not text:
        return text
    pattern = "|".join(re.escape(old) for old in sorted(replacements, key=len, reverse=True))
    return re.sub(rf"(?<![\w-])(?:{pattern})(?![\w-])", lambda match: replacements[match[0]], text)
