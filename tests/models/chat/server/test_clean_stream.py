"""Streamed text is cleaned as if it had come whole."""

from hypothesis import given
from hypothesis import strategies as st

from carrel.models.chat.server.clean_stream import CleanFilter
from carrel.text import clean_text

AWKWARD = st.text(st.sampled_from("ab \t\n\r\x00\x1b\x85e\u0301\u0323\u1100\u1161\u11a8\u09c7\u09be\ud83d\ude00é가"))


def run(stream: CleanFilter, pieces: list[str]) -> str:
    """Return all that comes out."""
    return "".join([*map(stream.feed, pieces), stream.end()])


@given(st.lists(AWKWARD))
def test_pieces_add_up_to_the_clean_whole(pieces: list[str]) -> None:
    """Wherever text is cut, the cleaned pieces are the cleaned text."""
    assert run(CleanFilter(), pieces) == clean_text("".join(pieces))


def test_text_flows_at_once() -> None:
    """Plain text is held back by no more than a character."""
    cleaner = CleanFilter()
    assert [cleaner.feed(piece) for piece in ["Hello", ", ", "you"]] == ["Hell", "o,", " yo"]
