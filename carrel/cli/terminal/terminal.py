"""The two sides of a chat: what it prints through, and where messages come from."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from carrel.cli.terminal.input.plain import PipeReader, PlainReader
from carrel.cli.terminal.input.reader import CommandHelp, MessageReader
from carrel.cli.terminal.screen.plain import PlainScreen
from carrel.cli.terminal.screen.screen import Screen
from carrel.cli.terminal.screen.wrapping import terminal_columns
from carrel.cli.terminal.status import ChatStatus, format_status

if TYPE_CHECKING:  # for types only
    from carrel.bootstrap import Carrel


@dataclass(frozen=True, slots=True)
class Terminal:
    """The two sides of a chat, and the state that its bottom bar shows."""

    screen: Screen
    reader: MessageReader
    status: ChatStatus


def open_terminal(carrel: "Carrel", commands: Sequence[CommandHelp], plain: bool = False) -> Terminal:
    """Return what fits the standard streams: a pipe, a terminal as it is, or a line editor."""
    status = ChatStatus(carrel.model.name)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Terminal(PlainScreen(), PipeReader(), status)
    if plain or os.environ.get("TERM") in {None, "", "dumb"}:
        return Terminal(PlainScreen(), PlainReader(), status)
    from carrel.cli.terminal.input.editor import EditorReader
    from carrel.cli.terminal.screen.formats import MarkdownFormat, PlainFormat
    from carrel.cli.terminal.screen.live import LiveScreen

    reader = EditorReader(
        carrel.config.home / "history",
        commands,
        status=lambda: format_status(status, terminal_columns()),
        keys=carrel.config.settings.editing_mode,
    )
    text_format = MarkdownFormat() if carrel.model.is_language_model else PlainFormat()
    return Terminal(LiveScreen(text_format), reader, status)
