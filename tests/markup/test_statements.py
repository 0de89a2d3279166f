"""Calls that begin with the tool's name."""

import pytest

from carrel.markup.shapes import TextCall
from carrel.markup.source import NeedMore, NoMatch, Source
from carrel.markup.statements import read_brackets, read_broken, read_line, read_marked
from tests.markup.tools import OFFERED

SEARCH = TextCall("archival_search", '{"query": "tea", "page": 2}')
PING = TextCall("ping", "{}")


def text(written: str) -> Source:
    """Return a whole text."""
    return Source(written, final=True)


@pytest.mark.parametrize(
    "written",
    [
        'archival_search(query="tea", page=2)',
        "archival_search('tea', 2)",
        'archival_search {"query": "tea", "page": 2}',
        "functions.archival_search(query = 'tea', page=2,)",
        'print(archival_search(query="tea", page=2))',
    ],
)
def test_a_line_is_a_call(written: str) -> None:
    """With names or without, as a statement or with an object, printed or not."""
    assert read_line(text(written), 0, OFFERED) == ([SEARCH], len(written))


@pytest.mark.parametrize("written", ["ping() is a tool", "ping", "ping(1)", 'archival_search("a", 1, 2)', "pong()"])
def test_a_line_that_goes_on_is_text(written: str) -> None:
    """So is a bare name, and one with more arguments than the tool has parameters."""
    with pytest.raises(NoMatch):
        read_line(text(written), 0, OFFERED)


def test_a_line_begins_at_its_beginning() -> None:
    """A call within a sentence is text."""
    with pytest.raises(NoMatch):
        read_line(text("Call ping()"), 5, OFFERED)
    assert read_line(text("Call\nping()\nnow"), 5, OFFERED) == ([PING], 11)


@pytest.mark.parametrize(
    ("written", "calls"),
    [("[ping()]", [PING]), ("[ archival_search(query='tea', page=2), ping() ,]", [SEARCH, PING])],
)
def test_a_list_of_calls(written: str, calls: list[TextCall]) -> None:
    """In brackets, separated by commas."""
    assert read_brackets(text(written), 0, OFFERED) == (calls, len(written))


@pytest.mark.parametrize("written", ["[]", "[ping() ping()]", "[ping(), 1]", "ping()"])
def test_other_lists(written: str) -> None:
    """An empty one, one without commas, one of other things, and none."""
    with pytest.raises(NoMatch):
        read_brackets(text(written), 0, OFFERED)


@pytest.mark.parametrize(
    "written",
    [
        "# look it up\nresult = archival_search(query='tea', page=2)",
        "await archival_search('tea', 2)",
        'archival_search:0 {"query": "tea", "page": 2}',
        'archival_search\n```json\n{"query": "tea", "page": 2}\n```',
        "print(archival_search('tea', 2))",
    ],
)
def test_a_call_behind_a_mark(written: str) -> None:
    """Behind a mark that announces a call comments, assignments, numbers and fences may stand round it."""
    assert read_marked(text(written), 0, OFFERED) == ([SEARCH], len(written))


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
