"""Consolidation where no language model is connected: what the user has told is kept by the rules of capture."""

from collections.abc import Iterator

from carrel.agent.capture.past import PastCapture
from carrel.agent.consolidation import PortionReview
from carrel.memory.store import Memory

MAX_MESSAGES = 50
"""Messages of a portion: others cannot write while it is reviewed, which takes a second or two at most."""


class RuleConsolidation:
    """Consolidates one agent's memory without a model."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def run(self) -> Iterator[PortionReview]:
        """Review portion by portion until nothing is left; each is changed and marked in one transaction.

        Raises:
            Busy: somebody else consolidates this agent; nothing has changed.
            NotFound: the agent was removed meanwhile.
            StoreFailed: the home cannot be written; what was committed stays, and the next run goes on there.
        """
        with self._memory.review_cursor.lock():
            while review := self._review_portion():
                yield review
                self._memory.notify()

    def _review_portion(self) -> PortionReview | None:
        """Review the oldest messages that were not reviewed; None where there are none."""
        with self._memory.transaction() as memory:
            since, portion = memory.review_cursor.unreviewed(MAX_MESSAGES)
            if not portion:
                return None
            capture = PastCapture(memory)
            calls = tuple((name, True) for message in portion for name in capture.run(message))
            memory.review_cursor.advance(portion[-1], since)
        return PortionReview(len(portion), portion[-1].id, calls, 0)
