"""Styles are switched on and off in the same line, and take no room."""

import pytest

from carrel.cli.terminal.screen.styled import count_rows, strip_style, styled


def test_styles_wrap_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR a line stays as it is; so does plain text, and an empty line."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert styled("tea", "dim") == "\x1b[2mtea\x1b[0m"
    assert (styled("tea", "text"), styled("", "error")) == ("tea", "")
    assert strip_style(styled("tea", "warning")) == "tea"
    monkeypatch.setenv("NO_COLOR", "1")
    assert styled("tea", "dim") == "tea"


def test_rows_are_counted_by_cells() -> None:
    """A wide character takes two cells; an empty line takes a row."""
    assert [count_rows(line, 4) for line in ("", "abcd", "\x1b[2mabcd\x1b[0m", "abcde", "小明喜")] == [1, 1, 1, 2, 2]
