"""What a search found, as the model reads it: ids, dates, true totals, and how to get the next page. Pure."""

from carrel.memory.values import Found, Hit
from carrel.text import clip, one_line

PAGE = 5
"""Hits on a page of a tool's result, where there is room."""

HIT_LETTERS = 180
"""Characters that a hit is worth; where there is less room the page holds fewer."""

LABEL_LETTERS = 70
"""Characters of a hit's id, date and speaker."""


def page_size(room: int) -> int:
    """Return how many hits a page of at most `room` characters holds."""
    return max(1, min(PAGE, room // HIT_LETTERS))


def rendered(found: Found, tool: str, room: int) -> str:
    """Return a page of hits as text of at most `room` characters."""
    if not found.total:
        return f'Nothing found for "{clip(found.query, 200)}". Try other words, fewer words, or another date range.'
    if not found.hits:
        return f"Page {found.page} is empty: {found.total} results on {found.pages} pages."
    head = f"{found.total} results, page {found.page} of {found.pages}:"
    most = max(30, (room - len(head) - 60) // len(found.hits) - LABEL_LETTERS)
    lines = [head, *(hit_line(hit, most) for hit in found.hits)]
    if found.page < found.pages:
        lines.append(f"More: {tool} with page={found.page + 1}.")
    return clip("\n".join(lines), room)


def hit_line(hit: Hit, most: int) -> str:
    """Return one hit with its id, date and who said it, its text cut to `most` characters."""
    who = one_line(hit.speaker or hit.role or "archival", 40)
    tags = (f"#{one_line(tag, 40)}" for tag in hit.tags[:5])
    marks = [hit.id, hit.at.strftime("%Y-%m-%d %H:%M"), who, *tags]
    if hit.state == "superseded":
        marks.append("superseded")
    return f"[{' | '.join(marks)}] {clip(' '.join(hit.text.split()), most)}"
