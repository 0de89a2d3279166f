"""Calls that a model writes as text are taken out of the stream, however it is cut."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.models.chat.server.text_calls import TextCallFilter

CALL = '<tool_call>\n{"name": "post", "arguments": {"text": "你好"}}\n</tool_call>'


def read(*pieces: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the text and the calls of a reply that comes in pieces."""
    reader = TextCallFilter()
    text = "".join(map(reader.feed, pieces)) + reader.end()
    return text, reader.calls


@given(st.lists(st.integers(0, len(CALL) + 20), max_size=8))
def test_the_pieces_do_not_matter(cuts: list[int]) -> None:
    """Wherever the stream is cut, text and calls are the same."""
    whole = f"Let me see. {CALL} Done."
    places = [0, *sorted(cuts), len(whole)]
    pieces = [whole[start:end] for start, end in itertools.pairwise(places)]
    assert read(*pieces) == ("Let me see.  Done.", [("post", '{"text": "你好"}')])


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "a < b",
        "<tool_call>not JSON</tool_call>",
        '<tool_call>{"name": 5}</tool_call>',
        "<tool_call>[1]</tool_call>",
    ],
)
def test_what_is_no_call_stays_text(text: str) -> None:
    """A mark alone makes no call."""
    assert read(text) == (text, [])


def test_a_call_that_never_ends_is_text() -> None:
    """It is held back to the end, and then given out."""
    reader = TextCallFilter()
    assert (reader.feed("Hi <tool_call>{"), reader.end(), reader.calls) == ("Hi ", "<tool_call>{", [])


def test_arguments_may_be_text_or_parameters() -> None:
    """They are passed on as JSON; without any there are none."""
    texts = ('{"name": "a", "arguments": "{}"}', '{"name": "b", "parameters": {"x": 1}}', '{"name": "c"}')
    calls = read(*(f"<tool_call>{text}</tool_call>" for text in texts))[1]
    assert calls == [("a", "{}"), ("b", '{"x": 1}'), ("c", "{}")]
