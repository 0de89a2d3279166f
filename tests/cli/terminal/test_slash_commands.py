"""The slash commands of the chat."""

import re

import pytest

from carrel.models.chat.scripted import say
from carrel.testing.fake_server import FakeServer
from tests.cli.harness import carrel


@pytest.mark.network
def test_slash_commands_are_never_sent_to_the_model() -> None:
    """Known ones act, unknown ones suggest the nearest, a double slash says a slash; /quit ends at once."""
    lines = [
        "I like tea.",
        "/memory",
        "/serch x",
        "/zzz",
        "/search tea",
        "/sessions",
        "//etc is a folder",
        "/quit",
        "no",
    ]
    with FakeServer([say("Fine."), say("So it is.")]) as server:
        ran = carrel("chat", stdin="\n".join(lines), CARREL_BASE_URL=server.url, CARREL_MODEL="any")
        asked = [request["messages"][-1]["content"].partition("\n")[0] for request in server.requests]
    assert asked == ["I like tea.", "/etc is a folder"]
    assert ran.code == 0
    assert "[human, 0 of 2000 characters]\n(empty)\n2 messages in recall, 0 passages in archival\n" in ran.out
    assert "'/serch' is not a command. Did you mean /search?\n" in ran.out
    assert "'/zzz' is not a command. See /help.\n" in ran.out
    assert "user: I like tea.\n1 found.\n" in ran.out
    assert re.search(r"^ \* s-\w+  \S+ \S+  2 messages$", ran.out, re.MULTILINE)


def test_help_lists_every_command() -> None:
    """/help names each slash command and how to say a slash."""
    out = carrel("chat", stdin="/help\n").out
    for name in ("/help", "/memory", "/search", "/sessions", "/why", "/quit", "//text"):
        assert f"  {name}" in out


def test_a_slash_command_that_fails_does_not_end_the_chat() -> None:
    """Searching for nothing complains on standard error; the next line is answered."""
    ran = carrel("chat", stdin="/search\nI like tea.\n")
    assert (ran.code, ran.out) == (0, "Noted.\n")
    assert ran.err == "Error: The query is empty. Say what to search for.\n"


def test_why_says_what_was_recalled() -> None:
    """After an answer /why lists what was looked up, with scores, and why something was left out."""
    carrel("chat", stdin="My dog is called Rex.\n")
    out = carrel("chat", stdin="What is my dog called?\n/why\n").out
    assert 'page_in, "What is my dog called?":' in out
    assert "  in view" in out
    assert carrel("chat", stdin="/why\n", CARREL_PAGE_IN="false").code == 0


def test_undo_brings_back_what_was_forgotten() -> None:
    """As the offline model says when it forgets; without a turn there is nothing to undo."""
    carrel("chat", stdin="I am allergic to nuts.\n")
    out = carrel("chat", stdin="Forget that I am allergic to nuts.\n/undo\n").out
    assert "/undo brings it back." in out
    assert "Undone: turn t-" in out
    assert "I am allergic to nuts." in carrel("memory", "show", "human", "--json").data["text"]
    assert carrel("chat", "-a", "other", stdin="/undo\n").err.startswith("Error: ")
