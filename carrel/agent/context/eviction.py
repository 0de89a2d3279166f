"""The queue's arithmetic: what to evict so that what stays is small enough. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from carrel.memory.values import StoredMessage


@dataclass(frozen=True, slots=True)
class Flush:
    """A plan: these leave the queue, those stay, both in order."""

    evicted: tuple[StoredMessage, ...]
    kept: tuple[StoredMessage, ...]


def plan_flush(messages: Sequence[StoredMessage], budget: int, share: float) -> Flush:
    """Evict whole turns from the front: about `share` of the tokens, and as much more as it takes to fit `budget`.

    A call never parts from its result. The turn at hand, the last one, stays whole if it fits; where it alone is over
    the budget, its oldest rounds of calls and results go, but never its user message or its last round.
    """
    total = sum(message.tokens for message in messages)
    goal = max(min(total * share, total - 1), total - budget)
    evicted: list[StoredMessage] = []
    rounds = [list(group) for group in _turns(messages)]
    while len(rounds) > 1 and _tokens(evicted) < goal:
        evicted.extend(rounds.pop(0))
    kept = [message for group in rounds for message in group]
    if _tokens(kept) > budget:
        more, kept = _within_turn(kept, budget)
        evicted.extend(more)
    return Flush(tuple(evicted), tuple(kept))


def _within_turn(turn: list[StoredMessage], budget: int) -> tuple[list[StoredMessage], list[StoredMessage]]:
    """Take rounds out of a turn that alone is over the budget."""
    head = [message for message in turn[:1] if message.role == "user"]
    rounds = _rounds(turn[len(head) :])
    evicted: list[StoredMessage] = []
    while len(rounds) > 1 and _tokens(head) + sum(map(_tokens, rounds)) > budget:
        evicted.extend(rounds.pop(0))
    return evicted, head + [message for group in rounds for message in group]


def _turns(messages: Sequence[StoredMessage]) -> list[list[StoredMessage]]:
    """Group messages into turns: each begins with a user's message."""
    groups: list[list[StoredMessage]] = []
    for message in messages:
        if not groups or message.role == "user":
            groups.append([])
        groups[-1].append(message)
    return groups


def _rounds(messages: Sequence[StoredMessage]) -> list[list[StoredMessage]]:
    """Group a turn's messages into rounds: the model's message and the results of its calls."""
    groups: list[list[StoredMessage]] = []
    for message in messages:
        if not groups or message.role != "tool":
            groups.append([])
        groups[-1].append(message)
    return groups


def _tokens(messages: Sequence[StoredMessage]) -> int:
    return sum(message.tokens for message in messages)
