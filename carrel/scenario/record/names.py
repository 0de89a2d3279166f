"""Give ids names that do not depend on the run, so that a recorded request is found again, and take them back. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from carrel.messages import AssistantMessage, ToolCall, ToolResult, canonical, to_json
from carrel.protocols import Request
from carrel.rendering.prompt import hide_nonces

_ID = re.compile(r"\b([a-z])-[0-9a-hjkmnp-tv-z]{12}\b")


class Names:
    """The ids of one request, named by where each is first seen: m-#1, p-#2, call-#3."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._named: dict[str, str] = {}
        for found in _ids(request):
            kind = found[0] if _ID.fullmatch(found) else "call"
            self._named.setdefault(found, f"{kind}-#{len(self._named) + 1}")
        self._back = {name: found for found, name in self._named.items()}

    def request(self) -> dict[str, Any]:
        """Return the request as it is recorded: messages, tools and the limit, without ids of this run."""
        messages = [self._hidden(to_json(message)) for message in self._request.messages]
        return {
            "messages": messages,
            "tools": [tool.to_json() for tool in self._request.tools],
            "max_tokens": self._request.max_tokens,
        }

    def recorded(self, message: AssistantMessage) -> dict[str, Any]:
        """Return a reply as it is recorded."""
        hidden: dict[str, Any] = self._hidden(to_json(message))
        return hidden

    def restored(self, text: str) -> str:
        """Return a recorded text with the ids of this run."""
        return _substituted(text, self._back)

    def _hidden(self, value: Any) -> Any:
        if isinstance(value, str):
            return hide_nonces(_substituted(value, self._named))
        if isinstance(value, Mapping):
            return {key: self._hidden(item) for key, item in value.items()}
        return [self._hidden(item) for item in value] if isinstance(value, list) else value


def _ids(request: Request) -> Iterator[str]:
    for message in request.messages:
        if isinstance(message, ToolResult) and message.call_id:
            yield message.call_id
        for call in message.calls if isinstance(message, AssistantMessage) else ():
            yield from (call.id,) if call.id else ()
        yield from (match[0] for match in _ID.finditer(canonical(to_json(message))))


def _substituted(text: str, names: Mapping[str, str]) -> str:
    if not names or not text:
        return text
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<![\w-])(?:{pattern})(?![\w-])", lambda match: names[match[0]], text)


def restored_call(call: ToolCall, names: Names) -> ToolCall:
    """Return a recorded call with the ids of this run."""
    return ToolCall(names.restored(call.id), call.name, names.restored(call.arguments))
