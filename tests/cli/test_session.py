"""`carrel session`: sessions are listed, shown and exported."""

import json
from datetime import date
from pathlib import Path

from tests.cli.harness import carrel


def test_timeline() -> None:
    """A bar for each day says how much was said in the sessions that began on it, and the last line how that grew."""
    carrel("ask", "I like tea.")
    carrel("ask", "Hello.")
    sizes = [row["messages"] for row in carrel("session", "ls", "--json").data]
    [day, grew] = carrel("session", "ls", "--timeline").out.splitlines()
    assert day.endswith(f" {'█' * 40} {sum(sizes)}")
    assert grew == f"growth █ {sum(sizes)}"
    assert carrel("agent", "new", "ada").code == 0
    assert carrel("session", "ls", "-a", "ada", "--timeline").out == ""


def test_sessions_are_listed_and_shown() -> None:
    """`session ls` lists sessions, oldest first; `show` prints what was said in the last one; with --raw, calls too."""
    first = carrel("ask", "I like tea.", "--json").data["session"]
    carrel("ask", "Hello.")
    rows = carrel("session", "ls", "--json").data
    assert [set(row) for row in rows] == [{"id", "name", "origin", "started", "last", "messages"}] * 2
    assert rows[0]["id"] == first
    assert [line.split("\t")[0] for line in carrel("session", "ls").out.splitlines()] == [row["id"] for row in rows]
    told = carrel("session", "show", first[2:8]).out
    assert [line.split("  ", 1)[1] for line in told.splitlines()] == ["user: I like tea.", "assistant: Noted."]
    assert 'assistant: core_memory_append {"label": "human"' in carrel("session", "show", first[:8], "--raw").out
    assert [line.split("\t")[1] for line in carrel("session", "ls").out.splitlines()] == ["I like tea.", "Hello."]
    shown_counts = carrel("agent", "show", "--json").data["counts"]
    assert shown_counts["recall"] == sum(row["messages"] for row in rows)
    assert shown_counts["sessions"] == len(rows)
    assert carrel("session", "show").out.split("user: ")[1].startswith("Hello.")
    shown = carrel("session", "show", first, "--json").data
    assert shown["id"] == first
    assert [message["role"] for message in shown["messages"]] == ["user", "assistant", "tool", "assistant"]


def test_a_session_is_renamed() -> None:
    """It goes by its new name; one that is taken, empty or means something else is refused."""
    first = carrel("ask", "I like tea.", "--json").data["session"]
    carrel("ask", "Hello.")
    assert carrel("session", "rename", first, "茶", "--json").data == {"id": first, "name": "茶"}
    assert carrel("session", "show", "茶", "--json").data["id"] == first
    for name in ("茶", "last", " "):
        assert carrel("session", "rename", "last", name).code == 2
    assert carrel("session", "rename", "nowhere", "x").code == 4


def test_a_session_is_erased(home: Path) -> None:
    """Removing needs a yes; then nothing of it is left but, if that is wanted, what was remembered from it."""
    kept = carrel("ask", "My name is Ada.", "--json").data["session"]
    gone = carrel("ask", "My password is hunter2.", "--json").data["session"]
    assert carrel("session", "rm", gone).code == 2
    assert carrel("session", "rm", gone, "--yes", "--json").data["id"] == gone
    assert [row["id"] for row in carrel("session", "ls", "--json").data] == [kept]
    assert carrel("memory", "forget", "--prove", "hunter2").code == 0
    assert carrel("session", "rm", kept, "--yes", "--keep-memories").out == f"Removed session {kept}.\n"
    assert carrel("memory", "show", "human", "--json").data["text"] == f"My name is Ada. [{date.today()}]"
    assert carrel("session", "rm", kept, "--yes").code == 4


def test_export_as_one_object() -> None:
    """With --json the messages are those of the lines; a scenario is no JSON."""
    carrel("ask", "I keep bees, 小明.")
    lines = [json.loads(line) for line in carrel("session", "export", "last").out.splitlines()]
    assert carrel("session", "export", "last", "--json").data == {"messages": lines}
    assert lines[0]["text"] == "I keep bees, 小明."
    assert carrel("session", "export", "last", "--scenario", "--json").code == 2
