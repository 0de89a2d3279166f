"""Print a turn as it happens."""

import json
from collections.abc import Generator
from contextlib import closing
from time import monotonic
from typing import TYPE_CHECKING, Any

from carrel.cli.terminal.memory_notices import memory_lines
from carrel.cli.terminal.notices import WARNING, format_ending, format_notice, format_retry
from carrel.cli.terminal.status import count_memories
from carrel.cli.terminal.terminal import Terminal
from carrel.text import one_line

if TYPE_CHECKING:  # for types only
    from carrel.agent.events import Event, ToolCalled, ToolReturned
    from carrel.memory.values import MemoryEvent

SEARCHES = frozenset({"memory_search", "recall_search", "archival_search"})
"""Tools whose calls are told in people's words."""
MAX_ARGUMENTS = 60
"""Characters of a call's arguments."""
SHORT_THOUGHT = 1.0
"""Seconds of thinking that are not worth a line."""


def print_turn(events: "Generator[Event, None, None]", terminal: Terminal) -> None:
    """Print the answer as it arrives, and then what else the user should know; the turn is stored in any case."""
    printer = TurnPrinter(terminal)
    with closing(events):
        try:
            for event in events:
                printer.show(event)
        finally:
            terminal.screen.stop_live()
            printer.print_notices()


class TurnPrinter:
    """Prints the events of one turn."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._screen = terminal.screen
        self._notices: list[str] = []
        self._changes: list[MemoryEvent] = []
        self._call: ToolCalled | None = None
        self._result: ToolReturned | None = None
        self._pasted = False
        self._searches: set[str] = set()
        self._asked = monotonic()

    def show(self, event: "Event") -> None:
        """Print what an event means for the user, or keep it for `print_notices`."""
        from carrel.agent.events import ContextCompiled, MemoryChanged, PasteArchived, Thought, ToolCalled, ToolReturned

        self._terminal.status.update(event)
        self._pasted |= isinstance(event, PasteArchived)
        if isinstance(event, MemoryChanged):
            if not (self._pasted and event.event.tier == "archival"):  # its own notice tells of a paste as a whole
                self._changes.append(event.event)
            self._result = None  # the notice of the change says what the call did
            return
        self._print_call()
        match event:
            case ContextCompiled():
                self._asked = monotonic()
            case Thought(text=text):
                self._print_thought(text)
            case ToolCalled():
                self._screen.end_text()
                self._call = event
            case ToolReturned():
                self._result = event
            case _:
                self._show_text(event)
        self._screen.show_phase(phase_after(event))
        if notice := format_notice(event):
            self._notices.append(notice)

    def print_notices(self) -> None:
        """Print what the turn did besides answering: in a pipe only warnings."""
        interactive = self._terminal.reader.interactive
        memories = self._terminal.status.memories
        for notice in self._notices:
            if interactive or notice.startswith(WARNING):
                self._screen.print(notice, "warning" if notice.startswith(WARNING) else "dim", 2)
        if not interactive:
            return
        if memories:
            self._screen.print(f"↺ recalled {count_memories(memories)}   /why", "dim", 2)
        for line in memory_lines(self._changes):
            self._screen.print(line, "dim", 2)

    def _show_text(self, event: "Event") -> None:
        from carrel.agent.events import Answer, RequestRetried, TextDelta, TextDiscarded

        match event:
            case TextDelta(text=piece):
                self._screen.add_text(piece)
            case TextDiscarded():
                self._screen.discard_text()
            case RequestRetried(reason=reason, wait=wait, discarded=discarded):
                if discarded:
                    self._screen.discard_text()
                self._screen.print(format_retry(reason, wait), "dim")
            case Answer(text=text):
                self._screen.end_text(text)
                if ending := format_ending(event):
                    self._screen.print(ending, "dim")

    def _print_call(self) -> None:
        """Print the last call and the size of its result, unless it is still running."""
        call, result, self._result = self._call, self._result, None
        if call is None or result is None or not self._terminal.reader.interactive:
            return
        if call.name in SEARCHES and result.ok:
            self._print_search(call.arguments)
            return
        outcome = f"{len(result.text)} characters" if result.ok else one_line(result.text, MAX_ARGUMENTS)
        self._screen.print(f"⚙ {call.name}({format_arguments(call.arguments)}) → {outcome}", "dim", 2)

    def _print_search(self, arguments: str) -> None:
        """Print what memory was searched for, once, though each tier is searched by a call of its own."""
        if arguments not in self._searches:
            self._searches.add(arguments)
            self._screen.print(f"⌕ searched memory: {format_values(arguments)}", "dim", 2)

    def _print_thought(self, text: str) -> None:
        """Print a thought where the user reads them, or else how long it took."""
        passed = monotonic() - self._asked
        if not self._terminal.reader.interactive:
            return
        if self._screen.show_thoughts:
            self._screen.print(text, "dim")
        elif passed >= SHORT_THOUGHT:
            self._screen.print(f"thought for {passed:.0f} s   /reasoning", "dim")
        self._asked = monotonic()


def phase_after(event: "Event") -> str:
    """Return what the user waits for after an event; empty where that is as it was."""
    from carrel.agent.events import ContextCompiled, ToolCalled, ToolReturned, TurnStarted

    match event:
        case TurnStarted():
            return "looking in memory"
        case ContextCompiled() | ToolReturned():
            return "thinking"
        case ToolCalled(name=name):
            return "looking in memory" if name in SEARCHES else f"running {name}"
        case _:
            return ""


def format_arguments(arguments: str) -> str:
    """Return the arguments of a call, a JSON object, as they would be written in a program, in few characters."""
    values = _parse(arguments)
    named = (f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in values.items())
    return one_line(", ".join(named) if values else arguments, MAX_ARGUMENTS)


def format_values(arguments: str) -> str:
    """Return the values of a call's arguments without their names, in few characters."""
    return one_line(", ".join(map(str, _parse(arguments).values())), MAX_ARGUMENTS)


def _parse(arguments: str) -> dict[str, Any]:
    """Return the arguments of a call; nothing where they are no JSON object."""
    try:
        values = json.loads(arguments)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
