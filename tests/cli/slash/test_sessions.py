"""/sessions, /resume, /new, /fork, /rename, /private and /export."""

import os
import re
import tempfile
from pathlib import Path

import pytest

from carrel.models.chat.scripted import say
from carrel.testing.fake_server import FakeServer
from tests.cli.harness import carrel, stored_messages


def sessions() -> dict[str, str]:
    """Return the sessions' names by id, the oldest first."""
    return {row["id"]: row["name"] for row in carrel("session", "ls", "--json").data}


def test_sessions_are_listed_and_resumed_by_number() -> None:
    """The latest first, each with its title, the present one marked; a number, an id or a title means one of them."""
    carrel("chat", stdin="My name is Ada. I live in Bonn.\n")
    carrel("chat", stdin="I like tea.\n/rename Tea\n")
    first, second = sessions()
    lines = ["/sessions", "/resume 2", "/sessions", "I like milk.", "/resume tea", "/resume Tea", "/resume"]
    ran = carrel("chat", stdin="\n".join(lines))
    assert ran.out == "Noted.\n"
    told = [re.sub(r"\d{4}-\S+ \S+", "DATE", line) for line in ran.err.splitlines()]
    assert told[:2] == [
        f"  1  {second}  DATE  2 messages  Tea",
        f"  2  {first}  DATE  2 messages  My name is Ada.",
    ]
    assert told[2] == "Last time (today): I live in Bonn"
    assert f"* 2  {first}  DATE  2 messages  My name is Ada." in told
    assert "Error: Session 'tea' of agent 'default' does not exist. See carrel session ls." in told
    assert told[-1] == "Type /resume and a number, an id or a title."
    assert [row["messages"] for row in carrel("session", "ls", "--json").data] == [4, 2]


def test_new_sessions() -> None:
    """/new leaves the session; a title is its name from the first message on, and may not be taken."""
    ran = carrel("chat", stdin="One.\n/new Work\nTwo.\n/new Work\nThree.\n")
    assert list(sessions().values()) == [None, "Work"]
    assert "Error: Session 'Work' exists already. Choose another title, or type /resume Work.\n" in ran.err


@pytest.mark.network
def test_a_fork_goes_on_from_the_same_point(home: Path) -> None:
    """What was said before is in both; what follows is in one; nothing is stored twice."""
    with FakeServer([say("Hi."), say("A."), say("B.")]) as server:
        lines = "/fork\nHello.\n/fork\nWhat now?\n/undo\nWhat then?\n"
        ran = carrel("chat", stdin=lines, CARREL_BASE_URL=server.url, CARREL_MODEL="any", CARREL_CONTRACT="native")
        asked = [message["content"].partition("\n")[0] for message in server.requests[-1]["messages"][1:]]
    assert asked == ["Hello.", "Hi.", "What then?"]
    (first, _), (_, name) = sessions().items()
    assert name == "Hello. (2)"
    assert f"You are in a copy of this session, 'Hello. (2)'. /resume {first} goes back.\n" in ran.err
    assert ran.err.startswith("Error: This session has no message yet. Say something first.\n")
    assert [text for _, text, _ in stored_messages(home)] == ["Hello.", "Hi.", "What then?", "B."]


@pytest.mark.network
def test_rename_finds_a_title() -> None:
    """The model's, where one is connected, or the first sentence; an empty session has none."""
    assert carrel("chat", stdin="/rename\n/rename x\n").err.count("Error: This session has no message yet.") == 2
    with FakeServer([say("Hi."), say('"A greeting"')]) as server:
        variables = {"CARREL_BASE_URL": server.url, "CARREL_MODEL": "any", "CARREL_CONTRACT": "native"}
        assert carrel("chat", stdin="Hello.\n/rename\n", **variables).err == "This session is called 'A greeting'.\n"
    assert carrel("chat", stdin="I like tea.\n/rename\n").err == "This session is called 'I like tea.'.\n"


@pytest.mark.parametrize(("arguments", "begin"), [(("--private",), ""), ((), "/private\n")])
def test_a_private_session_leaves_no_trace(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], begin: str
) -> None:
    """It knows what is remembered; nothing of it is in any file of the home, nor in the folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    carrel("chat", stdin="My dog is called Rex.\n")
    lines = f"{begin}My secret is xylophone.\nWhat is my dog called?\n/rename x\n/fork\n/remember xylophone\n/private\n"
    ran = carrel("chat", *arguments, stdin=lines)
    assert ran.code == 0
    assert ran.out.endswith('Rex. — you, today: "My dog is called Rex."\n')
    assert "cannot be renamed" in ran.err
    assert "cannot be forked" in ran.err
    assert "private already" in ran.err
    files = [path for path in home.rglob("*") if path.is_file()]
    assert [path for path in files if b"xylophone" in path.read_bytes()] == []
    assert list(tmp_path.glob("carrel-branch-*")) == []
    assert [text for role, text, _ in stored_messages(home) if role == "user"] == ["My dog is called Rex."]


def test_from_a_private_session_to_an_ordinary_one(home: Path) -> None:
    """/new and /resume leave it, and what is said then is stored."""
    carrel("chat", stdin="One.\n")
    carrel("chat", "--private", stdin="Two.\n/resume last\nThree.\n/private\nFour.\n/new\nFive.\n")
    assert [text for role, text, _ in stored_messages(home) if role == "user"] == ["One.", "Three.", "Five."]


def test_a_private_session_is_not_left_by_mistake() -> None:
    """Itself, and a session that does not exist, cannot be resumed; and nothing that is remembered is changed."""
    carrel("memory", "add", "I like tea.")
    lines = "Two.\n/resume 1\n/resume nowhere\n/remember One.\n/forget tea\n/pin human\n/review\nThree.\n"
    ran = carrel("chat", "--private", stdin=lines)
    assert ran.code == 0
    refused = "Error: A private session changes nothing that is remembered. Leave it with /new first."
    assert ran.err.splitlines().count(refused) == 4
    assert "Error: This is the session that you are in." in ran.err
    assert [row["text"] for row in carrel("memory", "ls", "--json").data if row.get("tier") == "archival"] == [
        "I like tea."
    ]


def test_a_private_session_is_a_new_one() -> None:
    """--private and --session contradict each other."""
    assert carrel("chat", "--private", "--session", "last").code == 2


def test_export(tmp_path: Path) -> None:
    """A session as Markdown; a file that exists stays."""
    path = tmp_path / "talk.md"
    ran = carrel(
        "chat", stdin=f"/export {path}\nI like tea.\n/export {path}\n/export {path}\n/export {tmp_path}/no/x\n"
    )
    assert ran.err.splitlines() == [
        "Error: This session has no message yet. Say something first.",
        f"Wrote {path}.",
        f"Error: '{path}' exists already. Give another name: /export FILE.",
        f"Error: '{tmp_path}/no/x' cannot be written: {os.strerror(2)}. Give another path.",
    ]
    text = re.sub(r"\d{4}-\S+ \d\d:\d\d", "DATE", path.read_text(encoding="utf-8"))
    assert text == "# I like tea.\n\n**You**, DATE\n\nI like tea.\n\n**default**, DATE\n\nNoted.\n"
