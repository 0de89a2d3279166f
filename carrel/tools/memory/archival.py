"""Tools by which the agent stores, finds, corrects and removes passages of archival memory."""

from carrel import dates
from carrel.memory.search.search import TURN_TIMEOUT_S
from carrel.tools.memory.reading import is_id, read_page
from carrel.tools.memory.results import page_size, render_page
from carrel.tools.tool import ToolContext, ToolOutput, tool


@tool(effect="memory")
def archival_insert(context: ToolContext, text: str, tags: tuple[str, ...] = ()) -> str:
    """Store a fact for later. Write one self-contained sentence with names and dates."""
    made = context.memory.archival.insert(text, tags=tags, cause=context.cause)
    return f"Stored as {made.passage.id}." if made.is_new else f"Already stored as {made.passage.id}."


@tool(effect="none")
def archival_search(
    context: ToolContext, query: str, tags: tuple[str, ...] = (), since: str = "", until: str = "", page: int = 1
) -> ToolOutput:
    """Search stored facts and documents by words and meaning; given an id, read that passage page by page.

    Args:
        since: first day, such as 2026-01-31
        until: last day, included
    """
    if is_id(query):
        return ToolOutput(read_page(context.memory, query, page, context.page, "archival_search"))
    zone = context.memory.zone
    found = context.memory.archival.search(
        query,
        limit=page_size(context.room),
        page=page,
        tags=tags,
        since=dates.parse_since(since, zone) if since else None,
        until=dates.parse_until(until, zone) if until else None,
        timeout_s=TURN_TIMEOUT_S,
    )
    return ToolOutput(render_page(found, "archival_search", context.room), found.hits)


@tool(effect="memory")
def archival_update(context: ToolContext, id: str, text: str) -> str:
    """Replace a stored fact that has changed; the old one is kept as superseded.

    Args:
        id: as a search shows it
    """
    new = context.memory.archival.update(id, text, context.cause)
    return f"Stored as {new.id}; it supersedes {id}."


@tool(effect="memory")
def archival_delete(context: ToolContext, id: str) -> str:
    """Remove a stored fact that is wrong or unwanted.

    Args:
        id: as a search shows it
    """
    return f"Removed {context.memory.archival.delete(id, context.cause).id}."
