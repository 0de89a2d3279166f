"""What is typed after a slash."""

import pytest

from carrel.cli.slash.command import ChatContext
from carrel.cli.slash.dispatch import command_help, is_command, message_of
from carrel.models.chat.scripted import say
from carrel.testing.fake_server import FakeServer
from tests.cli.harness import carrel


@pytest.mark.network
def test_slash_commands_are_never_sent_to_the_model() -> None:
    """Known ones act, unknown ones suggest the nearest, a double slash says a slash; /quit ends at once.

    In a pipe what they print goes to standard error, so that the answers alone are on standard output.
    """
    lines = ["I like tea.", "/SERCH x", "/zzzzzz", "/search tea", "/", "//etc is a folder", "/Quit", "no"]
    with FakeServer([say("Fine."), say("So it is.")]) as server:
        ran = carrel("chat", stdin="\n".join(lines), CARREL_BASE_URL=server.url, CARREL_MODEL="any")
        asked = [request["messages"][-1]["content"].partition("\n")[0] for request in server.requests]
    assert asked == ["I like tea.", "/etc is a folder"]
    assert (ran.code, ran.out) == (0, "Fine.\nSo it is.\n")
    first, second, hit, found, alone = ran.err.splitlines()
    assert first == "'/SERCH' is not a command. Did you mean /search?"
    assert second == "'/zzzzzz' is not a command. See /help."
    assert hit.startswith("  m-")
    assert hit.endswith("  user: I like tea.")
    assert (found, alone) == ("1 found.", "'/' is not a command. See /help.")


def test_a_slash_command_that_fails_does_not_end_the_chat() -> None:
    """Searching for nothing complains on standard error; the next line is answered."""
    ran = carrel("chat", stdin="/search\nI like tea.\n")
    assert (ran.code, ran.out) == (0, "Noted.\n")
    assert ran.err == "Error: The query is empty. Say what to search for.\n"


def test_what_is_a_command() -> None:
    """One slash begins a command, two a message."""
    assert [is_command(text) for text in ("/undo", "//undo", "undo", "")] == [True, False, False, False]
    assert [message_of(text) for text in ("//undo", "undo")] == ["/undo", "undo"]


def test_without_a_chat_nothing_is_completed() -> None:
    """The line editor learns the commands before there is a chat whose sessions it could offer."""
    none: list[ChatContext] = []
    assert [list(command.complete("")) for command in command_help(none) if command.complete] == [[]] * len(
        command_help(none)
    )
