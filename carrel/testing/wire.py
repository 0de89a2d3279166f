"""Write a reply in the format of Chat Completions, whole or as the chunks of a stream, and read requests. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from carrel.messages import ToolCall, ToolSchema, Usage, call_to_json, canonical, from_json
from carrel.models.chat.scripted import split_evenly
from carrel.models.tokens.estimator import Estimator
from carrel.protocols import Reply, Request

Chunk = dict[str, Any]


class Wire(Protocol):
    """The format of an API."""

    @property
    def done(self) -> str:
        """What the server sends after the last event of a stream."""
        ...

    def read(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a request as one for Chat Completions. Raise ValueError with the words by which it is refused."""
        ...

    def whole(self, reply: Reply, body: Mapping[str, Any]) -> Chunk:
        """Return a reply as one answer."""
        ...

    def events(self, reply: Reply, body: Mapping[str, Any]) -> list[str]:
        """Return the events of a stream, as they are sent."""
        ...

    def events_of_chunks(self, chunks: Sequence[Chunk]) -> list[str]:
        """Return the events that say what the chunks of a malformed stream of Chat Completions say."""
        ...

    def whole_of_chunks(self, chunks: Sequence[Chunk]) -> Chunk:
        """Return the answer that malformed chunks amount to, for a client that does not stream."""
        ...


class ChatWire:
    """The format of Chat Completions."""

    done = "data: [DONE]\n\n"

    def read(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the request itself."""
        return body

    def whole(self, reply: Reply, body: Mapping[str, Any]) -> Chunk:
        """Return a reply as one completion."""
        return {**_head(body), "object": "chat.completion", **completion_of(reply, body)}

    def events(self, reply: Reply, body: Mapping[str, Any]) -> list[str]:
        """Return the chunks of a stream."""
        return [_event(chunk, _head(body)) for chunk in chunks_of(reply, body)]

    def events_of_chunks(self, chunks: Sequence[Chunk]) -> list[str]:
        """Return the chunks of a malformed stream, as they are sent."""
        return [_event(chunk, _head({})) for chunk in chunks]

    def whole_of_chunks(self, chunks: Sequence[Chunk]) -> Chunk:
        """Return the completion that malformed chunks amount to."""
        return {**_head({}), "object": "chat.completion", **merge_chunks(chunks)}


CHAT = ChatWire()


def _head(body: Mapping[str, Any]) -> Chunk:
    return {"id": "chatcmpl-fake", "created": 0, "model": body.get("model")}


def _event(chunk: Chunk, head: Chunk) -> str:
    return f"data: {canonical({**head, 'object': 'chat.completion.chunk', **chunk})}\n\n"


def request_of(body: Mapping[str, Any]) -> Request:
    """Return the request in a body. Raise AttributeError, KeyError, TypeError or ValueError if it is not one."""
    tools = (tool["function"] for tool in body.get("tools") or ())
    return Request(
        tuple(from_json(message) for message in body["messages"]),
        tuple(ToolSchema(tool["name"], tool.get("description", ""), tool.get("parameters", {})) for tool in tools),
        body.get("max_completion_tokens") or body.get("max_tokens"),
        temperature=body.get("temperature"),
        schema=(body.get("response_format") or {}).get("json_schema", {}).get("schema"),
    )


def chunks_of(reply: Reply, body: Mapping[str, Any]) -> Iterator[Chunk]:
    """Yield the chunks of a stream: role, text, calls, finish reason, and usage if the request asks for it."""
    yield delta({"role": "assistant", "content": ""})
    yield from (delta({"content": piece}) for piece in split_evenly(reply.message.text))
    for index, tool_call in enumerate(reply.message.calls):
        yield from (delta({"tool_calls": [{"index": index, **part}]}) for part in _fragments(tool_call))
    yield delta({}, reply.finish)
    if (body.get("stream_options") or {}).get("include_usage"):
        yield {"choices": [], "usage": usage_json(reply, body)}


def delta(change: Mapping[str, Any], finish: str | None = None) -> Chunk:
    """Return a chunk with one choice."""
    return {"choices": [{"index": 0, "delta": dict(change), "finish_reason": finish}]}


def completion_of(reply: Reply, body: Mapping[str, Any]) -> Chunk:
    """Return a reply as one completion."""
    message: dict[str, Any] = {"role": "assistant", "content": reply.message.text}
    if reply.message.calls:
        message["tool_calls"] = [call_to_json(each) for each in reply.message.calls]
    choice = {"index": 0, "message": message, "finish_reason": reply.finish}
    return {"choices": [choice], "usage": usage_json(reply, body)}


def merge_chunks(chunks: Sequence[Chunk]) -> Chunk:
    """Return the completion that malformed chunks amount to, for a client that does not stream."""
    whole: Chunk = {"choices": [{"index": 0, "message": {"role": "assistant", "content": ""}, "finish_reason": None}]}
    for chunk in chunks:
        if not (isinstance(chunk, dict) and chunk.get("choices")):
            whole |= {} if chunk.get("choices") == [] and chunk.get("usage") else chunk
        for choice in chunk.get("choices") or ():
            if whole["choices"]:
                _merge(whole["choices"][0], choice)
        whole |= {"usage": chunk["usage"]} if chunk.get("usage") else {}
    return whole


def _merge(choice: Chunk, part: Chunk) -> None:
    message = choice["message"]
    choice["finish_reason"] = part.get("finish_reason") or choice["finish_reason"]
    for name, value in part.get("delta", {}).items():
        if name == "tool_calls":
            message.setdefault(name, []).extend(value)
        else:
            message[name] = message.get(name, "") + value if isinstance(value, str) and name != "role" else value


def usage_json(reply: Reply, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the usage of the reply, or an estimate if it has none."""
    text = reply.message.text + "".join(each.name + each.arguments for each in reply.message.calls)
    usage = reply.usage or Usage(prompt_tokens(body), Estimator().count(text))
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.prompt + usage.completion,
        "prompt_tokens_details": {"cached_tokens": usage.cached},
    }


def prompt_tokens(body: Mapping[str, Any]) -> int:
    """Return an estimate of the tokens of a request's prompt."""
    return Estimator().count(canonical({name: body.get(name) for name in ("messages", "tools")}))


def _fragments(tool_call: ToolCall) -> Iterator[dict[str, Any]]:
    yield {"id": tool_call.id, "type": "function", "function": {"name": tool_call.name, "arguments": ""}}
    yield from ({"function": {"arguments": piece}} for piece in split_evenly(tool_call.arguments, 3))
