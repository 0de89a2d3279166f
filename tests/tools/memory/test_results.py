"""What a search found, as the model reads it, in whatever room there is."""

import re
from typing import Any

import pytest

from carrel.tools.tool import ToolContext
from tests.tools.memory.calling import outcome, run


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"query": " "}, "Error: The query is empty. Say what to search for."),
        ({"query": "a", "page": 0}, "Error: Page 0 does not exist. Pages count from 1."),
        (
            {"query": "a", "since": "monday"},
            "Error: Date 'monday' is not understood. Write 2026-01-31 or 2026-01-31T09:00.",
        ),
        (
            {"query": "a", "since": "2025-02-01", "until": "2025-01-01"},
            "Error: The date range ends before it begins. Swap since and until.",
        ),
    ],
)
@pytest.mark.parametrize("name", ["recall_search", "archival_search"])
def test_a_search_that_makes_no_sense_is_explained(
    context: ToolContext, name: str, arguments: dict[str, Any], text: str
) -> None:
    """A search with a bad query, page or date says what would be right."""
    assert outcome(context, name, **arguments) == (False, text)


def test_nothing_found_says_what_to_try(context: ToolContext) -> None:
    """A search without hits is no error; it says how to search otherwise."""
    text = 'Nothing found for "unicorn". Try other words, fewer words, or another date range.'
    assert outcome(context, "archival_search", query="unicorn") == (True, text)
    assert outcome(context, "recall_search", query="unicorn") == (True, text)


@pytest.mark.parametrize("room", [60, 200, 500, 1500])
def test_less_room_means_smaller_pages(context: ToolContext, room: int) -> None:
    """However little room there is, the pages together show every hit once, and each fits its room."""
    ids = {context.memory.archival.insert(f"Walnut {n} " + "and so on " * 30).passage.id for n in range(7)}
    small = ToolContext(context.memory, context.turn, 1, 0, room)
    first = run(small, "archival_search", query="walnut").text
    match = re.match(r"7 results, page 1 of (\d+):", first)
    assert match
    pages = [run(small, "archival_search", query="walnut", page=page).text for page in range(1, int(match[1]) + 1)]
    assert all(len(page) <= room for page in pages)
    assert room < 200 or {hit for page in pages for hit in re.findall(r"\[(p-\w+)", page)} == ids
    assert room < 200 or pages[0].endswith("More: archival_search with page=2.")
