"""Print a turn as it happens: token by token at a terminal, step by step into a pipe."""

import sys
from collections.abc import Generator, Iterable
from contextlib import closing
from typing import TYPE_CHECKING

from carrel.cli.terminal.notices import WARNING, format_notice
from carrel.cli.terminal.output import print_line, print_note
from carrel.text import terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.agent.events import Answer, Event, RequestRetried, TextDiscarded

ENDINGS = {
    "length": '(cut off at the limit of its length: say "go on", or raise reply_tokens)',
    "content_filter": "(cut off by the server's filter)",
    "other": "(the server gave a reason for the end of the reply that Carrel does not know: it may not be whole)",
}


def print_turn(events: "Generator[Event, None, None]") -> None:
    """Print the answer on standard output and other events on standard error. However this ends, the turn is stored."""
    with closing(events):
        _print(events)


def _print(events: "Iterable[Event]") -> None:
    from carrel.agent.events import Answer, RequestRetried, TextDelta, TextDiscarded, ToolCalled

    output = _StepOutput()
    notices: list[str | None] = []
    for event in events:
        match event:
            case TextDelta(text=piece):
                output.add(piece)
            case RequestRetried() | TextDiscarded():
                _print_new_start(event, output)
            case ToolCalled():
                output.end()
            case Answer(text=text):
                output.end(text)
                print_ending(event)
            case _:
                notices.append(format_notice(event))
    for text in filter(None, notices):
        if sys.stdout.isatty() or text.startswith(WARNING):
            print_note(text)


def _print_new_start(event: "RequestRetried | TextDiscarded", output: "_StepOutput") -> None:
    """Forget the text that is void, and print why the request is repeated where it is."""
    from carrel.agent.events import TextDiscarded

    if isinstance(event, TextDiscarded):
        output.discard(True)
        return
    output.discard(event.discarded)
    print_retry(event.reason, event.wait)


def print_retry(reason: str, wait: float) -> None:
    """Print that the request is repeated, and when."""
    print_note(f"({reason} Asking again{f' in {wait:.0f} s' if wait >= 2 else ''}.)")


def print_ending(answer: "Answer") -> None:
    """Print why an answer was cut off, if it was."""
    if answer.stopped:
        print_note(f"(the turn was stopped at the limit of its {answer.stopped})")
    elif answer.finish in ENDINGS:
        print_note(ENDINGS[answer.finish])


class _StepOutput:
    """The text of a step: printed at once at a terminal, into a pipe when the step is complete."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._printed = ""
        self._live = sys.stdout.isatty()

    def add(self, piece: str) -> None:
        self._pieces.append(piece)
        if self._live:
            sys.stdout.write(terminal_text(piece))
            sys.stdout.flush()

    def discard(self, discarded: bool) -> None:
        if discarded and self._live and self._pieces:
            print_line()
        self._pieces = [] if discarded else self._pieces

    def end(self, answer: str = "") -> None:
        """End the line; print the answer if it was not streamed."""
        self._printed += "".join(self._pieces)
        if self._pieces:
            print_line("" if self._live else terminal_text("".join(self._pieces)))
        elif answer and answer != self._printed:
            print_line(terminal_text(answer))
        self._pieces = []
