"""Consolidation between conversations: the agent reviews what was said and puts its memory in order.

Nothing depends on it. What was said is reviewed in portions, each of which is marked once it was reviewed. So a kill
at any moment repeats no change, and the next run goes on after the last mark.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from carrel.agent.review import Review, Reviewer
from carrel.agent.window.budget import Budget
from carrel.agent.window.truncate import truncate_text
from carrel.errors import DoesNotFit
from carrel.memory.store import Memory
from carrel.memory.values import StoredMessage
from carrel.messages import SystemMessage, UserMessage
from carrel.protocols import ChatModel, TokenCounter
from carrel.rendering.core_memory import TRUNCATED
from carrel.rendering.summary import MESSAGES, render_spoken_line
from carrel.tools.toolbox import Toolbox

PORTION_SHARE = 4
"""A portion of what was said takes at most one part in this many of the window; searches and edits need the rest."""

MIN_REQUESTS = 3
"""A portion is taken so small that the tokens left suffice for this many requests: a search, edits and the end."""

MAX_MESSAGES = 200
"""Messages that are loaded at once: more than a portion holds."""


@dataclass(frozen=True, slots=True)
class PortionReview:
    """What came of one portion: its messages, the calls with whether each was done, and the tokens spent."""

    messages: int
    last: str
    calls: tuple[tuple[str, bool], ...]
    tokens: int


class Consolidation:
    """Consolidates one agent's memory; `toolbox` holds its memory tools alone, a run spends at most `max_tokens`."""

    def __init__(
        self,
        *,
        memory: Memory,
        model: ChatModel,
        toolbox: Toolbox,
        counter: TokenCounter,
        budget: Budget,
        max_tokens: int,
    ) -> None:
        self._memory = memory
        self._reviewer = Reviewer(memory, model, toolbox, counter, budget)
        self._counter = counter
        self._budget = budget
        self._max_tokens = max_tokens

    def run(self) -> Iterator[PortionReview]:
        """Review portion by portion until nothing is left or the tokens are spent.

        Raises:
            Busy: somebody else consolidates this agent; nothing was asked.
            NotConfigured: the server takes no tools.
            DoesNotFit: not even one message fits the window, or a review of it the tokens that the run may spend.
            NotFound: the agent was removed meanwhile.
            OperatorError: the model or the store failed; what was committed stays, and the next run goes on there.
        """
        with self._memory.review_cursor.lock():
            yield from self._portions()

    def _portions(self) -> Iterator[PortionReview]:
        left, missing, done = self._max_tokens, 0, False
        room = self._budget.counted_window // PORTION_SHARE
        while not missing and (review := self._take_portion(min(room, self._affordable(left)))):
            try:
                missing = self._reviewer.review(review, left)
            except DoesNotFit:
                if len(review.portion) == 1 and not review.marked:
                    raise
                room = review.size // 2
            left -= review.tokens
            if review.marked:
                done = True
                yield PortionReview(len(review.portion), review.portion[-1].id, tuple(review.calls), review.tokens)
        if missing and not done:
            least = self._max_tokens - left + missing
            said = f"Setting 'consolidate_tokens' is {self._max_tokens}, but a review needs at least {least} tokens."
            raise DoesNotFit(said, "Raise it well above that: most reviews take several requests.")

    def _affordable(self, left: int) -> int:
        """Return the tokens of messages that so many tokens suffice for."""
        instructions = self._reviewer.instructions(self._memory.core.all())
        bare = self._reviewer.size([SystemMessage(instructions), UserMessage(MESSAGES)])
        return int((left // MIN_REQUESTS - self._budget.reserve) / self._budget.scale) - bare

    def _take_portion(self, room: int) -> Review | None:
        """Take the oldest messages that were not reviewed and fit, one at least; None where none is left."""
        since, waiting = self._memory.review_cursor.unreviewed(MAX_MESSAGES)
        size = 0
        lines: list[str] = []
        for line in map(self._line, waiting):
            tokens = self._counter.count(line) + 1
            if lines and size + tokens > room:
                break
            lines.append(line)
            size += tokens
        if not lines:
            return None
        return Review(waiting[: len(lines)], since, size, [UserMessage(MESSAGES + "\n".join(lines))])

    def _line(self, message: StoredMessage) -> str:
        at = self._memory.local(message.at)
        line = render_spoken_line(at, message.speaker or message.role, message.text, message.id)
        return truncate_text(line, self._budget.message_share, self._counter, TRUNCATED)
