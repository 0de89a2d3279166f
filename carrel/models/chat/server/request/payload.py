"""Write a request as the body that a Chat Completions server takes. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from carrel.messages import (
    AssistantMessage,
    Message,
    OpaqueFields,
    ToolCall,
    ToolSchema,
    canonical,
    join_neighbours,
    to_json,
)
from carrel.models.chat.server.call_drafts import is_object
from carrel.models.chat.server.capabilities import Capabilities
from carrel.models.chat.server.request.history import (
    with_accepted_names,
    with_bridges,
    with_pairs,
    with_texts,
)
from carrel.models.chat.server.request.plain_schema import plain_schema
from carrel.models.chat.server.request.systemless import without_system
from carrel.models.chat.server.request.toolless import without_calls
from carrel.protocols import Request


def build_payload(
    request: Request, model: str, can: Capabilities, long_limit: bool, origin: str = ""
) -> dict[str, Any]:
    """Return the body of a request for a server with some capabilities.

    `long_limit` says whether the limit of a reply is called max_completion_tokens. `origin` names the server and the
    model: the opaque fields of their own replies are sent back to them, and those of others are not.
    """
    supports_tools = can.tools is not False
    payload: dict[str, Any] = {
        "model": model,
        "messages": [_message_body(message, can) for message in accepted_messages(request, can, origin)],
        "stream": can.streaming is not False,
    }
    if payload["stream"] and can.stream_options is not False:
        payload["stream_options"] = {"include_usage": True}
    if supports_tools and request.tools:
        payload["tools"] = [_tool_body(tool, can) for tool in request.tools]
    if request.schema is not None and can.json_schema is not False:
        payload["response_format"] = _schema_body(request.schema)
    if request.temperature is not None and can.temperature is not False:
        payload["temperature"] = request.temperature
    if request.max_tokens is not None:
        payload["max_completion_tokens" if long_limit else "max_tokens"] = request.max_tokens
    return payload


def _schema_body(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema as it is sent."""
    return {"type": "json_schema", "json_schema": {"name": "action", "strict": True, "schema": dict(schema)}}


def call_ids(request: Request) -> set[str]:
    """Return the ids of all calls in a request's messages."""
    replies = (message for message in request.messages if isinstance(message, AssistantMessage))
    return {call.id for message in replies for call in message.calls}


def accepted_messages(request: Request, can: Capabilities, origin: str = "") -> Iterable[Message]:
    """Return a request's messages as the server accepts them; those of its own keep their opaque fields."""
    messages: Iterable[Message] = with_pairs([_with_own_fields(message, can, origin) for message in request.messages])
    if can.tools is False or not request.tools:  # Bedrock and Anthropic refuse calls where no tools are offered
        messages = without_calls(messages)
    elif can.signed_calls:
        messages = without_calls(messages, tells=lambda message: message.opaque is None)
    if can.system_role is False:
        messages = without_system(messages)
    return with_accepted_names(with_bridges(join_neighbours(with_texts(messages))))


def _with_own_fields(message: Message, can: Capabilities, origin: str) -> Message:
    if not isinstance(message, AssistantMessage) or message.opaque is None:
        return message
    keeps = can.opaque_fields is not False and message.opaque.origin == origin
    return message if keeps else replace(message, opaque=None)


def _message_body(message: Message, can: Capabilities) -> dict[str, Any]:
    """Return a message as it is sent.

    The calls in it have valid JSON as arguments, because some servers refuse anything else; and where there are calls
    and no text, the content is null, because Bedrock refuses empty text.
    """
    if not isinstance(message, AssistantMessage):
        return to_json(message)
    body = to_json(replace(message, calls=tuple(map(_with_valid_arguments, message.calls))))
    if message.calls and not message.text and can.null_content is not False:
        body["content"] = None
    return body if message.opaque is None else _with_opaque(body, message.opaque)


def _with_opaque(body: dict[str, Any], opaque: OpaqueFields) -> dict[str, Any]:
    calls = body.get("tool_calls", [])
    for call, fields in zip(calls, opaque.calls, strict=False):
        call.update(_fields(fields))
    return {**body, **_fields(opaque.message)}


def _fields(text: str) -> dict[str, Any]:
    found = json.loads(text or "{}")
    return found if isinstance(found, dict) else {}


def _with_valid_arguments(call: ToolCall) -> ToolCall:
    if is_object(call.arguments):
        return call
    return ToolCall(call.id, call.name, canonical({"unreadable": call.arguments}))


def _tool_body(tool: ToolSchema, can: Capabilities) -> dict[str, Any]:
    """Return a tool as it is sent: without parameters where it takes none, because Gemini refuses an empty object."""
    body = tool.to_json()
    function = body["function"]
    if can.full_schemas is False:
        function["parameters"] = plain_schema(function["parameters"])
    if not function["parameters"].get("properties"):
        function["parameters"] = {"type": "object", "properties": {}}
        if not can.empty_parameters:
            del function["parameters"]
    return body
