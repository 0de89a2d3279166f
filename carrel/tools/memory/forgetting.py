"""The tool by which the agent forgets what the user wants forgotten."""

from collections import Counter

from carrel.errors import MemoryRefused
from carrel.memory.forgetting.selection import Selection
from carrel.tools.tool import ToolContext, tool

NOUNS = {"core": "line of core memory", "recall": "message", "archival": "passage"}


@tool(effect="memory", approval="ask")
def memory_forget(context: ToolContext, ids: tuple[str, ...] = (), text: str = "") -> str:
    """Forget what the user wants forgotten, with all that quotes it.

    Args:
        ids: as a search shows them
        text: words that it contains
    """
    forgetting = context.memory.forgetting
    selection = Selection(ids, text)
    if forgetting.is_everything(selection):
        raise MemoryRefused(f"'{text}' stands in everything that is remembered.", "Give more words, or ids.")
    done = forgetting.forget(selection, context.cause)
    counts = Counter(item.tier for item in done.items)
    parts = (f"{number} × {NOUNS[tier]}" for tier, number in counts.items())
    return f"Forgotten: {', '.join(parts)}. The user can restore it with carrel memory restore {done.key}."
