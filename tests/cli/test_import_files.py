"""`carrel import`: all or nothing, and never twice."""

import json
from pathlib import Path

from tests.cli.harness import carrel, write_jsonl

TEA = (
    {"role": "user", "text": "我喜欢喝龙井茶。", "speaker": "小明", "at": "2026-01-05T09:00:00+08:00", "source": "d1"},
    {"role": "assistant", "text": "好的。", "at": "2026-01-05T09:01:00+08:00", "source": "d2"},
)
ADVICE = (
    {"role": "user", "text": "Which tea should I buy?", "at": "2025-05-01T09:00:00Z", "session": "advice"},
    {
        "role": "assistant",
        "text": "Linden blossom helps with a cold.",
        "at": "2025-05-01T09:01:00Z",
        "session": "advice",
    },
    {"role": "user", "text": "我应该读什么书？", "at": "2025-05-02T09:00:00Z", "session": "advice"},
    {"role": "assistant", "text": "我推荐你读《红楼梦》这本书。", "at": "2025-05-02T09:01:00Z", "session": "advice"},
)
LOCOMO = {
    "sample_id": "tiny",
    "conversation": {
        "speaker_a": "Ada",
        "speaker_b": "Bob",
        "session_1_date_time": "1:56 pm on 8 May, 2023",
        "session_1": [
            {"speaker": "Ada", "dia_id": "D1:1", "text": "I adopted a kitten."},
            {"speaker": "Bob", "dia_id": "D1:2", "text": "Lovely!"},
        ],
        "session_2_date_time": "9:00 am on 9 May, 2023",
        "session_2": [{"speaker": "Ada", "dia_id": "D2:1", "text": "She is called Minka."}],
    },
}


def test_messages_are_found_under_the_callers_own_ids(tmp_path: Path) -> None:
    """An imported message keeps its speaker, time, session and source, in Chinese too."""
    path = write_jsonl(tmp_path / "tea.jsonl", *({**message, "session": "茶"} for message in TEA))
    ran = carrel("import", str(path))
    assert (ran.code, ran.out, ran.err) == (0, f"{path}: 2 messages added in 1 session\n", "")
    (hit,) = carrel("memory", "search", "龙井", "--json").data["hits"]
    assert (hit["source"], hit["speaker"], hit["session"]) == ("d1", "小明", "茶")
    assert carrel("session", "show", "茶", "--json").data["messages"][1]["text"] == "好的。"


def test_importing_twice_adds_nothing(tmp_path: Path) -> None:
    """The second import of the same files adds no message and no passage, and says so."""
    talk = write_jsonl(tmp_path / "tea.jsonl", *TEA)
    page = tmp_path / "cats.md"
    page.write_text("Cats purr.\n\nCats sleep.\n", encoding="utf-8")
    first = carrel("import", str(talk), str(page), "--json").data
    again = carrel("import", str(talk), str(page), "--json").data
    assert [(f["added"], f["known"]) for f in first["files"]] == [(2, 0), (1, 0)]
    assert [(f["added"], f["known"]) for f in again["files"]] == [(0, 2), (0, 1)]
    assert "0 messages added, 2 already known" in carrel("import", str(talk)).out
    counts = carrel("agent", "show", "--json").data["counts"]
    assert (counts["recall"], counts["archival"]) == (2, 1)


def test_locomo_is_read_with_its_sessions_speakers_and_dialogue_ids(tmp_path: Path) -> None:
    """Each LoCoMo session becomes one of ours, dated as the file says."""
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps(LOCOMO), encoding="utf-8")
    ran = carrel("import", str(path), "--format", "locomo", "--json")
    assert ran.data["files"] == [{"file": str(path), "added": 3, "known": 0, "sessions": 2, "skipped": []}]
    (hit,) = carrel("memory", "search", "Minka", "--tier", "recall", "--limit", "1", "--json").data["hits"]
    assert (hit["source"], hit["speaker"], hit["at"][:10]) == ("D2:1", "Ada", "2023-05-09")


def test_a_bad_line_is_named_and_nothing_of_any_file_is_imported(tmp_path: Path) -> None:
    """One bad line in the last file stops all of them, with exit 2; not even the agent is made."""
    good = write_jsonl(tmp_path / "good.jsonl", *TEA)
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"role": "user", "text": "fine"}\n\n{"role": "robot", "text": "x"}\n', encoding="utf-8")
    ran = carrel("import", str(good), str(bad))
    assert ran.code == 2
    assert "bad.jsonl', line 3: role is 'robot'" in ran.err
    assert "Nothing was imported" in ran.err
    assert carrel("agent", "ls", "--json").data == []


def test_a_file_that_is_not_what_it_is_said_to_be(tmp_path: Path) -> None:
    """A format that does not fit, a missing file, a directory and an unknown suffix each get their own sentence."""
    page = tmp_path / "page.md"
    page.write_text("Just a page.", encoding="utf-8")
    odd = tmp_path / "odd.xyz"
    odd.write_text("x", encoding="utf-8")
    complaints = {
        ("--format", "locomo", str(page)): "is not a LoCoMo file",
        (str(tmp_path / "none.jsonl"),): "does not exist",
        (str(tmp_path),): "is not a regular file",
        (str(odd),): "odd.xyz' is unknown",
        ("--format", "docx", str(page)): "Format 'docx' is unknown",
    }
    for arguments, complaint in complaints.items():
        ran = carrel("import", *arguments)
        assert (ran.code, ran.out) == (2, ""), arguments
        assert complaint in ran.err
    assert carrel("agent", "ls", "--json").data == []


