"""The tool by which the agent searches what was said."""

from carrel import dates
from carrel.memory.search.search import TURN_TIMEOUT_S
from carrel.tools.memory.reading import is_id, read_page
from carrel.tools.memory.results import page_size, render_page
from carrel.tools.tool import ToolContext, ToolOutput, tool


@tool(effect="none")
def recall_search(
    context: ToolContext, query: str, roles: tuple[str, ...] = (), since: str = "", until: str = "", page: int = 1
) -> ToolOutput:
    """Search all past messages by words and meaning; given an id, read that message page by page.

    Args:
        roles: user, assistant
        since: first day, such as 2026-01-31
        until: last day, included
    """
    if is_id(query):
        return ToolOutput(read_page(context.memory, query, page, context.page, "recall_search"))
    zone = context.memory.zone
    found = context.memory.recall.search(
        query,
        limit=page_size(context.room),
        page=page,
        since=dates.parse_since(since, zone) if since else None,
        until=dates.parse_until(until, zone) if until else None,
        roles=roles,
        rank_last={message.n for message in context.memory.recall.of_turn(context.turn)},
        timeout_s=TURN_TIMEOUT_S,
    )
    return ToolOutput(render_page(found, "recall_search", context.room), found.hits)
