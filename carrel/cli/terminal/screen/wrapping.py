"""Wrap lines between words, by the cells that characters take in a terminal. Pure but for the terminal's size.

wcwidth is imported where it is needed: its tables take 40 ms at the start.
"""

import re
import shutil

MIN_COLUMNS = 20

_WORD = re.compile(r"\s+|[^\s]+")


def terminal_columns() -> int:
    """Return the cells of a line; the last one stays free, because terminals differ in what they do there."""
    return max(MIN_COLUMNS, shutil.get_terminal_size().columns - 1)


def wrap(line: str, columns: int, indent: int = 0) -> list[str]:
    """Return a line as lines of at most `columns` cells; all but the first begin with `indent` spaces.

    Only a word that is wider than a line is divided, and never inside of a grapheme. Where `indent` is 0, the lines
    are indented as the first one is.
    """
    leading = len(line) - len(line.lstrip(" "))
    margin = " " * min(indent or leading, columns // 2)
    wrapper = StreamWrapper(columns, margin)
    return (wrapper.add(line) + wrapper.end()).split("\n")


class StreamWrapper:
    """Wraps a text that arrives in pieces: a word is held back until it is complete."""

    def __init__(self, columns: int, margin: str = "") -> None:
        self._columns = columns
        self._margin = margin
        self._column = 0
        self._space = ""
        self._word = ""

    def add(self, piece: str) -> str:
        """Return what can be printed now."""
        *complete, last = _WORD.findall(self._word + piece) or [""]
        self._word = ""
        printed = "".join(map(self._place, complete))
        if last.isspace():
            return printed + self._place(last)
        self._word = last
        return printed

    def end(self) -> str:
        """Return what was held back; the next text begins on a new line."""
        rest = self._place(self._word)
        self._word, self._space, self._column = "", "", 0
        return rest

    def _place(self, token: str) -> str:
        if token.isspace():
            return self._place_space(token)
        return self._place_word(token) if token else ""

    def _place_space(self, token: str) -> str:
        head, newline, tail = token.rpartition("\n")
        if not newline:
            self._space += token
            return ""
        self._space, self._column = tail, 0
        return "\n" * (head.count("\n") + 1)

    def _place_word(self, word: str) -> str:
        from wcwidth import width

        space, self._space = self._space, ""
        space_cells = width(space.expandtabs(8))
        if self._column and self._column + space_cells + width(word) > self._columns:
            self._column = 0
            return f"\n{self._margin}" + self._divide(word, len(self._margin))
        return space + self._divide(word, self._column + space_cells)

    def _divide(self, word: str, column: int) -> str:
        """Return a word that begins in a column, divided where it is wider than a line."""
        from wcwidth import iter_graphemes, width

        out: list[str] = []
        for grapheme in iter_graphemes(word):
            cells = width(grapheme)
            if column + cells > self._columns and column > len(self._margin):
                out.append(f"\n{self._margin}")
                column = len(self._margin)
            out.append(grapheme)
            column += cells
        self._column = column
        return "".join(out)
