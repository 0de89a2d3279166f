"""Read a long message or passage page by page: a search for an id finds exactly what goes by it."""

import re

from carrel.memory.store import Memory
from carrel.memory.values import Passage, StoredMessage

_ID = re.compile(r"[mp]-[0-9a-z]{12}")

LINE_TOKENS = 40
"""What the line above a page takes, with the id, the date and how to read on."""

LEAST_TOKENS = 20

ROUGHLY = 0.85
"""A page's share of its tokens that is used: characters are not spread evenly over tokens."""


def is_id(query: str) -> bool:
    """Return whether a query is the id of a message or passage."""
    return bool(_ID.fullmatch(query.strip()))


def read_page(memory: Memory, reference: str, page: int, most: int, tool: str) -> str:
    """Return one page of at most about `most` tokens; pages count from 1 and together are the whole text.

    Where a page ends depends on nothing but the text and `most`. Raise NotFound.
    """
    found = _named(memory, reference.strip())
    letters = _letters(found, most - LINE_TOKENS)
    pages = max(1, -(-len(found.text) // letters))
    if not 1 <= page <= pages:
        return f"Page {page} of {found.id} does not exist: it has {pages} pages."
    start = (page - 1) * letters
    piece = found.text[start : start + letters]
    where = f"characters {start + 1} to {start + len(piece)} of {len(found.text)}, page {page} of {pages}"
    more = f' More: {tool}(query="{found.id}", page={page + 1})' if page < pages else ""
    at = memory.scope.local(found.at)
    return f"[{found.id} | {at:%Y-%m-%d %H:%M}] {where}.{more}\n{piece}"


def _named(memory: Memory, reference: str) -> StoredMessage | Passage:
    return memory.recall.get(reference) if reference.startswith("m-") else memory.archival.get(reference)


def _letters(found: StoredMessage | Passage, most: int) -> int:
    """Return how many of a text's characters make a page, by how many tokens it has."""
    return max(1, int(max(LEAST_TOKENS, most) * ROUGHLY * len(found.text) / max(1, found.tokens)))
