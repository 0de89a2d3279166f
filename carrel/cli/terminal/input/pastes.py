"""Long pastes, which stand in the line editor as a few words. Pure."""

import re

MAX_LINES = 10
"""A paste of more lines is shown as the number of its lines."""
MAX_CHARACTERS = 2000
"""A paste of more characters on few lines is shown as their number."""

_LABEL = re.compile(r"\[\d+ (?:lines|characters) pasted(?: #\d+)?\]")


class Pastes:
    """The long pastes of a message, each under the label that stands for it."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def shorten(self, text: str) -> str:
        """Return what to show for a pasted text: itself, or a label such as `[200 lines pasted]`."""
        lines = text.rstrip("\n").count("\n") + 1
        if lines <= MAX_LINES and len(text) <= MAX_CHARACTERS:
            return text
        size = f"{lines} lines" if lines > MAX_LINES else f"{len(text)} characters"
        label = f"[{size} pasted]"
        number = 2
        while self._texts.get(label, text) != text:
            label = f"[{size} pasted #{number}]"
            number += 1
        self._texts[label] = text
        return label

    def expand(self, text: str) -> str:
        """Return a text with each label replaced by what was pasted; a label that was typed stays."""
        return _LABEL.sub(lambda match: self._texts.get(match[0], match[0]), text)

    def label_at_end(self, text: str) -> str:
        """Return the label with which a text ends, or nothing."""
        return next((label for label in self._texts if text.endswith(label)), "")

    def clear(self) -> None:
        """Forget all pastes."""
        self._texts.clear()
