"""The text of an answer as it arrives, as lines: those that are final and those that can still change."""

from carrel.cli.terminal.screen.formats import TextFormat
from carrel.cli.terminal.screen.styled import strip_style

MAX_LIVE = 6
"""Lines of a block that grows which are drawn anew: what precedes them does not change any more (as aider does)."""
SPARE_ROWS = 3
"""Rows of the terminal that what grows leaves free."""


class AnswerLines:
    """Renders a text block by block; a line is returned once, when it is final."""

    def __init__(self, text_format: TextFormat) -> None:
        self._format = text_format
        self.live: list[str] = []
        """The lines that can still change."""
        self._open = ""
        self._begun = False
        self._returned: list[str] = []
        self._columns = 0

    def add(self, piece: str) -> None:
        """Take in a piece of the text."""
        self._open += piece

    def take(self, columns: int, rows: int, final: bool) -> list[str]:
        """Return the lines that became final, for a terminal of so many columns and rows; with `final`, all of them."""
        *complete, last = self._format.split(self._open) or [""]
        printed: list[str] = []
        for block in complete:
            printed += self._rest(block, columns)
            self._close_block()
        lines = self._rest(last, columns)
        if final:
            self._close_block()
            self._open, self.live = "", []
            return printed + lines
        self._open = last if complete else self._open
        room = max(1, rows - SPARE_ROWS)
        changes = self._format.changes_as_whole(last)
        limit = room if changes else min(MAX_LIVE, room)
        stable = [] if changes else lines[: max(0, len(lines) - limit)]
        self._returned += stable
        self.live = lines[len(stable) :][-limit:]
        return printed + stable

    def _rest(self, block: str, columns: int) -> list[str]:
        """Return the lines of the open block that were not returned yet."""
        if not block or (self._format.gap and not block.strip()):
            return []
        gap = [""] if self._begun and self._format.gap else []
        lines = gap + self._format.lines(block, columns)
        if columns == self._columns or not self._returned:
            self._columns = columns
            return lines[len(self._returned) :]
        self._columns = columns
        returned = _count_visible(self._returned)
        at = 0
        while at < len(lines) and _count_visible(lines[: at + 1]) <= returned:
            at += 1
        self._returned = lines[:at]
        return lines[at:]

    def _close_block(self) -> None:
        self._begun = True
        self._returned = []


def _count_visible(lines: list[str]) -> int:
    """Return how many characters besides spaces some lines have, whatever their width."""
    return sum(len("".join(strip_style(line).split())) for line in lines)
