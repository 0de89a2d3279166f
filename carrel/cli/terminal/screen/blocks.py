"""The blocks of a Markdown text that is still being written. Pure."""

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # for types only
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


def split_blocks(text: str) -> list[str]:
    """Return the top-level blocks of a Markdown text: paragraphs, lists, tables, code. Only the last may still grow."""
    lines = text.split("\n")
    starts = [token.map[0] for token in parse(text) if token.level == 0 and token.nesting >= 0 and token.map]
    bounds = [*starts, len(lines)]
    return ["\n".join(lines[start:end]) for start, end in pairwise(bounds)]


def is_table(block: str) -> bool:
    """Return whether a block is a table, whose columns change their width with every row."""
    return any(token.type == "table_open" for token in parse(block))


def parse(text: str) -> "list[Token]":
    """Return the tokens of a Markdown text; HTML in it is text, and a line break stays one, as chats write."""
    tokens = _parser().parse(text)
    for token in tokens:
        for child in token.children or ():
            child.type = "hardbreak" if child.type == "softbreak" else child.type
    return tokens


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("strikethrough").enable("table")
