"""Write the body of a Chat Completions request as one for the Responses API, which keeps nothing on the server. Pure.

A model that reasons wants its reasoning back with its calls: in the order in which it wrote both, with their ids, and
encrypted, because the server stores none of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MIN_OUTPUT_TOKENS = 16
"""The API refuses a lower limit of the reply, in tokens."""

ENCRYPTED = "reasoning.encrypted_content"
NO_PARAMETERS: Mapping[str, Any] = {"type": "object", "properties": {}}

Item = dict[str, Any]


def responses_body(payload: Mapping[str, Any], encrypted: bool = True) -> dict[str, Any]:
    """Return the body for the Responses API that asks for the same as a body for Chat Completions.

    With `encrypted`, the model's reasoning is asked for in encrypted form; models that do not reason refuse that.
    """
    body: dict[str, Any] = {
        "model": payload["model"],
        "input": [item for message in payload["messages"] for item in _items(message)],
        "store": False,
        "stream": payload["stream"],
    }
    if "temperature" in payload:
        body["temperature"] = payload["temperature"]
    if encrypted:
        body["include"] = [ENCRYPTED]
    if payload.get("tools"):
        body["tools"] = [_tool(tool["function"]) for tool in payload["tools"]]
    if payload.get("response_format"):
        body["text"] = {"format": {"type": "json_schema", **payload["response_format"]["json_schema"]}}
    limit = payload.get("max_completion_tokens") or payload.get("max_tokens")
    if limit is not None:
        body["max_output_tokens"] = max(MIN_OUTPUT_TOKENS, limit)
    return body


def _tool(function: Mapping[str, Any]) -> Item:
    return {"type": "function", "strict": False, "parameters": dict(NO_PARAMETERS), **function}


def _items(message: Mapping[str, Any]) -> Iterator[Item]:
    """Yield a message as items: calls and results stand beside what was said, not in it."""
    match message["role"]:
        case "tool":
            yield {"type": "function_call_output", "call_id": message["tool_call_id"], "output": message["content"]}
        case "assistant":
            order = message.get("reasoning_items") or []
            yield from _ordered(message, order) if _fits(message, order) else _unordered(message)
        case role:
            yield _said(role, message["content"])


def _said(role: str, text: str) -> Item:
    return {"type": "message", "role": role, "content": text}


def _unordered(message: Mapping[str, Any]) -> Iterator[Item]:
    """Yield what the model said and the calls that it made."""
    if message.get("content"):
        yield _said("assistant", message["content"])
    yield from map(_call, message.get("tool_calls") or ())


def _call(call: Mapping[str, Any]) -> Item:
    function = call["function"]
    return {
        "type": "function_call",
        "call_id": call["id"],
        "name": function["name"],
        "arguments": function["arguments"],
    }


def _fits(message: Mapping[str, Any], order: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether the order in which a model wrote its items is that of this message: it may have been edited."""
    types = [item.get("type") for item in order]
    calls = len(message.get("tool_calls") or ())
    return calls > 0 and types.count("function_call") == calls and bool(message.get("content")) <= ("message" in types)


def _ordered(message: Mapping[str, Any], order: Sequence[Mapping[str, Any]]) -> Iterator[Item]:
    """Yield the items of a message as the model wrote them, its reasoning included."""
    calls = iter(message["tool_calls"])
    text = message.get("content")
    last = max(place for place, item in enumerate(order) if item["type"] == "function_call")
    for item in order[: last + 1]:
        match item["type"]:
            case "function_call":
                yield {**item, **_call(next(calls))}
            case "message" if text:
                yield {**item, **_said("assistant", ""), "status": "completed", "content": [_output_text(text)]}
                text = None
            case "reasoning":
                yield dict(item)
    if text:  # it stood behind the last call
        yield _said("assistant", text)


def _output_text(text: str) -> Item:
    return {"type": "output_text", "text": text, "annotations": []}
