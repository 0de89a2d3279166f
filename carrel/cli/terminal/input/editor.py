"""The line editor of the chat, with prompt_toolkit; this module is imported when the editor is made."""

import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal

from prompt_toolkit import PromptSession
from prompt_toolkit.application.current import get_app
from prompt_toolkit.cursor_shapes import ModalCursorShapeConfig
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition
from prompt_toolkit.styles import Style

from carrel.cli.terminal.input.completion import SlashCompleter
from carrel.cli.terminal.input.graphemes import GraphemeProcessor
from carrel.cli.terminal.input.history import MessageHistory
from carrel.cli.terminal.input.keys import create_bindings
from carrel.cli.terminal.input.pastes import Pastes
from carrel.cli.terminal.input.plain import PRIVATE_PROMPT, PROMPT
from carrel.cli.terminal.input.quiet_keys import hold_keys
from carrel.cli.terminal.input.reader import CommandHelp
from carrel.cli.terminal.screen.wrapping import terminal_columns, wrap
from carrel.text import clean_text, terminal_text

CONTINUATION = "  "
"""Stands before all lines of a message but the first."""
STYLE = Style.from_dict({"bottom-toolbar": "noreverse dim", "bottom-toolbar.text": "noreverse dim"})


class EditorReader:
    """Reads messages with a line editor: history, completion, many lines, long pastes."""

    interactive = True

    def __init__(
        self,
        history: Path,
        commands: Sequence[CommandHelp],
        status: Callable[[], str],
        keys: Literal["emacs", "vi"] = "emacs",
    ) -> None:
        self.multiline = False
        self.private = False
        self._pastes = Pastes()
        completer = SlashCompleter(commands)
        self._editor: PromptSession[str] = PromptSession(
            history=MessageHistory(history, self._pastes.expand, lambda: self.private),
            completer=completer,
            complete_while_typing=Condition(lambda: get_app().current_buffer.text.startswith("/")),
            multiline=True,
            prompt_continuation=CONTINUATION,
            key_bindings=create_bindings(self._pastes, completer, lambda: self.multiline),
            input_processors=[GraphemeProcessor()],
            editing_mode=EditingMode.VI if keys == "vi" else EditingMode.EMACS,
            cursor=ModalCursorShapeConfig() if keys == "vi" else None,
            enable_open_in_editor=True,
            tempfile_suffix=".md",
            bottom_toolbar=status,
            erase_when_done=True,
            style=STYLE,
        )
        self._question: PromptSession[str] = PromptSession()

    def read(self, draft: str = "") -> str | None:
        """Edit a message until Enter; None at Ctrl-D."""
        while True:
            self._pastes.clear()
            prompt = PRIVATE_PROMPT if self.private else PROMPT
            try:
                typed = self._editor.prompt(prompt, default=draft)
            except EOFError:
                return None
            _print_sent(prompt, typed)
            if text := clean_text(self._pastes.expand(typed)).strip():
                return text

    def ask(self, question: str) -> str | None:
        """Edit the answer to a question; it does not enter the history. Ctrl-C interrupts what asks."""
        try:
            return self._question.prompt(terminal_text(question))
        except EOFError:
            return None
        except KeyboardInterrupt:
            signal.raise_signal(signal.SIGINT)
            return None

    def pause(self) -> AbstractContextManager[None]:
        """Keep the keys that are pressed meanwhile."""
        return hold_keys()


def _print_sent(prompt: str, text: str) -> None:
    """Print what was sent where it was edited, wrapped between words, which prompt_toolkit does not do."""
    lines = f"{prompt}{terminal_text(text)}".split("\n")
    columns = terminal_columns()
    for at, line in enumerate(lines):
        indented = f"{CONTINUATION}{line}" if at else line
        sys.stdout.write("\n".join(wrap(indented, columns, len(CONTINUATION))) + "\n")
    sys.stdout.flush()
