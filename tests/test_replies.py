"""What a model streams is told apart as it comes, with the same result as its whole reply."""

from collections.abc import Iterator

from carrel.messages import AssistantMessage, ToolCall, ToolSchema, UserMessage
from carrel.protocols import Discarded, Reply, Request, Retrying, StreamItem, TextPiece, ThoughtPiece
from carrel.replies import read_stream

ASKED = Request((UserMessage("Hi"),), (ToolSchema("ping", ""),))
CALL = '<tool_call>{"name": "ping", "arguments": {}}</tool_call>'


def read(*items: StreamItem, request: Request = ASKED) -> list[StreamItem]:
    """Return what is told apart."""

    def stream() -> Iterator[StreamItem]:
        yield from items

    return list(read_stream(stream(), request))


def said(text: str, *calls: ToolCall) -> Reply:
    """Return a reply."""
    return Reply(AssistantMessage(text, calls), finish="tool_calls" if calls else "stop")


def test_a_plain_reply_stays_as_it_is() -> None:
    """Text, calls and retries pass."""
    items: list[StreamItem] = [Retrying("Busy.", 1.0), TextPiece("Hello"), said("Hello", ToolCall("a", "ping", "{}"))]
    assert read(*items) == items


def test_calls_and_thoughts_leave_the_text() -> None:
    """They are shown apart, and the reply holds each in its place."""
    text = f"<think>Hm.</think>So.\n{CALL}"
    reply = Reply(AssistantMessage("So.", (ToolCall("", "ping", "{}"),)), None, "tool_calls", "Hm.", True)
    assert read(TextPiece(text[:7]), TextPiece(text[7:]), said(text)) == [
        ThoughtPiece("Hm."),
        TextPiece("So."),
        reply,
    ]
    named = Request(ASKED.messages, text_tools=ASKED.tools)
    assert read(said(CALL), request=named)[-1] == read(said(CALL))[-1]


def test_what_turns_out_to_be_a_thought_is_taken_back() -> None:
    """The text so far is void, and so is that of an attempt that failed."""
    assert read(TextPiece("Hm. "), TextPiece("</think>Yes"), said("Hm. </think>Yes"))[1:] == [
        Discarded(),
        ThoughtPiece("Hm."),
        TextPiece("Yes"),
        Reply(AssistantMessage("Yes"), thought="Hm."),
    ]
    retry = Retrying("Broken.", 1.0, discard=True)
    assert read(TextPiece("<think>Half"), retry, TextPiece("Yes"), said("Yes"))[1:] == [
        retry,
        TextPiece("Yes"),
        said("Yes"),
    ]
