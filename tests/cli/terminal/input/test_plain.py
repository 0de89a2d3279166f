"""Messages from pipes and plain terminals."""

import io
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from carrel.cli.terminal.input.plain import PipeReader
from tests.cli.conftest import Emulate
from tests.cli.harness import said


def test_a_pipe_is_read_line_by_line() -> None:
    """Empty lines say nothing; bytes that are no text become marks; a question takes no message for its answer."""
    given = io.TextIOWrapper(io.BytesIO(b"One\x1b[31m.\r\n\n  \nTw\xffo\x00.\nThree."))
    reader = PipeReader()
    with patch.object(sys, "stdin", given), reader.pause():
        assert [reader.read(), reader.ask("Sure?"), reader.read(), reader.read(), reader.read()] == [
            "One.",
            None,
            "Tw\ufffdo.",
            "Three.",
            None,
        ]


@pytest.mark.terminal
def test_a_plain_terminal_greets_and_prompts(emulate: Emulate, home: Path) -> None:
    """No control sequence is written; a backslash continues the line; Ctrl-C stays once, Ctrl-D leaves."""
    terminal = emulate("--plain")
    terminal.wait_for("nothing in memory yet")
    terminal.wait_for_line(">")
    terminal.send("I like tea\\\r")
    terminal.wait_for_line("")
    terminal.send("and bees.\r")
    terminal.wait_for("Noted.")
    terminal.wait_for_line(">")
    terminal.send("\x03")
    terminal.wait_for("Ctrl-D or /quit leaves")
    terminal.wait_for_line(">")
    terminal.send("\x04")
    assert terminal.wait_for_exit() == 0
    assert b"\x1b" not in terminal.raw
    assert said(home) == ["I like tea\nand bees."]
