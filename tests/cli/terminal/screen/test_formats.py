"""Text as it stands: a star is a star, and items are wrapped under their text."""

from carrel.cli.terminal.screen.formats import PlainFormat


def test_plain_text_stays_as_it_is() -> None:
    """Lines are blocks; nothing in them is markup."""
    plain = PlainFormat()
    assert plain.split("a*b*c\n\n1. <b>one</b> two three") == ["a*b*c\n", "\n", "1. <b>one</b> two three"]
    assert plain.lines("a*b*c\n", 20) == ["a*b*c"]
    assert plain.lines("12. one two three four", 12) == ["12. one two", "    three", "    four"]
    assert plain.lines("- one two three", 10) == ["- one two", "  three"]
    assert not plain.changes_as_whole("| a |\n|---|\n")
