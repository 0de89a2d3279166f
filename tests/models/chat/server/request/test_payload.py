"""The body of a request."""

import pytest

from carrel.messages import AssistantMessage, ToolCall, ToolResult, ToolSchema, UserMessage
from carrel.models.chat.server.capabilities import Capabilities
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.models.chat.server.request.history import BLANK, BRIDGE, GO_ON, accepted_id
from carrel.models.chat.server.request.payload import build_payload, call_ids
from carrel.protocols import Request
from carrel.testing.fake_server import FakeServer

F = ToolSchema("f", "Do it.", {"type": "object", "properties": {"x": {"type": "string"}}})


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
    payload = build_payload(Request((AssistantMessage("", calls),), (F,)), "m", Capabilities(), long_limit=False)
    sent = [item["function"]["arguments"] for item in payload["messages"][1]["tool_calls"]]
    assert sent == ['{"unreadable":"{oops"}', "{}"]


def test_content_is_null_only_beside_calls() -> None:
    """A server that refuses empty content beside calls can go on; no other has null or nothing."""
    messages = (
        UserMessage(""),
        AssistantMessage("", (ToolCall("c1", "f", "{}"),)),
        ToolResult("c1", "f", ""),
        AssistantMessage("I look.", (ToolCall("c2", "f", "{}"),)),
        ToolResult("c2", "f", "Two."),
        AssistantMessage(""),
    )
    sent = build_payload(Request(messages, (F,)), "m", Capabilities(), long_limit=False)["messages"]
    assert [message["content"] for message in sent] == [BLANK, None, BLANK, "I look.", "Two.", BLANK, GO_ON]


def test_calls_are_told_where_no_tools_are_offered() -> None:
    """Bedrock and Anthropic refuse calls in a request without tools, as the closing request of a turn is."""
    messages = (UserMessage("Go."), AssistantMessage("", (ToolCall("c", "f", "{}"),)), ToolResult("c", "f", "One."))
    sent = build_payload(Request(messages), "m", Capabilities(), long_limit=False)["messages"]
    assert [message["content"] for message in sent] == ["Go.", "(called f {})", "(result of f) One."]


@pytest.mark.network
def test_a_strict_server_accepts_a_turn_that_was_left_open() -> None:
    """Over HTTP: null beside calls, ids of nine letters and digits, an assistant's line before the user goes on."""
    messages = (
        UserMessage("Go."),
        AssistantMessage("", (ToolCall("call_1", "f", "{}"),)),
        ToolResult("call_1", "f", "One."),
        UserMessage("Are you there?"),
    )
    with FakeServer(["Yes."]) as server, OpenAIChat("m", server.url) as model:
        list(model.stream(Request(messages, (F,))))
        sent = server.requests[0]["messages"]
    given = accepted_id("call_1")
    function = {"name": "f", "arguments": "{}"}
    assert sent == [
        {"role": "user", "content": "Go."},
        {"role": "assistant", "content": None, "tool_calls": [{"id": given, "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": given, "content": "One."},
        {"role": "assistant", "content": BRIDGE},
        {"role": "user", "content": "Are you there?"},
    ]
