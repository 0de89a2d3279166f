"""Calls where a text shows them: with marks, in code, or bare."""

import pytest

from carrel.markup.calls import find_marked_calls, read_calls
from carrel.markup.shapes import TextCall
from carrel.markup.source import NeedMore, NoMatch, Source
from tests.markup.tools import OFFERED

PING = TextCall("ping", "{}")
SEARCH = TextCall("archival_search", '{"query": "tea"}')
JSON = '{"name": "archival_search", "arguments": {"query": "tea"}}'


def read(text: str) -> tuple[list[TextCall], int]:
    """Read the calls at the beginning of a whole text."""
    region = read_calls(Source(text, final=True), 0, OFFERED)
    return region.calls, region.end


@pytest.mark.parametrize(
    "text",
    [
        JSON,
        f"<tool_call>\n{JSON}\n</tool_call>",
        f"```json\n{JSON}\n```",
        f"`{JSON}`",
        f"[TOOL_CALLS][{JSON}]",
        f"<tool_call>\n```\n{JSON}\n```\n</tool_call>",
        f"<tool_call>{JSON}}}",
    ],
)
def test_a_call_is_read_with_the_marks_round_it(text: str) -> None:
    """Whatever marks stand before and behind it, and one brace too many."""
    assert read(text) == ([SEARCH], len(text))


def test_calls_that_follow_at_once_belong_together() -> None:
    """Set off by white space, a comma, or marks of their own."""
    for text in (f"{JSON}\n{JSON}", f"{JSON}, {JSON}", f"<tool_call>{JSON}</tool_call>"):
        assert read(text)[0] == [SEARCH] * text.count("arguments")


def test_code_that_goes_on_is_no_call() -> None:
    """A block that shows a call among other things is an answer; one that the reply ends in is a call."""
    with pytest.raises(NoMatch):
        read(f"```json\n{JSON}\n# as an example\n```")
    assert read(f"```json\n{JSON}\n")[0] == [SEARCH]


@pytest.mark.parametrize(
    "text", ['{"city": "Bonn"}', '{"name": "Bonn"}', "ping is a tool", "<b>bold</b>", "[1, 2]", "`code`"]
)
def test_other_text_is_no_call(text: str) -> None:
    """JSON of other things, prose, tags and code."""
    with pytest.raises(NoMatch):
        read(text)


def test_it_waits_no_longer_than_it_must() -> None:
    """A growing text is decided once its first pair shows that no call follows."""
    with pytest.raises(NeedMore):
        read_calls(Source('{"na'), 0, OFFERED)
    with pytest.raises(NoMatch):
        read_calls(Source('{"city": '), 0, OFFERED)
    with pytest.raises(NoMatch):
        read_calls(Source('{"name": "Bonn", '), 0, OFFERED)


def test_only_marked_calls_are_found_in_a_thought() -> None:
    """What is bare there is thought about, not made."""
    text = f"I could write {JSON} or:\n<tool_call>{JSON}</tool_call> and\nping()"
    assert [region.calls for region in find_marked_calls(text, OFFERED)] == [[SEARCH]]
