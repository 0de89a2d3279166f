"""The line editor at a terminal: history, completion, the user's editor and keys, what is typed meanwhile."""

import stat
import threading
from pathlib import Path

import pytest

from carrel.messages import AssistantMessage
from carrel.models.chat.scripted import say
from carrel.protocols import Request
from carrel.testing.fake_server import FakeServer
from tests.cli.conftest import Emulate
from tests.cli.harness import LIMIT, said

pytestmark = pytest.mark.terminal

BACKSPACE, LEFT, UP = "\x7f", "\x1b[D", "\x1b[A"
CTRL_C, CTRL_D, CTRL_E, CTRL_R, CTRL_X = "\x03", "\x04", "\x05", "\x12", "\x18"


def test_history_lives_on_and_is_searched(emulate: Emulate, home: Path) -> None:
    """What was typed is there in the next session, by arrow and by Ctrl-R, in a file for its owner alone."""
    first = emulate()
    first.say("I like tea.", "Noted.")
    first.say("I keep bees.", "Noted.")
    first.send(CTRL_D)
    assert first.wait_for_exit() == 0
    second = emulate()
    second.wait_for_line("> ?")
    second.send(UP)
    second.wait_for_line("> I keep bees.")
    second.send(CTRL_C)
    second.wait_for_line("> ?")
    second.send(CTRL_R + "tea")
    second.wait_for("I like tea")
    second.send("\r")
    second.wait_for_line("> I like tea.")
    second.send(CTRL_C)
    second.wait_for_line("> ?")
    second.send(CTRL_C)
    second.wait_for("Ctrl-D or /quit leaves")
    second.wait_for_line("> ?")
    second.send(CTRL_C)
    assert second.wait_for_exit() == 130
    assert stat.S_IMODE((home / "history").stat().st_mode) == 0o600
    assert said(home) == ["I like tea.", "I keep bees."]


def test_commands_are_completed_with_what_they_do(emulate: Emulate) -> None:
    """A slash lists the commands with their descriptions; Tab completes; the bar says where things stand."""
    terminal = emulate()
    terminal.say("I like tea.", "Noted.")
    terminal.wait_for("offline · context \\d+ % ▰+▱+")
    terminal.send("/se")
    terminal.wait_for("/search +search")
    terminal.wait_for("/sessions +list")
    terminal.send("a\t")
    terminal.wait_for_line("> /search")
    terminal.send(" tea\r")
    terminal.wait_for("I like tea.")


def test_the_editor_of_the_user_and_its_keys(emulate: Emulate, home: Path, tmp_path: Path) -> None:
    """Ctrl-X Ctrl-E opens $EDITOR with the text; with `editing_mode` vi, Escape leaves the insert mode."""
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\necho " with milk." >> "$1"\n', encoding="utf-8")
    script.chmod(0o700)
    terminal = emulate(VISUAL=str(script), EDITOR=str(script))
    terminal.wait_for_line("> ?")
    terminal.send("I like tea" + CTRL_X + CTRL_E)
    terminal.wait_for(" with milk.")
    terminal.send("\r")
    terminal.wait_for("Noted.")
    vi = emulate(CARREL_EDITING_MODE="vi")
    vi.wait_for_line("> ?")
    vi.send("xI like coffee\x1b")
    vi.send("0x")
    vi.wait_for_line("> I like coffee")
    vi.send("\r")
    vi.wait_for("Noted.")
    assert said(home) == ["I like tea with milk.", "I like coffee"]


@pytest.mark.network
def test_what_is_typed_while_it_answers_waits_for_the_prompt(emulate: Emulate, home: Path) -> None:
    """Keys are not shown in the answer, and none is lost; a resized window keeps what was typed."""
    asked, go_on = threading.Event(), threading.Event()

    def answer(request: Request) -> AssistantMessage:
        asked.set()
        assert go_on.wait(LIMIT)
        return say("Hello, Ada.")

    with FakeServer(answer) as server:
        terminal = emulate(CARREL_BASE_URL=server.url, CARREL_MODEL="any", CARREL_CONTRACT="native")
        terminal.wait_for_line("> ?")
        terminal.send("Hello\r")
        terminal.wait_for_line(".*thinking.*|")
        assert asked.wait(LIMIT)
        terminal.send("And my cat" + LEFT + "c")
        go_on.set()
        terminal.wait_for("Hello, Ada.")
        terminal.wait_for_line("> And my cact")
        assert terminal.text.count("And my ca") == 1
        terminal.resize(40, 15)
        terminal.send(BACKSPACE + "\r")
        terminal.wait_for_line("> ?")
        terminal.send(CTRL_D)
        assert terminal.wait_for_exit() == 0
    assert said(home) == ["Hello", "And my cat"]
