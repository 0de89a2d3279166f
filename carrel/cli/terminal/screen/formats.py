"""How the text of an answer is written: as Markdown, or as it stands."""

import re
from typing import Protocol

from carrel.cli.terminal.screen.blocks import is_table, split_blocks
from carrel.cli.terminal.screen.markdown import block_lines
from carrel.cli.terminal.screen.wrapping import wrap

_ITEM = re.compile(r"\s*(?:[-*•]|\d+[.)])\s+")


class TextFormat(Protocol):
    """Splits a text into blocks, and renders them."""

    gap: bool
    """Whether an empty line stands between two blocks."""

    def split(self, text: str) -> list[str]:
        """Return the blocks of a text, of which only the last may still grow."""

    def lines(self, block: str, columns: int) -> list[str]:
        """Return a block as styled lines of at most `columns` cells."""

    def changes_as_whole(self, block: str) -> bool:
        """Return whether more text may change the first lines of a block."""


class MarkdownFormat:
    """Markdown, as language models write it."""

    gap = True

    def split(self, text: str) -> list[str]:
        """Return the top-level blocks."""
        return split_blocks(text)

    def lines(self, block: str, columns: int) -> list[str]:
        """Return a block as rich renders it."""
        return block_lines(block, columns)

    def changes_as_whole(self, block: str) -> bool:
        """Return whether a block is a table."""
        return is_table(block)


class PlainFormat:
    """Text in which a star is a star; the items of lists are wrapped under their text."""

    gap = False

    def split(self, text: str) -> list[str]:
        """Return the lines."""
        return text.splitlines(keepends=True)

    def lines(self, block: str, columns: int) -> list[str]:
        """Return a line, wrapped."""
        line = block.rstrip("\n")
        item = _ITEM.match(line)
        return wrap(line, columns, len(item[0]) if item else 0)

    def changes_as_whole(self, block: str) -> bool:
        """Return False."""
        return False
