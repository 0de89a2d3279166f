"""The tools that a call may name, however the name is written, and the types of their parameters."""

import pytest

from carrel.markup.offered import Offered
from carrel.markup.source import NeedMore, NoMatch, Source
from carrel.messages import ToolSchema
from tests.markup.tools import OFFERED


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("ping", "ping"),
        ("functions.ping:0", "ping"),
        ("default_api.archival_search", "archival_search"),
        ("call:ping", "ping"),
        ("pong", "pong"),
    ],
)
def test_a_name_without_what_stands_round_it(written: str, plain: str) -> None:
    """Namespaces before it and numbers behind it are none of it."""
    assert OFFERED.plain(written) == plain


def test_a_name_is_read_in_a_text() -> None:
    """Whole, with its namespace; a longer word, another name and other letters are no match."""
    assert OFFERED.read_name(Source("functions.ping(", final=True), 0) == ("ping", 14)
    for text in ("pings(", "ping_all(", "Ping(", "pong("):
        with pytest.raises(NoMatch):
            OFFERED.read_name(Source(text, final=True), 0)
    with pytest.raises(NeedMore):
        OFFERED.read_name(Source("archival_"), 0)


def test_texts_become_what_parameters_take() -> None:
    """Text stays text though it looks like a number; a number is one; an unknown parameter takes text."""
    assert OFFERED.typed("archival_search", {"query": "1", "page": "2", "more": "3"}) == {
        "query": "1",
        "page": 2,
        "more": "3",
    }
    assert OFFERED.typed("archival_insert", {"tags": "['a', 'b']"}) == {"tags": ["a", "b"]}
    assert OFFERED.typed("archival_search", {"page": "many"}) == {"page": "many"}


def test_a_parameter_of_several_types() -> None:
    """Text is among them, or it is not."""
    schema = {
        "properties": {"a": {"anyOf": [{"type": "integer"}, {"type": "null"}]}, "b": {"type": ["string", "null"]}}
    }
    offered = Offered([ToolSchema("t", "", schema)])
    assert offered.typed("t", {"a": "5", "b": "5"}) == {"a": 5, "b": "5"}
    assert (bool(offered), bool(Offered([])), "t" in offered, offered.parameters("t"), offered.parameters("u")) == (
        True,
        False,
        True,
        ("a", "b"),
        (),
    )
