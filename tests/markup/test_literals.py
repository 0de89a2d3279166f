"""Values as models write them: JSON, Python, and the slips between them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.markup.literals import MAX_DEPTH, read_key, read_string, read_value, value_of
from carrel.markup.source import NeedMore, NoMatch, Source

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(VALUES)
def test_strict_json_is_read_as_json(value: Any) -> None:
    """Whatever the value."""
    assert value_of(json.dumps(value, ensure_ascii=False)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{'a': True, 'b': None,}", {"a": True, "b": None}),
        ("{query: 'tea', page: 2}", {"query": "tea", "page": 2}),
        ("('a', 1)", ["a", 1]),
        ('{{"a": 1}}', {"a": 1}),
        ('"she said "yes" and left"', 'she said "yes" and left'),
        ('"line\nbreak"', "line\nbreak"),
        ('"""triple"""', "triple"),
        ("<escape>小明<escape>", "小明"),
        (r'"\x41\u00e4\q"', "Aä\\q"),
        (" -1.5e3 ", -1500.0),
    ],
)
def test_what_is_meant_is_read(text: str, value: Any) -> None:
    """Quotes, constants, commas and braces of other languages, and quotes inside strings."""
    assert value_of(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "tea", "{", "{a}", "[1 2]", "1e999", "NaN", '{"a": 1} b', "[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2)],
)
def test_what_is_no_value_is_refused(text: str) -> None:
    """Words, halves, numbers that no float holds, and what is nested too deeply."""
    with pytest.raises(NoMatch):
        value_of(text)


def test_a_brace_that_is_forgotten_before_a_tag() -> None:
    """The object ends there, and the tag is not part of it."""
    text = '{"a": [1, 2</tool>'
    assert read_value(Source(text, final=True), 0) == ({"a": [1, 2]}, text.index("<"))


def test_a_value_that_grows_needs_more() -> None:
    """Until it is whole, nothing is decided."""
    text = '{"a": [1, "two"]}'
    for end in range(1, len(text)):
        with pytest.raises(NeedMore):
            read_value(Source(text[:end]), 0)
    assert read_value(Source(text), 0) == ({"a": [1, "two"]}, len(text))


def test_keys_and_strings() -> None:
    """A key may be bare or quoted; a string ends where something may follow it."""
    assert read_key(Source(" page: 1"), 0) == ("page", 5)
    assert read_key(Source("'page': 1"), 0) == ("page", 6)
    assert read_string(Source("'it's', 1"), 0, "'") == ("it's", 6)
