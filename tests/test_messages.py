"""Messages go to JSON and back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.messages import (
    AssistantMessage,
    Message,
    SystemMessage,
    ToolCall,
    ToolResult,
    ToolSchema,
    Usage,
    UserMessage,
    canonical,
    from_json,
    to_json,
)

calls = st.builds(ToolCall, st.text(), st.text(), st.text())
messages = st.one_of(
    st.builds(SystemMessage, st.text()),
    st.builds(UserMessage, st.text()),
    st.builds(AssistantMessage, st.text(), st.lists(calls).map(tuple)),
    st.builds(ToolResult, st.text(), st.just(""), st.text()),
)


@given(messages)
def test_a_message_survives_the_way_to_json_and_back(message: Message) -> None:
    """What is written is what is read, through real JSON."""
    assert from_json(json.loads(canonical(to_json(message)))) == message


def test_the_form_is_that_of_chat_completions() -> None:
    """The JSON of each kind is what servers take."""
    call = ToolCall("c1", "look", '{"x": 1}')
    function = {"name": "look", "arguments": '{"x": 1}'}
    assert to_json(AssistantMessage("Hm.", (call,))) == {
        "role": "assistant",
        "content": "Hm.",
        "tool_calls": [{"id": "c1", "type": "function", "function": function}],
    }
    assert to_json(AssistantMessage("Hm.")) == {"role": "assistant", "content": "Hm."}
    assert to_json(ToolResult("c1", "look", "seen", ok=False)) == {
        "role": "tool",
        "tool_call_id": "c1",
        "content": "seen",
    }
    assert ToolSchema("look", "Look.", {"type": "object"}).to_json() == {
        "type": "function",
        "function": {"name": "look", "description": "Look.", "parameters": {"type": "object"}},
    }


def test_content_that_is_null_is_no_text() -> None:
    """Servers send null for no text."""
    assert from_json({"role": "assistant", "content": None}) == AssistantMessage("")


def test_an_unknown_role_is_refused() -> None:
    """A role of another API is an error that lists the known ones."""
    with pytest.raises(ValueError, match="Role 'developer' is unknown; it is one of system, user, assistant, tool"):
        from_json({"role": "developer", "content": "x"})


def test_usage_adds_up() -> None:
    """Usage is summed figure by figure and shown by name."""
    total = Usage(1, 2, 3, 1) + Usage(10, 20, 30, 1)
    assert total.to_json() == {"prompt": 11, "completion": 22, "cached": 33, "calls": 2}


@given(st.dictionaries(st.text(), st.integers() | st.text()))
def test_canonical_json_does_not_depend_on_order(value: dict[str, int | str]) -> None:
    """Equal values have equal bytes, whatever the order of their keys."""
    assert canonical(value) == canonical(dict(reversed(list(value.items()))))
