"""`carrel memory ls | show | search | add`."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from carrel.models.chat.scripted import ScriptedAnswer, call, say
from carrel.protocols import Request
from carrel.testing.fake_server import FakeServer
from tests.cli.harness import carrel, process, write_jsonl


def _diary(tmp_path: Path) -> None:
    """Import ten dated messages of Ada about tea, and answers of Bob without the word."""
    lines = [
        {"role": role, "text": text, "speaker": who, "at": f"2026-01-{day:02}T09:00:00+00:00", "source": f"{who}{day}"}
        for day in range(1, 11)
        for role, who, text in (("user", "Ada", f"On day {day} I drank tea."), ("assistant", "Bob", f"Cheers {day}!"))
    ]
    assert carrel("import", str(write_jsonl(tmp_path / "diary.jsonl", *lines))).code == 0


def test_search_has_exactly_the_shape_that_programs_rely_on(tmp_path: Path) -> None:
    """The documented keys and types; times carry an offset; `source` is the caller's own id."""
    _diary(tmp_path)
    ran = carrel("memory", "search", "tea", "--tier", "recall", "--limit", "3", "--json")
    assert json.loads(ran.out)["schema"] == "carrel/memory.search@1"
    assert set(ran.data) >= {"query", "total", "page", "pages", "hits"}
    assert (ran.data["query"], ran.data["page"], len(ran.data["hits"])) == ("tea", 1, 3)
    keys = {"id", "tier", "text", "role", "speaker", "at", "session", "source", "tags", "score", "scores"}
    assert all(set(hit) == keys for hit in ran.data["hits"])
    hit = ran.data["hits"][0]
    assert (hit["tier"], hit["speaker"], hit["source"][:3]) == ("recall", "Ada", "Ada")
    assert datetime.fromisoformat(hit["at"]).tzinfo is not None


def test_pages_part_all_hits_without_repeating_one(tmp_path: Path) -> None:
    """The pages together hold each hit once; the one after the last is empty and says so."""
    _diary(tmp_path)
    first = carrel("memory", "search", "tea", "--mode", "words", "--limit", "4", "--json").data
    pages = [
        carrel("memory", "search", "tea", "--mode", "words", "--limit", "4", "--page", str(page), "--json").data
        for page in range(2, first["pages"] + 1)
    ]
    ids = [hit["id"] for found in (first, *pages) for hit in found["hits"]]
    assert len(ids) == len(set(ids)) == first["total"] == 10
    beyond = carrel("memory", "search", "tea", "--mode", "words", "--limit", "4", "--page", "9").out
    assert beyond == "Page 9 is empty: 10 found on 3 pages.\n"


def test_filters_narrow_the_search(tmp_path: Path) -> None:
    """Days are included at both ends; roles and tags hold; a tag search finds no messages."""
    _diary(tmp_path)
    carrel("memory", "add", "Tea ceremony notes", "--tag", "Japan")
    days = carrel("memory", "search", "tea", "--since", "2026-01-03", "--until", "2026-01-04", "--json").data["hits"]
    assert {hit["at"][:10] for hit in days} == {"2026-01-03", "2026-01-04"}
    spoken = carrel("memory", "search", "cheers", "--role", "assistant", "--json").data["hits"]
    assert {hit["role"] for hit in spoken} == {"assistant"}
    tagged = carrel("memory", "search", "tea", "--tag", "japan", "--json").data["hits"]
    assert [(hit["tier"], hit["tags"]) for hit in tagged] == [("archival", ["japan"])]


def test_a_search_that_finds_nothing_says_so() -> None:
    """Nothing found is an answer, not an error."""
    carrel("agent", "new", "default")
    assert carrel("memory", "search", "unicorn").out == "Nothing found.\n"
    assert carrel("memory", "search", "unicorn", "--json").data["hits"] == []


def test_a_query_is_never_syntax() -> None:
    """Operators, quotes, brackets and column names of the search engine are mere text."""
    carrel("memory", "add", 'A "quoted" note: C++ AND (more)')
    for query in ('"', "AND", "quoted*", 'text:"', "(", "NEAR(", "-x", "C++", "%", "'; DROP TABLE messages; --"):
        assert carrel("memory", "search", "--json", "--", query).code == 0, query


