"""Pair tool calls with their results, and find calls that have none. Pure."""

from collections.abc import Iterator, Sequence

from carrel.memory.values import StoredMessage
from carrel.messages import ToolCall


def pair_results(messages: Sequence[StoredMessage]) -> list[StoredMessage]:
    """Return messages with the results of each message's calls right after it, in the order of the calls.

    A result that was stored late, as by a repair, moves up; one without a call is left out.
    """
    results = {_key(message, message.call_id): message for message in reversed(messages) if message.role == "tool"}
    ordered: list[StoredMessage] = []
    for message in messages:
        if message.role == "tool":
            continue
        ordered.append(message)
        own = (results.pop(_key(message, call.id), None) for call in message.calls)
        ordered.extend(result for result in own if result is not None)
    return ordered


def calls_without_result(messages: Sequence[StoredMessage]) -> Iterator[tuple[StoredMessage, ToolCall]]:
    """Yield each call that has no result among the messages, with the message that makes it."""
    answered = {_key(message, message.call_id) for message in messages if message.role == "tool"}
    for message in messages:
        for call in message.calls:
            if _key(message, call.id) not in answered:
                yield message, call


def _key(message: StoredMessage, call_id: str | None) -> tuple[str | None, int | None, str | None]:
    """Return what identifies a call; by its id alone it is not known, for models use the same ids in each step."""
    return message.turn, message.step, call_id
