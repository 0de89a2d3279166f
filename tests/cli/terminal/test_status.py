"""The bottom bar: what a chat costs and uses, in one line."""

import pytest

from carrel.agent.events import Answer, ContextCompiled, Event, PagedIn, TurnStarted
from carrel.cli.terminal.status import ChatStatus, format_status, format_tokens
from carrel.clock import FrozenClock
from carrel.memory.values import Hit, Scores
from carrel.messages import Usage


def test_the_bar_follows_the_events_of_a_turn() -> None:
    """Context is that of the last request, memories are those of the last turn, tokens are those of the chat."""
    status = ChatStatus("offline")
    assert format_status(status, 80) == "offline"
    at = FrozenClock("2026-01-05T09:00:00+01:00").now()
    hit = Hit(id="m-1", tier="recall", text="Ada", at=at, score=1.0, scores=Scores())
    turn: list[Event] = [
        TurnStarted("t-1", "s-1"),
        PagedIn((hit, hit, hit)),
        ContextCompiled(1, {"instructions": 100, "queue": 10}, 1000),
        ContextCompiled(2, {"instructions": 300, "queue": 10}, 1000),
        Answer(text="Hi.", turn="t-1", session="s-1", steps=2, usage=Usage(1000, 230)),
    ]
    for event in turn:
        status.update(event)
    assert format_status(status, 80) == "offline · context 31 % ▰▰▱▱▱▱▱▱ · 3 memories used · 1.2k tokens"
    assert format_status(status, 60) == "offline · context 31 % ▰▰▱▱▱▱▱▱ · 3 memories used"
    assert format_status(status, 39) == "offline · context 31 % ▰▰▱▱▱▱▱▱"
    assert format_status(status, 5) == "offline"
    again: list[Event] = [TurnStarted("t-2", "s-1"), PagedIn((hit,)), turn[-1]]
    for event in again:
        status.update(event)
    assert format_status(status, 80) == "offline · context 31 % ▰▰▱▱▱▱▱▱ · 1 memory used · 2.5k tokens"


@pytest.mark.parametrize(
    ("tokens", "text"), [(0, "0"), (999, "999"), (1000, "1.0k"), (9999, "10.0k"), (31_000, "31k"), (2_400_000, "2.4M")]
)
def test_tokens_are_short(tokens: int, text: str) -> None:
    """A number of tokens takes few cells."""
    assert format_tokens(tokens) == text
