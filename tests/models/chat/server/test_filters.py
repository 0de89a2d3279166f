"""Streamed text is cleaned as if it had come whole."""

from hypothesis import given
from hypothesis import strategies as st

from carrel.models.chat.server.filters import CleanFilter, ThoughtFilter
from carrel.text import clean_text

AWKWARD = st.text(st.sampled_from("ab \t\n\r\x00\x1b\x85e\u0301\u0323\u1100\u1161\u11a8\u09c7\u09be\ud83d\ude00é가"))


def run(stream: CleanFilter | ThoughtFilter, pieces: list[str]) -> str:
    """Return all that comes out."""
    return "".join([*map(stream.feed, pieces), stream.end()])


@given(st.lists(AWKWARD))
def test_pieces_add_up_to_the_clean_whole(pieces: list[str]) -> None:
    """Wherever text is cut, the cleaned pieces are the cleaned text."""
    assert run(CleanFilter(), pieces) == clean_text("".join(pieces))


@given(st.lists(st.text(st.sampled_from("<think>/ xy\n"))), st.integers(1, 3))
def test_thoughts_do_not_depend_on_the_cuts(pieces: list[str], size: int) -> None:
    """However text is cut, the same thoughts are taken out."""
    whole = "".join(pieces)
    cut = [whole[start : start + size] for start in range(0, len(whole), size)]
    assert run(ThoughtFilter(), cut) == run(ThoughtFilter(), [whole])


def test_thoughts_are_taken_out() -> None:
    """Closed thoughts go, wherever they stand; so does an open one at the start, but no other."""
    cases = {
        "<think>a</think>\n\nb": "b",
        "\n<think>a</think> b <think>c</think>d": "b d",
        "<think>never ends": "",
        "A tag: <think> is one": "A tag: <think> is one",
        "1 < 2 <th": "1 < 2 <th",
        "</think>b": "</think>b",
        " \n": "",
        "  code": "  code",
        "": "",
    }
    assert {text: run(ThoughtFilter(), [text]) for text in cases} == cases


def test_text_flows_at_once() -> None:
    """Plain text is held back by no more than a character."""
    cleaner = CleanFilter()
    assert [cleaner.feed(piece) for piece in ["Hello", ", ", "you"]] == ["Hell", "o,", " yo"]
