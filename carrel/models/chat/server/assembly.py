"""Put a streamed Chat Completions reply together, in any of the dialects that servers speak. Pure.

The chunks are plain JSON values, which may have any shape, whatever the API describes.
"""

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from carrel.markup import MarkupReader, Offered, Piece
from carrel.messages import AssistantMessage, OpaqueFields, ToolCall, Usage
from carrel.models.chat.server.call_drafts import CallDraft, CallDrafts
from carrel.models.chat.server.clean_stream import CleanFilter
from carrel.models.chat.server.failures.error_body import is_error
from carrel.models.chat.server.finish import read_finish
from carrel.models.chat.server.opaque import Fields, fields_json, merge_fields, without_thoughts
from carrel.protocols import Reply
from carrel.text import clean_text

_CACHED = ("prompt_cache_hit_tokens", "cache_read_input_tokens", "cached_tokens", "num_cached_tokens")
"""Where servers report cached tokens besides `prompt_tokens_details`."""

_REASONING = ("reasoning_content", "reasoning", "summary")
"""Where thoughts stand beside the text; the last is the summary of the Responses API."""

NO_TOOLS = Offered(())


class Assembly:
    """Collects one reply from its chunks, and tells its text, its thoughts and its calls apart.

    `used_ids` are the ids of earlier calls in the request: a call that reuses one gets a new id. Calls of `offered`
    tools that the model writes as text are read, unless it makes others. `origin` names the server and the model, for
    the fields that they want back.
    """

    def __init__(self, used_ids: Collection[str] = (), offered: Offered = NO_TOOLS, origin: str = "") -> None:
        self._used_ids = set(used_ids)
        self._origin = origin
        self._markup = MarkupReader(offered)
        self._cleaner = CleanFilter()
        self._text: list[str] = []
        self._thought: list[str] = []
        self._made = CallDrafts()
        self._fields: Fields = {}
        self._usage: Usage | None = None
        self._finish = ""
        self._all_sent = False
        self.error: object = None
        """What a choice says of an error, if it does: OpenRouter puts the words of the provider that failed there."""

    @property
    def complete(self) -> bool:
        """Whether the server has said why the reply ended, or that it has sent all of a reply that says something."""
        if self._finish:
            return read_finish(self._finish) != "failed"
        says_something = self.shown or bool(self._made.drafts) or bool(self._markup.calls)
        return self._all_sent and says_something and self._made.are_whole

    @property
    def shown(self) -> bool:
        """Whether any text was returned so far."""
        return any(self._text)

    def add(self, chunk: Mapping[str, Any]) -> Piece:
        """Add a chunk and return the text and the thought that are ready to be shown."""
        self._usage = usage_of(chunk.get("usage")) or self._usage
        choice = _first(chunk.get("choices"))
        delta = _mapping(choice.get("delta")) or _mapping(choice.get("message"))
        self._made.add_all(delta)
        merge_fields(self._fields, delta)
        self._finish = _text(choice.get("finish_reason")) or self._finish
        self.error = choice.get("error") or (chunk if is_error(chunk) else self.error)
        raw = _content(delta.get("content")) or _content(delta.get("refusal"))
        reasoning = next(filter(None, map(_content, map(delta.get, _REASONING))), "")
        return self._keep(self._markup.feed(raw) if raw else Piece(), reasoning)

    def note_all_sent(self) -> None:
        """Note that the server has sent all that it had to send, whether it said why the reply ended or not."""
        self._all_sent = True

    def end(self) -> Piece:
        """Return what was held back until the end of the reply."""
        return self._keep(self._markup.end(), end=True)

    def facts(self) -> dict[str, bool]:
        """Return what this reply shows about the server's capabilities."""
        found = {"usage": self._usage is not None}
        native = self._made.drafts
        if native:
            found["tools"] = True
            found["argument_streaming"] = any(len(draft.parts) > 1 for draft in native)
        elif self._markup.calls:
            found["text_calls"] = True
        return found | ({"parallel_calls": True} if len(native) > 1 else {})

    def reply(self) -> Reply:
        """Return the reply; call it once, after `end`."""
        native = self._made.drafts
        written = [] if native else [CallDraft("", call.name, [call.arguments]) for call in self._markup.calls]
        calls = tuple(self._calls(native or written))
        finish = read_finish(self._finish or "stop")
        if finish == "failed" or (calls and finish in {"stop", "other"}):
            finish = "tool_calls" if calls else "other"
        message = AssistantMessage("".join(self._text), calls, opaque=self._opaque())
        return Reply(message, self._usage, finish, "".join(self._thought), bool(written))

    def _opaque(self) -> OpaqueFields | None:
        """Return what the server wants back with this reply; None where that is nothing."""
        made = self._made.drafts
        fields = fields_json(self._fields if made else without_thoughts(self._fields))
        calls = tuple(fields_json(draft.fields) for draft in made)
        return OpaqueFields(self._origin, fields, calls) if fields or any(calls) else None

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

    def _calls(self, drafts: Sequence[CallDraft]) -> Iterator[ToolCall]:
        spare = (f"call_{number}" for number in itertools.count(1))
        given = self._used_ids | {draft.id for draft in drafts}
        for draft in drafts:
            known = draft.id and draft.id not in self._used_ids
            call_id = draft.id if known else next(name for name in spare if name not in given)
            self._used_ids.add(call_id)
            yield ToolCall(call_id, draft.name, clean_text(draft.arguments()))


def usage_of(data: object) -> Usage | None:
    """Return the tokens that a server reports, or None if it reports none."""
    figures = _mapping(data)
    details = _mapping(figures.get("prompt_tokens_details"))
    prompt, completion = _count(figures.get("prompt_tokens")), _count(figures.get("completion_tokens"))
    cached = _count(details.get("cached_tokens")) or next(filter(None, map(_count, map(figures.get, _CACHED))), 0)
    if cached > prompt:  # those are left out of the prompt then
        prompt += cached
    return Usage(prompt, completion, cached, calls=1) if prompt or completion else None


def _content(value: object) -> str:
    """Return the text of content that is a string, or a list of parts of which some are text."""
    if isinstance(value, list):
        return "".join(_text(_mapping(part).get("text")) for part in value)
    return _text(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    return max(0, value) if isinstance(value, int) else 0


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _first(choices: object) -> Mapping[str, Any]:
    return _mapping(next(iter(choices), None)) if isinstance(choices, list) else {}
