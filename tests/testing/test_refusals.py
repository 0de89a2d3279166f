"""A server that supports less than OpenAI refuses in words from which a client learns what to leave out."""

import pytest

from carrel.models.chat.server.failures.failure import Failure
from carrel.models.chat.server.failures.overflow import stated_window
from carrel.models.chat.server.failures.refusals import facts_from
from carrel.testing.refusals import LACKS, Lack, refusal

BODY = {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {
            "role": "assistant",
            "content": None,
            "reasoning_content": "Hm.",
            "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
        {"role": "assistant", "content": "Hi.", "reasoning_content": "Hm."},
    ],
    "tools": [
        {"function": {"name": "f"}},
        {"function": {"name": "g", "parameters": {"properties": {"x": {"anyOf": [{"type": "string"}]}}}}},
    ],
    "stream": True,
    "stream_options": {"include_usage": True},
    "max_tokens": 5,
    "temperature": 0.2,
    "tool_choice": {"type": "x"},
    "response_format": {"type": "json_schema"},
}
LEARNED: dict[Lack, dict[str, bool]] = {
    "tools": {"tools": False},
    "stream": {"streaming": False},
    "stream_options": {"stream_options": False},
    "max_tokens": {"long_limit": True},
    "tool_choice": {},
    "response_format": {"json_schema": False},
    "temperature": {"temperature": False},
    "system": {"system_role": False},
    "schemas": {"full_schemas": False},
    "no_parameters": {"empty_parameters": True},
    "opaque_fields": {"opaque_fields": False},
    "unsigned_calls": {"signed_calls": True},
    "null_content": {"null_content": False},
    "thoughts_beside_content": {"opaque_fields": False},
    "odd_schemas": {"full_schemas": False},
}


@pytest.mark.parametrize("lack", LACKS)
def test_each_refusal_teaches_what_it_says(lack: Lack) -> None:
    """The words of a refusal are understood, and a request without the thing is not refused."""
    refused = refusal(BODY, [lack], None)
    assert refused is not None
    assert isinstance(refused.body, dict)
    assert facts_from(Failure("refused", refused.body["error"]["message"]), BODY) == LEARNED[lack]
    assert refusal({"messages": []}, [lack], None) is None


def test_a_request_that_is_too_long_is_told_the_window() -> None:
    """A request that fits is not refused; another is told the context window in tokens."""
    body = {"messages": [{"role": "user", "content": "The kettle sings. " * 2000}]}
    refused = refusal(body, [], 4096)
    assert refused is not None
    assert isinstance(refused.body, dict)
    assert stated_window(refused.body["error"]["message"], 5000) == 4096
    assert refusal(body, [], 40_960) is None
