"""The budget of a turn: the smaller of what the user allows and what the server serves, in tokens as it counts them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from carrel.agent.budget import Budget
from carrel.agent.events import PromptCut
from carrel.messages import Usage

CUT_SHARE = 0.7
"""A server that reads less than this share of what was sent, the tools left out, cut it: no estimate is that wrong."""

SOUND_SHARE = 0.6
"""A report of less than this share of a whole request says nothing of how long its tokens are."""

LEAST_SENT = 500
"""Tokens below which a report says nothing: what a chat template adds weighs too much."""

OBSERVED = 50
"""Latest requests that the correction looks at."""

GRAIN = 0.05
"""The correction moves in steps of this size, upwards, so that it stands still from turn to turn."""

HIGHEST = 2.0

PLATEAU = 3
"""Prompts that were read as the same number of tokens before it is taken for a limit."""

SAME = 0.99
SPREAD = 1.15
"""They are the same within a hundredth, while our counts of them differ by more than one in seven."""

LEAST_LENGTH = 0.8
"""And each is about so long at least: a server that always reports one figure cuts nothing."""

LEAST_CUT = 1500
"""No server serves less; Ollama's smallest default is 2,048."""


def plateau(reported: Sequence[tuple[int, int]]) -> int | None:
    """Return the size to which a server cuts prompts, from pairs of counted and reported tokens; None where none shows.

    Where ever longer prompts are all read as the same number of tokens, that is its limit and not their length.
    """
    most = max((theirs for _, theirs in reported), default=0)
    top = [ours for ours, theirs in reported if theirs >= SAME * most]
    if len(top) < PLATEAU or most < LEAST_CUT or min(top) < LEAST_LENGTH * most or max(top) < SPREAD * min(top):
        return None
    return most


def scale_of(reported: Sequence[tuple[int, int]]) -> float:
    """Return how many of the model's tokens one of ours stands for, from pairs of counted and reported ones.

    Reports of prompts that were cut, and of small ones, do not count; without any the scale is 1.
    """
    cut = plateau(reported)
    whole = reported if cut is None else [pair for pair in reported if pair[1] < SAME * cut]
    sound = [(ours, theirs) for ours, theirs in whole if ours >= LEAST_SENT and theirs >= SOUND_SHARE * ours]
    if not sound:
        return 1.0
    true = sum(theirs for _, theirs in sound) / sum(ours for ours, _ in sound)
    return min(HIGHEST, round(math.ceil(true / GRAIN - 1e-9) * GRAIN, 2))


WARNED = "prompt cut"
"""What stands in the set of what the user was told."""


class Measure:
    """What is known of a model's window and tokens.

    `reported` gives the latest pairs of counted and reported tokens, `served` the window that the server tells, None
    where it does not, and `fix` what to do so that it serves a window of so many tokens. `told` is shared by all that
    speak to the same server, so that the user is warned once.
    """

    def __init__(
        self,
        asked: Budget,
        reported: Callable[[int], Sequence[tuple[int, int]]],
        served: Callable[[], int | None] = lambda: None,
        fix: Callable[[int], str] = lambda window: "",
        told: set[str] | None = None,
    ) -> None:
        self._asked = asked
        self._reported = reported
        self._served = served
        self._fix = fix
        self._told = told if told is not None else set()
        self._pairs: list[tuple[int, int]] = []
        self._cut_at: int | None = None

    def budget(self) -> Budget:
        """Return the budget of the next turn; once a server was seen to cut prompts, within what it reads."""
        self._pairs = list(self._reported(OBSERVED))[::-1]
        self._cut_at = plateau(self._pairs) or self._cut_at
        known = filter(None, (self._asked.window, self._served(), self._cut_at))
        return replace(self._asked, window=min(known), scale=scale_of(self._pairs))

    def cut(self, counted: int, usage: Usage | None, whole: int = 0) -> PromptCut | None:
        """Return that a server cut a prompt, once: the first time that its reports show it.

        `counted` are the tokens of what was sent without the tools, since a server that knows of none is not sent any;
        `whole` are those with the tools.
        """
        if usage is None or not usage.prompt:
            return None
        self._pairs = [*self._pairs, (whole, usage.prompt)][-OBSERVED:]
        self._cut_at = plateau(self._pairs) or self._cut_at
        short = counted >= LEAST_SENT and usage.prompt < CUT_SHARE * counted
        at_limit = self._cut_at is not None and whole > self._cut_at and usage.prompt >= SAME * self._cut_at
        if WARNED in self._told or not (short or at_limit):
            return None
        self._told.add(WARNED)
        return PromptCut(counted, usage.prompt, self._fix(self._asked.window))
