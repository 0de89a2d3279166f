"""Read a long message or passage piece by piece: a search for an id finds exactly what goes by it."""

import re

from carrel.memory.store import Memory
from carrel.memory.values import Passage, StoredMessage

_ID = re.compile(r"([mp]-[0-9a-z]{12})(?:@(\d{1,9}))?")
"""An id, and from which character on to read: a place in the text stays, where a page begins depends on the window."""

LINE_TOKENS = 40
"""What the line above a page takes, with the id, the date and how to read on."""

LEAST_TOKENS = 20

ROUGHLY = 0.85
"""A page's share of its tokens that is used: characters are not spread evenly over tokens."""


def is_id(query: str) -> bool:
    """Return whether a query is the id of a message or passage, with or without a place in it."""
    return bool(_ID.fullmatch(query.strip()))


def read_page(memory: Memory, query: str, page: int, most: int, tool: str) -> str:
    """Return a piece of a text of at most `most` tokens, and how to read on: what follows begins where it ends.

    The query is an id, or an id and a place in it as `m-…@2836`; with a bare id pages count from 1. Raise NotFound.
    """
    reference, place = _parts(query)
    found = _named(memory, reference)
    letters = _letters(found, most - LINE_TOKENS)
    start = int(place) if place else (page - 1) * letters
    if not 0 <= start < max(1, len(found.text)):
        return f"{found.id} ends at character {len(found.text)}; there is nothing behind it."
    piece = found.text[start : start + letters]
    while len(piece) > 1 and memory.scope.counter.count(piece) > max(LEAST_TOKENS, most - LINE_TOKENS):
        piece = piece[: len(piece) * 9 // 10]
    end = start + len(piece)
    where = f"characters {start + 1} to {end} of {len(found.text)}"
    more = f' More: {tool}(query="{found.id}@{end}")' if end < len(found.text) else " That is the end."
    at = memory.scope.local(found.at)
    return f"[{found.id} | {at:%Y-%m-%d %H:%M}] {where}.{more}\n{piece}"


def _parts(query: str) -> tuple[str, str | None]:
    match = _ID.fullmatch(query.strip())
    return (match[1], match[2]) if match else (query.strip(), None)


def _named(memory: Memory, reference: str) -> StoredMessage | Passage:
    return memory.recall.get(reference) if reference.startswith("m-") else memory.archival.get(reference)


def _letters(found: StoredMessage | Passage, most: int) -> int:
    """Return how many of a text's characters make a page, by how many tokens it has."""
    return max(1, int(max(LEAST_TOKENS, most) * ROUGHLY * len(found.text) / max(1, found.tokens)))
