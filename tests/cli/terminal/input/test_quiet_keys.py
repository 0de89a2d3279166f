"""The terminal's modes while nothing reads, and that they come back."""

import os
import pty
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from carrel.cli.terminal.input.quiet_keys import hide_keys, hold_keys, show_keys


@pytest.fixture
def terminal() -> Iterator[int]:
    """A terminal in place of standard input; yields the side on which keys are pressed."""
    keys, side = pty.openpty()
    with os.fdopen(side, encoding="utf-8") as stream, patch.object(sys, "stdin", stream):
        yield keys
    os.close(keys)


def modes() -> tuple[bool, bool]:
    """Return whether standard input shows what is typed, and whether it waits for whole lines."""
    flags = termios.tcgetattr(sys.stdin.fileno())[3]
    return bool(flags & termios.ECHO), bool(flags & termios.ICANON)


def test_modes_change_in_the_block_alone(terminal: int) -> None:
    """A line editor gets keys as they are, a plain terminal whole lines; a question in between shows them again."""
    assert modes() == (True, True)
    with hold_keys():
        assert modes() == (False, False)
        with show_keys():
            assert modes() == (True, True)
        assert modes() == (False, False)
    with hide_keys():
        assert modes() == (False, True)
    assert modes() == (True, True)


def test_a_key_waits_for_who_reads_next(terminal: int) -> None:
    """What is pressed in the block is there after it."""
    with hide_keys():
        os.write(terminal, b"tea\n")
    assert sys.stdin.readline() == "tea\n"


def test_a_pipe_has_no_modes(tmp_path: Path) -> None:
    """Where standard input is no terminal, it is read as it would be without."""
    path = tmp_path / "input"
    path.write_text("tea\n茶\n", encoding="utf-8")
    with path.open(encoding="utf-8") as piped, patch.object(sys, "stdin", piped), hold_keys(), show_keys():
        assert sys.stdin.readlines() == ["tea\n", "茶\n"]
