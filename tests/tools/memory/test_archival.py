"""The tools that store, correct, remove and find passages."""

import re
from typing import Any

import pytest

from carrel.memory.values import NewMessage
from carrel.tools.tool import ToolContext
from tests.tools.memory.calling import day, outcome, run


def test_insert_tells_new_from_known(context: ToolContext) -> None:
    """A fact is stored with its tags once; the same fact again gives the same id."""
    first = run(context, "archival_insert", text="Ada keeps bees.", tags=["Garden"])
    (passage,) = context.memory.archival.latest(9)
    assert (passage.text, passage.tags, passage.origin) == ("Ada keeps bees.", ("garden",), "agent")
    assert first.text == f"Stored as {passage.id}."
    assert run(context, "archival_insert", text="ada keeps  BEES.").text == f"Already stored as {passage.id}."
    assert outcome(context, "archival_insert", text=" ") == (
        False,
        'Error: The text to store is empty. Call archival_insert(text="…") with the fact itself.',
    )


def test_update_and_delete_follow_the_id(context: ToolContext) -> None:
    """An update names the successor, a deletion the id; both refuse what is no longer live."""
    memory = context.memory.archival
    old = memory.insert("Ada lives in Oslo.").passage
    text = run(context, "archival_update", id=old.id, text="Ada lives in Rome.").text
    (new,) = memory.latest(9)
    assert (text, new.text) == (f"Stored as {new.id}; it supersedes {old.id}.", "Ada lives in Rome.")
    again = outcome(context, "archival_update", id=old.id, text="Ada lives in Bonn.")
    assert again == (False, f"Error: Passage '{old.id}' is superseded. Its successor is '{new.id}'.")
    assert outcome(context, "archival_delete", id=new.id) == (True, f"Removed {new.id}.")
    missing = "Error: Passage 'p-none' does not exist. Search for it and use the id in the result."
    assert outcome(context, "archival_delete", id="p-none") == (False, missing)
    assert memory.count() == 0


def test_a_search_tells_totals_dates_and_the_next_page(context: ToolContext) -> None:
    """A page holds five hits with id, date and tags, the true total, and how to get the next; the last has no next."""
    stored = [
        context.memory.archival.insert(f"Walnut number {n} fell.", tags=["tree"], at=day(n)).passage
        for n in range(1, 13)
    ]
    pages = [run(context, "archival_search", query="walnut", page=page).text for page in (1, 2, 3)]
    found = [
        re.findall(r"^\[(p-\w+) \| (2025-01-\d\d) \d\d:00 \| archival \| #tree\] (.+)$", page, re.M) for page in pages
    ]
    assert [page.splitlines()[0] for page in pages] == [f"12 results, page {page} of 3:" for page in (1, 2, 3)]
    assert [len(page) for page in found] == [5, 5, 2]
    shown = {hit for page in found for hit in page}
    assert shown == {(item.id, item.at.strftime("%Y-%m-%d"), item.text) for item in stored}
    ends = [page.splitlines()[-1] for page in pages]
    assert ends[:2] == ["More: archival_search with page=2.", "More: archival_search with page=3."]
    assert "More:" not in ends[2]
    assert run(context, "archival_search", query="walnut", page=4).text == "Page 4 is empty: 12 results on 3 pages."


@pytest.mark.parametrize(
    ("name", "more", "days"),
    [
        ("archival_search", {"since": "2025-01-02", "until": "2025-01-03"}, {"2025-01-02", "2025-01-03"}),
        ("archival_search", {"until": "2025-01-01"}, {"2025-01-01"}),
        ("archival_search", {"tags": ["day3"]}, {"2025-01-03"}),
        ("recall_search", {"since": "2025-01-02", "until": "2025-01-03"}, {"2025-01-02", "2025-01-03"}),
        ("recall_search", {"until": "2025-01-01"}, {"2025-01-01"}),
    ],
)
def test_dates_include_both_ends(context: ToolContext, name: str, more: dict[str, Any], days: set[str]) -> None:
    """A date alone means the whole day, at both ends of the range."""
    for n in (1, 2, 3, 4):
        context.memory.archival.insert(f"Comet {n} passed.", tags=[f"day{n}"], at=day(n))
        context.memory.recall.load([NewMessage("user", f"Comet {n} passed.", day(n), "Ada", "s1")])
    found = run(context, name, query="comet", **more).text
    assert set(re.findall(r"\| (2025-\d\d-\d\d) ", found)) == days
