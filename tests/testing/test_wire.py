"""What the fake server reads and writes is what Chat Completions says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.messages import (
    AssistantMessage,
    Message,
    SystemMessage,
    ToolCall,
    ToolResult,
    ToolSchema,
    Usage,
    UserMessage,
)
from carrel.models.chat.scripted import call, say
from carrel.models.chat.server.capabilities import Capabilities
from carrel.models.chat.server.request.payload import accepted_messages, build_payload
from carrel.protocols import Reply, Request
from carrel.testing.wire import chunks_of, completion_of, delta, merge_chunks, request_of

MESSAGES: st.SearchStrategy[Message] = st.one_of(
    st.builds(SystemMessage, st.text()),
    st.builds(UserMessage, st.text()),
    st.builds(AssistantMessage, st.text(), st.sampled_from([(), (ToolCall("c", "f", '{"x": 1}'),)])),
    st.builds(ToolResult, st.just("c"), st.just(""), st.text()),
)
TOOLS = (ToolSchema("f", "Do it.", {"type": "object", "properties": {"x": {"type": "string"}}}),)


def as_read(message: Message) -> Message:
    """Return a message without what the format does not have."""
    return replace(message, name="", ok=True) if isinstance(message, ToolResult) else message


@given(st.lists(MESSAGES, max_size=5).map(tuple), st.sampled_from([(), TOOLS]), st.none() | st.integers(1, 9000))
def test_a_request_is_read_back(
    messages: tuple[Message, ...], tools: tuple[ToolSchema, ...], max_tokens: int | None
) -> None:
    """The server sees the request that was sent, its history as servers accept it, whichever name its limit has."""
    request = Request(messages, tools, max_tokens)
    accepted = replace(request, messages=tuple(map(as_read, accepted_messages(request, Capabilities()))))
    for long_limit in (True, False):
        assert request_of(build_payload(request, "m", Capabilities(), long_limit)) == accepted


@pytest.mark.parametrize("body", [{}, {"messages": [{}]}, {"messages": [{"role": "tourist"}]}, {"messages": 5}, []])
def test_what_is_no_request_is_refused(body: object) -> None:
    """A body of another shape raises one of the errors that the server answers with 400."""
    with pytest.raises((AttributeError, KeyError, TypeError, ValueError)):
        request_of(body)  # type: ignore[arg-type]


def test_usage_is_streamed_only_if_it_is_asked_for() -> None:
    """A stream ends with a chunk of usage for a client that wants it; a completion always has it."""
    reply = Reply(say("Hi"), Usage(5, 2))
    wanted = list(chunks_of(reply, {"stream_options": {"include_usage": True}}))
    assert wanted[:-1] == list(chunks_of(reply, {}))
    assert wanted[-1]["usage"] == completion_of(reply, {})["usage"]
    assert wanted[-1]["usage"]["total_tokens"] == 7


def test_chunks_are_merged_for_a_client_that_does_not_stream() -> None:
    """Text is joined, calls and the finish reason are kept, and a chunk of another shape stays as it is."""
    chunks = [delta({"content": "Let me "}), delta({"content": "see.", "tool_calls": [1]}, "stop"), {"error": "Oops"}]
    merged = merge_chunks(chunks)
    choice = merged["choices"][0]
    assert choice["message"] == {"role": "assistant", "content": "Let me see.", "tool_calls": [1]}
    assert (choice["finish_reason"], merged["error"]) == ("stop", "Oops")
    assert merge_chunks(list(chunks_of(Reply(call("f")), {})))["choices"][0]["message"]["content"] == ""
