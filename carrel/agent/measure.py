"""The budget of a turn: the smaller of what the user allows and what the server serves, in tokens as it counts them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from carrel.agent.budget import Budget
from carrel.agent.events import PromptCut
from carrel.messages import Usage

CUT_SHARE = 0.6
"""A server that reads less than this share of what was sent cut it: no estimate is wrong by so much."""

LEAST_SENT = 500
"""Tokens below which a report says nothing: what a chat template adds weighs too much."""

OBSERVED = 50
"""Latest requests that the correction looks at."""

GRAIN = 0.05
"""The correction moves in steps of this size, upwards, so that it stands still from turn to turn."""

HIGHEST = 2.0


def scale_of(reported: Sequence[tuple[int, int]]) -> float:
    """Return how many of the model's tokens one of ours stands for, from pairs of counted and reported ones.

    Reports of prompts that were cut, and of small ones, do not count; without any the scale is 1.
    """
    sound = [(ours, theirs) for ours, theirs in reported if ours >= LEAST_SENT and theirs >= CUT_SHARE * ours]
    if not sound:
        return 1.0
    true = sum(theirs for _, theirs in sound) / sum(ours for ours, _ in sound)
    return min(HIGHEST, round(math.ceil(true / GRAIN - 1e-9) * GRAIN, 2))


class Measure:
    """What is known of a model's window and tokens.

    `reported` gives the latest pairs of counted and reported tokens, `served` the window that the server tells, None
    where it does not, and `fix` what to do so that it serves a window of so many tokens.
    """

    def __init__(
        self,
        asked: Budget,
        reported: Callable[[int], Sequence[tuple[int, int]]],
        served: Callable[[], int | None] = lambda: None,
        fix: Callable[[int], str] = lambda window: "",
    ) -> None:
        self._asked = asked
        self._reported = reported
        self._served = served
        self._fix = fix
        self._warned = False

    def budget(self) -> Budget:
        """Return the budget of the next turn."""
        window = min(self._asked.window, self._served() or self._asked.window)
        return replace(self._asked, window=window, scale=scale_of(self._reported(OBSERVED)))

    def cut(self, counted: int, usage: Usage | None) -> PromptCut | None:
        """Return that a server cut a prompt, once: the first time that its report shows it."""
        if self._warned or usage is None or counted < LEAST_SENT or not 0 < usage.prompt < CUT_SHARE * counted:
            return None
        self._warned = True
        return PromptCut(counted, usage.prompt, self._fix(self._asked.window))
