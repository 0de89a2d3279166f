"""Calls and their results: which belong together, and which lost each other. Pure."""

from collections.abc import Iterator, Sequence

from carrel.memory.values import StoredMessage
from carrel.messages import ToolCall


def paired(messages: Sequence[StoredMessage]) -> list[StoredMessage]:
    """Return messages with each result directly after the message that asks for it, in the order of its calls.

    A result that came late, as by a repair, moves up; one that nobody asked for is left out.
    """
    results = {_key(message, message.call_id): message for message in reversed(messages) if message.role == "tool"}
    found: list[StoredMessage] = []
    for message in messages:
        if message.role == "tool":
            continue
        found.append(message)
        answers = (results.pop(_key(message, call.id), None) for call in message.calls)
        found.extend(answer for answer in answers if answer is not None)
    return found


def unanswered(messages: Sequence[StoredMessage]) -> Iterator[tuple[StoredMessage, ToolCall]]:
    """Yield each call that has no result among the messages, with the message that asks for it."""
    answered = {_key(message, message.call_id) for message in messages if message.role == "tool"}
    for message in messages:
        for call in message.calls:
            if _key(message, call.id) not in answered:
                yield message, call


def _key(message: StoredMessage, call_id: str | None) -> tuple[str | None, int | None, str | None]:
    """Models give the calls of each step the same ids again."""
    return message.turn, message.step, call_id
