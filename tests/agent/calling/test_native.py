"""The native format leaves everything to the server."""

from carrel.agent.calling.native import NATIVE_FORMAT
from carrel.messages import AssistantMessage, Message, ToolCall, ToolSchema, UserMessage
from carrel.protocols import Reply, Request, StreamItem

TOOL = ToolSchema("ping", "Ping.")
CALLED = Reply(AssistantMessage("", (ToolCall("a", "ping", "{}"),)))


def test_a_request_offers_the_tools() -> None:
    """Instructions, messages and replies stay as they are."""
    messages: list[Message] = [UserMessage("Hi"), CALLED.message]
    assert NATIVE_FORMAT.describe("Be {tools}", (TOOL,)) == "Be {tools}"
    assert NATIVE_FORMAT.write(messages) == messages
    assert NATIVE_FORMAT.request(messages, (TOOL,), (), 9) == Request(tuple(messages), (TOOL,), 9)
    assert NATIVE_FORMAT.request([], (), (TOOL,), 9) == Request((), (), 9, (TOOL,))
    stream: list[StreamItem] = [CALLED]
    assert list(NATIVE_FORMAT.read(iter(stream), (TOOL,))) == stream


def test_only_calls_show_whether_it_is_obeyed() -> None:
    """A call that the server has parsed does, and one in the text does not; a text shows nothing."""
    written = Reply(CALLED.message, text_calls=True)
    assert [NATIVE_FORMAT.is_obeyed(reply) for reply in (CALLED, written, Reply(AssistantMessage("Hi")))] == [
        True,
        False,
        None,
    ]
