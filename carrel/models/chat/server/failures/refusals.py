"""Find out from a refused request what the server cannot do. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from carrel.models.chat.server.failures.failure import Failure
from carrel.models.chat.server.request.plain_schema import is_plain

_UNKNOWN = r"(?:unsupported|unknown|unrecogni[sz]ed|unexpected|extra|not (?:supported|permitted|allowed))"
_NO_TOOLS = re.compile(
    r"(?:not|n't|no endpoints found that) support\w* (?:the )?(?:use of )?(?:tool|function)"
    r"|(?:tools?|functions?|tool use|(?:tool|function) calling) (?:is|are) not (?:supported|enabled|available)"
    r"|--enable-auto-tool-choice|--jinja"
    rf"|{_UNKNOWN}[^.]{{0,40}}\btools\b(?!\[)|\btools\b[^.]{{0,12}}{_UNKNOWN}"
)
_NO_STREAM = re.compile(
    r"stream(?:ing)?\b['\"]?[\w\s]{0,16} (?:is |are )?(?:not|n't) (?:supported|available|allowed|enabled)"
    r"|(?:not|n't) support (?:\w+ ){0,3}stream|tools? (?:param )?with stream|stream['\"]?:? must be false"
)
_NO_SCHEMA = re.compile(r"response_format|response format|json_schema|json schema|structured output|guided|grammar")
_NO_TEMPERATURE = re.compile(
    r"temperature['\"]?[^.]{0,40}(?:unsupported|(?:not|n't) (?:support|permit|allow)|invalid for|deprecated|default)"
    r"|(?:unsupported|unknown|unrecogni[sz]ed|(?:not|n't) (?:support|permit|allow)\w*)[^.]{0,40}\btemperature\b"
)
_OTHER_LIMIT = re.compile(rf"{_UNKNOWN}[\s\S]*max_(?:completion_)?tokens|max_(?:completion_)?tokens[\s\S]*{_UNKNOWN}")

_RESPONSES_ONLY = re.compile(
    r"(?:use|only (?:supported|available|works?) (?:in|with|on|via|through)) (?:the )?(?:/?v1/responses|responses api)"
    r"|function tools with reasoning_effort are not supported"
)
_CHAT_ONLY = re.compile(
    r"(?:use|only (?:supported|available) (?:in|with|on|via)) (?:the )?(?:/?v1/chat/completions|chat completions)"
    r"|not (?:supported|available|implemented) (?:in|with|on|by) (?:the )?(?:/?v1/responses|responses api)"
)
_NO_ENCRYPTED = re.compile(r"encrypted content is not|reasoning\.encrypted_content")
_UNREADABLE = re.compile(r"encrypted content.{0,200} (?:not be|n't be|failed to be|invalid)|invalid_encrypted_content")

_LACKS = (
    ("stream", _NO_STREAM, "streaming"),
    ("response_format", _NO_SCHEMA, "json_schema"),
    ("temperature", _NO_TEMPERATURE, "temperature"),
)
"""What may be sent, the words by which a server refuses it, and what that shows."""


_NO_SYSTEM = re.compile(
    r"system['\"]? ?(?:role|messages?|prompts?|instructions?)[^.]{0,40}(?:not|n't|un)\s?(?:support|allow|accept)"
    r"|(?:not|n't) (?:support|allow|accept)\w*[^.]{0,30}\bsystem\b|developer instruction is not enabled"
    rf"|{_UNKNOWN}[^.]{{0,30}}\brole[^.]{{0,12}}\bsystem\b|\bsystem\b[^.]{{0,20}}{_UNKNOWN}"
)
_ROLES = re.compile(r"only user[^.]{0,30}assistant|roles must alternate|role[^.]{0,20}\btool\b[^.]{0,30}(?:not|n't)")
_OPTIONAL_SYSTEM = "optional system"
_SCHEMA = re.compile(
    r"schema|parameters\.|properties|function_?declaration|\$(?:defs|ref)\b|anyof|oneof|allof|additionalprop|\bconst\b|param_fields|json_key"
)
_PARAMETERS = re.compile(
    r"parameters\b['\"]?[^.]{0,60}(?:required|missing|not found|must|undefined|null)"
    r"|(?:required|missing|undefined|no attribute|key)[^.]{0,60}\bparameters\b"
)
_LACKING = r"(?:missing|required|lack|without|must (?:be|have|contain|include)|no valid|not (?:found|present|provided))"
_OPAQUE = r"(?:signature|reasoning_?\w*|thinking|thought|extra_content)"
_NO_OPAQUE = re.compile(rf"{_LACKING}[^.]{{0,60}}{_OPAQUE}|{_OPAQUE}[^.]{{0,60}}{_LACKING}")

_NOT_BOTH = re.compile(r"(?:both|not pass)[^.]{0,30}content and (?:thinking|reasoning)")
_NO_NULL = re.compile(
    r"\bcontent\b[^.]{0,60}(?:must be a string|valid string|expected a string|not be (?:null|none)|missing|required)"
    r"|(?:null|none|nonetype|nil)\b[^.]{0,40}\bcontent|\bcontent\b[^.]{0,40}\b(?:null|none|nonetype|nil)\b"
    r"|invalid type: null, expected a string"
)

KNOWN_FIELDS = frozenset({"role", "content", "tool_calls", "tool_call_id", "name", "id", "type", "function"})
"""The fields of messages and calls that every server knows."""


def facts_from(failure: Failure, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the capabilities that a refused payload reveals; empty if it would not help to ask for less."""
    lowered = failure.message.lower()
    if failure.kind not in {"refused", "server", "path", "model"}:
        return {}
    return (
        _of_api(lowered)
        or _of_options(lowered, payload)
        or _of_messages(lowered, payload)
        or _of_tools(lowered, payload)
    )


