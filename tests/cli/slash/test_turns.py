"""/undo, /redo, /retry and /edit."""

from pathlib import Path

import pytest

from carrel.models.chat.scripted import call, say
from carrel.testing.fake_server import FakeServer
from tests.cli.harness import carrel, sql, stored_messages

TABLES = "blocks messages passages turns steps queue memory_events sessions summaries".split()


def contents(home: Path) -> dict[str, list[object]]:
    """Return every row of the tables that a turn writes."""
    return {table: sql(home, f"SELECT * FROM {table}") for table in TABLES}


def test_undo_restores_memory_byte_for_byte(home: Path) -> None:
    """A turn that wrote to core memory is taken back with it, and /redo brings both back, each row as it was."""
    carrel("chat", stdin="My name is Ada.\n")
    before = contents(home)
    ran = carrel("chat", "--session", "last", stdin="I am allergic to nuts.\n/undo\n")
    assert contents(home) == before
    assert ran.err == (
        'Took back "I am allergic to nuts." with its answer, and 1 change of memory. /redo brings it back.\n'
    )
    assert carrel("chat", stdin="/redo\n").err == (
        'Brought back "I am allergic to nuts." with its answer, and 1 change of memory.\n'
    )
    assert "I am allergic to nuts." in carrel("memory", "show", "human", "--json").data["text"]
    carrel("chat", "--session", "last", stdin="/undo\n")
    assert contents(home) == before


def test_undo_brings_back_what_was_forgotten() -> None:
    """As the offline model says when it forgets."""
    carrel("chat", stdin="I am allergic to nuts.\n")
    out = carrel("chat", stdin="Forget that I am allergic to nuts.\n/undo\n").out
    assert "/undo brings it back." in out
    assert "I am allergic to nuts." in carrel("memory", "show", "human", "--json").data["text"]


def test_only_turns_of_this_session_are_taken_back() -> None:
    """In a new session there is nothing to take back; a chat whose first turn was taken back goes on."""
    carrel("chat", stdin="My name is Ada.\n")
    ran = carrel("chat", stdin="/undo\nI like tea.\n/undo\n/undo\nI like milk.\n")
    assert ran.out == "Noted.\nNoted.\n"
    nothing = "Error: This session has no turn that could be taken back. Say something first."
    assert [line for line in ran.err.splitlines() if "Took" not in line] == [nothing, nothing]
    assert [text for role, text, _ in stored_messages_of_user()] == ["My name is Ada.", "I like milk."]


def stored_messages_of_user() -> list[tuple[str, str, str]]:
    """Return what the user said."""
    rows = carrel("memory", "ls", "--tier", "recall", "--json").data
    texts = [str(row["text"]) for row in rows]
    return [("user", text.removeprefix("user: "), "") for text in texts if text.startswith("user: ")]


@pytest.mark.network
def test_retry_and_edit_ask_again(home: Path) -> None:
    """/retry sends the last message anew; /edit sends another in its place; what they replace is gone."""
    replies = [call("archival_insert", text="Bees."), say("One."), say("Two."), say("Three.")]
    with FakeServer(replies) as server:
        lines = "I keep bees.\n/retry\n/edit I keep ants.\n"
        ran = carrel("chat", stdin=lines, CARREL_BASE_URL=server.url, CARREL_MODEL="any", CARREL_CONTRACT="native")
    assert (ran.code, ran.out) == (0, "One.\nTwo.\nThree.\n")
    assert [text for _, text, _ in stored_messages(home)] == ["I keep ants.", "Three."]
    assert sql(home, "SELECT count(*) FROM passages") == [(0,)]


def test_edit_shows_the_message_again() -> None:
    """Without a text the message is put into the line editor; a pipe has none, and nothing is taken back."""
    ran = carrel("chat", stdin="I like tea.\n/edit\nWhat do I like?\n")
    assert ran.err.splitlines() == ["Error: The new message is missing. Type it behind /edit."]
    assert "Tea" in ran.out
