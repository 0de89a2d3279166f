"""Calibrate the budget of a turn by what servers report: the window that they serve and the tokens that they count."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from carrel.agent.events import PromptTruncated
from carrel.agent.window.budget import MIN_WINDOW, RESERVE_SHARE, Budget
from carrel.messages import Usage

READ_SHARE = 0.7
"""A server that read less than this share of what was sent, tools left out, truncated it: no estimate is that wrong."""

SOUND_SHARE = 0.6
"""A report of less than this share of a whole request says nothing about the length of the server's tokens."""

MIN_REPORT = 500
"""Reports of smaller requests say nothing: what a chat template adds weighs too much in them."""

MIN_READ = 256
"""Tokens of the smallest window that a server has: one that reports less has not truncated the prompt."""

MAX_REPORTS = 50
"""The latest reports, which the correction is computed from."""

SCALE_STEP = 0.05
"""The scale is rounded up to a multiple of this, so that it stays the same from turn to turn."""

MAX_SCALE = 2.0

MIN_EQUAL = 3
"""Prompts that were reported as equally long before that length is taken for the server's limit."""

EQUAL = 0.99
SPREAD = 1.15
"""They are equal within a hundredth, while our counts of them differ by more than a seventh."""

BEYOND = 1.05
"""A truncated prompt is longer than the limit by more than this factor, judged by the reports below the limit."""

HOLD = 25
"""Reports for which a limit holds after the last one that showed it: the server may serve a larger window since."""

PROBE = 1.08
"""After that prompts may grow beyond the limit by this factor: enough to see whether it still holds."""

Report = tuple[int, int]
"""The tokens of a prompt as Carrel counts them and as the server reports them."""


def find_limit(reports: Sequence[Report]) -> int | None:
    """Return the length in tokens to which a server truncates prompts, oldest report first; None if there is none.

    Where ever longer prompts are all reported as equally long, that is the server's limit, provided that other reports
    show that more was sent: a server that always reports the same figure truncates nothing.
    """
    found = _find_limit(reports)
    return found[0] if found else None


def estimate_scale(reports: Sequence[Report]) -> float:
    """Return how many of the model's tokens one of ours stands for.

    Reports of truncated prompts, of short ones, and a figure that is always the same do not count; without any report
    the scale is 1.
    """
    true = _tokens_per_count(reports, [limit for limit, _ in _equal_reports(reports)]) or 1.0
    return min(MAX_SCALE, round(math.ceil(true / SCALE_STEP - 1e-9) * SCALE_STEP, 2))


def _find_limit(reports: Sequence[Report]) -> Report | None:
    """Return the latest limit, and the length in the model's tokens of the longest prompt truncated to it."""
    equal = _equal_reports(reports)
    factor = _tokens_per_count(reports, [limit for limit, _ in equal])
    limits = [(limit, round(longest * factor)) for limit, longest in equal if limit >= MIN_WINDOW]  # or nobody can talk
    return next((found for found in limits[::-1] if found[1] > BEYOND * found[0]), None)


def _equal_reports(reports: Sequence[Report]) -> list[Report]:
    """Return each figure that was reported for prompts of several lengths, and the longest of these.

    Later reports are no larger, since a server reads no more than its limit. The limit may have been lowered since
    larger prompts were read; one more report is needed then, because equal figures are likelier among a few.
    """
    found: list[Report] = []
    start = 0
    while start < len(reports):
        highest = max(reported for _, reported in reports[start:])
        places = [n for n in range(start, len(reports)) if reports[n][1] >= EQUAL * highest]
        counts = [reports[n][0] for n in places if reports[n][0] >= MIN_REPORT]
        if len(counts) >= MIN_EQUAL + (start > 0) and max(counts) >= SPREAD * min(counts):
            found.append((highest, max(counts)))
        start = places[-1] + 1
    return found


def _tokens_per_count(reports: Sequence[Report], limits: Sequence[int]) -> float:
    """Return the model's tokens per token of ours, from the sound reports that are at no limit; 0 without any."""
    sound = [report for report in reports if report[0] >= MIN_REPORT and report[1] >= SOUND_SHARE * report[0]]
    free = [report for report in sound if not any(EQUAL * limit <= report[1] <= limit / EQUAL for limit in limits)]
    return sum(reported for _, reported in free) / sum(counted for counted, _ in free) if free else 0.0


