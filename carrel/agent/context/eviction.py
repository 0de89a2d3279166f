"""What to evict from the queue so that the rest fits. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from carrel.agent.window.truncate import queue_tokens
from carrel.memory.values import StoredMessage


@dataclass(frozen=True, slots=True)
class Flush:
    """A plan for the queue: which messages leave it and which stay, each in order."""

    evicted: tuple[StoredMessage, ...]
    kept: tuple[StoredMessage, ...]


def plan_flush(messages: Sequence[StoredMessage], max_tokens: int, share: float) -> Flush:
    """Evict whole turns from the front: about `share` of the tokens, and as many more as `max_tokens` requires.

    A call is never separated from its result. The current turn, the last one, stays whole if it fits; where it alone
    is too long, its oldest rounds of calls and results go, but never its user message or its last round.
    """
    total = queue_tokens(messages)
    goal = max(min(total * share, total - 1), total - max_tokens)
    evicted: list[StoredMessage] = []
    turns = _group_turns(messages)
    while len(turns) > 1 and queue_tokens(evicted) < goal:
        evicted.extend(turns.pop(0))
    kept = [message for turn in turns for message in turn]
    if queue_tokens(kept) > max_tokens:
        more, kept = _evict_rounds(kept, max_tokens)
        evicted.extend(more)
    return Flush(tuple(evicted), tuple(kept))


def _evict_rounds(turn: list[StoredMessage], max_tokens: int) -> tuple[list[StoredMessage], list[StoredMessage]]:
    """Return which messages of a turn that is too long leave it, and which stay."""
    head = [message for message in turn[:1] if message.role == "user"]
    rounds = _group_rounds(turn[len(head) :])
    evicted: list[StoredMessage] = []
    while len(rounds) > 1 and queue_tokens(head) + sum(map(queue_tokens, rounds)) > max_tokens:
        evicted.extend(rounds.pop(0))
    return evicted, head + [message for group in rounds for message in group]


def _group_turns(messages: Sequence[StoredMessage]) -> list[list[StoredMessage]]:
    """Group messages into turns: each begins with a user's message."""
    groups: list[list[StoredMessage]] = []
    for message in messages:
        if not groups or message.role == "user":
            groups.append([])
        groups[-1].append(message)
    return groups


def _group_rounds(messages: Sequence[StoredMessage]) -> list[list[StoredMessage]]:
    """Group a turn's messages into rounds: the model's message and the results of its calls."""
    groups: list[list[StoredMessage]] = []
    for message in messages:
        if not groups or message.role != "tool":
            groups.append([])
        groups[-1].append(message)
    return groups
