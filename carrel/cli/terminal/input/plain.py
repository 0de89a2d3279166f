"""Messages from a pipe, and from a terminal without a line editor."""

import sys
from contextlib import AbstractContextManager, nullcontext

from carrel.cli.terminal.input.quiet_keys import hide_keys, show_keys
from carrel.text import clean_text, remove_sequences, terminal_text

PROMPT = "> "
PRIVATE_PROMPT = "private > "
"""Of sessions of which nothing is stored."""


class PipeReader:
    """Reads standard input; each line is one message."""

    interactive = False

    def __init__(self) -> None:
        self.multiline = False
        self.private = False

    def read(self, draft: str = "") -> str | None:
        """Return the next line that is not empty."""
        for raw in sys.stdin.buffer:
            if text := clean_text(remove_sequences(raw.decode("utf-8", "replace"))).strip():
                return text
        return None

    def ask(self, question: str) -> str | None:
        """Return None: a line of the pipe is a message and no answer."""
        return None

    def pause(self) -> AbstractContextManager[None]:
        """Do nothing: the pipe holds what was written."""
        return nullcontext()


class PlainReader(PipeReader):
    """Reads lines that are typed at a terminal, as the terminal itself edits them."""

    interactive = True

    def read(self, draft: str = "") -> str | None:
        """Prompt for the next line that is not empty; a line that ends with a backslash goes on in the next one."""
        prompt = PRIVATE_PROMPT if self.private else PROMPT
        lines: list[str] = []
        while (line := self._line("  " if lines else prompt)) is not None:
            lines.append(line.removesuffix("\\"))
            text = "\n".join(lines).strip()
            if not line.endswith("\\") and text:
                return text
            lines = lines if line.endswith("\\") else []
        return "\n".join(lines).strip() or None

    def ask(self, question: str) -> str | None:
        """Prompt with the question."""
        return self._line(question)

    def pause(self) -> AbstractContextManager[None]:
        """Keep the lines that are typed meanwhile."""
        return hide_keys()

    def _line(self, prompt: str) -> str | None:
        sys.stdout.write(terminal_text(prompt))
        sys.stdout.flush()
        with show_keys():
            raw = sys.stdin.buffer.readline()
        return clean_text(remove_sequences(raw.decode("utf-8", "replace"))).rstrip("\n") if raw else None
