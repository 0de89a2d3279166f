"""Wrap lines between words, by the cells that characters take in a terminal. Pure but for the terminal's size.

wcwidth is imported where it is needed: its tables take 40 ms at the start.
"""

import os
import re
import shutil
import sys

MIN_COLUMNS = 20

WIDE_CELLS = 2
"""Cells of the widest character."""

_UNSPACED = re.compile("[\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
"""Chinese, Japanese and Korean, which are wrapped between any two characters."""
_WORD = re.compile(r"\s+|[^\s]+")


def terminal_columns() -> int:
    """Return the cells of a line; the last one stays free, because terminals differ in what they do there."""
    return max(MIN_COLUMNS, terminal_size().columns - 1)


def terminal_size() -> os.terminal_size:
    """Return the size of the terminal as it is now: the variable COLUMNS is what it was when the shell started."""
    try:
        size = os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError):
        return shutil.get_terminal_size()
    return size if size.columns and size.lines else shutil.get_terminal_size()


def wrap(line: str, columns: int, indent: int = 0) -> list[str]:
    """Return a line as lines of at most `columns` cells; all but the first begin with `indent` spaces.

    Only a word that is wider than a line, or Chinese, Japanese or Korean, is divided, and never inside of a grapheme.
    Where `indent` is 0, the lines are indented as the first one is.
    """
    leading = len(line) - len(line.lstrip(" "))
    margin = " " * min(indent or leading, columns // 2)
    wrapper = StreamWrapper(columns, margin)
    return (wrapper.add(line) + wrapper.end()).split("\n")


def count_cells(text: str) -> int:
    """Return how many cells a text takes, grapheme by grapheme."""
    from wcwidth import iter_graphemes, width

    return len(text) if text.isascii() else sum(map(width, iter_graphemes(text)))


def _is_divisible(word: str, cells: int, columns: int) -> bool:
    """Return whether a word may be divided: it is wider than a line, or of a script that is written without spaces."""
    return cells > columns or _UNSPACED.search(word) is not None


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
        space, self._space = self._space, ""
        column = self._column + count_cells(space.expandtabs(8))
        cells = count_cells(word)
        fills_line = column + WIDE_CELLS <= self._columns and _is_divisible(word, cells, self._columns)
        if self._column and column + cells > self._columns and not fills_line:
            return f"\n{self._margin}" + self._divide(word, len(self._margin))
        return space + self._divide(word, column)

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
