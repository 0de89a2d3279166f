"""The last lines of a terminal, which change in place; everything above them stays in the scrollback."""

import sys
from collections.abc import Sequence

from carrel.cli.terminal.screen.styled import count_rows
from carrel.cli.terminal.screen.wrapping import terminal_size


class LiveRegion:
    """Prints lines for good, and below them lines that the next call replaces.

    Each call is one write that overwrites line by line, so that nothing flickers. The cursor stays at the end of the
    last line.
    """

    def __init__(self) -> None:
        self._drawn: list[str] = []

    def show(self, printed: Sequence[str], live: Sequence[str]) -> None:
        """Print lines above the live ones, and replace those."""
        if not printed and list(live) == self._drawn:
            return
        lines = [*printed, *live]
        text = self._to_start() + "\x1b[K\n".join(lines)
        if printed and not live:
            text += "\x1b[K\n"
        sys.stdout.write(text + "\x1b[J")
        sys.stdout.flush()
        self._drawn = list(live)

    def _to_start(self) -> str:
        """Return what moves the cursor to the first cell of the region; a resized terminal has wrapped its lines."""
        if not self._drawn:
            return ""
        columns = terminal_size().columns
        rows = sum(count_rows(line, columns) for line in self._drawn)
        return "\r" + (f"\x1b[{rows - 1}A" if rows > 1 else "")
