"""What a search found, as the model reads it. Pure."""

from carrel.memory.values import Hit, SearchPage
from carrel.rendering.memories import WITHHELD, MemoryLine, ResultPage, render_memory_line, render_results

PAGE = 5
"""Hits on a page of a tool's result, where there is room."""

HIT_SIZE = 180
"""Characters that a hit is worth; where there is less room the page holds fewer."""


def page_size(room: int) -> int:
    """Return how many hits a page of at most `room` characters holds."""
    return max(1, min(PAGE, room // HIT_SIZE))


def render_page(found: SearchPage, tool: str, room: int) -> str:
    """Return a page of hits as text of at most `room` characters."""
    page = ResultPage(found.total, found.page, found.pages, tuple(map(_line, found.hits)))
    return render_results(page, found.query, tool, room)


def hit_line(hit: Hit, limit: int) -> str:
    """Return one hit with its id, date and who said it, its text cut to `limit` characters."""
    return render_memory_line(_line(hit), limit)


def _line(hit: Hit) -> MemoryLine:
    who = hit.speaker or hit.role or "archival"
    text = WITHHELD if hit.withheld else hit.text
    return MemoryLine(hit.id, hit.at, who, text, hit.tags, hit.state == "superseded")
