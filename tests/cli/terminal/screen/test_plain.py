"""Plain text: complete steps in a pipe, whole words at a terminal, and no control sequence anywhere."""

import pytest

from carrel.cli.terminal.screen.plain import PlainScreen
from carrel.errors import UsageError


def test_a_pipe_gets_answers_and_people_get_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    """Answers go to standard output, each step when it is whole; everything else goes to standard error."""
    screen = PlainScreen()
    screen.print("  a line that is\x1b[2J not wrapped " + "x" * 200, "dim")
    screen.print_markdown("# Title\n")
    screen.print_table(["id", "text"], [["m-1", "one\ntwo"]])
    screen.print_error(UsageError("The query is empty.", "Say what to search for."))
    screen.show_phase("thinking")
    assert capsys.readouterr() == (
        "",
        f"  a line that is[2J not wrapped {'x' * 200}\n# Title\n\nm-1\tone two\n"
        "Error: The query is empty. Say what to search for.\n",
    )
    for piece in ("Let me", " see."):
        screen.add_text(piece)
    screen.end_text()
    screen.add_text("void")
    screen.discard_text()
    screen.add_text("Done.\x07")
    screen.end_text("Let me see.Done.")
    screen.end_text("Not streamed.")
    screen.add_text("cut of")
    screen.stop_live()
    assert capsys.readouterr() == ("Let me see.\nDone.\nNot streamed.\n", "")
