"""What a refused request reveals about a server."""

from typing import Any

import pytest

from carrel.models.chat.server.failures.failure import Failure
from carrel.models.chat.server.failures.refusals import facts_from, stated_window

PAYLOAD: dict[str, Any] = {"stream": True, "stream_options": {}, "tools": [], "max_tokens": 5}


@pytest.mark.parametrize(
    ("message", "learned"),
    [
        ("registry.ollama.ai/library/gemma:2b does not support tools", {"tools": False}),
        ('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', {"tools": False}),
        ("tools param requires --jinja flag", {"tools": False}),
        ("No endpoints found that support tool use.", {"tools": False}),
        ("Unsupported parameter: 'tools' is not supported with this model.", {"tools": False}),
        ("Function calling is not enabled for this model", {"tools": False}),
        ("Unrecognized request argument supplied: stream_options", {"stream_options": False}),
        ("Extra inputs are not permitted: stream_options.include_usage", {"stream_options": False}),
        ("Streaming is not supported by this model.", {"streaming": False}),
        ("Your organization must be verified; this model does not support streaming", {"streaming": False}),
        ("Cannot use tools with stream", {"streaming": False}),
        ("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", {"long_limit": True}),
        ("messages with role 'tool' must be a response to a preceding message with 'tool_calls'", {}),
        ("Invalid schema for function 'post': tools[0].function.parameters", {}),
        ("max_tokens is too large: 90000", {}),
        ("Bad request", {}),
    ],
)
def test_a_refusal_teaches_what_to_leave_out(message: str, learned: dict[str, bool]) -> None:
    """The wordings of known servers are understood, and no other complaint is taken for one of them."""
    assert facts_from(Failure("refused", message), PAYLOAD) == learned
    assert facts_from(Failure("refused", message), {}) == {}
    assert facts_from(Failure("key", message), PAYLOAD) == {}


@pytest.mark.parametrize(
    ("message", "window"),
    [
        ("This model's maximum context length is 4096 tokens. However, you requested 5000", 4096),
        ("the request exceeds the available context size (8,192 tokens)", 8192),
        ("prompt is too long: 9000 tokens > 8000 maximum", None),
        ("the context limit is 429", None),
        ("too long", None),
    ],
)
def test_a_window_that_is_stated_is_read(message: str, window: int | None) -> None:
    """A server that says how much it serves is taken at its word."""
    assert stated_window(message) == window
