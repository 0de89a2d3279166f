"""`carrel memory ls | show | search`."""

import json
from datetime import datetime
from pathlib import Path

from tests.cli.harness import carrel, write_jsonl


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


def test_explain_says_what_a_score_is_the_sum_of(tmp_path: Path) -> None:
    """Each hit has the share of each feature; they add up to its score, but for those too small to be named."""
    _diary(tmp_path)
    hits = carrel("memory", "search", "tea", "--limit", "3", "--explain", "--json").data["hits"]
    for hit in hits:
        assert abs(sum(hit["explanation"].values()) - hit["score"]) < 0.02
        assert next(iter(hit["explanation"])) in ("near_words", "past_words")
    said = carrel("memory", "search", "tea", "--limit", "1", "--explain").out
    assert "words here or nearby" in said
    assert " = +" in said


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
    assert "core_memory_append {" in carrel("memory", "ls", "--tier", "recall", "--raw").out, (
        "A call is shown, not a blank."
    )
