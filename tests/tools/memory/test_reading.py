"""A long text is read page by page, by its id and a place in it."""

import re
from itertools import count

import pytest

from carrel.errors import NotFound
from carrel.tools.memory.reading import is_id, read_page
from carrel.tools.tool import ToolContext
from tests.tools.memory.calling import run

LONG = " ".join(f"Sentence {number} of the long story of 小明." for number in range(400))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("p-jgszcq14k51j", True),
        ("m-jgszcq14k51j@2836", True),
        (" m-jgszcq14k51j ", True),
        ("bees", False),
        ("p-", False),
        ("m-x y", False),
    ],
)
def test_an_id_is_told_from_words(query: str, expected: bool) -> None:
    """With or without a place in it."""
    assert is_id(query) == expected


def test_the_pages_together_are_the_text(context: ToolContext) -> None:
    """Each page is within its tokens and says how to read on; put together they are the whole text, once."""
    id = context.memory.archival.insert(LONG).passage.id
    query, pieces = id, []
    for number in count():
        page = read_page(context.memory, query, 1, 300, "archival_search")
        assert context.memory.counter.count(page) <= 300
        head, _, rest = page.partition("\n")
        place = re.search(r"characters (\d+) to (\d+) of (\d+)", head)
        assert place, head
        start, end, whole = map(int, place.groups())
        pieces.append(rest[: end - start + 1])
        if end == whole:
            break
        query = f"{id}@{end}"
        assert f'query="{query}"' in page
        assert number < 100
    assert "".join(pieces) == LONG


def test_pages_may_be_counted_too(context: ToolContext) -> None:
    """A bare id with a page number begins at that page; past the end it says how long the text is."""
    id = context.memory.archival.insert(LONG).passage.id
    first, second = (read_page(context.memory, id, page, 300, "archival_search") for page in (1, 2))
    assert first != second
    assert str(len(LONG)) in read_page(context.memory, id, 999, 300, "archival_search")
    assert run(context, "archival_search", query=id).text.startswith(f"[{id} | ")


def test_what_is_not_there_is_not_found(context: ToolContext) -> None:
    """An id of nothing is an error in words."""
    with pytest.raises(NotFound, match="'p-none' does not exist"):
        read_page(context.memory, "p-none", 1, 300, "archival_search")
