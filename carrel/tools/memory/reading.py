"""Read a long message or passage piece by piece: a search for an id finds exactly what goes by it."""

from carrel.memory.store import Memory
from carrel.memory.values import Passage, StoredMessage
from carrel.rendering.memories import WITHHELD, Excerpt, parse_reference, render_excerpt, render_past_the_end

LINE_TOKENS = 40
"""What the line above an excerpt takes, with the id, the date and how to read on."""

MIN_TOKENS = 20

USED_SHARE = 0.85
"""The share of its tokens that a page is planned for: characters are not spread evenly over tokens."""


def is_id(query: str) -> bool:
    """Return whether a query is the id of a message or passage, with or without a place in it."""
    return parse_reference(query) is not None


def read_page(memory: Memory, query: str, page: int, max_tokens: int, tool: str) -> str:
    """Return a piece of a text of at most `max_tokens` tokens, and the call that reads on where it ends.

    The query is an id, or an id and a place in it as `m-…@2836`; with a bare id pages count from 1. Raise NotFound.
    """
    reference = parse_reference(query)
    id, place = (reference.id, reference.start) if reference else (query.strip(), None)
    found: StoredMessage | Passage = memory.recall.get(id) if id.startswith("m-") else memory.archival.get(id)
    if memory.withheld.holds("recall" if id.startswith("m-") else "archival", found.n):
        return WITHHELD
    length = _page_length(found, max_tokens - LINE_TOKENS)
    start = (page - 1) * length if place is None else place
    if not 0 <= start < max(1, len(found.text)):
        return render_past_the_end(found.id, len(found.text))
    piece = found.text[start : start + length]
    while len(piece) > 1 and memory.counter.count(piece) > max(MIN_TOKENS, max_tokens - LINE_TOKENS):
        piece = piece[: len(piece) * 9 // 10]
    at = memory.local(found.at)
    return render_excerpt(Excerpt(found.id, at, start, start + len(piece), len(found.text), piece), tool)


def _page_length(found: StoredMessage | Passage, max_tokens: int) -> int:
    """Return how many of a text's characters make a page, by how many tokens it has."""
    return max(1, int(max(MIN_TOKENS, max_tokens) * USED_SHARE * len(found.text) / max(1, found.tokens)))
