"""Numbers of rows in an agent's file: messages and summaries count from 1 there, whatever their numbers in a database.

A few records name messages or summaries by number: a summary the messages that it covers, an event of a queue the
messages in it, an event of a summary the summary, and a review how far it came.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from carrel.memory.agent_file.kinds import Record
from carrel.memory.journal.events import REVIEW
from carrel.memory.journal.reversal import QUEUED


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the numbers of messages and summaries change on the way."""

    first: Callable[[int], int]
    """The number of the message with which something begins."""
    last: Callable[[int], int]
    """The number of the message with which something ends."""
    summary: Callable[[int], int | None]
    exact: Callable[[int], int | None]
    """The number of a message; None where the agent has no such message."""

    def renumber(self, record: Record) -> Record:
        """Return a record of a summary or an event with its numbers changed."""
        if record["kind"] == "summary":
            return record | self._covered(record)
        if record["tier"] == "summary":
            number = self.summary(_whole(record["ref"]))
            return record | {"ref": str(number or 0)}
        if record["tier"] == "recall" and record["op"] == REVIEW:
            ends = {name: str(self.last(_whole(record[name]))) for name in ("before", "after") if record.get(name)}
            return record | ends
        return record | self._queued(record) if record["tier"] == "queue" else record

    def _covered(self, record: Record) -> Record:
        ends = (("first_n", self.first), ("last_n", self.last))
        return {name: change(record[name]) for name, change in ends if record.get(name) is not None}

    def _queued(self, record: Record) -> Record:
        """Return the lists of the messages that a queue contained before and after a change."""
        changed: Record = {}
        for name in ("columns_before", "columns_after"):
            columns = record.get(name)
            if columns and QUEUED in columns:
                found = (self.exact(int(number)) for number in columns[QUEUED])
                changed[name] = columns | {QUEUED: [number for number in found if number is not None]}
        return changed


def to_file(messages: Sequence[int], summaries: Sequence[int]) -> Numbering:
    """Return how numbers of a database, given in order, become those of the file."""

    def place(numbers: Sequence[int], number: int) -> int | None:
        found = bisect_left(numbers, number)
        return found + 1 if found < len(numbers) and numbers[found] == number else None

    return Numbering(
        first=lambda number: bisect_left(messages, number) + 1,
        last=lambda number: bisect_right(messages, number),
        summary=lambda number: place(summaries, number),
        exact=lambda number: place(messages, number),
    )


def to_database(messages_before: int, summaries_before: int) -> Numbering:
    """Return how numbers of the file become those of a database, whose numbers begin after the given ones."""
    return Numbering(
        first=lambda number: messages_before + number,
        last=lambda number: messages_before + number,
        summary=lambda number: summaries_before + number,
        exact=lambda number: messages_before + number,
    )


def _whole(text: str) -> int:
    """Return a number that is written as text; 0 where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
