"""The tool by which a small model searches all of its memory at once."""

from dataclasses import replace

from carrel.memory.search.search import TURN_TIMEOUT_S
from carrel.memory.values import StoredMessage, Tier
from carrel.tools.memory.reading import is_id, read_page
from carrel.tools.memory.results import page_size, render_page
from carrel.tools.tool import ToolContext, ToolOutput, tool

TIERS: tuple[Tier, ...] = ("recall", "archival")


@tool(effect="none")
def memory_search(context: ToolContext, query: str) -> ToolOutput:
    """words to look up in your memory, only if core memory and the recalled lines do not tell the answer"""
    if is_id(query):
        return ToolOutput(read_page(context.memory, query, 1, context.page, "memory_search"))
    in_view = _in_view(context)
    found = context.memory.search.find(
        query,
        TIERS,
        limit=page_size(context.room),
        rank_last={message.n for message in in_view},
        timeout_s=TURN_TIMEOUT_S,
    )
    own = {message.id for message in in_view}
    hits = tuple(hit for hit in found.hits if hit.id not in own)
    found = replace(found, hits=hits, total=found.total - len(found.hits) + len(hits))
    return ToolOutput(render_page(found, "memory_search", context.room), found.hits)


def _in_view(context: ToolContext) -> list[StoredMessage]:
    """Return the messages that the model sees anyway: a small model takes what it finds again for the answer."""
    said = context.memory.recall.of_turn(context.turn)
    return context.memory.queue.load(said[0].session) if said else []
