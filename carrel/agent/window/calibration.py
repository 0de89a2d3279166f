"""The budget of a turn: the smaller of what the user allows and what the server serves, in tokens as it counts them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from carrel.agent.events import PromptCut
from carrel.agent.window.budget import LEAST_WINDOW, RESERVE_SHARE, Budget
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

BEYOND = 1.05
"""What was cut is longer than the limit by more than this, as the reports below it tell; estimates vary by less."""

HOLD = 25
"""Reports for which a limit holds after the last that showed it: the server may serve a larger window since."""

PROBE = 1.08
"""Then prompts may grow to this part of it: enough to show whether it holds still, and little is cut if it does."""

Pair = tuple[int, int]
"""The tokens of a prompt as Carrel counts them and as the server reports them."""


def plateau(reported: Sequence[Pair]) -> int | None:
    """Return the size to which a server cuts prompts, from pairs of counted and reported tokens; None where none shows.

    Where ever longer prompts are all read as the same number of tokens, that is its limit and not their length, if
    others say that more was sent: a server that always reports one figure cuts nothing.
    """
    found = _plateau(reported)
    return found[0] if found else None


def scale_of(reported: Sequence[Pair]) -> float:
    """Return how many of the model's tokens one of ours stands for, from pairs of counted and reported ones.

    Reports of prompts that were cut, of small ones, and a figure that is always the same do not count; without any the
    scale is 1.
    """
    true = _length(reported, [most for most, _ in _repeated(reported)]) or 1.0
    return min(HIGHEST, round(math.ceil(true / GRAIN - 1e-9) * GRAIN, 2))


def _plateau(reported: Sequence[Pair]) -> Pair | None:
    """Return the latest limit that shows, and the length in the model's tokens of the longest prompt cut to it."""
    repeated = _repeated(reported)
    length = _length(reported, [most for most, _ in repeated])
    cut = [(most, round(longest * length)) for most, longest in repeated if most >= LEAST_WINDOW]  # or nobody can talk
    return next((found for found in cut[::-1] if found[1] > BEYOND * found[0]), None)


def _repeated(reported: Sequence[Pair]) -> list[Pair]:
    """Return each figure that was reported for prompts of several lengths, and the longest of these.

    Later reports are no larger: nobody reads more than is their limit. It may have been lowered since larger ones were
    read; then one more is wanted, since equal figures are likelier among a few.
    """
    found: list[Pair] = []
    start = 0
    while start < len(reported):
        most = max(theirs for _, theirs in reported[start:])
        places = [n for n in range(start, len(reported)) if reported[n][1] >= SAME * most]
        top = [reported[n][0] for n in places if reported[n][0] >= LEAST_SENT]
        if len(top) >= PLATEAU + (start > 0) and max(top) >= SPREAD * min(top):
            found.append((most, max(top)))
        start = places[-1] + 1
    return found


def _length(reported: Sequence[Pair], limits: Sequence[int]) -> float:
    """Return the model's tokens in one of ours, from the reports that tell it and are no limit; else 0."""
    sound = [(ours, theirs) for ours, theirs in reported if ours >= LEAST_SENT and theirs >= SOUND_SHARE * ours]
    told = [pair for pair in sound if not any(SAME * limit <= pair[1] <= limit / SAME for limit in limits)]
    return sum(theirs for _, theirs in told) / sum(ours for ours, _ in told) if told else 0.0


@dataclass(slots=True)
class Findings:
    """What was found out about a server, shared by all that speak to it, so that the user is warned once."""

    told: bool = False
    limit: int | None = None
    """The tokens to which it cuts prompts."""
    since: int = 0
    """Reports since the last of a prompt that was cut to it."""


class Measure:
    """What is known of a model's window and tokens.

    `reported` gives the latest pairs of counted and reported tokens, `served` the window that the server tells, None
    where it does not, and `fix` what to do so that it serves a window of so many tokens.
    """

    def __init__(
        self,
        asked: Budget,
        reported: Callable[[int], Sequence[Pair]],
        served: Callable[[], int | None] = lambda: None,
        fix: Callable[[int], str] = lambda window: "",
        findings: Findings | None = None,
    ) -> None:
        self._asked = asked
        self._reported = reported
        self._served = served
        self._fix = fix
        self._findings = findings or Findings()
        self._pairs: list[Pair] = []

    def budget(self) -> Budget:
        """Return the budget of the next turn; once a server was seen to cut prompts, within what it reads."""
        self._pairs = list(self._reported(OBSERVED))[::-1]
        served = self._served()
        known = filter(None, (self._asked.window, served, self._limit(served)))
        return replace(self._asked, window=min(known), scale=scale_of(self._pairs))

    def cut(self, counted: int, usage: Usage | None, whole: int = 0) -> PromptCut | None:
        """Return that a server cut a prompt, once: the first time that its reports show it.

        `counted` are the tokens of what was sent without the tools, since a server that knows of none is not sent any;
        `whole` are those with the tools.
        """
        if usage is None or not usage.prompt:
            return None
        self._pairs = [*self._pairs, (whole, usage.prompt)][-OBSERVED:]
        sent = self._beyond(whole, usage.prompt)
        if not sent and counted >= LEAST_SENT and usage.prompt < CUT_SHARE * counted:
            sent = counted
        if self._findings.told or not sent:
            return None
        self._findings.told = True
        return PromptCut(sent, usage.prompt, self._fix(self._asked.window))

    def _beyond(self, whole: int, read: int) -> int:
        """Return the tokens, as the server counts, of a prompt that it cut to its limit, else 0.

        A report beyond the limit lifts it.
        """
        found = self._findings
        if found.limit and SAME * read > found.limit:
            found.limit = None
        limit, longest = _plateau(self._pairs) or (found.limit or 0, 0)
        limits = [most for most, _ in _repeated(self._pairs)]
        sent = round(whole * _length(self._pairs, [*limits, limit]))
        if limit and read >= SAME * limit and sent > BEYOND * limit:
            found.limit, found.since = limit, 0
            return sent
        found.since += 1
        return longest if read >= SAME * limit else 0

    def _limit(self, served: int | None) -> int | None:
        """Return the limit that holds: one found since the home was opened, or one that old reports show.

        Where the server tells its window they do not count: it may have been raised since.
        """
        if limit := self._findings.limit:
            return limit if self._findings.since < HOLD else self._probe(limit)
        if served or not (limit := plateau(self._pairs)):
            return None
        return limit if any(theirs >= SAME * limit for _, theirs in self._pairs[-HOLD:]) else self._probe(limit)

    def _probe(self, limit: int) -> int:
        """Return the window in which a prompt may be a little longer than a limit."""
        prompt = int(PROBE * limit)
        return prompt + min(self._asked.reply_tokens, prompt // (RESERVE_SHARE - 1) + 1)
