"""From a value to the calls that it stands for."""

from typing import Any

import pytest

from carrel.markup.shapes import TextCall, arguments_text, call_with, calls_in
from tests.markup.tools import OFFERED

SEARCH = TextCall("archival_search", '{"query": "tea"}')


@pytest.mark.parametrize(
    "value",
    [
        {"name": "archival_search", "arguments": {"query": "tea"}},
        {"name": "functions.archival_search:3", "parameters": '{"query": "tea"}'},
        {"tool": "archival_search", "query": "tea"},
        {"archival_search": {"query": "tea"}},
        {"id": "1", "type": "function", "function": {"name": "archival_search", "arguments": "{'query': 'tea'}"}},
        {"tool_calls": [{"action": "archival_search", "action_input": {"query": "tea"}}]},
        [{"recipient_name": "archival_search", "parameters": {"query": "tea"}}],
    ],
)
def test_each_shape_is_a_call(value: Any) -> None:
    """Names and arguments under any of their keys, in envelopes and lists."""
    assert calls_in(value, OFFERED, trusted=False) == [SEARCH]


@pytest.mark.parametrize(
    "value",
    [
        {"name": "pong", "arguments": {}},
        {"name": "archival_search"},
        {"name": "archival_search", "description": "Search.", "parameters": {"type": "object", "properties": {}}},
        {"name": "archival_search", "colour": "red"},
        [{"name": "ping"}, {"city": "Bonn"}],
        {"query": "tea"},
        "archival_search",
        7,
    ],
)
def test_what_is_no_call(value: Any) -> None:
    """Another tool, a bare name, a schema, other data, and a list in which not all are calls."""
    assert calls_in(value, OFFERED, trusted=False) == []


def test_a_bare_name_is_a_call_where_it_must_be() -> None:
    """Where a mark announces one, and of a tool without parameters always."""
    assert calls_in({"name": "archival_search"}, OFFERED, trusted=True) == [TextCall("archival_search", "{}")]
    assert calls_in({"name": "ping"}, OFFERED, trusted=False) == [TextCall("ping", "{}")]


def test_of_several_calls_one_that_is_offered_brings_the_others() -> None:
    """The unknown one is to be answered with an error, not shown as text."""
    value = [{"name": "ping"}, {"name": "pong", "arguments": {"a": 1}}]
    assert calls_in(value, OFFERED, trusted=False) == [TextCall("ping", "{}"), TextCall("pong", '{"a": 1}')]


def test_arguments_as_text() -> None:
    """Strict JSON where they can be read, else as they stand; clean text in any case."""
    assert (arguments_text(" {'a': 1} "), arguments_text(""), arguments_text("[1]"), arguments_text(" {a")) == (
        '{"a": 1}',
        "{}",
        "[1]",
        "{a",
    )
    assert call_with("ping", {"a": "茶\ud83d"}) == TextCall("ping", '{"a": "茶\ufffd"}')
