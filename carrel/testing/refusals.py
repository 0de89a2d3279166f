"""How servers that support less than OpenAI refuse a request, in their own words."""

from collections.abc import Collection, Mapping
from typing import Any, Literal, get_args

from carrel.testing.fault import Fault, problem
from carrel.testing.wire import prompt_tokens

Lack = Literal["tools", "stream", "stream_options", "max_tokens", "tool_choice", "response_format"]
LACKS: tuple[Lack, ...] = get_args(Lack)

_MESSAGES: Mapping[Lack, str] = {
    "tools": "registry.ollama.ai/library/gemma:2b does not support tools",
    "stream": "Streaming is not supported by this model.",
    "stream_options": "Unrecognized request argument supplied: stream_options",
    "max_tokens": "Unsupported parameter: 'max_tokens' is not supported with this model. "
    "Use 'max_completion_tokens' instead.",
    "response_format": "'response_format' of type 'json_schema' is not supported with this model.",
    "tool_choice": 'Invalid tool_choice type: "object". Supported string values: none, auto, required',
}


def refusal(body: Mapping[str, Any], lacks: Collection[Lack], window: int | None) -> Fault | None:
    """Return the refusal of a request, or None if the server supports all of it. `window` is in tokens."""
    for lack in LACKS:
        needed = isinstance(body.get(lack), dict) if lack == "tool_choice" else body.get(lack)
        if lack in lacks and needed:
            return Fault(400, problem(_MESSAGES[lack], "invalid_request_error"))
    tokens = prompt_tokens(body)
    if window is None or tokens <= window:
        return None
    words = f"This model's maximum context length is {window} tokens. However, your messages resulted in {tokens}"
    return Fault(400, problem(f"{words} tokens. Please reduce the length of the messages.", "context_length_exceeded"))
