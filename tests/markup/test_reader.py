"""A reply that streams in is read as if it had come whole, and what is certain is passed on at once."""

import time

from hypothesis import given
from hypothesis import strategies as st

from carrel.markup import Marked, MarkupReader, Piece, read_markup
from tests.markup.tools import OFFERED, read_in_pieces


def test_text_flows_at_once() -> None:
    """Only white space, and what may be the beginning of a mark or of a tool's name at a line's start, waits."""
    reader = MarkupReader(OFFERED)
    pieces = ["Hello", ", ", "you", " <", "b> {", "x} `a` p", "\npin", "e"]
    assert [reader.feed(piece).text for piece in pieces] == [
        "Hello",
        ",",
        " you",
        "",
        " <b>",
        " {x} `a` p",
        "",
        "\npine",
    ]


def test_thoughts_stream_apart() -> None:
    """A thought before the answer comes out as it is written, up to what may be its end."""
    reader = MarkupReader(OFFERED)
    given_out = [reader.feed(piece) for piece in ["<thi", "nk>So", " it", " is</", "think>", "Hi"]]
    assert given_out == [
        Piece(),
        Piece(thought="So"),
        Piece(thought=" it"),
        Piece(thought=" is"),
        Piece(),
        Piece("Hi"),
    ]


def test_a_thought_that_only_closes_voids_what_was_shown() -> None:
    """What was given out as text is taken back when it turns out to be a thought."""
    reader = MarkupReader(OFFERED)
    assert reader.feed("Let me see.\n") == Piece("Let me see.")
    assert reader.feed("</think>\n\nHi") == Piece("Hi", "Let me see.", void=True)
    assert reader.end() == Piece()


def test_json_that_is_no_call_is_held_back_no_longer_than_its_first_pair() -> None:
    """An answer in JSON streams: its first key, or the name in it, tells that it is no call."""
    reader = MarkupReader(OFFERED)
    assert reader.feed('{"city": ').text == '{"city":'
    assert reader.feed('{"name": "Bonn", ').text == ' {"name": "Bonn",'


@given(st.text(alphabet=st.characters(exclude_characters="<[{`~◁(>")))
def test_text_without_marks_is_unchanged(text: str) -> None:
    """Plain text comes out as it went in, but for a reply of nothing but white space, which is empty."""
    assert read_markup(text, OFFERED) == Marked(text if text.strip() else "", "")


def test_long_calls_and_odd_texts_are_read_in_time() -> None:
    """A long call letter by letter, and texts of nothing but marks, take time by their length and not by its square."""
    long = '<tool_call>{"name": "archival_insert", "arguments": {"text": "' + "x, " * 5_000 + '"}}</tool_call>'
    start = time.monotonic()
    assert len(read_in_pieces(long).calls) == 1
    for mark in ("[", "{", "`<", "<think>", '{"id": ', "<tool_call>", "```\n{", "a <think>", "(called "):
        read_in_pieces([mark * (5_000 // len(mark))])
        read_in_pieces(mark * (1_000 // len(mark)))
    assert time.monotonic() - start < 30
