"""The two sides of a chat: what it prints through, and where messages come from."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from carrel.cli.terminal.input.plain import PipeReader, PlainReader
from carrel.cli.terminal.input.reader import CommandHelp, MessageReader
from carrel.cli.terminal.screen.plain import PlainScreen
from carrel.cli.terminal.screen.screen import Screen


@dataclass(frozen=True, slots=True)
class Terminal:
    """A screen and a reader that belong together."""

    screen: Screen
    reader: MessageReader


def open_terminal(history: Path | None, commands: Sequence[CommandHelp], plain: bool = False) -> Terminal:
    """Return what fits the standard streams: a pipe, a terminal as it is, or a line editor.

    `history` is the file of what was typed; with None nothing typed is kept.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Terminal(PlainScreen(), PipeReader())
    if plain or os.environ.get("TERM") in {None, "", "dumb"}:
        return Terminal(PlainScreen(), PlainReader())
    from carrel.cli.terminal.input.editor import EditorReader

    return Terminal(PlainScreen(), EditorReader(history, commands))
