"""Read requests in the format of the Responses API, and write replies in it, whole or as events."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from carrel.messages import canonical
from carrel.models.chat.scripted import split_evenly
from carrel.models.chat.server.finish import read_finish
from carrel.protocols import Reply
from carrel.testing.strict_responses import Issued, violations
from carrel.testing.wire import Chunk, usage_json

Event = dict[str, Any]
Item = dict[str, Any]

_REASONS: Mapping[str, str] = {"length": "max_output_tokens", "content_filter": "content_filter"}


class ResponsesWire:
    """The format of the Responses API, of a server that remembers which reasoning it gave out.

    A reply with a thought begins with a reasoning item, whose encrypted content is asked back with the next item.
    """

    done = ""

    def __init__(self) -> None:
        self._issued = Issued()
        self._numbers = itertools.count(1)

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return a request as one for Chat Completions. Raise ValueError with the words by which it is refused."""
        found = next(itertools.chain(violations(body), self._issued.violations(body.get("input") or [])), None)
        if found:
            raise ValueError(found)
        chat = {"model": body.get("model"), "stream": body.get("stream"), "messages": list(_messages(body["input"]))}
        if body.get("tools"):
            chat["tools"] = [{"type": "function", "function": _function(tool)} for tool in body["tools"]]
        if body.get("text"):
            chat["response_format"] = {"type": "json_schema", "json_schema": body["text"]["format"]}
        if "temperature" in body:
            chat["temperature"] = body["temperature"]
        if body.get("max_output_tokens"):
            chat["max_tokens"] = body["max_output_tokens"]
        return chat

    def whole(self, reply: Reply, body: Mapping[str, Any]) -> Chunk:
        """Return a reply as one response."""
        items = self._items(reply)
        status = "incomplete" if reply.finish in _REASONS else "completed"
        figures = usage_json(reply, body)
        usage = {
            "input_tokens": figures["prompt_tokens"],
            "input_tokens_details": figures["prompt_tokens_details"],
            "output_tokens": figures["completion_tokens"],
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": figures["total_tokens"],
        }
        details = {"reason": _REASONS[reply.finish]} if reply.finish in _REASONS else None
        return {"object": "response", "status": status, "incomplete_details": details, "output": items, "usage": usage}

    def events(self, reply: Reply, body: Mapping[str, Any]) -> list[str]:
        """Return the events of a stream."""
        whole = self.whole(reply, body)
        kind = "response.completed" if whole["status"] == "completed" else "response.incomplete"
        started = {"type": "response.created", "response": {**whole, "status": "in_progress", "output": []}}
        items = (event for place, item in enumerate(whole["output"]) for event in _events(item, place))
        return _numbered([started, *items, {"type": kind, "response": whole}])

    def events_of_chunks(self, chunks: Sequence[Chunk]) -> list[str]:
        """Return the events that say what the chunks of a malformed stream of Chat Completions say."""
        return _numbered([event for chunk in chunks for event in _events_of_chunk(chunk)])

    def whole_of_chunks(self, chunks: Sequence[Chunk]) -> Chunk:
        """Return the response that malformed chunks amount to: its text alone."""
        deltas = [choice.get("delta", {}) for chunk in chunks for choice in chunk.get("choices") or ()]
        text = "".join(delta.get("content") or "" for delta in deltas)
        return {"object": "response", "status": "completed", "output": [_message("msg_0", text)]}

    def _items(self, reply: Reply) -> list[Item]:
        items: list[Item] = []
        if reply.message.text:
            items.append(_message(f"msg_{next(self._numbers)}", reply.message.text))
        for call in reply.message.calls:
            item = {"call_id": call.id, "name": call.name, "arguments": call.arguments, "status": "completed"}
            items.append({"type": "function_call", "id": f"fc_{next(self._numbers)}", **item})
        if reply.thought and items:
            number = next(self._numbers)
            summary = [{"type": "summary_text", "text": reply.thought}]
            thought = {
                "type": "reasoning",
                "id": f"rs_{number}",
                "summary": summary,
                "encrypted_content": f"*{number}*",
            }
            self._issued.add(thought, items[0]["id"])
            items.insert(0, thought)
        return items


