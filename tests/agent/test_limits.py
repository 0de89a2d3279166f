"""How far a turn may go."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.agent.limits import Limits, StopReason, TurnTotals, reached_limit
from carrel.messages import ToolCall
from carrel.rendering.notices import LIMIT_REACHED

LIMITS = Limits(steps=3, turn_tokens=100, session_tokens=500, seconds=60)


@pytest.mark.parametrize(
    ("totals", "reason"),
    [
        (TurnTotals(), None),
        (TurnTotals(steps=2, tokens=99, session_tokens=400, seconds=59.9, truncated=1), None),
        (TurnTotals(steps=3), "steps"),
        (TurnTotals(tokens=100), "tokens"),
        (TurnTotals(session_tokens=450, tokens=50), "session"),
        (TurnTotals(seconds=60), "time"),
        (TurnTotals(truncated=2), "cut"),
    ],
)
def test_each_limit_has_its_name(totals: TurnTotals, reason: StopReason | None) -> None:
    """A turn goes on until it reaches one of its limits, and knows which."""
    assert reached_limit(LIMITS, totals) == reason
    assert reason is None or LIMIT_REACHED[reason].endswith(
        "Answer the user now with what you know; no tool can be called."
    )


def test_a_session_without_a_limit_goes_on_for_ever() -> None:
    """0 is no limit."""
    assert reached_limit(replace(LIMITS, session_tokens=0), TurnTotals(session_tokens=10**12)) is None


def test_the_same_call_is_the_same_however_it_is_written() -> None:
    """Order and spaces of arguments make no other call; another value does."""
    totals = TurnTotals()
    texts = ['{"a":1,"b":[2]}', '{ "b": [2], "a": 1 }', '{"a": 1, "b": [2]}', '{"a": 2, "b": [2]}', "{oops", "{oops"]
    assert [totals.count_call(ToolCall("x", "f", text)) for text in texts] == [1, 2, 3, 1, 1, 2]
    assert reached_limit(LIMITS, totals) is None
    assert [totals.count_call(ToolCall("y", "f", texts[0])) for _ in range(2)] == [4, 5]
    assert reached_limit(LIMITS, totals) == "same call"


@given(st.integers(0, 20), st.integers(0, 1000), st.integers(0, 1000), st.floats(0, 100))
def test_more_never_opens_what_is_closed(steps: int, tokens: int, session: int, seconds: float) -> None:
    """Whoever has reached a limit has still reached one after more."""
    totals = TurnTotals(steps, tokens, session, seconds)
    more = TurnTotals(steps + 1, tokens + 1, session + 1, seconds + 1)
    assert reached_limit(LIMITS, totals) is None or reached_limit(LIMITS, more) is not None
