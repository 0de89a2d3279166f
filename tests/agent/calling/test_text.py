"""Calls in text are written as models write them, and without calls only what was said is left."""

from carrel.agent.calling.call_format import TEMPERATURE
from carrel.agent.calling.text import NO_CALLS_FORMAT, TEXT_FORMAT
from carrel.messages import (
    AssistantMessage,
    Message,
    SystemMessage,
    ToolCall,
    ToolResult,
    ToolSchema,
    UserMessage,
    join_neighbours,
)
from carrel.protocols import Reply, Request, StreamItem

TOOL = ToolSchema("search", "Look it up.", {"properties": {"query": {"type": "string"}}, "required": ["query"]})
CALL = ToolCall("a", "search", '{"query": "tea"}')
TAGGED = '<tool_call>{"name": "search", "arguments": {"query": "tea"}}</tool_call>'
SAID: list[Message] = [
    UserMessage("Tea?"),
    AssistantMessage("", (CALL,)),
    ToolResult("a", "search", "Green."),
    AssistantMessage("Green."),
    UserMessage("Thanks."),
]


def test_calls_and_results_are_text() -> None:
    """What the reply may hold is read from its text, and all of it keeps to the contract."""
    assert TEXT_FORMAT.write(SAID)[1:3] == [AssistantMessage(TAGGED), UserMessage("Result: Green.")]
    assert TEXT_FORMAT.request([], (TOOL,), (), 9) == Request((), (), 9, (TOOL,), temperature=TEMPERATURE)
    assert TEXT_FORMAT.describe("Tools:\n{tools}", (TOOL,)) == "Tools:\nsearch(query) - Look it up"
    reply = Reply(AssistantMessage("Hi", (CALL,)))
    stream: list[StreamItem] = [reply]
    assert list(TEXT_FORMAT.read(iter(stream), (TOOL,))) == stream
    assert (TEXT_FORMAT.is_obeyed(reply), TEXT_FORMAT.is_obeyed(Reply(AssistantMessage("Hi")))) == (True, None)


def test_without_calls_only_words_are_left() -> None:
    """The model reads neither calls nor results, nor of tools."""
    assert NO_CALLS_FORMAT.write(SAID) == [UserMessage("Tea?"), AssistantMessage("Green."), UserMessage("Thanks.")]
    assert NO_CALLS_FORMAT.describe("Be kind.", (TOOL,)) == "Be kind."


def test_each_side_speaks_in_turn() -> None:
    """Successive messages of one side are joined, others stay."""
    messages: list[Message] = [
        SystemMessage("S"),
        UserMessage("a"),
        UserMessage("b"),
        AssistantMessage("c"),
        AssistantMessage("d"),
    ]
    assert join_neighbours(messages) == [SystemMessage("S"), UserMessage("a\n\nb"), AssistantMessage("c\n\nd")]
