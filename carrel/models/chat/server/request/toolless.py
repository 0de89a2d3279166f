"""Rewrite calls and their results as plain text, for a server that does not support tools. Pure."""

from collections.abc import Callable, Iterable, Iterator

from carrel.messages import AssistantMessage, Message, ToolResult, UserMessage, join_neighbours


def _tell_all(message: AssistantMessage) -> bool:
    return True


def without_calls(
    messages: Iterable[Message], tells: Callable[[AssistantMessage], bool] = _tell_all
) -> tuple[Message, ...]:
    """Return the messages with calls and results as text; only the calls of messages that `tells` chooses.

    Neighbours of the same role are joined, because strict chat templates want user and assistant to alternate.
    """
    return tuple(join_neighbours(_as_text(messages, tells)))


def _as_text(messages: Iterable[Message], tells: Callable[[AssistantMessage], bool]) -> Iterator[Message]:
    told = True
    for message in messages:
        match message:
            case ToolResult(name=name, text=text) if told:
                yield UserMessage(f"(result of {name}) {text}" if name else f"(result) {text}")
            case AssistantMessage(text=text, calls=calls) if calls:
                told = tells(message)
                lines = "\n".join(f"(called {call.name} {call.arguments})" for call in calls)
                yield AssistantMessage(f"{text}\n{lines}".strip()) if told else message
            case _:
                yield message