def _function(tool: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tool[name] for name in ("name", "description", "parameters") if name in tool}


def _messages(items: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield items as messages, reasoning left out and the calls of one reply in one message."""
    calling: dict[str, Any] | None = None
    for item in items:
        match item.get("type", "message"):
            case "function_call":
                function = {"name": item["name"], "arguments": item["arguments"]}
                call = {"id": item["call_id"], "type": "function", "function": function}
                if calling is None:
                    calling = {"role": "assistant", "content": "", "tool_calls": []}
                    yield calling
                calling["tool_calls"].append(call)
            case "function_call_output":
                calling = None
                yield {"role": "tool", "tool_call_id": item["call_id"], "content": item["output"]}
            case "message":
                calling = None
                yield {"role": item["role"].replace("developer", "system"), "content": _text(item["content"])}


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def _message(item_id: str, text: str) -> Item:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {"type": "message", "id": item_id, "role": "assistant", "status": "completed", "content": content}


def _events(item: Item, place: int) -> Iterator[Event]:
    """Yield the events of an item that is written piece by piece."""
    at = {"output_index": place, "item_id": item["id"]}
    match item["type"]:
        case "message":
            text = item["content"][0]["text"]
            yield {"type": "response.output_item.added", "output_index": place, "item": {**item, "content": []}}
            for piece in split_evenly(text):
                yield {"type": "response.output_text.delta", **at, "content_index": 0, "delta": piece}
        case "function_call":
            yield {"type": "response.output_item.added", "output_index": place, "item": {**item, "arguments": ""}}
            for piece in split_evenly(item["arguments"], 3):
                yield {"type": "response.function_call_arguments.delta", **at, "delta": piece}
            yield {"type": "response.function_call_arguments.done", **at, "arguments": item["arguments"]}
        case _:
            begun = {**item, "summary": [], "encrypted_content": ""}
            yield {"type": "response.output_item.added", "output_index": place, "item": begun}
            for piece in split_evenly(item["summary"][0]["text"]):
                yield {"type": "response.reasoning_summary_text.delta", **at, "summary_index": 0, "delta": piece}
    yield {"type": "response.output_item.done", "output_index": place, "item": item}


def _events_of_chunk(chunk: Chunk) -> Iterator[Event]:
    if chunk.get("error"):
        yield {"type": "error", **chunk["error"]}
    for choice in chunk.get("choices") or ():
        delta = choice.get("delta", {})
        at = {"output_index": 0, "item_id": "msg_0"}
        if thought := delta.get("reasoning") or delta.get("reasoning_content"):
            yield {"type": "response.reasoning_summary_text.delta", **at, "summary_index": 0, "delta": thought}
        if delta.get("content"):
            yield {"type": "response.output_text.delta", **at, "content_index": 0, "delta": delta["content"]}
        if delta.get("refusal"):
            yield {"type": "response.refusal.delta", **at, "content_index": 0, "delta": delta["refusal"]}
        if finish := choice.get("finish_reason"):
            yield _ending(finish, choice.get("error"))


def _ending(finish: str, error: Any) -> Event:
    if read_finish(finish) == "failed":
        return {"type": "response.failed", "response": {"status": "failed", "error": error}}
    if finish in _REASONS:
        response = {"status": "incomplete", "incomplete_details": {"reason": _REASONS[finish]}, "output": []}
        return {"type": "response.incomplete", "response": response}
    return {"type": "response.completed", "response": {"status": "completed", "output": []}}


def _numbered(events: Sequence[Event]) -> list[str]:
    numbered = ({**event, "sequence_number": number} for number, event in enumerate(events))
    return [f"event: {event['type']}\ndata: {canonical(event)}\n\n" for event in numbered]
