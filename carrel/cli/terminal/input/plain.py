"""Messages from a pipe, and from a terminal without a line editor."""

import sys

from carrel.text import clean_text, terminal_text

PROMPT = "> "


class PipeReader:
    """Reads standard input; each line is one message."""

    interactive = False
    multiline = False

    def read(self, draft: str = "") -> str | None:
        """Return the next line that is not empty."""
        for raw in sys.stdin.buffer:
            if text := clean_text(raw.decode("utf-8", "replace")).strip():
                return text
        return None

    def ask(self, question: str) -> str | None:
        """Return None: a line of the pipe is a message and no answer."""
        return None


class PlainReader(PipeReader):
    """Reads lines that are typed at a terminal, as the terminal itself edits them."""

    interactive = True

    def read(self, draft: str = "") -> str | None:
        """Prompt for the next line that is not empty; a line that ends with a backslash goes on in the next one."""
        lines: list[str] = []
        while (line := self._line("  " if lines else PROMPT)) is not None:
            lines.append(line.removesuffix("\\"))
            text = "\n".join(lines).strip()
            if not line.endswith("\\") and text:
                return text
            lines = lines if line.endswith("\\") else []
        return "\n".join(lines).strip() or None

    def ask(self, question: str) -> str | None:
        """Prompt with the question."""
        return self._line(question)

    def _line(self, prompt: str) -> str | None:
        sys.stdout.write(terminal_text(prompt))
        sys.stdout.flush()
        raw = sys.stdin.buffer.readline()
        return clean_text(raw.decode("utf-8", "replace")).rstrip("\n") if raw else None
