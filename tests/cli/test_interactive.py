"""`carrel chat` at a terminal: prompt, history, slash commands, Ctrl-C and Ctrl-D."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from carrel.models.chat.scripted import call, say
from carrel.protocols import Request
from carrel.testing.catalog import fault
from carrel.testing.fake_server import FakeServer, Fault
from tests.cli.conftest import Chat
from tests.cli.harness import LIMIT, PROMPT, environment, stored_messages, wait_for_exit, words

pytestmark = pytest.mark.terminal


@pytest.fixture
def terminal() -> Iterator[pexpect.spawn]:
    """A chat at a terminal of 100 columns, at its first prompt."""
    variables = environment(TERM="xterm", PROMPT_TOOLKIT_NO_CPR="1")
    child = pexpect.spawn(
        sys.executable, ["-m", "carrel", "chat"], env=variables, timeout=LIMIT, encoding="utf-8", dimensions=(40, 100)
    )
    yield child
    child.close(force=True)


def test_a_first_conversation(terminal: pexpect.spawn, home: Path) -> None:
    """An honest greeting, a prompt, commands that act; Ctrl-C stays, Ctrl-D leaves with 0; the history is private."""
    terminal.expect("agent 'default' · model offline · nothing in memory yet")
    terminal.expect("No language model is connected")
    terminal.expect(PROMPT)
    terminal.sendline("My name is Ada.")
    terminal.expect("Noted.")
    terminal.expect("✎ remembered about you: My name is Ada.")
    terminal.expect(PROMPT)
    terminal.sendline("/memory")
    terminal.expect("2 messages in recall")
    terminal.expect(PROMPT)
    terminal.sendline("/hlep")
    terminal.expect("Did you mean /help")
    terminal.expect(PROMPT)
    terminal.sendline("/help")
    terminal.expect("/sessions")
    terminal.expect(PROMPT)
    terminal.sendintr()
    terminal.expect("Ctrl-D or /quit leaves")
    terminal.expect(PROMPT)
    terminal.sendline("What is my name?")
    terminal.expect("Ada..*My name is Ada.")
    terminal.expect(PROMPT)
    terminal.sendeof()
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 0
    assert "What is my name?" in (home / "history").read_text(encoding="utf-8")
    assert (home / "history").stat().st_mode & 0o077 == 0


def test_quit_leaves_with_0(terminal: pexpect.spawn) -> None:
    """/quit ends the chat as Ctrl-D does."""
    terminal.expect(PROMPT)
    terminal.sendline("/quit")
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 0


@pytest.mark.terminal
def test_a_retry_goes_on_where_the_server_failed(chat: Chat, home: Path) -> None:
    """The message of a failed turn is answered by /retry, stored once; after a reply /retry asks again."""
    with FakeServer([Fault(401), say("Here I am."), say("Still here.")]) as server:
        child = chat(server.url)
        child.expect(PROMPT)
        child.sendline("Are you there?")
        child.expect("does not accept the API key")
        child.expect(PROMPT)
        child.sendline("/retry")
        child.expect("Here I am.")
        child.expect(PROMPT)
        child.sendline("/retry")
        child.expect("Still here.")
        child.expect(PROMPT)
        child.sendeof()
        assert wait_for_exit(child) == 0
    assert [text for _, text, _ in stored_messages(home)] == ["Are you there?", "Still here."]


@pytest.mark.terminal
def test_a_chat_that_was_killed_goes_on(chat: Chat, home: Path) -> None:
    """After kill -9 in the middle of a turn, the next chat goes on with it: nothing is done twice, and it answers."""
    asked = threading.Event()
    script: list[Any] = [call("archival_insert", text="Bees."), fault("stall"), say("You keep bees.")]

    def answer(request: Request) -> Any:
        item = script.pop(0)
        if not script[1:]:
            asked.set()
        return item

    with FakeServer(answer) as server:
        child = chat(server.url)
        child.expect(PROMPT)
        child.sendline("I keep bees.")
        assert asked.wait(LIMIT)
        os.kill(child.pid, signal.SIGKILL)
        child.expect(pexpect.EOF)
        again = chat(server.url)
        again.expect(words("Going on with the last message of session s-[0-9a-z]+, which was not answered."))
        again.expect("You keep bees.")
        again.expect(PROMPT)
        again.sendeof()
        assert wait_for_exit(again) == 0
    roles = [role for role, _, _ in stored_messages(home)]
    assert roles == ["user", "assistant", "tool", "assistant"]
