"""A reply is read one step at a time, and what was read is forgotten."""

from carrel.markup.parser import ReplyParser
from carrel.markup.shapes import TextCall
from tests.markup.tools import OFFERED

CALL = '<tool_call>{"name": "ping"}</tool_call>'


def parse(*pieces: str) -> ReplyParser:
    """Read a reply that comes in pieces."""
    parser = ReplyParser(OFFERED)
    for piece in pieces:
        parser.source.add(piece)
        parser.read()
    return parser


def test_text_calls_and_thoughts_are_told_apart() -> None:
    """The answer has what is for people, thoughts and calls stand by themselves, each with its dialect."""
    parser = parse("<think>小明", " likes tea.</think>\nHello", f" {CALL}", " there.")
    parser.finish()
    assert (parser.answer.text, "".join(parser.thoughts)) == ("Hello there.", "小明 likes tea.")
    assert (parser.calls, len(parser.dialects), parser.thought) == ([TextCall("ping", "{}")], 1, None)


def test_only_what_is_uncertain_is_held() -> None:
    """The beginning of a mark is kept until it is decided, all else is forgotten."""
    parser = parse("Hello <thi")
    assert (parser.answer.text, parser.held) == ("Hello", len("<thi"))
    parser.source.add("s>")
    parser.read()
    assert (parser.answer.text, parser.held) == ("Hello <this>", 0)


def test_code_is_read_as_code() -> None:
    """A thought's mark within code is text, in a block and in a line."""
    for text in ("Use `<think>` there.", "```html\n<think>\n```\n"):
        parser = parse(text)
        parser.finish()
        assert (parser.answer.text, parser.thoughts) == (text, [])


def test_a_thought_that_only_closes_takes_back_what_was_said() -> None:
    """Text and calls before it were part of it."""
    parser = parse(f"Let me see. {CALL} Then")
    assert parser.calls
    parser.source.add("</think>\nHi.")
    parser.read()
    parser.finish()
    assert (parser.voided, parser.answer.text, parser.calls, "".join(parser.thoughts)) == (
        True,
        "Hi.",
        [],
        "Let me see. Then",
    )
