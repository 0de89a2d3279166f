"""How servers that support less than OpenAI refuse a request, in their own words."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Literal, get_args

from carrel.testing.fault import Fault, problem
from carrel.testing.wire import prompt_tokens

Lack = Literal[
    "tools", "stream", "stream_options", "max_tokens", "tool_choice", "response_format", "system", "schemas",
    "no_parameters", "opaque_fields", "unsigned_calls", "null_content", "thoughts_beside_content", "odd_schemas",
    "temperature",
]  # fmt: skip
LACKS: tuple[Lack, ...] = get_args(Lack)

Body = Mapping[str, Any]

_PLAIN = frozenset({"type", "description", "enum", "items", "properties", "required"})
_KNOWN = frozenset({"role", "content", "tool_calls", "tool_call_id", "name", "id", "type", "function"})


def _needs(name: str) -> Callable[[Body], bool]:
    return lambda body: bool(body.get(name))


def _needs_schemas(body: Body) -> bool:
    return any(set(_keywords(tool["function"].get("parameters", {}))) - _PLAIN for tool in body.get("tools") or ())


def _keywords(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keywords of a schema and of those in it."""
    yield from schema
    inner = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values(), schema.get("items")]
    for item in inner:
        if isinstance(item, Mapping):
            yield from _keywords(item)


def _needs_no_parameters(body: Body) -> bool:
    return any("parameters" not in tool["function"] for tool in body.get("tools") or ())


def _needs_opaque_fields(body: Body) -> bool:
    calls = [call for message in body["messages"] for call in message.get("tool_calls") or ()]
    return any(set(item) - _KNOWN for item in [*body["messages"], *calls])


def _needs_unsigned_calls(body: Body) -> bool:
    calling = [message for message in body["messages"] if message.get("tool_calls")]
    return any("extra_content" not in message["tool_calls"][0] for message in calling)


def _needs_null_content(body: Body) -> bool:
    return any(message["content"] is None for message in body["messages"])


def _needs_thoughts_beside_content(body: Body) -> bool:
    return any(message.get("reasoning_content") and message["content"] for message in body["messages"])


REFUSALS: Mapping[Lack, tuple[Callable[[Body], bool], str]] = {
    "tools": (_needs("tools"), "registry.ollama.ai/library/gemma:2b does not support tools"),
    "stream": (_needs("stream"), "Streaming is not supported by this model."),
    "stream_options": (_needs("stream_options"), "Unrecognized request argument supplied: stream_options"),
    "max_tokens": (
        _needs("max_tokens"),
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ),
    "tool_choice": (
        lambda body: isinstance(body.get("tool_choice"), dict),
        'Invalid tool_choice type: "object". Supported string values: none, auto, required',
    ),
    "response_format": (
        _needs("response_format"),
        "'response_format' of type 'json_schema' is not supported with this model.",
    ),
    "temperature": (
        lambda body: body.get("temperature") is not None,
        "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default is supported.",
    ),
    "system": (
        lambda body: any(message["role"] == "system" for message in body["messages"]),
        "System role not supported",
    ),
    "schemas": (
        _needs_schemas,
        'Invalid JSON payload received. Unknown name "anyOf" at '
        "'tools[0].function_declarations[0].parameters.properties[1].value': Cannot find field.",
    ),
    "no_parameters": (_needs_no_parameters, "tools.0.function.parameters: Field required"),
    "opaque_fields": (_needs_opaque_fields, "messages.2: Unsupported fields: 'extra_content', 'reasoning_content'"),
    "unsigned_calls": (
        _needs_unsigned_calls,
        "Function call is missing a thought_signature in functionCall parts. This is required for tools to work "
        "correctly. Please refer to the documentation.",
    ),
    "null_content": (
        _needs_null_content,
        "Invalid 'content': 'content' field must be a string or an array of objects.",
    ),
    "thoughts_beside_content": (
        _needs_thoughts_beside_content,
        "Cannot pass both content and thinking in an assistant message with tool calls! Put the analysis message in "
        "one or the other, but not both.",
    ),
    "odd_schemas": (
        _needs_schemas,
        "Unknown method: keys at row 57, column 46: {%- for json_key in param_fields.keys() | reject('in', handled) %}",
    ),
}
"""Whether a request needs what a server lacks, and what the server says then."""


def refusal(body: Body, lacks: Collection[Lack], window: int | None) -> Fault | None:
    """Return the refusal of a request, or None if the server supports all of it. `window` is in tokens."""
    for lack, (needs, words) in REFUSALS.items():
        if lack in lacks and needs(body):
            return Fault(400, problem(words, "invalid_request_error"))
    tokens = prompt_tokens(body)
    if window is None or tokens <= window:
        return None
    words = f"This model's maximum context length is {window} tokens. However, your messages resulted in {tokens}"
    return Fault(400, problem(f"{words} tokens. Please reduce the length of the messages.", "context_length_exceeded"))
