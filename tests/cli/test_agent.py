"""`carrel agent`: agents are created, listed, shown and removed."""

import json
from datetime import date
from pathlib import Path

from carrel.bootstrap import Carrel
from tests.cli.harness import carrel


def test_a_new_agent_has_the_persona_and_the_knowledge_that_it_was_given(tmp_path: Path) -> None:
    """--persona takes text or @FILE, --human too; both stand in core memory at once."""
    (tmp_path / "who.txt").write_text("我是一位图书管理员。", encoding="utf-8")
    made = carrel("agent", "new", "ada", "--persona", f"@{tmp_path / 'who.txt'}", "--human", "Likes tea.")
    assert (made.code, made.out) == (0, "Made agent 'ada'. Talk to it: carrel chat -a ada\n")
    blocks = {block["label"]: block["value"] for block in carrel("agent", "show", "ada", "--json").data["blocks"]}
    assert blocks == {"persona": "我是一位图书管理员。", "human": "Likes tea."}


def test_an_agent_that_cannot_be_made_as_asked_is_not_made(tmp_path: Path) -> None:
    """A missing persona file, a persona over the limit, a bad name: exit 2, and no agent is left behind."""
    for arguments in (
        ("ada", "--persona", f"@{tmp_path / 'none.txt'}"),
        ("ada", "--human", "x" * 2001),
        ("a/b",),
        ("",),
    ):
        ran = carrel("agent", "new", *arguments)
        assert (ran.code, ran.out) == (2, ""), ran
        assert "agent" in ran.err.lower() or "exist" in ran.err or "2000" in ran.err
    assert carrel("agent", "ls", "--json").data == []


def test_a_name_is_given_once() -> None:
    """The second agent of a name is refused; the first stays as it was."""
    assert carrel("agent", "new", "ada", "--human", "One.").code == 0
    ran = carrel("agent", "new", "ada", "--human", "Two.", "--json")
    assert (ran.code, ran.error["message"]) == (2, "Agent 'ada' exists already.")
    assert carrel("agent", "show", "ada", "--json").data["blocks"][1]["value"] == "One."


def test_show_has_exactly_the_shape_that_programs_rely_on() -> None:
    """The keys of the interface page, no others; the counts count what was said and stored."""
    carrel("ask", "I like tea.", "-a", "ada")
    carrel("memory", "add", "Tea grows in Assam.", "-a", "ada")
    ran = carrel("agent", "show", "ada", "--json")
    assert json.loads(ran.out)["schema"] == "carrel/agent.show@1"
    assert set(ran.data) == {"name", "model", "created", "blocks", "counts"}
    assert all(set(block) == {"label", "tokens", "limit", "value"} for block in ran.data["blocks"])
    assert (ran.data["name"], ran.data["model"]) == ("ada", "offline")
    assert ran.data["counts"] == {"recall": 2, "archival": 1, "sessions": 1, "turns": 1}
    told = carrel("agent", "show", "ada").out
    assert "2 messages, 1 passage, 1 session, 1 turn\n" in told
    assert f"[human, 24 of 2000 characters]\nI like tea. [{date.today()}]\n" in told


def test_ls_prints_tabs_in_a_pipe_and_counts_as_json() -> None:
    """A pipe gets one line an agent, parted by tabs; --json has the same and more."""
    carrel("agent", "new", "ada")
    carrel("agent", "new", "bob")
    rows = [line.split("\t") for line in carrel("agent", "ls").out.splitlines()]
    assert [(row[0], *row[2:]) for row in rows] == [("ada", "0", "0", "0"), ("bob", "0", "0", "0")]
    data = carrel("agent", "ls", "--json").data
    assert [set(row) for row in data] == [{"name", "created", "recall", "archival", "sessions", "turns"}] * 2


def test_rm_asks_for_a_yes_and_takes_everything_along() -> None:
    """Without a terminal --yes is needed; then agent, messages and words are gone, the other agent's are not."""
    carrel("ask", "I like herring.", "-a", "ada")
    carrel("ask", "I like mackerel.", "-a", "bob")
    refused = carrel("agent", "rm", "ada")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    assert carrel("agent", "rm", "ada", "--yes").out == "Removed agent 'ada'.\n"
    assert carrel("agent", "show", "ada").code == 4
    assert carrel("memory", "search", "mackerel", "-a", "bob", "--json").data["total"] >= 1
    assert carrel("agent", "rm", "ada", "--yes").code == 4


