"""Completion of slash commands and of their arguments, each with its description."""

from collections.abc import Iterable, Sequence

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from carrel.cli.terminal.input.reader import CommandHelp
from carrel.text import one_line, terminal_text

MAX_ABOUT = 60
"""Characters of a description beside a candidate."""


class SlashCompleter(Completer):
    """Completes the name of a command after a slash, and then its arguments."""

    def __init__(self, commands: Sequence[CommandHelp]) -> None:
        self._commands = commands

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Yield what may stand at the cursor."""
        text = document.text_before_cursor
        if not text.startswith("/") or "\n" in text:
            return
        name, space, arguments = text[1:].partition(" ")
        yield from self._arguments(name.lower(), arguments) if space else self._names(name)

    def _names(self, typed: str) -> Iterable[Completion]:
        for command in self._commands:
            if command.name.startswith(typed.lower()):
                yield _completion(f"/{command.name}", command.about, len(typed) + 1)

    def _arguments(self, name: str, arguments: str) -> Iterable[Completion]:
        complete = next((command.complete for command in self._commands if command.name == name), None)
        typed = arguments.rpartition(" ")[2]
        for candidate in complete(arguments) if complete else ():
            if candidate.text.lower().startswith(typed.lower()):
                yield _completion(terminal_text(candidate.text), candidate.about, len(typed))


def _completion(text: str, about: str, typed: int) -> Completion:
    return Completion(text, -typed, display_meta=one_line(terminal_text(about), MAX_ABOUT))
