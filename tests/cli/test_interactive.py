"""`carrel chat` at a terminal: prompt, history, slash commands, Ctrl-C and Ctrl-D."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.cli.harness import LIMIT, environment

pytestmark = pytest.mark.terminal

PROMPT = r"\x1b\[\?2004h[^>]*>.*?\x1b\[\?25h"
"""The prompt, once the editor has taken over the terminal and shows the cursor."""


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
    terminal.expect("✎ human: append My name is Ada.")
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
    terminal.expect("From my memory.*My name is Ada.")
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
