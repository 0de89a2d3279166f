"""What a refused request reveals about a server."""

from typing import Any

import pytest

from carrel.models.chat.server.failures.failure import Failure
from carrel.models.chat.server.failures.refusals import facts_from

PAYLOAD: dict[str, Any] = {"stream": True, "stream_options": {}, "tools": [], "max_tokens": 5, "temperature": 0.2}


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
        ("Unsupported value: 'temperature' does not support 0.2 with this model.", {"temperature": False}),
        ("`temperature` is deprecated for this model.", {"temperature": False}),
        ("Unsupported parameter: 'temperature' is not supported with this model.", {"temperature": False}),
        ("temperature must be less than or equal to 2", {}),
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


HISTORY: dict[str, Any] = {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {
            "role": "assistant",
            "content": None,
            "reasoning_content": "Hm.",
            "tool_calls": [{"id": "a", "type": "function", "function": {}, "extra_content": {}}],
        },
        {"role": "tool", "tool_call_id": "a", "content": "Done."},
    ],
    "tools": [{"type": "function", "function": {"name": "f", "description": "F."}}],
}
RICH: dict[str, Any] = {
    "tools": [
        {"function": {"name": "f", "parameters": {"type": "object", "properties": {"x": {"anyOf": [{}, {}]}}}}},
    ]
}


@pytest.mark.parametrize(
    ("message", "learned"),
    [
        ("System role not supported", {"system_role": False}),
        ("Developer instruction is not enabled for models/gemma-3-27b-it", {"system_role": False}),
        ("Unsupported value: 'messages[0].role' does not support 'system' with this model.", {"system_role": False}),
        ("Conversation roles must alternate user/assistant/user/assistant/...", {"system_role": False}),
        ("Only user and assistant roles are supported!", {"system_role": False}),
        ("This model does not support system prompts", {"system_role": False}),
        ("system messages are not supported by this model", {"system_role": False}),
        ('messages: Unexpected role "system". Use the top-level parameter', {"system_role": False}),
        ("After the optional system message, conversation roles must alternate user/assistant", {"tools": False}),
        ("Unknown name 'extra_content' at 'messages[2].tool_calls[0]'", {"opaque_fields": False}),
        ("property 'reasoning_content' is unsupported", {"opaque_fields": False}),
        ("The reasoning_content in the thinking mode must be passed back to the API.", {"signed_calls": True}),
        ("Function call is missing a thought_signature in functionCall parts.", {"signed_calls": True}),
        ("reasoning_content is missing in assistant tool call message at index 2", {"signed_calls": True}),
        (
            "Expected `thinking`, but found `tool_use`: a final assistant message must have a thinking block",
            {"signed_calls": True},
        ),
        ("key 'parameters' not found", {"empty_parameters": True}),
        ("tools.0.function.parameters: Field required", {"empty_parameters": True}),
        ("'dict object' has no attribute 'parameters'", {"empty_parameters": True}),
        ("Bad request", {}),
    ],
)
def test_a_refusal_teaches_how_to_write_a_history(message: str, learned: dict[str, bool]) -> None:
    """Roles, opaque fields and parameters that a server does not take, or misses, are recognised by what was sent."""
    assert facts_from(Failure("refused", message), HISTORY) == learned


@pytest.mark.parametrize(
    ("message", "learned"),
    [
        (
            "Unknown name 'anyOf' at 'tools[0].function_declarations[0].parameters.properties[0]'",
            {"full_schemas": False},
        ),
        ("Invalid schema for function 'f'", {"full_schemas": False}),
        ("Bad request", {}),
    ],
)
def test_a_refusal_teaches_to_write_plain_schemas(message: str, learned: dict[str, bool]) -> None:
    """Only where the schemas can be made plainer does it help to send them again."""
    assert facts_from(Failure("refused", message), RICH) == learned


@pytest.mark.parametrize(
    ("message", "learned"),
    [
        ("This model is only supported in v1/responses and not in v1/chat/completions.", {"api": "responses"}),
        (
            "Function tools with reasoning_effort are not supported for gpt-5.4. Please use /v1/responses instead.",
            {"api": "responses"},
        ),
        ("The requested model is not supported with the Responses API.", {"api": "chat"}),
        ("This model is only supported in v1/chat/completions.", {"api": "chat"}),
        ("Encrypted content is not supported with this model.", {"encrypted_reasoning": False}),
        ("The encrypted content gAAA... could not be verified.", {"opaque_fields": False}),
    ],
)
def test_a_refusal_names_the_other_api(message: str, learned: dict[str, object]) -> None:
    """What a server says of the two APIs is understood, with whatever status it comes."""
    for kind in ("refused", "path", "model"):
        assert facts_from(Failure(kind, message), PAYLOAD) == learned
