"""Write a request as the body that a Chat Completions server takes. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from carrel.messages import AssistantMessage, Message, ToolCall, canonical, to_json
from carrel.models.chat.server.assembly import is_object
from carrel.models.chat.server.capabilities import Capabilities
from carrel.models.chat.server.history import with_accepted_ids, with_bridges
from carrel.models.chat.server.toolless import without_calls
from carrel.protocols import Request


def build_payload(request: Request, model: str, can: Capabilities, long_limit: bool) -> dict[str, Any]:
    """Return the body of a request for a server with some capabilities.

    `long_limit` says whether the limit of a reply is called max_completion_tokens.
    """
    supports_tools = can.tools is not False
    messages = with_accepted_ids(with_bridges(request.messages)) if supports_tools else without_calls(request.messages)
    payload: dict[str, Any] = {
        "model": model,
        "messages": [_message_body(message) for message in messages],
        "stream": can.streaming is not False,
    }
    if payload["stream"] and can.stream_options is not False:
        payload["stream_options"] = {"include_usage": True}
    if supports_tools and request.tools:
        payload["tools"] = [tool.to_json() for tool in request.tools]
    if request.schema is not None and can.json_schema is not False:
        payload["response_format"] = _schema_body(request.schema)
    if request.max_tokens is not None:
        payload["max_completion_tokens" if long_limit else "max_tokens"] = request.max_tokens
    return payload


def _schema_body(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema as it is sent."""
    return {"type": "json_schema", "json_schema": {"name": "action", "strict": True, "schema": dict(schema)}}


def _message_body(message: Message) -> dict[str, Any]:
    """Return a message as it is sent.

    The calls in it have valid JSON as arguments, because some servers refuse anything else; and where there are calls
    and no text, the content is null, because Bedrock refuses empty text.
    """
    if not isinstance(message, AssistantMessage) or not message.calls:
        return to_json(message)
    body = to_json(replace(message, calls=tuple(map(_with_valid_arguments, message.calls))))
    return body if message.text else body | {"content": None}


def _with_valid_arguments(call: ToolCall) -> ToolCall:
    if is_object(call.arguments):
        return call
    return ToolCall(call.id, call.name, canonical({"unreadable": call.arguments}))


def call_ids(request: Request) -> set[str]:
    """Return the ids of all calls in a request's messages."""
    replies = (message for message in request.messages if isinstance(message, AssistantMessage))
    return {call.id for message in replies for call in message.calls}
