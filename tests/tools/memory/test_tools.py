"""Each of memory's own tools, with real memory beneath."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.memory.values import NewMessage
from carrel.messages import ToolCall, ToolResult
from carrel.tools.defaults import MEMORY_TOOLS
from carrel.tools.tool import ToolContext
from carrel.tools.toolbox import CallOutcome, Toolbox


@pytest.fixture
def context(home: Path, clock: FrozenClock) -> Iterator[ToolContext]:
    """A call's context with real memory and a turn that runs."""
    with Carrel.open(home, "offline", "none", clock, flags={"limit_human": 60}) as carrel:
        memory = carrel.agent("ada").memory
        turn, _ = memory.turns.begin(memory.sessions.start(), "Hello", "m")
        yield ToolContext(memory, turn, 1, 0, 3000)


def run(context: ToolContext, name: str, **arguments: Any) -> ToolResult:
    """Run one of memory's tools."""
    return full_outcome(context, name, **arguments).result


def full_outcome(context: ToolContext, name: str, **arguments: Any) -> CallOutcome:
    """Run one of memory's tools, and return what the turn is told too."""
    return Toolbox(MEMORY_TOOLS).run(ToolCall("c1", name, json.dumps(arguments)), context)


def outcome(context: ToolContext, name: str, **arguments: Any) -> tuple[bool, str]:
    """Run one of memory's tools and return whether it worked and what it says."""
    result = run(context, name, **arguments)
    return result.ok, result.text


def day(number: int) -> datetime:
    """Return noon of a day of January 2025."""
    return datetime(2025, 1, number, 12, tzinfo=UTC)


def test_append_shows_the_whole_block(context: ToolContext) -> None:
    """An append answers with the block's new text and size, and is the agent's doing in this turn."""
    text = "Block 'human' now holds (24 of 60 characters):\nName: Ada\nLikes: walnuts"
    assert run(context, "core_memory_append", label="human", content="Name: Ada").ok
    assert outcome(context, "core_memory_append", label="human", content=" Likes: walnuts\n") == (True, text)
    (_, event) = context.memory.turns.changes(context.turn)
    assert (event.actor, event.op, event.after) == ("agent", "append", "Name: Ada\nLikes: walnuts")


def test_replace_puts_new_text_in_place_of_old(context: ToolContext) -> None:
    """A replacement changes what stands once; empty new text deletes it."""
    run(context, "core_memory_append", label="human", content="Name: Ada\nLikes: walnuts")
    text = "Block 'human' now holds (23 of 60 characters):\nName: Ada\nLikes: pecans"
    assert outcome(context, "core_memory_replace", label="human", old="walnuts", new="pecans") == (True, text)
    run(context, "core_memory_replace", label="human", old="\nLikes: pecans", new="")
    assert context.memory.core["human"].value == "Name: Ada"


def test_an_edit_tells_the_turn_what_the_model_knows(context: ToolContext) -> None:
    """Where the model had read the block as it was, it knows from the result what the block holds; else it does not."""
    read = replace(context, core={"human": ""})
    outcome = full_outcome(read, "core_memory_append", label="human", content="Name: Ada")
    assert outcome.core == {"human": "Name: Ada"}
    assert full_outcome(read, "core_memory_append", label="human", content="Likes: walnuts").core == {}


def test_rethink_writes_the_block_anew(context: ToolContext) -> None:
    """A rethink puts a whole new text in the block's place."""
    run(context, "core_memory_append", label="human", content="Name: Ada")
    text = "Block 'human' now holds (10 of 60 characters):\nAda, nurse"
    assert outcome(context, "core_memory_rethink", label="human", value="Ada, nurse") == (True, text)


@pytest.mark.parametrize(
    ("name", "arguments", "text"),
    [
        (
            "core_memory_append",
            {"label": "human", "content": "x" * 61},
            "Error: Block 'human' is full: 71 of 60 characters. "
            "Shorten it with core_memory_replace or raise limits.human.",
        ),
        (
            "core_memory_rethink",
            {"label": "human", "value": "x" * 61},
            "Error: Block 'human' is full: 61 of 60 characters. "
            "Shorten it with core_memory_replace or raise limits.human.",
        ),
        (
            "core_memory_append",
            {"label": "user", "content": "x"},
            "Error: Block 'user' does not exist. There is: persona, human.",
        ),
        (
            "core_memory_replace",
            {"label": "human", "old": "Name: Adam", "new": "x"},
            "Error: 'Name: Adam' does not stand in block 'human'. Nearest line: Name: Ada",
        ),
        (
            "core_memory_replace",
            {"label": "human", "old": "a", "new": "x"},
            "Error: 'a' stands 2 times in block 'human'. Quote more of the text around it.",
        ),
        (
            "core_memory_replace",
            {"label": "human", "old": "", "new": "x"},
            "Error: The text to replace is empty. Block 'human' holds: Name: Ada",
        ),
    ],
)
def test_an_edit_that_cannot_be_done_changes_nothing(
    context: ToolContext, name: str, arguments: dict[str, str], text: str
) -> None:
    """A refused edit of core memory says why and what to do, and the block stays as it was."""
    context.memory.core.append("human", "Name: Ada")
    assert outcome(context, name, **arguments) == (False, text)
    assert context.memory.core["human"].value == "Name: Ada"
    assert context.memory.turns.changes(context.turn) == []


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
    missing = "Error: Passage 'p-none' does not exist. Search for it and use the id that stands there."
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


def test_recall_search_tells_who_and_when(context: ToolContext) -> None:
    """A hit of recall carries its id, date and speaker, and roles narrow the search."""
    messages = [
        NewMessage("user", "The\nzeppelin landed.", day(3), "Ada", "s1"),
        NewMessage("assistant", "A zeppelin, you say?", day(4), None, "s1"),
    ]
    context.memory.recall.load(messages)
    found = full_outcome(context, "recall_search", query="zeppelin", roles=["user"])
    (hit,) = context.memory.recall.search("zeppelin", roles=("user",)).hits
    at = context.memory.scope.local(day(3)).strftime("%Y-%m-%d %H:%M")
    assert found.result.text == f"1 results, page 1 of 1:\n[{hit.id} | {at} | Ada] The zeppelin landed."
    assert [item.id for item in found.found] == [hit.id]


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


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"query": " "}, "Error: The query is empty. Say what to look for."),
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
