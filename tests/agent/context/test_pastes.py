"""A message too long for the carrel: its head stands there, the whole can be read, and its pieces are found."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from carrel.agent.agent import Agent
from carrel.agent.events import PagedIn, PasteArchived
from carrel.bootstrap import Carrel
from carrel.models.chat.scripted import ScriptedAnswer, ScriptedModel, call, say
from carrel.protocols import Request
from carrel.rendering.prompt import split_tail
from carrel.text import clean_text
from carrel.tools.memory.reading import read_page
from carrel.tools.tool import Tool, tool

STORY = "".join(f"Chapter {n}. The lantern number {n} stood in the harbour of Bergen. " * 6 + "\n\n" for n in range(40))
CHINESE = "".join(f"第{n}章。我在图书馆里读了一本关于核桃的书。" * 6 + "\n\n" for n in range(60))
_PIECE = re.compile(r"characters \d+ to \d+ of \d+\.")


def reader(request: Request) -> ScriptedAnswer:
    """Read what was cut on the carrel, page by page, to its end."""
    last = split_tail(request.messages[-1].text)[0]
    if cut := re.search(r"…cut: \d+ characters; (\w+)\(query=\"(.+?)\"\) reads them", last):
        return call(cut[1], query=cut[2])
    if found := re.search(r"More: (\w+)\(query=\"(.+?)\"\)", last):
        return call(found[1], query=found[2])
    return say("Read.")


def pages_of(request: Request) -> str:
    """Join the pages that were read since the user spoke."""
    texts = [split_tail(m.text)[0] for m in request.messages if m.role == "tool"]
    return "".join(text.partition("\n")[2] for text in texts if _PIECE.search(text))


@pytest.fixture
def opened(home: Path) -> Iterator[tuple[Carrel, ScriptedModel]]:
    """A home with a model that reads what is cut."""
    model = ScriptedModel(reader)
    with Carrel.open(home, model, "none", flags={"window": 32_000, "max_steps": 90}) as carrel:
        yield carrel, model


def spent(ada: Agent) -> list[str]:
    """Return the texts of archival, oldest first."""
    return [passage.text for passage in ada.archival.latest(999)]


@pytest.mark.parametrize("text", [STORY, CHINESE])
def test_the_agent_reads_a_paste_to_its_end(opened: tuple[Carrel, ScriptedModel], text: str) -> None:
    """Page by page the agent reads exactly what was pasted, no character twice and none left out."""
    carrel, model = opened
    ada = carrel.agent("ada")
    seen = list(ada.session().stream(text))
    (event,) = [event for event in seen if isinstance(event, PasteArchived)]
    pieces = spent(ada)
    assert event.pieces == len(pieces) > 5
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert {passage.source for passage in ada.archival.latest(999)} == {event.message}
    results = [split_tail(m.text)[0] for m in ada.recall.latest(999) if m.role == "tool"]
    assert "".join(result.partition("\n")[2] for result in results) == text.strip()
    assert not any("…cut" in m.text for m in model.requests[-1].messages if m.role == "tool")


def test_a_paste_does_not_recall_itself(opened: tuple[Carrel, ScriptedModel]) -> None:
    """Its own pieces are not paged in with the paste, but with a later question about it."""
    carrel, _ = opened
    ada = carrel.agent("ada")
    assert not [event for event in ada.session().stream(STORY) if isinstance(event, PagedIn)]
    paged = [event for event in ada.session().stream("Where is lantern number 17?") if isinstance(event, PagedIn)]
    assert any("lantern number 17 " in hit.text for hit in paged[0].hits)


def test_a_message_within_its_share_is_not_archived(opened: tuple[Carrel, ScriptedModel]) -> None:
    """What can be shown whole goes to recall alone."""
    ada = opened[0].agent("ada")
    assert not [event for event in ada.session().stream("walnut " * 300) if isinstance(event, PasteArchived)]
    assert ada.counts.archival == 0


def test_the_same_paste_twice_is_stored_once(opened: tuple[Carrel, ScriptedModel]) -> None:
    """A second paste of the same text adds no passage."""
    ada = opened[0].agent("ada")
    ada.session().send(STORY)
    once = spent(ada)
    ada.session().send(STORY)
    assert spent(ada) == once


def test_a_long_result_is_read_to_its_end(home: Path) -> None:
    """What a tool of the user's returns is kept as a whole, shown in part, and read page by page."""

    @tool(effect="none")
    def fetch() -> str:
        """Fetch."""
        return STORY * 4

    def answer(request: Request) -> ScriptedAnswer:
        if not any(m.role == "tool" for m in request.messages):
            return call("fetch")
        return reader(request)

    tools: tuple[Tool, ...] = (fetch,)
    with Carrel.open(
        home, ScriptedModel(answer), "none", tools=tools, flags={"max_steps": 90, "window": 32_000}
    ) as carrel:
        ada = carrel.agent("ada")
        ada.session().send("Fetch it.")
        fetched, *results = [split_tail(m.text)[0] for m in ada.recall.latest(999) if m.role == "tool"]
    assert fetched == STORY * 4
    assert "".join(result.partition("\n")[2] for result in results) == STORY * 4


UNEVEN = "The harbour of Bergen was quiet. " * 30 + "🎉é👩‍🚀" * 120 + "我喜欢核桃。" * 120


@pytest.mark.slow
@pytest.mark.parametrize("window", [2000, 4000, 8000])
def test_nothing_is_skipped_where_tokens_are_spread_unevenly(home: Path, window: int) -> None:
    """A reader who follows what each piece says reads every character, and no piece is cut on the carrel."""
    model = ScriptedModel(reader)
    with Carrel.open(home, model, "none", flags={"window": window, "max_steps": 90}) as carrel:
        ada = carrel.agent("ada")
        ada.session().send(UNEVEN)
        results = [split_tail(m.text)[0] for m in ada.recall.latest(999) if m.role == "tool"]
    assert "".join(result.partition("\n")[2] for result in results) == ada_text(UNEVEN)
    assert not any("…cut" in m.text for request in model.requests for m in request.messages if m.role == "tool")


def ada_text(text: str) -> str:
    """Return a text as it is stored."""
    return clean_text(text).strip()


def test_pieces_follow_each_other_whatever_the_window(home: Path) -> None:
    """Where a piece ends is where the next begins, also where the budget has changed in between."""
    with Carrel.open(home, "offline", "none") as carrel:
        memory = carrel.agent("ada").memory
        passage = memory.archival.insert(STORY).passage
        read, query = "", passage.id
        for most in itertools.cycle([90, 300, 150]):
            text = read_page(memory, query, 1, most, "archival_search")
            read += text.partition("\n")[2]
            if not (more := re.search(r"query=\"(.+?)\"", text)):
                break
            query = more[1]
        assert read == passage.text
        assert "nothing behind it" in read_page(memory, f"{passage.id}@{len(STORY)}", 1, 90, "archival_search")
