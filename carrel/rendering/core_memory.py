"""Blocks of core memory, as main context shows them and as the calls that edit them answer. Pure."""

import re
from dataclasses import dataclass

TRUNCATED = " […cut]"
"""Ends a block that is longer than its share of main context."""

EMPTY = "(empty)"

_BLOCK = re.compile(
    r"\[core memory: (?P<label>[^\n]+?)(?: \((?P<about>[^\n]*)\))?, (?P<size>\d+) of (?P<limit>\d+) characters\]\n"
)
_END = r"(?=\n\[core memory: |\nNote: |\n\n|\Z)"
"""What follows a block in a prompt."""
_AT_END = re.compile(_END)
_TRUNCATED = re.compile(re.escape(TRUNCATED) + _END)

_EDIT = re.compile(r"Block '(?P<label>[^\n]+?)' now holds(?: \(\d+ of (?P<limit>\d+) characters\):\n)?")


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block as a context shows it; `value` is its beginning where `truncated`. Sizes are in characters."""

    label: str
    value: str
    limit: int
    description: str = ""
    truncated: bool = False
    text: str = ""
    """The block as it is written in the context, heading included."""


@dataclass(frozen=True, slots=True)
class EditResult:
    """What the result of an edit says: the block's label and new value, or the beginning of it."""

    label: str
    value: str


def render_block(label: str, value: str, limit: int, description: str = "") -> str:
    """Return a block with its heading; `limit` is in characters."""
    about = f" ({description})" if description else ""
    return f"[core memory: {label}{about}, {len(value)} of {limit} characters]\n{value or EMPTY}"


def parse_blocks(text: str) -> tuple[list[ShownBlock], str]:
    """Return the blocks at the beginning of a text, separated by single line breaks, and the rest of the text.

    The heading of a block says how long it is, so nothing in a value can be taken for the next block.
    """
    blocks: list[ShownBlock] = []
    rest = text
    while (match := _BLOCK.match(rest)) is not None:
        value, truncated = _value(rest[match.end() :], int(match["size"]))
        end = match.end() + len(value) + len(TRUNCATED) * truncated
        held = "" if match["size"] == "0" else value
        blocks.append(
            ShownBlock(match["label"], held, int(match["limit"]), match["about"] or "", truncated, rest[:end])
        )
        rest = rest[end:]
        if not _BLOCK.match(rest, 1):
            break
        rest = rest[1:]
    return blocks, rest


def render_edit(label: str, value: str, limit: int) -> str:
    """Return the result of an edit: the whole new value, so that the newest result in view is what the block holds."""
    return f"Block '{label}' now holds ({len(value)} of {limit} characters):\n{value}"


def parse_edit(text: str) -> EditResult | None:
    """Return what the result of an edit says; None for any other text."""
    match = _EDIT.match(text)
    return EditResult(match["label"], text[match.end() :]) if match else None


def _value(text: str, size: int) -> tuple[str, bool]:
    """Return the value at the beginning of a text, said to be `size` characters long, and whether it was truncated."""
    size = size or len(EMPTY)
    whole = text[:size]
    if (match := _TRUNCATED.search(text)) and match.start() <= size:  # what follows may end at `size` by chance
        return text[: match.start()], True
    if len(whole) == size and _AT_END.match(text, size):
        return whole, False
    match = _AT_END.search(text)
    return text[: match.start() if match else len(text)], False
