"""Print a turn as it happens: token by token at a terminal, step by step into a pipe."""

import sys
from collections.abc import Generator, Iterable
from contextlib import closing
from typing import TYPE_CHECKING

from carrel.cli.terminal.notices import WARNING, format_notice
from carrel.cli.terminal.output import print_note
from carrel.cli.terminal.terminal import Terminal

if TYPE_CHECKING:  # for types only
    from carrel.agent.events import Answer, Event, RequestRetried, TextDiscarded
    from carrel.cli.terminal.screen.screen import Screen

ENDINGS = {
    "length": '(cut off at the limit of its length: say "go on", or raise reply_tokens)',
    "content_filter": "(cut off by the server's filter)",
    "other": "(the server gave a reason for the end of the reply that Carrel does not know: it may not be whole)",
}


def print_turn(events: "Generator[Event, None, None]", terminal: Terminal) -> None:
    """Print the answer as it arrives, and then what else the user should know; the turn is stored in any case."""
    with closing(events):
        try:
            _print(events, terminal)
        finally:
            terminal.screen.stop_live()


def _print(events: "Iterable[Event]", terminal: Terminal) -> None:
    from carrel.agent.events import Answer, RequestRetried, TextDelta, TextDiscarded, ToolCalled

    notices: list[str | None] = []
    screen = terminal.screen
    for event in events:
        terminal.status.update(event)
        screen.show_phase(phase_after(event))
        match event:
            case TextDelta(text=piece):
                screen.add_text(piece)
            case RequestRetried() | TextDiscarded():
                _print_new_start(event, screen)
            case ToolCalled():
                screen.end_text()
            case Answer(text=text):
                screen.end_text(text)
                print_ending(event)
            case _:
                notices.append(format_notice(event))
    for text in filter(None, notices):
        if sys.stdout.isatty() or text.startswith(WARNING):
            screen.print(text)


def phase_after(event: "Event") -> str:
    """Return what the user waits for after an event; empty where that is as it was."""
    from carrel.agent.events import ContextCompiled, ToolCalled, ToolReturned, TurnStarted

    match event:
        case TurnStarted():
            return "looking in memory"
        case ContextCompiled() | ToolReturned():
            return "thinking"
        case ToolCalled(name=name):
            return f"running {name}"
        case _:
            return ""


def _print_new_start(event: "RequestRetried | TextDiscarded", screen: "Screen") -> None:
    """Forget the text that is void, and print why the request is repeated where it is."""
    from carrel.agent.events import RequestRetried

    if not isinstance(event, RequestRetried):
        screen.discard_text()
        return
    if event.discarded:
        screen.discard_text()
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