def test_an_agent_is_named_as_an_argument_or_as_an_option() -> None:
    """Where both name one, it is the same one."""
    carrel("agent", "new", "ada")
    shown = carrel("agent", "show", "ada").out
    assert carrel("agent", "show", "-a", "ada").out == carrel("agent", "show", "ada", "--agent", "ada").out == shown
    ran = carrel("agent", "show", "ada", "-a", "bob")
    assert (ran.code, ran.err) == (2, "Error: Two agents are named, 'ada' and 'bob'. Leave out one of them.\n")
    assert carrel("agent", "rm", "--yes").err == "Error: Missing argument 'NAME'. See carrel agent rm --help.\n"
    assert carrel("agent", "rm", "-a", "ada", "--yes").out == "Removed agent 'ada'.\n"


def test_an_agent_is_renamed() -> None:
    """It keeps its memory under its new name; a name that is taken or cannot be one is refused."""
    carrel("ask", "My name is Ada.", "-a", "ada")
    carrel("agent", "new", "bob")
    assert carrel("agent", "rename", "ada", "eve", "--json").data == {"name": "eve", "was": "ada"}
    assert carrel("memory", "show", "human", "-a", "eve", "--json").data["text"] == f"My name is Ada. [{date.today()}]"
    assert [carrel("agent", "rename", "eve", name).code for name in ("bob", "no name", "")] == [2, 2, 2]
    assert carrel("agent", "rename", "ada", "x").code == 4


def test_a_removed_agent_leaves_no_byte(home: Path) -> None:
    """What it was told stands nowhere in the home any more, and another agent keeps what it knows."""
    carrel("ask", "My password is hunter2.", "-a", "ada")
    carrel("ask", "My name is Bob.", "-a", "bob")
    assert carrel("agent", "rm", "ada", "--yes").code == 0
    assert carrel("memory", "forget", "--prove", "hunter2", "-a", "bob").code == 0
    assert carrel("memory", "show", "human", "-a", "bob", "--json").data["text"] == f"My name is Bob. [{date.today()}]"


def test_remove_says_what_was_removed(home: Path) -> None:
    """As JSON: how much it was, and what still holds something of it; without a yes nothing is removed."""
    carrel("ask", "My password is hunter2zz.", "-a", "ada")
    (home / "copy.txt").write_text("My password is hunter2zz.", encoding="utf-8")
    assert carrel("agent", "rm", "ada", "--json").error["code"] == "usage"
    data = carrel("agent", "rm", "ada", "--yes", "--json").data
    assert (data["name"], data["removed"]["recall"], [item["where"] for item in data["left"]]) == (
        "ada",
        2,
        ["copy.txt"],
    )
    assert carrel("agent", "rm", "ada", "--yes", "--json").code == 4


def test_try_again_while_the_agent_answers(home: Path) -> None:
    """What would change what a running turn reads is refused with 75, and changes nothing; what only reads is not."""
    message = carrel("ask", "My password is hunter2.", "--json").data["retrieved"]
    assert message == []
    said = carrel("memory", "ls", "--tier", "recall", "--json").data
    key = carrel("memory", "forget", "--query", "hunter2", "--json").data["restore"]
    carrel("memory", "restore", key)
    with Carrel.open(home, "offline", "none") as opened:
        agent = opened.agent("default")
        with agent.memory.lease(lambda memory: None):
            for arguments in (
                ("memory", "forget", said[0]["id"]),
                ("memory", "forget", "--query", "hunter2", "--hard", "--yes"),
                ("memory", "restore", key),
                ("memory", "purge", "--yes"),
                ("memory", "undo"),
                ("memory", "redo"),
                ("session", "rm", "last", "--yes"),
                ("agent", "rm", "default", "--yes"),
                ("ask", "Hello?"),
            ):
                ran = carrel(*arguments, "--json")
                assert (ran.code, ran.error["code"]) == (75, "busy"), arguments
            for arguments in (("memory", "ls"), ("memory", "search", "hunter2"), ("memory", "why"), ("session", "ls")):
                assert carrel(*arguments).code == 0, arguments
    assert carrel("memory", "ls", "--tier", "recall", "--json").data == said
