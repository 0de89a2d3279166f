"""Calls in the text of a reply, and no calls at all: for models and servers without an interface for tools."""

from collections.abc import Iterable, Iterator, Sequence

from carrel.agent.calling.call_format import TEMPERATURE
from carrel.messages import AssistantMessage, Message, ToolResult, ToolSchema, UserMessage, join_neighbours
from carrel.protocols import Reply, Request, StreamItem
from carrel.rendering.written_calls import render_result, render_tools, render_written_call


class TextFormat:
    """The tools are described in the instructions, and the model writes its calls in tags."""

    native = False

    def describe(self, instructions: str, tools: Sequence[ToolSchema]) -> str:
        """Return the instructions with a line for each tool."""
        return instructions.replace("{tools}", render_tools(tools))

    def write(self, messages: Sequence[Message]) -> list[Message]:
        """Return messages with calls in tags, and results as messages of the user."""
        return join_neighbours(map(_written, messages))

    def request(
        self,
        messages: Sequence[Message],
        offered: tuple[ToolSchema, ...],
        known: tuple[ToolSchema, ...],
        max_tokens: int,
    ) -> Request:
        """Return a request whose reply may hold calls of the tools."""
        return Request(tuple(messages), (), max_tokens, (*offered, *known), temperature=TEMPERATURE)

    def read(self, stream: Iterator[StreamItem], tools: Sequence[ToolSchema]) -> Iterator[StreamItem]:
        """Yield the stream as it is: calls in the text have been told apart from it already."""
        return stream

    def is_obeyed(self, reply: Reply) -> bool | None:
        """Return True where there are calls, for all that are in the text are read; else None."""
        return True if reply.message.calls else None


class NoCallsFormat(TextFormat):
    """The model is told of no tools, and sees no calls; those that it makes all the same are still read."""

    def describe(self, instructions: str, tools: Sequence[ToolSchema]) -> str:
        """Return the instructions as they are."""
        return instructions

    def write(self, messages: Sequence[Message]) -> list[Message]:
        """Return what was said, without calls and results."""
        return join_neighbours(_without_calls(messages))


def _written(message: Message) -> Message:
    match message:
        case AssistantMessage(text=text, calls=calls) if calls:
            return AssistantMessage("\n".join([*([text] if text else []), *map(render_written_call, calls)]))
        case ToolResult(text=text):
            return UserMessage(render_result(text))
        case _:
            return message


def _without_calls(messages: Iterable[Message]) -> Iterator[Message]:
    for message in messages:
        if isinstance(message, AssistantMessage):
            yield from [AssistantMessage(message.text)] if message.text else []
        elif not isinstance(message, ToolResult):
            yield message


TEXT_FORMAT = TextFormat()
NO_CALLS_FORMAT = NoCallsFormat()
