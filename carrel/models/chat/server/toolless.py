"""Rewrite calls and their results as plain text, for a server that does not support tools. Pure."""

from collections.abc import Iterator, Sequence

from carrel.messages import AssistantMessage, Message, ToolResult, UserMessage


def without_calls(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return the messages with calls and results as text.

    Neighbours of the same role are joined, because strict chat templates want user and assistant to alternate.
    """
    joined: list[Message] = []
    for message in _as_text(messages):
        last = joined[-1] if joined else None
        if isinstance(message, UserMessage) and isinstance(last, UserMessage):
            joined[-1] = UserMessage(f"{last.text}\n\n{message.text}")
        elif isinstance(message, AssistantMessage) and isinstance(last, AssistantMessage):
            joined[-1] = AssistantMessage(f"{last.text}\n\n{message.text}")
        else:
            joined.append(message)
    return tuple(joined)


def _as_text(messages: Sequence[Message]) -> Iterator[Message]:
    for message in messages:
        match message:
            case ToolResult(name=name, text=text):
                yield UserMessage(f"(result of {name}) {text}" if name else f"(result) {text}")
            case AssistantMessage(text=text, calls=calls) if calls:
                lines = "\n".join(f"(called {call.name} {call.arguments})" for call in calls)
                yield AssistantMessage(f"{text}\n{lines}".strip())
            case _:
                yield message