def _of_api(words: str) -> dict[str, Any]:
    """Return what is refused of the API by which the model is asked, or of the reasoning that it gives there."""
    if _CHAT_ONLY.search(words):
        return {"api": "chat"}
    if _RESPONSES_ONLY.search(words):
        return {"api": "responses"}
    if _UNREADABLE.search(words):
        return {"opaque_fields": False}
    return {"encrypted_reasoning": False} if _NO_ENCRYPTED.search(words) else {}


def _of_options(words: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is refused of how the reply is asked for."""
    if "stream_options" in payload and re.search("stream_options|include_usage", words):
        return {"stream_options": False}
    if ("max_tokens" in payload or "max_completion_tokens" in payload) and _OTHER_LIMIT.search(words):
        return {"long_limit": "max_tokens" in payload}
    lacks = [fact for sent, refused, fact in _LACKS if payload.get(sent, False) is not False and refused.search(words)]
    return dict.fromkeys(lacks[:1], False)


def _of_messages(words: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is refused of the messages."""
    messages = payload.get("messages") or []
    roles = {message.get("role") for message in messages}
    sent = {name.lower() for name in _opaque_names(messages)}
    if any(name in words for name in sent) and re.search(_UNKNOWN, words):
        return {"opaque_fields": False}
    if sent and _NOT_BOTH.search(words):
        return {"opaque_fields": False}
    calling = [message for message in messages if message.get("tool_calls")]
    if any(message["content"] is None for message in calling) and _NO_NULL.search(words):
        return {"null_content": False}
    if calling and _NO_OPAQUE.search(words):
        return {"signed_calls": True}
    odd_roles = _ROLES.search(words)
    if "system" in roles and (_NO_SYSTEM.search(words) or (odd_roles and _OPTIONAL_SYSTEM not in words)):
        return {"system_role": False}
    return {"tools": False} if odd_roles and "tool" in roles else {}


def _of_tools(words: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is refused of the tools."""
    if "tools" not in payload:
        return {}
    if _NO_TOOLS.search(words):
        return {"tools": False}
    schemas = [tool.get("function", {}).get("parameters") for tool in payload["tools"]]
    if None in schemas and _PARAMETERS.search(words):
        return {"empty_parameters": True}
    if _SCHEMA.search(words) and not all(map(is_plain, schemas)):
        return {"full_schemas": False}
    return {}


def _opaque_names(messages: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the names of the fields in messages and their calls that not every server knows."""
    calls = [call for message in messages for call in message.get("tool_calls") or ()]
    return {name for item in (*messages, *calls) for name in item} - KNOWN_FIELDS
