"""Under the contract of actions, a request asks for one, its history shows them, and the reply is read from one."""

from collections.abc import Iterator

from carrel.agent.calling.action import ACTION_FORMAT
from carrel.agent.calling.call_format import TEMPERATURE
from carrel.messages import AssistantMessage, Message, SystemMessage, ToolCall, ToolResult, ToolSchema, UserMessage
from carrel.protocols import Reply, Retrying, StreamItem, TextPiece
from carrel.rendering.written_calls import action_schema

QUERY = {"properties": {"query": {"type": "string"}}, "required": ["query"]}
SEARCH = ToolSchema("search", "Look it up. Or not.", QUERY)


def test_the_history_is_written_as_actions() -> None:
    """Calls, replies and results, each side in turn."""
    call = ToolCall("a", "search", '{"query": "tea"}')
    messages: list[Message] = [
        UserMessage("Tea?"),
        AssistantMessage("Let me see.", (call, call)),
        ToolResult("a", "search", "Green."),
        ToolResult("b", "search", "Black."),
        AssistantMessage("Green."),
    ]
    note = "If this does not tell the answer, say that you do not know it."
    assert ACTION_FORMAT.write([SystemMessage("Be kind."), *messages]) == [
        SystemMessage("Be kind."),
        UserMessage("Tea?"),
        AssistantMessage('{"search": "tea"}\n{"search": "tea"}'),
        UserMessage(f"Result: Green.\n({note})\n\nResult: Black.\n({note})"),
        AssistantMessage('{"reply": "Green."}'),
    ]


def test_a_request_asks_for_an_action() -> None:
    """Tools that are offered are actions; those that are only known are none."""
    request = ACTION_FORMAT.request([UserMessage("Hi")], (SEARCH,), (), 50)
    assert (request.tools, request.text_tools, request.max_tokens, request.temperature) == ((), (), 50, TEMPERATURE)
    assert request.schema == action_schema((SEARCH,))
    assert ACTION_FORMAT.request([], (), (SEARCH,), 50).schema == action_schema(())
    assert ACTION_FORMAT.describe("Do:\n{tools}", (SEARCH,)) == 'Do:\n{"search": "..."} - Look it up'


def test_a_reply_is_read_from_an_action() -> None:
    """The text streams, a call ends the step, and an attempt that failed leaves nothing behind."""

    def read(*items: StreamItem) -> list[StreamItem]:
        def stream() -> Iterator[StreamItem]:
            yield from items

        return list(ACTION_FORMAT.read(stream(), (SEARCH,)))

    said, called = '{"reply": "Hi."}', '{"search": "tea"}'
    retry = Retrying("Busy.", 1.0, discard=True)
    assert read(TextPiece('{"reply": "No'), retry, TextPiece(said), Reply(AssistantMessage(said))) == [
        TextPiece("No"),
        retry,
        TextPiece("Hi."),
        Reply(AssistantMessage("Hi.")),
    ]
    made = Reply(AssistantMessage("", (ToolCall("", "search", '{"query": "tea"}'),)), finish="tool_calls")
    assert read(TextPiece(called), Reply(AssistantMessage(called))) == [made]
    half = Reply(AssistantMessage("Half an"), finish="length", malformed=True)
    assert read(Reply(AssistantMessage('{"reply": "Half an')))[-1] == half
    assert read(Reply(AssistantMessage("Hi.")))[-1] == Reply(AssistantMessage("Hi."), malformed=True)
    assert [ACTION_FORMAT.is_obeyed(reply) for reply in (made, Reply(AssistantMessage("Hi."), malformed=True))] == [
        True,
        False,
    ]
