"""`carrel chat` through a pipe: each line a message, slash commands included."""

import pytest

from carrel.models.chat.scripted import say
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


def test_all_lines_are_one_session() -> None:
    """What is piped in is one session; --session last goes on with it; empty lines say nothing."""
    assert carrel("chat", stdin="One.\n\n   \nTwo.").out.count("\n") == 2
    assert carrel("chat", "--session", "last", stdin="Three.\r\n").code == 0
    (session,) = carrel("session", "ls", "--json").data
    said = [
        m["text"] for m in carrel("session", "show", session["id"], "--json").data["messages"] if m["role"] == "user"
    ]
    assert said == ["One.", "Two.", "Three."]


@pytest.mark.network
def test_a_failed_turn_is_told_once_and_the_rest_goes_on() -> None:
    """The error of one line goes to standard error once; later lines are answered; the exit code tells of it."""
    with FakeServer([Fault(401), say("Welcome back.")]) as server:
        ran = carrel("chat", stdin="One.\nTwo.\n", CARREL_BASE_URL=server.url, CARREL_MODEL="any")
    assert (ran.code, ran.out) == (76, "Welcome back.\n")
    assert ran.err.count("does not accept the API key") == 1


@pytest.mark.process
def test_chinese_and_broken_bytes_pass_through_the_pipe() -> None:
    """Lines of any bytes are read; what is text comes back."""
    ran = process("chat", stdin="我叫小明。\n我叫什么？\n".encode() + b"\xff\x00\n")
    assert ran.code == 0
    assert "我叫小明。" in ran.out
