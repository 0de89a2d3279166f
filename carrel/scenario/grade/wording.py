"""Show values in the report of an expectation: texts in quotes, lists, tool calls. Pure."""

from collections.abc import Iterable

from carrel.messages import canonical
from carrel.scenario.record.trajectory import Record
from carrel.text import one_line

MAX_ITEMS = 6
"""How many items of a list are shown."""
MAX_CHARACTERS = 200
"""How much of each item is shown; three times as much of a single text."""


def quote(text: str) -> str:
    """Return a text in quotes, on one line, shortened if it is long."""
    return f'"{one_line(text, 3 * MAX_CHARACTERS)}"' if text.strip() else "nothing"


def join_items(items: Iterable[object], nothing: str = "nothing") -> str:
    """Return the first items on one line, each shortened if it is long, and how many more there are."""
    texts = [one_line(str(item), MAX_CHARACTERS) for item in items]
    more = len(texts) - MAX_ITEMS
    return "; ".join(texts[:MAX_ITEMS]) + (f"; and {more} more" if more > 0 else "") or nothing


def format_call(call: Record) -> str:
    """Return a tool call as a line of code, and whether it failed."""
    arguments = call["arguments"]
    given = ", ".join(f"{name}={canonical(value)}" for name, value in arguments.items()) if arguments else ""
    return f"{call['name']}({given if isinstance(arguments, dict) else arguments})" + ("" if call["ok"] else " failed")
