"""Which screen and reader a chat gets."""

import pytest

from tests.cli.conftest import Emulate


@pytest.mark.terminal
def test_a_terminal_that_can_do_nothing_gets_plain_text(emulate: Emulate) -> None:
    """With TERM=dumb there are a greeting, a prompt and no control sequences."""
    terminal = emulate(TERM="dumb")
    terminal.wait_for("nothing in memory yet")
    terminal.wait_for_line(">")
    assert b"\x1b" not in terminal.raw
