"""Read the events of the Responses API as the chunks that Chat Completions would stream. Pure.

The events are plain JSON values, which may have any shape, whatever the API describes.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Chunk = Mapping[str, Any]
Event = Mapping[str, Any]

_FINISHES: Mapping[object, str] = {"max_output_tokens": "length", "content_filter": "content_filter"}
"""By the reason that an incomplete response gives."""

_KEPT: Mapping[str, tuple[str, ...]] = {
    "reasoning": ("type", "id", "summary", "encrypted_content"),
    "message": ("type", "id", "phase"),
    "function_call": ("type", "id"),
}
"""The fields that the server wants back of each type of item, besides the texts and the calls that we keep anyway."""

_PIECES: Mapping[str, tuple[str, str]] = {
    "response.output_text.delta": ("message", "content"),
    "response.refusal.delta": ("message", "refusal"),
    "response.reasoning_summary_text.delta": ("reasoning", "summary"),
    "response.reasoning_text.delta": ("reasoning", "summary"),
    "response.function_call_arguments.delta": ("function_call", "tool_calls"),
}
"""The events that bring a piece of an item: the type of the item, and the field of a chunk that its piece goes into."""

_ENDS = ("response.completed", "response.incomplete")


def error_of(event: Event) -> object:
    """Return what an event says of an error; None where it speaks of none."""
    if event.get("type") == "error":
        return {name: event[name] for name in ("error", "code", "message") if event.get(name)}
    if event.get("type") == "response.failed":
        return _mapping(event.get("response")).get("error") or {"message": "the response failed"}
    return None


class EventReader:
    """Turns the events of one response into chunks; what was streamed in pieces is not repeated when it is complete."""

    def __init__(self) -> None:
        self._streamed: set[tuple[str, object]] = set()
        """The types and the places of the items of which something came in pieces."""
        self._ended: set[object] = set()
        """The places of the items that are complete."""
        self._held: list[Mapping[str, Any]] = []
        """The items before the first reasoning: without any, none is wanted back."""
        self._reasons = False

    def chunks(self, event: Event) -> Iterator[Chunk]:
        """Yield the chunks for an event; none for one that says nothing new."""
        kind, index = str(event.get("type")), event.get("output_index")
        place = index if isinstance(index, int) else None
        if kind in _PIECES:
            item, field = _PIECES[kind]
            self._streamed.add((item, place))
            yield _chunk(_delta(field, event.get("delta"), place))
        elif kind == "response.reasoning_summary_part.added" and event.get("summary_index"):
            yield _chunk({"summary": "\n\n"})
        elif kind == "response.output_item.added":
            yield from _begun(_mapping(event.get("item")), place)
        elif kind == "response.output_item.done":
            yield from self._complete(_mapping(event.get("item")), place)
        elif kind in _ENDS:
            yield from self.end(_mapping(event.get("response")))

    def end(self, response: Mapping[str, Any]) -> Iterator[Chunk]:
        """Yield what a whole response holds and no event has told, its usage, and why it ended."""
        output = response.get("output")
        for place, item in enumerate(output if isinstance(output, list) else ()):
            if place not in self._ended and None not in self._ended:  # some servers do not number their items
                yield from _begun(_mapping(item), place)
                yield from self._complete(_mapping(item), place)
        if usage := _usage(_mapping(response.get("usage"))):
            yield {"choices": [], "usage": usage}
        reason = _mapping(response.get("incomplete_details")).get("reason")
        yield _chunk({}, "stop" if response.get("status") != "incomplete" else _FINISHES.get(reason, "length"))

    def _complete(self, item: Mapping[str, Any], place: object) -> Iterator[Chunk]:
        """Yield what a complete item holds, and what its server wants back of it."""
        self._ended.add(place)
        kind = str(item.get("type"))
        if (kind, place) not in self._streamed:
            yield from _whole(item, place)
        kept = {name: item[name] for name in _KEPT.get(kind, ()) if item.get(name) is not None}
        if not kept or (kind == "reasoning" and not item.get("encrypted_content")):
            return
        self._reasons = self._reasons or kind == "reasoning"
        self._held.append(kept)
        if self._reasons:
            yield _chunk({"reasoning_items": self._held})
            self._held = []


def _begun(item: Mapping[str, Any], place: object) -> Iterator[Chunk]:
    """Yield the name and the id of a call that begins."""
    if item.get("type") == "function_call":
        function = {"name": item.get("name"), "arguments": ""}
        yield _chunk({"tool_calls": [{"index": place, "id": item.get("call_id"), "function": function}]})


def _whole(item: Mapping[str, Any], place: object) -> Iterator[Chunk]:
    """Yield the texts or the arguments of an item that did not come in pieces."""
    match item.get("type"):
        case "message":
            yield from (_chunk({"content": part.get("text"), "refusal": part.get("refusal")}) for part in _parts(item))
        case "reasoning":
            yield _chunk({"summary": "\n\n".join(str(part.get("text") or "") for part in _parts(item, "summary"))})
        case "function_call":
            yield _chunk(_delta("tool_calls", item.get("arguments"), place))


def _delta(field: str, piece: object, place: object) -> dict[str, Any]:
    if field != "tool_calls":
        return {field: piece}
    return {field: [{"index": place, "function": {"arguments": piece}}]}


def _parts(item: Mapping[str, Any], name: str = "content") -> list[Mapping[str, Any]]:
    parts = item.get(name)
    return [_mapping(part) for part in parts] if isinstance(parts, list) else []


def _chunk(delta: Mapping[str, Any], finish: str | None = None) -> Chunk:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def _usage(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tokens of a response under the names that Chat Completions gives them."""
    if not usage:
        return {}
    return {
        "prompt_tokens": usage.get("input_tokens"),
        "completion_tokens": usage.get("output_tokens"),
        "prompt_tokens_details": usage.get("input_tokens_details"),
    }


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
