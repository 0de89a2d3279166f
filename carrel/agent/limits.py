"""How far a turn may go. Pure."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from carrel.messages import ToolCall
from carrel.tools.arguments import normalise_arguments

MAX_SAME_CALLS = 3
"""A call that is repeated more often than this in one turn will not fare better the next time."""

MAX_REFUSED_CALLS = 2
"""After so many refusals of the same call the turn is closed: a model was seen to repeat one 220 times."""

MAX_TRUNCATED = 2
"""A reply whose calls are truncated this often is too long for any limit."""

CLOSING_SECONDS = 120.0
"""What the closing request may take beyond the turn's time."""

StopReason = Literal["steps", "tokens", "session", "time", "same call", "cut"]
"""The limit that ended a turn."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a turn may take; `session_tokens` is 0 where a session has no limit."""

    steps: int = 12
    turn_tokens: int = 200_000
    session_tokens: int = 0
    seconds: float = 900.0


@dataclass(slots=True)
class TurnTotals:
    """What a turn has taken so far."""

    steps: int = 0
    tokens: int = 0
    session_tokens: int = 0
    """Of the turns before this one."""
    seconds: float = 0.0
    truncated: int = 0
    """Replies that were cut off at their limit before they were of any use."""
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count_call(self, call: ToolCall) -> int:
        """Count a call and return how often it was made, however its arguments are spaced and ordered."""
        key = (call.name, normalise_arguments(call.arguments))
        self.calls[key] += 1
        return self.calls[key]


def reached_limit(limits: Limits, totals: TurnTotals) -> StopReason | None:
    """Return the limit that a turn has reached, or None where it may go on."""
    reasons: dict[StopReason, bool] = {
        "steps": totals.steps >= limits.steps,
        "tokens": totals.tokens >= limits.turn_tokens,
        "session": 0 < limits.session_tokens <= totals.session_tokens + totals.tokens,
        "time": totals.seconds >= limits.seconds,
        "same call": max(totals.calls.values(), default=0) >= MAX_SAME_CALLS + MAX_REFUSED_CALLS,
        "cut": totals.truncated >= MAX_TRUNCATED,
    }
    return next((reason for reason, over in reasons.items() if over), None)
