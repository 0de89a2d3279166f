"""The body of a request."""

from carrel.messages import AssistantMessage, ToolCall, ToolResult, ToolSchema, UserMessage
from carrel.models.chat.server.capabilities import Capabilities
from carrel.models.chat.server.payload import build_payload, call_ids
from carrel.protocols import Request


def test_only_what_a_server_can_do_is_asked_for() -> None:
    """A server that can do little is sent neither tools nor calls and is not asked for a stream; others are."""
    messages = (UserMessage("Go."), AssistantMessage("", (ToolCall("c", "f", "{}"),)), ToolResult("c", "f", "One."))
    request = Request(messages, (ToolSchema("f", "Do it."),), max_tokens=7)
    assert build_payload(request, "m", Capabilities(tools=False, streaming=False), long_limit=True) == {
        "model": "m",
        "messages": [
            {"role": "user", "content": "Go."},
            {"role": "assistant", "content": "(called f {})"},
            {"role": "user", "content": "(result of f) One."},
        ],
        "stream": False,
        "max_completion_tokens": 7,
    }
    whole = build_payload(request, "m", Capabilities(), long_limit=False)
    assert whole.keys() == {"model", "messages", "stream", "stream_options", "tools", "max_tokens"}
    assert call_ids(request) == {"c"}


def test_invalid_arguments_are_sent_back_as_json() -> None:
    """A server that parses earlier calls cannot be made to refuse every later request."""
    calls = (ToolCall("c1", "f", "{oops"), ToolCall("c2", "f", "{}"))
    payload = build_payload(Request((AssistantMessage("", calls),)), "m", Capabilities(), long_limit=False)
    sent = [item["function"]["arguments"] for item in payload["messages"][0]["tool_calls"]]
    assert sent == ['{"unreadable":"{oops"}', "{}"]
