"""Keys that are pressed while nothing reads them: kept for the next prompt, and not shown in between."""

import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager

INPUT_FLAGS, LOCAL_FLAGS = 0, 3
"""Where they stand in what tcgetattr returns."""


@contextmanager
def hold_keys() -> Iterator[None]:
    """Keep each key that is pressed in the block as it is, for a line editor, without showing it."""
    with _modes(input_off=termios.ICRNL, local_off=termios.ECHO | termios.ICANON):
        yield


@contextmanager
def hide_keys() -> Iterator[None]:
    """Keep the lines that are typed in the block, as the terminal edits them, without showing them."""
    with _modes(local_off=termios.ECHO):
        yield


@contextmanager
def show_keys() -> Iterator[None]:
    """Have the terminal edit and show lines in the block, inside of another block where it does not."""
    with _modes(local_on=termios.ECHO | termios.ICANON):
        yield


@contextmanager
def _modes(input_off: int = 0, local_off: int = 0, local_on: int = 0) -> Iterator[None]:
    """Switch modes of the terminal off and on in the block; where standard input is no terminal, do nothing."""
    try:
        terminal = sys.stdin.fileno()
        before = termios.tcgetattr(terminal)
    except (OSError, ValueError, termios.error):
        yield
        return
    modes = [*before]
    modes[INPUT_FLAGS] &= ~input_off
    modes[LOCAL_FLAGS] = modes[LOCAL_FLAGS] & ~local_off | local_on
    termios.tcsetattr(terminal, termios.TCSANOW, modes)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)