@dataclass(slots=True)
class ServerFindings:
    """What was found out about a server, shared by all that talk to it, so that the user is warned once."""

    warned: bool = False
    limit: int | None = None
    """The length in tokens to which it truncates prompts."""
    reports_since: int = 0
    """Reports since the last one of a prompt that was truncated to it."""


class Calibration:
    """What is known about the window of a model and the length of its tokens.

    `reported` gives the latest reports, newest first, `served` the window that the server reports, None where it
    reports none, and `fix` the advice for having it serve a window of so many tokens.
    """

    def __init__(
        self,
        configured: Budget,
        reported: Callable[[int], Sequence[Report]],
        served: Callable[[], int | None] = lambda: None,
        fix: Callable[[int], str] = lambda window: "",
        findings: ServerFindings | None = None,
    ) -> None:
        self.configured = configured
        self._reported = reported
        self._served = served
        self._fix = fix
        self._findings = findings or ServerFindings()
        self._reports: list[Report] = []

    def budget(self) -> Budget:
        """Return the budget of the next turn, within what the server serves and was seen to read."""
        self._reports = list(self._reported(MAX_REPORTS))[::-1]
        served = self._served()
        windows = filter(None, (self.configured.window, served, self._limit(served)))
        return replace(self.configured, window=min(windows), scale=estimate_scale(self._reports))

    def detect_truncation(
        self, counted_without_tools: int, usage: Usage | None, counted: int = 0
    ) -> PromptTruncated | None:
        """Return the warning that a server truncated a prompt, the first time that its reports show it; else None.

        The tools are left out of the first figure, since a server that does not know tools is not sent any.
        """
        if usage is None or not usage.prompt:
            return None
        self._reports = [*self._reports, (counted, usage.prompt)][-MAX_REPORTS:]
        sent = self._beyond_limit(counted, usage.prompt)
        far_less = counted_without_tools >= MIN_REPORT and usage.prompt < READ_SHARE * counted_without_tools
        if not sent and far_less and not self._leaves_out_cached(counted, usage.prompt):
            sent = counted_without_tools
        if self._findings.warned or not sent:
            return None
        self._findings.warned = True
        return PromptTruncated(sent, usage.prompt, self._fix(self.configured.window))

    def _leaves_out_cached(self, counted: int, reported: int) -> bool:
        """Return whether a report that is far too small counts only what the server had not cached.

        It does where it is smaller than any window that a server has, or where the server read more of a prompt that
        was no longer: a server that truncates prompts reports the same for both.
        """
        earlier = self._reports[:-1]
        read_more = any(
            MIN_REPORT <= before <= counted and EQUAL * read > reported and read >= SOUND_SHARE * before
            for before, read in earlier
        )
        return reported < MIN_READ or read_more

    def _beyond_limit(self, counted: int, reported: int) -> int:
        """Return the length, in the server's tokens, of a prompt that it truncated to its limit; else 0.

        A report beyond the limit lifts it.
        """
        found = self._findings
        if found.limit and EQUAL * reported > found.limit:
            found.limit = None
        limit, longest = _find_limit(self._reports) or (found.limit or 0, 0)
        limits = [figure for figure, _ in _equal_reports(self._reports)]
        sent = round(counted * _tokens_per_count(self._reports, [*limits, limit]))
        if limit and reported >= EQUAL * limit and sent > BEYOND * limit:
            found.limit, found.reports_since = limit, 0
            return sent
        found.reports_since += 1
        return longest if reported >= EQUAL * limit else 0

    def _limit(self, served: int | None) -> int | None:
        """Return the limit in force: one found since the home was opened, or one that old reports show.

        Where the server reports its window, old reports do not count: it may have been enlarged since.
        """
        if limit := self._findings.limit:
            return limit if self._findings.reports_since < HOLD else self._probe(limit)
        if served or not (limit := find_limit(self._reports)):
            return None
        return limit if any(reported >= EQUAL * limit for _, reported in self._reports[-HOLD:]) else self._probe(limit)

    def _probe(self, limit: int) -> int:
        """Return the window in which a prompt may be a little longer than a limit."""
        prompt = int(PROBE * limit)
        return prompt + min(self.configured.reply_tokens, prompt // (RESERVE_SHARE - 1) + 1)
