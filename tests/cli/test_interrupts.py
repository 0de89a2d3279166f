"""Ctrl-C, a kill and a retry, at a terminal, with a model server that is slow, silent or gone."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from carrel.bootstrap import Carrel
from carrel.cli.terminal.interrupt_guard import InterruptGuard
from carrel.messages import AssistantMessage
from carrel.models.chat.scripted import call, say
from carrel.protocols import Request
from carrel.testing.catalog import fault
from carrel.testing.fake_server import FakeServer, Fault
from tests.cli.harness import LIMIT, carrel, environment
from tests.cli.test_interactive import PROMPT

Chat = Callable[..., pexpect.spawn]


@pytest.fixture
def chat() -> Iterator[Chat]:
    """Start chats at a terminal."""
    children: list[pexpect.spawn] = []

    def start(url: str, *arguments: str) -> pexpect.spawn:
        variables = environment(
            TERM="xterm", PROMPT_TOOLKIT_NO_CPR="1", CARREL_BASE_URL=url, CARREL_MODEL="any", CARREL_TIMEOUT="30"
        )
        command = ["-m", "carrel", "chat", *arguments]
        child = pexpect.spawn(
            sys.executable, command, env=variables, timeout=LIMIT, encoding="utf-8", dimensions=(40, 100)
        )
        children.append(child)
        return child

    yield start
    for child in children:
        child.close(force=True)


def kept(home: Path) -> list[tuple[str, str, str]]:
    """Return role, text and state of all messages."""
    with Carrel.open(home, "offline", "none") as desk:
        return [(message.role, message.text, message.state) for message in desk.agent("default").recall.latest(99)]


def ended(child: pexpect.spawn) -> int | None:
    """Wait for the end and return the exit code."""
    child.expect(pexpect.EOF)
    child.wait()
    code = child.exitstatus
    assert code is None or isinstance(code, int)
    return code


@pytest.mark.terminal
def test_ctrl_c_keeps_what_was_said_and_a_second_one_leaves(chat: Chat, home: Path) -> None:
    """The first stops the stream and gives the prompt back, and the partial reply is kept; the second exits 130."""
    with FakeServer([fault("stall-midstream"), say("Here again.")]) as server:
        child = chat(server.url)
        child.expect(PROMPT)
        child.sendline("Speak")
        child.expect("Half an answer tha")
        child.sendintr()
        child.expect("interrupted; what was said so far is kept")
        child.expect(PROMPT)
        child.sendline("Go on")
        child.expect("Here again.")
        child.expect(PROMPT)
        child.sendintr()
        child.expect("so does Ctrl-C again")
        child.sendintr()
        assert ended(child) == 130
    assert kept(home)[:2] == [("user", "Speak", "complete"), ("assistant", "Half an answer tha", "interrupted")]
    assert kept(home)[-1] == ("assistant", "Here again.", "complete")


@pytest.mark.terminal
def test_a_retry_goes_on_where_the_server_failed(chat: Chat, home: Path) -> None:
    """The message of a failed turn is answered by /retry, stored once; after a reply there is nothing to retry."""
    with FakeServer([Fault(401), say("Here I am.")]) as server:
        child = chat(server.url)
        child.expect(PROMPT)
        child.sendline("Are you there?")
        child.expect("does not accept the API key")
        child.expect(PROMPT)
        child.sendline("/retry")
        child.expect("Here I am.")
        child.expect(PROMPT)
        child.sendline("/retry")
        child.expect("Nothing is to be retried")
        child.expect(PROMPT)
        child.sendeof()
        assert ended(child) == 0
    assert [text for _, text, _ in kept(home)] == ["Are you there?", "Here I am."]


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
        again.expect("Going on with the last message of session s-[0-9a-z]+, which was not answered.")
        again.expect("You keep bees.")
        again.expect(PROMPT)
        again.sendeof()
        assert ended(again) == 0
    roles = [role for role, _, _ in kept(home)]
    assert roles == ["user", "assistant", "tool", "assistant"]


TOOL = """
from carrel import tool

@tool(approval="ask")
def post(text: str) -> str:
    "Post."
    return f"Posted {text}."
"""


@pytest.mark.terminal
def test_a_call_is_made_with_consent(chat: Chat, home: Path) -> None:
    """The question names the call; no refuses it, yes makes it once, always is not asked again."""
    home.mkdir()
    (home / "mine.py").write_text(TOOL, encoding="utf-8")
    (home / "config.toml").write_text('[tools]\nfiles = ["mine.py"]\n', encoding="utf-8")
    script: list[AssistantMessage] = []
    for text in "abcd":
        script += [call("post", text=text), say(f"Done {text}.")]
    with FakeServer(script) as server:
        child = chat(server.url)
        for text, answer in (("a", "n"), ("b", "y"), ("c", "a"), ("d", None)):
            child.expect(PROMPT)
            child.sendline(f"Post {text}")
            if answer:
                child.expect(f'wants to call post\\(text="{text}"\\)')
                child.expect("Allow it")
                child.sendline(answer)
            child.expect(f"Done {text}.")
        child.expect(PROMPT)
        child.sendeof()
        assert ended(child) == 0
    results = [text for role, text, _ in kept(home) if role == "tool"]
    assert results[1:] == ["Posted b.", "Posted c.", "Posted d."]
    assert results[0].startswith("Error: The user did not allow post.")


@pytest.mark.network
def test_a_pipe_gets_only_what_stays() -> None:
    """Text of a stream that broke is not printed; that the model was asked again is said on standard error."""
    with FakeServer([fault("reset-midstream"), say("Whole.")]) as server:
        ran = carrel("chat", stdin="Hello\n", CARREL_BASE_URL=server.url, CARREL_MODEL="any")
    assert (ran.code, ran.out) == (0, "Whole.\n")
    assert ran.err.startswith("(The reply of model 'any' broke off: ")
    assert ran.err.endswith("Asking again.)\n")


def test_a_second_interruption_waits_for_the_first() -> None:
    """While the first is being dealt with the second does nothing; then it leaves. A third one does not wait."""
    done: list[str] = []

    def press(times: int, stays: bool) -> None:
        with InterruptGuard().interruptible(stays):
            try:
                os.kill(os.getpid(), signal.SIGINT)
                done.append("never")
            finally:
                for _ in range(times - 1):
                    os.kill(os.getpid(), signal.SIGINT)
                done.append("on disk")

    press(1, stays=True)
    for times, stays in ((1, False), (2, True), (3, True)):
        with pytest.raises(KeyboardInterrupt):
            press(times, stays)
    assert done == ["on disk"] * 3
    guard = InterruptGuard()
    assert (guard.pressed(), guard.pressed()) == (False, True)
