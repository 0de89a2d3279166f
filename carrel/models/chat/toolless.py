"""Say in plain words what was called before, for a server that knows no tools. Pure."""

from collections.abc import Iterator, Sequence

from carrel.messages import AssistantMessage, Message, ToolResult, UserMessage


def without_calls(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return the messages with calls and results told as text, the users' ones joined where they follow each other."""
    told: list[Message] = []
    for message in _told(messages):
        last = told[-1] if told else None
        if isinstance(message, UserMessage) and isinstance(last, UserMessage):
            told[-1] = UserMessage(f"{last.text}\n\n{message.text}")
        elif isinstance(message, AssistantMessage) and isinstance(last, AssistantMessage):
            told[-1] = AssistantMessage(f"{last.text}\n\n{message.text}")
        else:
            told.append(message)
    return tuple(told)


def _told(messages: Sequence[Message]) -> Iterator[Message]:
    for message in messages:
        match message:
            case ToolResult(name=name, text=text):
                yield UserMessage(f"(result of {name}) {text}" if name else f"(result) {text}")
            case AssistantMessage(text=text, calls=calls) if calls:
                made = "\n".join(f"(called {call.name} {call.arguments})" for call in calls)
                yield AssistantMessage(f"{text}\n{made}".strip())
            case _:
                yield message
