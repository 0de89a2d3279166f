"""`carrel chat` through a pipe: each line a message, slash commands included."""

import re

import pytest

from carrel.models.chat.scripted import call, calls, say
from carrel.testing.fake_server import FakeServer, Fault
from tests.cli.harness import carrel, process


@pytest.mark.process
def test_a_pipe_gets_answers_and_nothing_else() -> None:
    """No greeting, no prompt, no colour: one answer a line, in a process, with --plain and without."""
    said = "My name is Ada.\nWhat is my name?\n"
    for arguments in (("chat",), ("chat", "--plain", "-a", "other")):
        ran = process(*arguments, stdin=said)
        assert (ran.code, ran.err) == (0, "")
        first, second = ran.out.splitlines()
        assert first == "Noted."
        assert second.endswith('"My name is Ada."')


def test_all_lines_are_one_sitting() -> None:
    """What is piped in is one session; --session last goes on with it; empty lines say nothing."""
    assert carrel("chat", stdin="One.\n\n   \nTwo.").out.count("\n") == 2
    assert carrel("chat", "--session", "last", stdin="Three.\r\n").code == 0
    (session,) = carrel("session", "ls", "--json").data
    said = [
        m["text"] for m in carrel("session", "show", session["id"], "--json").data["messages"] if m["role"] == "user"
    ]
    assert said == ["One.", "Two.", "Three."]


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
    assert ran.err == "Error: The query is empty. Say what to look for.\n"


@pytest.mark.network
def test_a_failed_turn_is_told_once_and_the_rest_goes_on() -> None:
    """The error of one line goes to standard error once; later lines are answered; the exit code tells of it."""
    with FakeServer([Fault(401), say("Welcome back.")]) as server:
        ran = carrel("chat", stdin="One.\nTwo.\n", CARREL_BASE_URL=server.url, CARREL_MODEL="any")
    assert (ran.code, ran.out) == (76, "Welcome back.\n")
    assert ran.err.count("does not accept the API key") == 1


@pytest.mark.network
def test_what_is_said_before_a_call_and_after_stand_on_lines_of_their_own() -> None:
    """Text of two steps of one turn is not run together."""
    script = [
        calls(say("Let me write that down."), call("core_memory_append", label="human", content="x")),
        say("Done."),
    ]
    with FakeServer(script) as server:
        ran = carrel("chat", stdin="Remember x.\n", CARREL_BASE_URL=server.url, CARREL_MODEL="any")
    assert ran.out == "Let me write that down.\nDone.\n"


@pytest.mark.process
def test_chinese_and_broken_bytes_pass_through_the_pipe() -> None:
    """Lines of any bytes are read; what is text comes back."""
    ran = process("chat", stdin="我叫小明。\n我叫什么？\n".encode() + b"\xff\x00\n")
    assert ran.code == 0
    assert "我叫小明。" in ran.out


def test_why_says_what_was_recalled() -> None:
    """After an answer /why lists what was looked up, with scores, and why something was left out."""
    carrel("chat", stdin="My dog is called Rex.\n")
    out = carrel("chat", stdin="What is my dog called?\n/why\n").out
    assert 'page_in, "What is my dog called?":' in out
    assert "  in view" in out
    assert carrel("chat", stdin="/why\n", CARREL_PAGE_IN="false").code == 0


@pytest.mark.network
def test_what_was_sent_is_printed_once() -> None:
    """Under the paper's contract a call may follow what is said to the user: the answer is not printed again."""
    sent = call("send_message", message="Noted, Ada.")
    with FakeServer([calls(sent, call("core_memory_append", label="human", content="Ada"))]) as server:
        settings = {"CARREL_BASE_URL": server.url, "CARREL_MODEL": "any", "CARREL_CONTRACT": "memgpt"}
        ran = carrel("chat", "--plain", stdin="I am Ada.\n", **settings)
    assert (ran.code, ran.out.count("Noted, Ada.")) == (0, 1)
