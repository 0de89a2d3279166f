"""Calls in tags."""

import pytest

from carrel.markup.shapes import TextCall
from carrel.markup.source import NoMatch, Source
from carrel.markup.tags import read_named_tag, read_pairs, read_tag
from tests.markup.tools import OFFERED

SEARCH = TextCall("archival_search", '{"query": "tea", "page": 2}')


def text(written: str) -> Source:
    """Return a whole text."""
    return Source(written, final=True)


@pytest.mark.parametrize(
    "written",
    [
        "<function=archival_search><parameter=query>\ntea\n</parameter><parameter=page>2</parameter></function>",
        '<function=archival_search>{"query": "tea", "page": 2}</function>',
        '<invoke name="archival_search"><parameter name="query">tea</parameter>'
        '<parameter name="page">2</parameter></invoke>',
        '<tool name="archival_search"><param name="query">tea</param><arg name="page">2</arg></tool>',
        "<function=archival_search><parameter=query>tea<parameter=page>2</function>",
        '<｜DSML｜invoke name="archival_search"><｜DSML｜parameter name="query">tea</｜DSML｜parameter>'
        '<｜DSML｜parameter name="page">2</｜DSML｜parameter></｜DSML｜invoke>',
    ],
)
def test_a_function_tag(written: str) -> None:
    """By parameters or by JSON, with closing tags that may be forgotten."""
    assert read_tag(text(written), 0, OFFERED) == ([SEARCH], len(written))


def test_a_function_tag_that_breaks_is_a_call_still() -> None:
    """What stands there is given to the tool, which explains what is wrong with it."""
    written = "<function=archival_search>query: tea</function>"
    (call,), end = read_tag(text(written), 0, OFFERED)
    assert (call.name, "tea" in call.arguments, end) == ("archival_search", True, len(written))


def test_a_tag_with_the_tools_name() -> None:
    """Its parameters are tags inside; any other tag there makes it text."""
    written = "<archival_search>\n<query>tea</query>\n<page>2</page>\n</archival_search>"
    assert read_named_tag(text(written), 0, OFFERED) == ([SEARCH], len(written))
    for other in ("<archival_search><colour>red</colour></archival_search>", "<b>bold</b>", "archival_search"):
        with pytest.raises(NoMatch):
            read_named_tag(text(other), 0, OFFERED)


def test_pairs_of_keys_and_values() -> None:
    """As GLM writes them, the closing tag of a value forgotten or not."""
    written = (
        "archival_search\n<arg_key>query</arg_key>\n<arg_value>tea</arg_value>"
        "<arg_key>page</arg_key><arg_value>2</arg_value>"
    )
    assert read_pairs(text(written), 0, OFFERED) == ([SEARCH], len(written))
    with pytest.raises(NoMatch):
        read_pairs(text("archival_search(query='tea')"), 0, OFFERED)


@pytest.mark.parametrize("written", ["<function=pong></function>", "<func archival_search>", "text"])
def test_other_tags_are_text(written: str) -> None:
    """Of another tool, or of none."""
    with pytest.raises(NoMatch):
        read_tag(text(written), 0, OFFERED)
