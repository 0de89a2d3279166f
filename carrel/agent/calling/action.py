"""Calls as actions: each reply is one JSON object that a schema holds to a reply or a call, and that streams."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from carrel.agent.calling.action_reader import ActionReader
from carrel.agent.calling.call_format import TEMPERATURE
from carrel.messages import AssistantMessage, Message, ToolResult, ToolSchema, UserMessage, join_neighbours
from carrel.protocols import Finish, Reply, Request, Retrying, StreamItem, TextPiece
from carrel.rendering.written_calls import (
    NOT_FOUND,
    action_schema,
    render_actions,
    render_call_action,
    render_reply_action,
    render_result,
)
from carrel.replies import items_of


class ActionFormat:
    """The tools are described in the instructions, and the reply is held to a schema."""

    native = False

    def describe(self, instructions: str, tools: Sequence[ToolSchema]) -> str:
        """Return the instructions with a line for each tool."""
        return instructions.replace("{tools}", render_actions(tools))

    def write(self, messages: Sequence[Message]) -> list[Message]:
        """Return messages with what the model said as actions, and results as messages of the user."""
        return join_neighbours(written for message in messages for written in _written(message))

    def request(
        self,
        messages: Sequence[Message],
        offered: tuple[ToolSchema, ...],
        known: tuple[ToolSchema, ...],
        max_tokens: int,
    ) -> Request:
        """Return a request for an action."""
        return Request(tuple(messages), (), max_tokens, schema=action_schema(offered), temperature=TEMPERATURE)

    def read(self, stream: Iterator[StreamItem], tools: Sequence[ToolSchema]) -> Iterator[StreamItem]:
        """Yield the text of the reply while it is written, and at the end the call that the action makes."""
        reader = ActionReader(tools)
        for item in stream:
            match item:
                case TextPiece(text=text):
                    yield from items_of(reader.feed(text))
                case Reply():
                    yield from items_of(reader.end())
                    yield _read(item, tools)
                case _:
                    reader = ActionReader(tools) if isinstance(item, Retrying) and item.discard else reader
                    yield item

    def is_obeyed(self, reply: Reply) -> bool | None:
        """Return whether the reply was an action."""
        return not reply.malformed


def _written(message: Message) -> Iterator[Message]:
    match message:
        case AssistantMessage(calls=calls) if calls:
            yield AssistantMessage("\n".join(map(render_call_action, calls)))
        case AssistantMessage(text=text):
            yield AssistantMessage(render_reply_action(text))
        case ToolResult(text=text):
            yield UserMessage(render_result(text, NOT_FOUND))
        case _:
            yield message


def _read(reply: Reply, tools: Sequence[ToolSchema]) -> Reply:
    """Return a reply with the text and the calls of its action."""
    reader = ActionReader(tools)
    first, last = reader.feed(reply.message.text), reader.end()
    text = last.text if last.void else first.text + last.text
    calls = (*reply.message.calls, *reader.calls)
    message = replace(reply.message, text=text, calls=calls)
    ended: Finish = "length" if reader.broke_off else "tool_calls" if calls else "stop"
    finish = ended if reply.finish == "stop" else reply.finish
    thought = reply.thought + first.thought + last.thought
    return replace(reply, message=message, finish=finish, thought=thought, malformed=not reader.obeyed)


ACTION_FORMAT = ActionFormat()