def test_a_document_is_found_in_archival(tmp_path: Path) -> None:
    """Text goes to archival in passages that say which file they came from."""
    path = tmp_path / "moon.txt"
    path.write_text("The moon has no air.\n\n" + "Filler sentence here. " * 80, encoding="utf-8")
    ran = carrel("import", str(path), "--json")
    assert ran.data["files"][0]["added"] > 1
    hit = carrel("memory", "search", "moon air", "--tier", "archival", "--json").data["hits"][0]
    assert (hit["source"], hit["tier"]) == ("moon.txt", "archival")
    assert "moon.txt" in carrel("memory", "search", "moon").out


def _talk(text: str, **more: object) -> dict[str, object]:
    """Return a conversation as ChatGPT exports it."""
    message = {
        "id": f"m-{text}",
        "author": {"role": "user"},
        "create_time": "noon",
        "content": {"content_type": "text", "parts": [text]},
    }
    nodes: dict[str, object] = {"a": {"parent": None, "children": [], "message": message}}
    return {"title": "Bees", "conversation_id": f"c-{text}", "mapping": nodes, "current_node": "a", **more}


def test_a_broken_conversation_is_named_and_the_others_come_in(tmp_path: Path) -> None:
    """The exit code says that something is missing; the same again adds nothing, renamed or not."""
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([_talk("I keep bees."), _talk("x", mapping=None), _talk("我养蜂。")]), encoding="utf-8")
    ran = carrel("import", str(path))
    assert (ran.code, ran.out) == (1, f"{path}: 2 messages added in 2 sessions\n")
    assert ran.err == f"! {path}, conversation 2 'Bees': mapping: not an object.\n"
    path.write_text(json.dumps([_talk("I keep bees.", title="Wasps")]), encoding="utf-8")
    again = carrel("import", str(path), "--json")
    assert (again.code, again.data["files"][0]["added"], again.data["files"][0]["skipped"]) == (0, 0, [])
    assert {info["name"] for info in carrel("session", "ls", "--json").data} == {"Bees (c-I keep)", "Bees (c-我养蜂。)"}


def test_a_time_that_cannot_be_read_is_shown_as_unknown(tmp_path: Path) -> None:
    """By every command that shows it; never as today."""
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([_talk("I keep bees.")]), encoding="utf-8")
    assert carrel("import", str(path)).code == 0
    (hit,) = carrel("memory", "search", "bees", "--json").data["hits"]
    assert hit["at"] is None
    for command in (("memory", "search", "bees"), ("session", "ls"), ("session", "show", hit["session"])):
        assert "unknown date" in carrel(*command).out, command
    assert carrel("session", "ls", "--json").data[0]["started"] is None


def test_a_chat_of_whatsapp_goes_to_recall(tmp_path: Path) -> None:
    """Recognised by its lines, with its own times; importing it twice adds nothing."""
    path = tmp_path / "WhatsApp Chat with Bob.txt"
    path.write_text("13/06/2023, 18:08 - Ada: I keep bees.\n13/06/2023, 18:09 - Bob: 好的\n", encoding="utf-8")
    assert carrel("import", str(path)).out == f"{path}: 2 messages added in 1 session\n"
    assert "2 already known" in carrel("import", str(path)).out
    hit = carrel("memory", "search", "bees", "--json").data["hits"][0]
    assert (hit["tier"], hit["speaker"], hit["at"][:16], hit["session"]) == ("recall", "Ada", "2023-06-13T18:08", "Bob")


def test_what_an_assistant_said_in_an_imported_talk_is_found_and_quoted(tmp_path: Path) -> None:
    """By `memory search`, and by the offline model; its own answers are not quoted back."""
    carrel("import", str(write_jsonl(tmp_path / "tea.jsonl", *ADVICE)))
    for query, text in (("linden blossom", ADVICE[1]["text"]), ("红楼梦", ADVICE[3]["text"])):
        assert [hit["text"] for hit in carrel("memory", "search", query, "--json").data["hits"]] == [text]
    for question, part in (("What helps with a cold?", "Linden blossom"), ("你推荐我读什么书？", "红楼梦")):
        for _ in range(2):
            assert part in carrel("ask", question, CARREL_MODEL="offline").out
    assert carrel("ask", "Who won in Lagos?", CARREL_MODEL="offline").out.startswith("I don't know")


def test_counts_agree_between_commands(tmp_path: Path) -> None:
    """Messages that a search can find: of the agent, of its sessions together, and as verify counts them."""
    carrel("import", str(write_jsonl(tmp_path / "tea.jsonl", *ADVICE)))
    carrel("ask", "I am allergic to bees. Where do I live?", CARREL_MODEL="offline")  # stores, and calls tools
    shown, named = carrel("agent", "show", "--json").data, carrel("agent", "show", "-a", "default", "--json").data
    assert shown == named
    sessions = carrel("session", "ls", "--json").data
    listed = carrel("agent", "ls", "--json").data[0]
    verified = {tier["tier"]: tier["rows"] for tier in carrel("memory", "verify", "--json").data["tiers"]}
    counts = shown["counts"]
    assert sum(item["messages"] for item in sessions) == counts["recall"] == listed["recall"] == verified["recall"] == 6
    assert len(sessions) == counts["sessions"] == listed["sessions"] == 2
    assert counts["archival"] == listed["archival"] == verified["archival"]
