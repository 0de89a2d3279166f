"""Lines for a terminal, with the escape sequences that colour them."""

import os
import re

from carrel.cli.terminal.screen.screen import Style
from carrel.cli.terminal.screen.wrapping import count_cells

CODES: dict[Style, str] = {"text": "", "dim": "2", "warning": "33", "error": "31"}
"""The parameters of the sequence that switches a style on (ECMA-48, Select Graphic Rendition)."""

_SEQUENCE = re.compile(r"\x1b\[[0-9;]*m")


def has_colours() -> bool:
    """Return whether the user wants colours and other styles (https://no-color.org)."""
    return not os.environ.get("NO_COLOR")


def styled(line: str, style: Style) -> str:
    """Return a line in a style."""
    code = CODES[style]
    return f"\x1b[{code}m{line}\x1b[0m" if code and line and has_colours() else line


def strip_style(line: str) -> str:
    """Return a line without its styles."""
    return _SEQUENCE.sub("", line)


def count_rows(line: str, columns: int) -> int:
    """Return how many rows of a terminal a styled line takes."""
    return max(1, -(-count_cells(strip_style(line)) // columns))
