"""The line editor of the chat, with prompt_toolkit, which is imported when the editor is made."""

from collections.abc import Sequence
from pathlib import Path

from carrel.cli.terminal.input.plain import PROMPT
from carrel.cli.terminal.input.reader import CommandHelp
from carrel.text import clean_text


class EditorReader:
    """Reads messages with a line editor that keeps their history in a file."""

    interactive = True
    multiline = False

    def __init__(self, history: Path | None, commands: Sequence[CommandHelp]) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.completion import WordCompleter
        from prompt_toolkit.history import FileHistory, InMemoryHistory

        if history is not None:
            history.touch(mode=0o600)
        names = WordCompleter([f"/{command.name}" for command in commands], sentence=True)
        self._editor: PromptSession[str] = PromptSession(
            history=FileHistory(str(history)) if history else InMemoryHistory(),
            completer=names,
            complete_while_typing=False,
        )

    def read(self, draft: str = "") -> str | None:
        """Edit a message until Enter; None at Ctrl-D."""
        while True:
            try:
                text = clean_text(self._editor.prompt(PROMPT, default=draft)).strip()
            except EOFError:
                return None
            if text:
                return text

    def ask(self, question: str) -> str | None:
        """Edit the answer to a question; it does not enter the history."""
        from prompt_toolkit import prompt

        try:
            return prompt(question)
        except EOFError:
            return None
