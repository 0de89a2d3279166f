"""Print a turn as it happens: streamed to a terminal, step by step into a pipe."""

import sys
from collections.abc import Generator, Iterable
from contextlib import closing
from typing import TYPE_CHECKING

from carrel.cli.notices import WARNING, notice
from carrel.cli.output import line, note
from carrel.text import terminal_text

if TYPE_CHECKING:  # named only
    from carrel.agent.events import Answer, Event

ENDINGS = {
    "length": '(cut off at the limit of its length: say "go on", or raise reply_tokens)',
    "content_filter": "(cut off by the server's filter)",
}


def print_turn(events: "Generator[Event, None, None]") -> None:
    """Print what is said, and on standard error what else happens; the turn is put on disk however this ends."""
    with closing(events):
        _print(events)


def _print(events: "Iterable[Event]") -> None:
    from carrel.agent.events import Answer, Retried, TextDelta, ToolCalled

    said = _Said()
    notices: list[str | None] = []
    for event in events:
        match event:
            case TextDelta(text=piece):
                said.add(piece)
            case Retried(reason=reason, wait=wait, discarded=discarded):
                said.discard(discarded)
                note_retry(reason, wait)
            case ToolCalled():
                said.end()
            case Answer(text=text):
                said.end(text)
                note_ending(event)
            case _:
                notices.append(notice(event))
    for told in filter(None, notices):
        if sys.stdout.isatty() or told.startswith(WARNING):
            note(told)


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
        self._ended = ""
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
        """End the line, if there is one; where nothing was streamed, now or before other calls, say something else."""
        self._ended += "".join(self._pieces)
        if self._pieces:
            line("" if self._live else terminal_text("".join(self._pieces)))
        elif otherwise and otherwise != self._ended:
            line(terminal_text(otherwise))
        self._pieces = []
