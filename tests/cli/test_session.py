"""`carrel session`: sessions are listed, shown and exported."""

from tests.cli.harness import carrel


def test_sessions_are_listed_and_shown() -> None:
    """`session ls` lists sessions, oldest first; `show` prints what was said, calls included; `last` is the default."""
    first = carrel("ask", "I like tea.", "--json").data["session"]
    carrel("ask", "Hello.")
    rows = carrel("session", "ls", "--json").data
    assert [set(row) for row in rows] == [{"id", "name", "origin", "started", "last", "messages"}] * 2
    assert rows[0]["id"] == first
    assert [line.split("\t")[0] for line in carrel("session", "ls").out.splitlines()] == [row["id"] for row in rows]
    told = carrel("session", "show", first[:8]).out
    assert "  user: I like tea.\n" in told
    assert 'assistant: core_memory_append {"label": "human"' in told
    assert carrel("session", "show").out.split("user: ")[1].startswith("Hello.")
    shown = carrel("session", "show", first, "--json").data
    assert shown["id"] == first
    assert [message["role"] for message in shown["messages"]] == ["user", "assistant", "tool", "assistant"]
