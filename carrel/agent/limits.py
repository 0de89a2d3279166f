"""How far a turn may go. Pure."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from carrel.messages import ToolCall
from carrel.tools.arguments import same

MAX_SAME_CALLS = 3
"""A call that is repeated more often than this in one turn will not fare better the next time."""

MAX_REFUSED_CALLS = 2
"""After so many refusals of the same call the turn is closed: a model was seen to repeat one 220 times."""

MAX_CUTS = 2
"""A reply whose calls are cut off this often is too long for any limit."""

CLOSING_SECONDS = 120.0
"""What the closing request may take beyond the turn's time."""

Reason = Literal["steps", "tokens", "session", "time", "same call", "cut"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a turn may take; a session without a limit has 0."""

    steps: int = 12
    turn_tokens: int = 200_000
    session_tokens: int = 0
    seconds: float = 900.0


@dataclass(slots=True)
class Spent:
    """What a turn has taken so far."""

    steps: int = 0
    tokens: int = 0
    session_tokens: int = 0
    """Of the turns before this one."""
    seconds: float = 0.0
    cuts: int = 0
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)

    def again(self, call: ToolCall) -> int:
        """Count a call and return how often it was made, however its arguments are spaced and ordered."""
        key = (call.name, same(call.arguments))
        self.calls[key] += 1
        return self.calls[key]


def reached(limits: Limits, spent: Spent) -> Reason | None:
    """Return the limit that is reached, or None where the turn may go on."""
    reasons: dict[Reason, bool] = {
        "steps": spent.steps >= limits.steps,
        "tokens": spent.tokens >= limits.turn_tokens,
        "session": 0 < limits.session_tokens <= spent.session_tokens + spent.tokens,
        "time": spent.seconds >= limits.seconds,
        "same call": max(spent.calls.values(), default=0) >= MAX_SAME_CALLS + MAX_REFUSED_CALLS,
        "cut": spent.cuts >= MAX_CUTS,
    }
    return next((reason for reason, over in reasons.items() if over), None)
