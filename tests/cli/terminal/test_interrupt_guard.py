"""Ctrl-C: the first one stops the turn, a second one leaves once all is on disk."""

import os
import signal
from pathlib import Path

import pytest

from carrel.cli.terminal.interrupt_guard import InterruptGuard
from carrel.cli.terminal.screen.plain import PlainScreen
from carrel.models.chat.scripted import say
from carrel.testing.catalog import fault
from carrel.testing.fake_server import FakeServer
from tests.cli.conftest import Chat
from tests.cli.harness import PROMPT, stored_messages, wait_for_exit


@pytest.mark.terminal
def test_ctrl_c_keeps_what_was_said_and_a_second_one_leaves(chat: Chat, home: Path) -> None:
    """The first stops the stream and gives the prompt back, and the partial reply is kept; the second exits 130."""
    with FakeServer([fault("stall-midstream"), say("Here again.")]) as server:
        child = chat(server.url)
        child.expect(PROMPT)
        child.sendline("Speak")
        child.expect("Half an answer")
        child.sendintr()
        child.expect("interrupted; what was said so far is kept")
        child.expect(PROMPT)
        child.sendline("Go on")
        child.expect("Here again.")
        child.expect(PROMPT)
        child.sendintr()
        child.expect("so does Ctrl-C again")
        child.sendintr()
        assert wait_for_exit(child) == 130
    assert stored_messages(home)[:2] == [
        ("user", "Speak", "complete"),
        ("assistant", "Half an answer tha", "interrupted"),
    ]
    assert stored_messages(home)[-1] == ("assistant", "Here again.", "complete")


def test_a_second_interruption_waits_for_the_first() -> None:
    """While the first is being dealt with the second does nothing; then it leaves. A third one does not wait."""
    done: list[str] = []

    def press(times: int, stays: bool) -> None:
        with InterruptGuard(PlainScreen()).interruptible(stays):
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
    guard = InterruptGuard(PlainScreen())
    assert (guard.pressed(), guard.pressed()) == (False, True)
