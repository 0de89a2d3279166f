"""What keys do at a terminal: many lines, long pastes, characters of many code points."""

from pathlib import Path

import pytest

from tests.cli.conftest import Emulate
from tests.cli.harness import said

pytestmark = pytest.mark.terminal

ALT_ENTER, BACKSPACE, LEFT = "\x1b\r", "\x7f", "\x1b[D"
FAMILY = "👩‍👩‍👧"


def pasted(text: str) -> str:
    """Return a text as a terminal passes it on when it is pasted."""
    return "\x1b[200~" + text.replace("\n", "\r") + "\x1b[201~"


def test_a_message_of_many_lines(emulate: Emulate, home: Path) -> None:
    """Alt-Enter, a backslash at the end and a paste begin new lines; a long paste is shown as its number of lines."""
    rows = "\n".join(f"row {number}" for number in range(200))
    terminal = emulate()
    terminal.wait_for_line("> ?")
    terminal.send("one" + ALT_ENTER + "two\\")
    terminal.wait_for_line("  two\\\\")
    terminal.send("\rthree" + pasted("\nfour\nfive\x1b[2J"))
    terminal.wait_for_line("  five")
    terminal.send(" " + pasted(rows))
    terminal.wait_for_line("  five \\[200 lines pasted\\]")
    terminal.send("!!" + BACKSPACE + "\r")
    terminal.wait_for("✎")
    terminal.wait_for_line("> ?")
    terminal.send(pasted(rows))
    terminal.wait_for_line("> \\[200 lines pasted\\]")
    terminal.send(BACKSPACE)
    terminal.wait_for_line("> ?")
    (message,) = said(home)
    assert message.startswith("one\ntwo\nthree\nfour\nfive")
    assert message.endswith(f" {rows}!")


def test_wide_and_joined_characters_are_edited_whole(emulate: Emulate, home: Path) -> None:
    """The cursor stands where the text ends; arrows and Backspace move over what a reader takes for one character."""
    terminal = emulate()
    terminal.wait_for_line("> ?")
    terminal.send("小明" + FAMILY + "x")
    terminal.wait_for_line("> 小 ?明 ?👩 ?x")
    assert terminal.column == len("> ") + 2 + 2 + 2 + 1
    terminal.send(LEFT + LEFT + "é")
    terminal.wait_for_line("> 小 ?明 ?é👩 ?x")
    terminal.send(BACKSPACE + BACKSPACE)
    terminal.wait_for_line("> 小 ?👩 ?x")
    terminal.send("\r")
    terminal.wait_for("好的")
    terminal.wait_for_line("> ?")
    assert said(home) == [f"小{FAMILY}x"]
