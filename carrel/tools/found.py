"""What a search found, as the model reads it: ids, dates, true totals, and how to get the next page. Pure."""

from carrel.memory.values import Found, Hit
from carrel.text import clip

PAGE = 5
"""Hits on a page of a tool's result."""


def rendered(found: Found, tool: str, room: int) -> str:
    """Return a page of hits as text of at most about `room` characters."""
    if not found.total:
        return f'Nothing found for "{clip(found.query, 200)}". Try other words, fewer words, or another date range.'
    if not found.hits:
        return f"Page {found.page} is empty: {found.total} results on {found.pages} pages."
    head = f"{found.total} results, page {found.page} of {found.pages}:"
    most = max(80, (room - len(head) - 120) // len(found.hits) - 60)
    lines = [head, *(hit_line(hit, most) for hit in found.hits)]
    if found.page < found.pages:
        lines.append(f"More: {tool} with page={found.page + 1}.")
    return "\n".join(lines)


def hit_line(hit: Hit, most: int) -> str:
    """Return one hit with its id, date and who said it, its text cut to `most` characters."""
    who = hit.speaker or hit.role or "archival"
    marks = [hit.id, hit.at.astimezone().strftime("%Y-%m-%d %H:%M"), who, *(f"#{tag}" for tag in hit.tags)]
    if hit.state == "superseded":
        marks.append("superseded")
    return f"[{' | '.join(marks)}] {clip(' '.join(hit.text.split()), most)}"