def test_add_stores_a_fact_once() -> None:
    """The same fact again is known already; with --block it becomes a line of core memory."""
    first = carrel("memory", "add", "The wifi password is swordfish", "--tag", "home", "--json").data
    again = carrel("memory", "add", "The wifi password is swordfish", "--json").data
    assert (first["new"], again["new"], first["id"]) == (True, False, again["id"])
    assert carrel("memory", "add", "Likes fish", "--block", "human").out == "Added to block 'human'.\n"
    assert carrel("memory", "show", "human", "--json").data["text"] == "Likes fish"


def test_add_refuses_what_it_cannot_store() -> None:
    """Empty text, an unknown block and one that is full change nothing; the hint is one a person can follow."""
    carrel("agent", "new", "default")
    assert carrel("memory", "add", "  ").code == 2
    unknown = carrel("memory", "add", "x", "--block", "nope", "--json")
    assert (unknown.code, unknown.error["code"]) == (4, "not_found")
    full = carrel("memory", "add", "x" * 2001, "--block", "human")
    assert (full.code, "core_memory" in full.err) == (1, False)
    assert "2001 of 2000" in full.err
    assert carrel("agent", "show", "--json").data["counts"]["archival"] == 0
    assert carrel("memory", "show", "human", "--json").data["text"] == ""


def test_show_prints_a_memory_whole_with_its_history() -> None:
    """By id, by a prefix of it, or by a block's label: the whole text, and who changed it in which turn."""
    made = carrel("memory", "add", "A very long fact. " * 40, "--tag", "long", "--tag", "odd", "--json").data["id"]
    shown = carrel("memory", "show", made[:6], "--json").data
    assert (shown["id"], shown["text"], shown["tags"]) == (made, ("A very long fact. " * 40).strip(), ["long", "odd"])
    assert [(event["op"], event["actor"]) for event in shown["history"]] == [("insert", "user")]
    turn = carrel("ask", "I like tea.", "--json").data["turn"]
    told = carrel("memory", "show", "human").out
    assert f"append by agent in {turn}\n" in told
    assert "tags: long, odd\n" in carrel("memory", "show", made).out


def test_ls_lists_the_tiers_newest_last(tmp_path: Path) -> None:
    """Core, archival and recall, each on request, at most `--limit` of the newest."""
    _diary(tmp_path)
    carrel("memory", "add", "A fact.")
    everything = carrel("memory", "ls", "--json").data
    assert [row["tier"] for row in everything][:3] == ["core", "core", "archival"]
    newest = carrel("memory", "ls", "--tier", "recall", "--limit", "2", "--json").data
    assert [row["text"] for row in newest] == ["Ada: On day 10 I drank tea.", "Bob: Cheers 10!"]
    carrel("ask", "I like rain.")
    assert "core_memory_append {" in carrel("memory", "ls", "--tier", "recall").out, "A call is shown, not a blank."


@pytest.mark.network
def test_consolidation_prints_what_it_did(home: Path) -> None:
    """Each portion is one line; programs get every call; without a language model there is nothing to run."""
    assert carrel("memory", "consolidate").code == 4
    carrel("ask", "My dog is called Rex.")
    refused = carrel("memory", "consolidate")
    assert refused.code == 3
    assert "needs a language model" in refused.err
    with FakeServer([call("archival_insert", text="Rex is a dog."), say("Done."), say("Done.")]) as server:
        settings = {"CARREL_BASE_URL": server.url, "CARREL_MODEL": "scripted"}
        ran = carrel("memory", "consolidate", **settings)
        assert ran.out == "2 messages reviewed: 1 × archival_insert\nAll that was said has been reviewed.\n"
        assert carrel("memory", "consolidate", "--json", **settings).data == {"portions": [], "left": 0}


@pytest.mark.process
def test_a_second_consolidation_is_refused(home: Path) -> None:
    """While one runs, another program is told so at once, and only the first has edited."""
    carrel("ask", "My dog is called Rex.")
    refused = []

    def answer(request: Request) -> ScriptedAnswer:
        if len(request.messages) > 2:
            return say("Done.")
        refused.append(process("memory", "consolidate", **settings))
        return call("archival_insert", text="Rex is a dog.")

    with FakeServer(answer) as server:
        settings = {"CARREL_BASE_URL": server.url, "CARREL_MODEL": "scripted"}
        assert carrel("memory", "consolidate", **settings).out.startswith("2 messages reviewed: 1 × archival_insert")
    assert [ran.code for ran in refused] == [75]
    assert "Agent 'default' is being consolidated elsewhere. Try again when that has ended." in refused[0].err
    assert [row["text"] for row in carrel("memory", "ls", "--tier", "archival", "--json").data] == ["Rex is a dog."]
