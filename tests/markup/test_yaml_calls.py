"""Calls in YAML are read where marks announce them."""

import json
import time

import pytest

from carrel.markup import read_markup
from carrel.markup.source import NoMatch, Source
from carrel.markup.yaml_calls import read_yaml
from tests.markup.tools import OFFERED


@pytest.mark.parametrize(
    ("written", "arguments"),
    [
        ("name: archival_insert\narguments:\n  text: 5 cups\n  tags:\n    - a", {"text": "5 cups", "tags": ["a"]}),
        ("name: archival_insert\nparameters: {text: x}", {"text": "x"}),
        ("tool: archival_insert\ninput:\n  text: |\n    One: 1\n    two", {"text": "One: 1\ntwo"}),
        ("archival_insert:\n  text: x", {"text": "x"}),
        ("archival_insert\ntext: x", {"text": "x"}),
        ("- name: archival_insert\n  arguments:\n    text: x", {"text": "x"}),
    ],
)
def test_a_call_in_yaml_is_read(written: str, arguments: object) -> None:
    """A name and arguments, the name as key, or the name on a line of its own."""
    calls, end = read_yaml(Source(f"{written}</tool_call>", final=True), 0, OFFERED)
    assert [json.loads(call.arguments) for call in calls] == [arguments]
    assert end == len(written)


def test_values_have_the_types_that_the_tool_takes() -> None:
    """A number stays a text where the tool wants a text."""
    read = read_markup("<tool_call>\narchival_search:\n  query: 2024\n  page: 2\n</tool_call>", OFFERED)
    assert [json.loads(call.arguments) for call in read.calls] == [{"query": "2024", "page": 2}]


@pytest.mark.parametrize(
    "text", ["city: Bonn", "name: Ada\nage: 36", "archival_insert is good", "name: archival_insert\ndescription: x", ""]
)
def test_other_yaml_is_no_call(text: str) -> None:
    """Only what names an offered tool and looks like a call counts."""
    with pytest.raises(NoMatch):
        read_yaml(Source(text, final=True), 0, OFFERED, code=True)


def test_aliases_are_not_expanded() -> None:
    """A text that would grow to gigabytes is no call, and is refused at once."""
    bomb = "name: ping\narguments:\n  a: &a [x, x]\n" + "".join(
        f"  k{n}: &k{n} [*{'a' if not n else f'k{n - 1}'}, *a]\n" for n in range(40)
    )
    start = time.monotonic()
    with pytest.raises(NoMatch):
        read_yaml(Source(bomb, final=True), 0, OFFERED)
    assert time.monotonic() - start < 1
