"""What is left of a call that breaks."""

import pytest

from carrel.markup.broken import read_broken
from carrel.markup.shapes import TextCall
from carrel.markup.source import NeedMore, Source


@pytest.mark.parametrize(
    ("text", "arguments", "end"),
    [
        ('{"arguments": {"text": "a", }} rest', '{"text": "a"}', 30),
        ('{"text": "a" "b"} rest', '{"text": "a\\" \\"b"}', 17),
        ('{"text": "a</tool_call>', '{"text": "a', 11),
        ('{"text": "茶', '{"text": "茶', 11),
    ],
)
def test_the_arguments_are_what_stands_there(text: str, arguments: str, end: int) -> None:
    """Up to where its braces balance, a mark that closes calls, or the end; readable ones in strict JSON."""
    assert read_broken(Source(text, final=True), 0, "post") == (TextCall("post", arguments), min(end, len(text)))


def test_a_call_that_goes_on_needs_more() -> None:
    """Nothing is decided before its end."""
    with pytest.raises(NeedMore):
        read_broken(Source('{"text": '), 0, "post")
