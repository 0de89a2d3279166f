"""Put a streamed Chat Completions reply together, in any of the dialects that servers speak. Pure.

The chunks are plain JSON values, which may have any shape, whatever the API describes.
"""

import itertools
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from carrel.markup import MarkupReader, Offered, Piece
from carrel.messages import AssistantMessage, ToolCall, Usage
from carrel.models.chat.server.clean_stream import CleanFilter
from carrel.protocols import Finish, Reply
from carrel.text import clean_text

_FINISHES: Mapping[str, Finish] = {
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "content_filter",
    "refusal": "content_filter",
}
_FAILED = frozenset({"error", "abort"})


@dataclass(slots=True)
class _Draft:
    """A tool call that is not complete yet."""

    id: str = ""
    name: str = ""
    parts: list[str] = field(default_factory=list)

    def add(self, call_id: str, name: str, arguments: str) -> None:
        self.id = self.id or call_id
        self.name = self.name or name
        if arguments:
            self.parts.append(arguments)

    def arguments(self) -> str:
        """Return the fragments joined, or the last one if the server repeats all the arguments in it."""
        joined = "".join(self.parts).strip()
        if not joined:
            return "{}"
        if len(self.parts) > 1 and not is_object(joined) and is_object(self.parts[-1]):
            return self.parts[-1]
        return joined


NO_TOOLS = Offered(())


class Assembly:
    """Collects one reply from its chunks, and tells its text, its thoughts and its calls apart.

    `used_ids` are the ids of earlier calls in the request: a call that reuses one gets a new id. Calls of `offered`
    tools that the model writes as text are read, unless it makes others.
    """

    def __init__(self, used_ids: Collection[str] = (), offered: Offered = NO_TOOLS) -> None:
        self._used_ids = set(used_ids)
        self._markup = MarkupReader(offered)
        self._cleaner = CleanFilter()
        self._text: list[str] = []
        self._thought: list[str] = []
        self._drafts: list[_Draft] = []
        self._by_key: dict[int | str, _Draft] = {}
        self._usage: Usage | None = None
        self._finish = ""

    @property
    def complete(self) -> bool:
        """Whether the server has said why the reply ended."""
        return bool(self._finish) and self._finish not in _FAILED

    @property
    def shown(self) -> bool:
        """Whether any text was returned so far."""
        return any(self._text)

    def add(self, chunk: Mapping[str, Any]) -> Piece:
        """Add a chunk and return the text and the thought that are ready to be shown."""
        self._usage = usage_of(chunk.get("usage")) or self._usage
        choice = _first(chunk.get("choices"))
        delta = _mapping(choice.get("delta")) or _mapping(choice.get("message"))
        for fragment in _list(delta.get("tool_calls")):
            if isinstance(fragment, Mapping):
                self._add_fragment(fragment)
        self._finish = str(choice.get("finish_reason") or "") or self._finish
        raw = _content(delta.get("content")) or _content(delta.get("refusal"))
        reasoning = _content(delta.get("reasoning_content")) or _content(delta.get("reasoning"))
        return self._keep(self._markup.feed(raw) if raw else Piece(), reasoning)

    def end(self) -> Piece:
        """Return what was held back until the end of the reply."""
        return self._keep(self._markup.end(), end=True)

    def facts(self) -> dict[str, bool]:
        """Return what this reply shows about the server's capabilities."""
        found = {"usage": self._usage is not None}
        if self._drafts:
            found["tools"] = True
            found["argument_streaming"] = any(len(draft.parts) > 1 for draft in self._drafts)
        elif self._markup.calls:
            found["text_calls"] = True
        return found | ({"parallel_calls": True} if len(self._drafts) > 1 else {})

    def reply(self) -> Reply:
        """Return the reply; call it once, after `end`."""
        written = [] if self._drafts else [_Draft("", call.name, [call.arguments]) for call in self._markup.calls]
        calls = tuple(self._calls(self._drafts or written))
        finish = _FINISHES.get(self._finish, "stop")
        if calls and finish == "stop":
            finish = "tool_calls"
        message = AssistantMessage("".join(self._text), calls)
        return Reply(message, self._usage, finish, "".join(self._thought), bool(written))

    def _keep(self, piece: Piece, reasoning: str = "", end: bool = False) -> Piece:
        """Note what a piece of the reply holds, and return it cleaned."""
        if piece.void:
            self._text.clear()
            self._cleaner = CleanFilter()
        text = self._cleaner.feed(piece.text) + (self._cleaner.end() if end else "")
        thought = clean_text(reasoning + piece.thought)
        self._text.append(text)
        self._thought.append(thought)
        return Piece(text, thought, piece.void)

    def _add_fragment(self, fragment: Mapping[str, Any]) -> None:
        function = _mapping(fragment.get("function"))
        call_id, name = clean_text(_text(fragment.get("id"))), clean_text(_text(function.get("name")))
        index = fragment.get("index")
        draft = self._draft(index if isinstance(index, int) else call_id, call_id, name)
        draft.add(call_id, name, _arguments(function.get("arguments")))

    def _draft(self, key: int | str, call_id: str, name: str) -> _Draft:
        """Return the call that a fragment continues, by its index, else by its id, else the last one; or a new call."""
        known = self._by_key.get(key) if key != "" else (self._drafts[-1] if self._drafts else None)
        if known is not None and not _begins_another_call(known, call_id, name):
            return known
        fresh = _Draft()
        self._drafts.append(fresh)
        self._by_key[key] = fresh
        return fresh

    def _calls(self, drafts: Sequence[_Draft]) -> Iterator[ToolCall]:
        spare = (f"call_{number}" for number in itertools.count(1))
        given = self._used_ids | {draft.id for draft in drafts}
        for draft in drafts:
            known = draft.id and draft.id not in self._used_ids
            call_id = draft.id if known else next(name for name in spare if name not in given)
            self._used_ids.add(call_id)
            yield ToolCall(call_id, draft.name, clean_text(draft.arguments()))


def _begins_another_call(draft: _Draft, call_id: str, name: str) -> bool:
    """Return whether a fragment with a known key begins another call: some servers give every call the index 0."""
    if not name:
        return False
    if call_id and draft.id:
        return call_id != draft.id
    return bool(draft.name) and is_object("".join(draft.parts))


def usage_of(data: object) -> Usage | None:
    """Return the tokens that a server reports, or None if it reports none."""
    figures = _mapping(data)
    details = _mapping(figures.get("prompt_tokens_details"))
    prompt, completion = _count(figures.get("prompt_tokens")), _count(figures.get("completion_tokens"))
    cached = _count(details.get("cached_tokens")) or _count(figures.get("prompt_cache_hit_tokens"))
    return Usage(prompt, completion, cached, calls=1) if prompt or completion else None


def is_object(text: str) -> bool:
    """Return whether a text is a JSON object."""
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _arguments(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def _content(value: object) -> str:
    """Return the text of content that is a string, or a list of parts of which some are text."""
    if isinstance(value, list):
        return "".join(_text(_mapping(part).get("text")) for part in value)
    return _text(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    return max(0, value) if isinstance(value, int) else 0


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _first(choices: object) -> Mapping[str, Any]:
    return _mapping(next(iter(_list(choices)), None))
