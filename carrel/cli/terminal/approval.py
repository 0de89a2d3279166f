"""Ask the user at the terminal whether a tool may be called."""

import json
from typing import TYPE_CHECKING

from carrel.text import one_line, terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.cli.terminal.input.reader import MessageReader
    from carrel.cli.terminal.screen.screen import Screen

QUESTION = "Allow it? [y]es, [n]o, [a]lways: "


class Approval:
    """Asks before each call of a tool, until the answer is always."""

    def __init__(self, screen: "Screen", reader: "MessageReader") -> None:
        self._screen = screen
        self._reader = reader
        self._always: set[str] = set()

    def __call__(self, name: str, arguments: str) -> bool:
        """Return whether the user allows a call."""
        if name in self._always:
            return True
        self._screen.stop_live()
        self._screen.print(f"The agent wants to call {name}({one_line(_format_arguments(arguments), 500)}).")
        answer = (self._reader.ask(QUESTION) or "").strip().lower()
        if answer in {"a", "always"}:
            self._always.add(name)
        return answer in {"y", "yes", "a", "always"}


def _format_arguments(arguments: str) -> str:
    try:
        values = json.loads(arguments)
    except (ValueError, RecursionError):
        return terminal_text(arguments)
    if not isinstance(values, dict):
        return terminal_text(arguments)
    return terminal_text(", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in values.items()))
