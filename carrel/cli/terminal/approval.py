"""Ask the user at the terminal whether a tool may be called."""

import json

from carrel.cli.terminal.output import print_note
from carrel.text import one_line, terminal_text

QUESTION = "Allow it? [y]es, [n]o, [a]lways: "


class Approval:
    """Asks before each call of a tool, until the answer is always."""

    def __init__(self) -> None:
        self._always: set[str] = set()

    def __call__(self, name: str, arguments: str) -> bool:
        """Return whether the user allows a call."""
        if name in self._always:
            return True
        print_note(f"\nThe agent wants to call {terminal_text(name)}({one_line(_format_arguments(arguments), 500)}).")
        try:
            answer = input(QUESTION).strip().lower()
        except EOFError:
            return False
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
