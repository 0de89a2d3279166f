"""Print a turn as it happens: streamed to a terminal, step by step into a pipe."""

import sys
from collections.abc import Generator, Iterable
from contextlib import closing
from typing import TYPE_CHECKING

from carrel.cli.output import line, note
from carrel.text import one_line, terminal_text

if TYPE_CHECKING:  # named only
    from carrel.agent.events import Answer, Event
    from carrel.memory.values import MemoryEvent

ENDINGS = {
    "length": '(cut off at the limit of its length: say "go on", or raise reply_tokens)',
    "content_filter": "(cut off by the server's filter)",
}


def print_turn(events: "Generator[Event, None, None]") -> None:
    """Print what is said, and on standard error what else happens; the turn is put on disk however this ends."""
    with closing(events):
        _print(events)


def _print(events: "Iterable[Event]") -> None:
    from carrel.agent.events import Answer, MemoryChanged, Retried, TextDelta, ToolCalled

    said = _Said()
    changes: list[MemoryEvent] = []
    for event in events:
        match event:
            case TextDelta(text=piece):
                said.add(piece)
            case Retried(reason=reason, wait=wait, discarded=discarded):
                said.discard(discarded)
                note_retry(reason, wait)
            case ToolCalled():
                said.end()
            case MemoryChanged(event=change):
                changes.append(change)
            case Answer(text=text):
                said.end(text)
                note_ending(event)
    _note_changes(changes)


def _note_changes(changes: "list[MemoryEvent]") -> None:
    if sys.stdout.isatty():
        for change in changes:
            note(f"✎ {change.ref}: {change.op} {one_line(_difference(change.before, change.after), 80)}")


def note_retry(reason: str, wait: float) -> None:
    """Say that the model is asked again, and when."""
    note(f"({reason} Asking again{f' in {wait:.0f} s' if wait >= 2 else ''}.)")


def note_ending(answer: "Answer") -> None:
    """Say why an answer ended as it did, where it did not simply end."""
    if answer.stopped:
        note(f"(the turn was stopped at the limit of its {answer.stopped})")
    elif answer.finish in ENDINGS:
        note(ENDINGS[answer.finish])


class _Said:
    """What a step has said; a pipe gets it when it is sure to stay, a terminal at once."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._live = sys.stdout.isatty()

    def add(self, piece: str) -> None:
        self._pieces.append(piece)
        if self._live:
            sys.stdout.write(terminal_text(piece))
            sys.stdout.flush()

    def discard(self, discarded: bool) -> None:
        if discarded and self._live and self._pieces:
            line()
        self._pieces = [] if discarded else self._pieces

    def end(self, otherwise: str = "") -> None:
        """End the line, if there is one; where nothing was streamed, say something else."""
        if self._pieces:
            line("" if self._live else terminal_text("".join(self._pieces)))
        elif otherwise:
            line(terminal_text(otherwise))
        self._pieces = []


def _difference(before: str | None, after: str | None) -> str:
    """Return what is new in a text that grew, else the whole of it."""
    new, old = after or before or "", before or ""
    return new.removeprefix(old).strip() if after and new.startswith(old) else new
