"""Read an action, one JSON object, while it streams in: the text of a reply is passed on as it is written. Pure.

What is no action is taken for what it is: text, or calls in any of the dialects of `carrel.markup`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from carrel.markup import MarkupReader, Offered, Piece, read_markup
from carrel.markup.literals import read_value
from carrel.markup.source import NeedMore, NoMatch, Source
from carrel.messages import ToolCall, ToolSchema
from carrel.rendering.written_calls import REPLY, action_call

_OPENING = re.compile(rf'\s*\{{\s*"{REPLY}"\s*:\s*"')
_COMPACT_OPENING = f'{{"{REPLY}":"'
_CERTAIN = re.compile(r'(?:[^"\\]|\\u[0-9a-fA-F]{4}|\\[^u])*')
"""What of a JSON string cannot be changed by what follows, but for half a surrogate pair at its end."""
BLOCK = re.compile(r"\s*```\w*\s*(.*?)\s*```\s*", re.DOTALL)
_HALF_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\Z")


class ActionReader:
    """Reads one action. `calls` and `obeyed` are known after `end`."""

    def __init__(self, tools: Sequence[ToolSchema]) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._offered = Offered(tools)
        self._text = MarkupReader(self._offered)
        self._held = ""
        self._mode = ""
        self.calls: list[ToolCall] = []
        self.obeyed = False
        """Whether the model has written an action and nothing else."""
        self.broke_off = False
        """Whether it broke off in its reply."""

    def feed(self, piece: str) -> Piece:
        """Take in a piece, and return what of the reply's text is certain."""
        self._held += piece
        self._mode = self._mode or self._find_mode()
        if self._mode == "text":
            held, self._held = self._held, ""
            return self._text.feed(held)
        return self._text.feed(self._unescaped()) if self._mode == "reply" else Piece()

    def end(self) -> Piece:
        """Return the rest of the text."""
        last = self._text.feed(self._rest())
        end = self._text.end()
        self.calls += [ToolCall("", call.name, call.arguments) for call in self._text.calls]
        return Piece(last.text + end.text, last.thought + end.thought, last.void or end.void)

    def _find_mode(self) -> str:
        """Return what is being written: a reply, text that is no action, or, unknown before its end, something else."""
        if match := _OPENING.match(self._held):
            self._held = self._held[match.end() :]
            return "reply"
        begun = self._held.lstrip()
        return "text" if begun and begun[0] not in "{`" else ""

    def _unescaped(self) -> str:
        """Return what is certain of the reply's text; the quotation mark that ends it stays."""
        match = _CERTAIN.match(self._held)
        ready = match[0] if match else ""
        if (half := _HALF_PAIR.search(ready)) and not self._held.startswith('"', len(ready)):
            ready = ready[: half.start()]
        self._held = self._held[len(ready) :]
        return _unescape(ready)

    def _rest(self) -> str:
        """Return the text that the end of the reply makes certain."""
        held, self._held = self._held, ""
        if self._mode == "reply":
            self.obeyed = held.startswith('"') and held[1:].strip() == "}"
            self.broke_off = not held.startswith('"')
            return "" if held.startswith('"') else _unescape(held.rstrip("\\"))
        return held if self._mode == "text" else self._action(held)

    def _action(self, written: str) -> str:
        """Note the calls of an action, and return its text."""
        if block := BLOCK.fullmatch(written):
            text = self._action(block[1])
            self.obeyed = False
            return text
        try:
            value, end = read_value(Source(written.strip(), final=True), 0)
        except (NoMatch, NeedMore):
            return self._other(written)
        if not isinstance(value, dict):
            return self._other(written)
        if isinstance(value.get(REPLY), str):
            return str(value[REPLY])
        name = next((key for key in value if key in self._tools), "")
        if not name or len(value) > 1:
            return self._other(written)
        self.obeyed = end == len(written.strip())
        self.calls.append(action_call(self._tools[name], value[name]))
        return ""

    def _other(self, written: str) -> str:
        """Return the text of what is no action: calls in a dialect are read, and a single text is taken for the reply.

        The beginning of an action that broke off is no text for people.
        """
        found = read_markup(written, self._offered)
        if found.calls:
            return written
        try:
            value = json.loads(written)
        except ValueError:
            return "" if written.lstrip().startswith("{") else written
        return _only_text(value) or written


def _only_text(value: Any) -> str:
    texts = [item for item in value.values() if isinstance(item, str)] if isinstance(value, Mapping) else []
    return texts[0] if len(texts) == 1 else ""


def _unescape(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text
