"""A text that may still be growing says NeedMore where its end leaves something open."""

import re

import pytest

from carrel.markup.source import NeedMore, NoMatch, Source, by_length, fold


def test_what_stands_at_a_position() -> None:
    """Characters, white space, runs and marks; behind the end of a final text stands nothing."""
    source = Source("ab  <｜Tool▁Call｜>", final=True)
    assert (source.char(0), source.spaces(2), source.char(99)) == ("a", 4, "")
    assert source.longest(by_length(("<", "<|tool_call|>", "<|tool")), 4) == "<|tool_call|>"
    assert source.has("<|tool", 4)
    assert source.run(re.compile(r"\w+"), 0) == "ab"
    assert source.expect(("a", "x"), 0) == 1
    with pytest.raises(NoMatch):
        source.expect(("x",), 0)


def test_what_is_open_needs_more() -> None:
    """A mark that may go on, white space that may, a run at the end: each is decided once more text has come."""
    source = Source("x <to")
    for ask in (
        lambda: source.longest(("<tool>",), 2),
        lambda: source.has("<tool>", 2),
        lambda: source.char(5),
        lambda: source.run(re.compile(r"\w+"), 3),
    ):
        with pytest.raises(NeedMore):
            ask()
    source.add("ol> ")
    assert source.longest(("<tool>",), 2) == "<tool>"
    source.final = True
    assert (source.spaces(8), source.char(9)) == (9, "")


def test_what_was_read_is_forgotten() -> None:
    """The text before a position goes; what stood there stands at the beginning."""
    source = Source("abcdef")
    source.drop(4)
    source.add("g")
    assert (source.text, source.char(0), source.folded) == ("efg", "e", "efg")


def test_folding_keeps_positions() -> None:
    """Letters are small and wide bars are plain, letter for letter; other alphabets stay."""
    text = "A｜B▁Ä茶İ"
    assert (fold(text), len(fold(text))) == ("a|b_Ä茶İ", len(text))
