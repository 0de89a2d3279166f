"""A damaged export of ChatGPT is read as far as it can be, and what is left out is named."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from carrel.formats import chatgpt
from tests.formats.chatgpt_export import talk, write

WHOLE = ["How do I keep bees?", "With patience.", "谢谢！"]


@pytest.mark.parametrize(
    ("damage", "value"),
    [
        (("mapping", "ask", "message", "author"), "user"),
        (("mapping", "ask", "message", "recipient"), 5),
        (("mapping", "ask", "message", "metadata"), "x"),
        (("mapping", "sys"), None),
        (("mapping", "ask", "children"), "new"),
        (("mapping", "new", "parent"), None),
        (("current_node",), ["more"]),
        (("update_time",), {}),
    ],
)
def test_what_is_plain_is_taken_for_what_it_means(tmp_path: Path, damage: tuple[str, ...], value: object) -> None:
    """A role as a text, one child for a list, an empty node amid the branch: nothing is lost and nothing to say."""
    found = chatgpt.read(write(tmp_path, _damaged(talk(), damage, value)))
    assert found == chatgpt.read(write(tmp_path, talk()))


def test_numbers_and_lists_are_names_and_mappings(tmp_path: Path) -> None:
    """A title and ids may be numbers, the nodes a list."""
    given = talk(title=2024, conversation_id=7, mapping=list(talk()["mapping"].values()))
    given["mapping"][2]["message"]["id"] = 7
    found = chatgpt.read(write(tmp_path, given)).messages
    assert [(item.session, item.conversation) for item in found] == [("2024 (7)", "7")] * 3
    assert [item.source for item in found] == ["7", "m-new", "m-more"]
    assert [item.text for item in found] == WHOLE


def _damaged(value: Any, place: tuple[Any, ...], other: object) -> Any:
    """Return a value of JSON with another in a place."""
    if not place:
        return other
    copy = dict(value) if isinstance(value, dict) else list(value)
    had = copy.get(place[0]) if isinstance(copy, dict) else copy[place[0]]
    copy[place[0]] = _damaged(had, place[1:], other) if place[1:] else other
    return copy


def _leaves(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], object]]:
    """Return the places of all values that are neither objects nor lists, and the values."""
    if not isinstance(value, dict | list):
        return [(above, value)]
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return [leaf for key, item in items for leaf in _leaves(item, (*above, key))]


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    leaf=st.sampled_from(_leaves(talk())),
    other=st.sampled_from([None, True, 5, 0.5, "x", [], ["x"], {}, {"x": "y"}, [[]], {"text": 5}]),
)
def test_damage_is_read_or_named(tmp_path: Path, leaf: tuple[tuple[Any, ...], object], other: object) -> None:
    """Whatever value of a conversation has another type: nothing is raised, the conversation beside it is read, and
    the messages of the damaged one are all read, or what is missing is named.
    """
    place, value = leaf
    assume(type(value) is not type(other))
    whole = talk(conversation_id="b", title="Whole")
    found = chatgpt.read(write(tmp_path, [_damaged(talk(), place, other), whole]))
    assert [message.text for message in found.messages if message.conversation == "b"] == WHOLE
    damaged = [message for message in found.messages if message.conversation != "b"]
    assert len(damaged) == len(WHOLE) or (found.skipped and len(damaged) == len(WHOLE) - 1)
