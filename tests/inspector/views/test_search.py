"""Search gives the hits of `carrel memory search`, with their scores; without a query there are the newest."""

import pytest

from carrel.errors import NotFound, UsageError
from carrel.inspector.subject import Subject
from tests.inspector.conftest import Ask


def test_a_search_gives_scored_hits(ask: Ask, subject: Subject) -> None:
    """The page is the command line's, hit by hit."""
    found = ask("search", q="seahorses")
    same = subject.agent("default").memory.search.find("seahorses", ("recall", "archival"), limit=25)
    assert found["hits"] == [hit.to_json() for hit in same.hits]
    assert found["hits"][0]["text"] == "Cold. I study how seahorses keep their balance."
    assert set(found["hits"][0]["scores"]) == {"words", "meaning", "neighbours"}
    assert ask("search", q="花生")["hits"][0]["text"] == "我对花生过敏。"


def test_a_search_is_narrowed(ask: Ask) -> None:
    """By tier, mode, dates and page."""
    assert {hit["tier"] for hit in ask("search", q="Porto", tier="archival")["hits"]} <= {"archival"}
    assert ask("search", q="seahorses", mode="words", since="2026-02-01")["total"] == 0
    assert ask("search", q="seahorses", mode="words", until="2026-01-05")["total"] == 1
    assert ask("search", q="rain", page="2")["page"] == 2
    for wrong in ({"tier": "core"}, {"mode": "magic"}, {"since": "soon"}, {"page": "0"}):
        with pytest.raises(UsageError):
            ask("search", q="x", **wrong)


@pytest.mark.parametrize("tier", ["recall", "archival"])
def test_the_newest_are_paged(ask: Ask, tier: str) -> None:
    """The pages together hold every memory once, the newest first."""
    found: list[int] = []
    before: dict[str, str] = {}
    while True:
        page = ask("newest", tier=tier, limit="3", **before)
        found += [memory["n"] for memory in page["memories"]]
        if page["older"] is None:
            break
        before = {"before": str(page["older"])}
    assert found == sorted(found, reverse=True)
    assert found == [memory["n"] for memory in ask("newest", tier=tier, limit="500")["memories"]]


def test_a_memory_is_shown_in_full(ask: Ask, subject: Subject) -> None:
    """With its history; one in the bin is not shown, and the way back is named."""
    passage = subject.agent("default").archival.latest(2)[0]
    found = ask("memory", id=passage.id[2:])
    assert (found["id"], found["text"], found["tags"]) == (passage.id, passage.text, ["travel"])
    assert [event["op"] for event in found["history"]] == ["insert"]
    assert {use["turn"] for use in found["uses"]} <= {turn["id"] for turn in ask("turns")["turns"]}
    message = subject.agent("default").recall.latest(1)[0]
    assert [event["op"] for event in ask("memory", id=message.id)["history"]] == ["insert"]
    gone = ask("bin")["items"][0]["id"]
    with pytest.raises(NotFound, match="was forgotten"):
        ask("memory", id=gone)
