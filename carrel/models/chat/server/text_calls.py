"""Read calls that a model writes as text, `<tool_call>{"name": …, "arguments": {…}}</tool_call>`.

So write models trained on the Hermes format where the server does not parse it (vLLM without --tool-call-parser).
"""

import json
from collections.abc import Mapping

from carrel.models.chat.server.filters import overlap

OPEN, CLOSE = "<tool_call>", "</tool_call>"


class TextCallFilter:
    """Takes calls out of streamed text, wherever the pieces are cut; what turns out to be none comes back as text."""

    def __init__(self) -> None:
        self._held = ""
        self.calls: list[tuple[str, str]] = []
        """Name and arguments of each call."""

    def feed(self, piece: str) -> str:
        """Return what is certain to be text."""
        self._held += piece
        passed = ""
        while (start := self._held.find(OPEN)) >= 0 and (end := self._held.find(CLOSE, start)) >= 0:
            passed += self._held[:start] + self._read(self._held[start : end + len(CLOSE)])
            self._held = self._held[end + len(CLOSE) :]
        cut = start if start >= 0 else len(self._held) - overlap(self._held, OPEN)
        passed, self._held = passed + self._held[:cut], self._held[cut:]
        return passed

    def end(self) -> str:
        """Return what was held back."""
        held, self._held = self._held, ""
        return held

    def _read(self, block: str) -> str:
        call = _parsed(block[len(OPEN) : -len(CLOSE)])
        if call is None:
            return block
        self.calls.append(call)
        return ""


def _parsed(text: str) -> tuple[str, str] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, Mapping) or not isinstance(found.get("name"), str):
        return None
    arguments = found.get("arguments", found.get("parameters", {}))
    return found["name"], arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
