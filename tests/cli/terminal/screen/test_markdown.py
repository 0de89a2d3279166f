"""Markdown becomes lines that fit, that can be copied, and that have nothing at their ends."""

from carrel.cli.terminal.screen.markdown import block_lines, markdown_lines
from carrel.cli.terminal.screen.styled import strip_style


def plain(text: str, columns: int) -> list[str]:
    """Return the lines without their styles."""
    return [strip_style(line) for line in markdown_lines(text, columns)]


def test_blocks_stand_apart() -> None:
    """A heading is on the left, code has neither frame nor margin, links show where they lead."""
    text = "# Title\nSee [it](https://example.com).\n- one two three\n\n```python\nif x:\n    y()\n```\n***"
    assert plain(text, 16) == [
        "Title",
        "",
        "See it",
        "(https://example",
        ".com).",
        "",
        " • one two three",
        "",
        "if x:",
        "    y()",
        "",
        "-" * 16,
    ]


def test_code_is_coloured_in_the_colours_of_the_terminal() -> None:
    """No background is set, and only the terminal's own colours are used."""
    (line,) = block_lines("```python\nreturn 1\n```", 40)
    assert "\x1b[94" in line
    assert "\x1b[38;" not in line
    assert strip_style(line) == "return 1"


def test_ids_are_never_cut() -> None:
    """An id stands on one line, at the least width."""
    lines = plain("You said so in `m-12abcdef3456` and in m-98fedcba7654.", 20)
    assert lines == ["You said so in", "m-12abcdef3456 and", "in m-98fedcba7654."]
