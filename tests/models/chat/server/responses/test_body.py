"""Bodies for the Responses API ask for the same as those for Chat Completions."""

from typing import Any

import pytest

from carrel.models.chat.server.responses.body import responses_body

CALLS = [{"id": f"c{number}", "type": "function", "function": {"name": "f", "arguments": "{}"}} for number in (1, 2)]


def items(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the items of one message."""
    found: list[dict[str, Any]] = responses_body({"model": "m", "stream": True, "messages": [message]})["input"]
    return found


def said(text: str | None, order: list[dict[str, Any]], calls: int = 2) -> dict[str, Any]:
    """Return a message of a model that reasoned."""
    return {"role": "assistant", "content": text, "tool_calls": CALLS[:calls], "reasoning_items": order}


def reasoning(name: str) -> dict[str, Any]:
    """Return a reasoning item."""
    return {"type": "reasoning", "id": name, "summary": [], "encrypted_content": "x"}


def test_the_least_body() -> None:
    """Options that are not asked for are not sent; without encryption nothing is included."""
    payload = {"model": "m", "stream": False, "messages": [{"role": "user", "content": "Hi"}]}
    assert responses_body(payload, encrypted=False) == {
        "model": "m",
        "stream": False,
        "store": False,
        "input": [{"type": "message", "role": "user", "content": "Hi"}],
    }


def test_a_tool_without_parameters_takes_none() -> None:
    """The API wants a schema where Chat Completions goes without."""
    tools = [{"type": "function", "function": {"name": "ping", "description": "Pong."}}]
    body = responses_body({"model": "m", "stream": True, "messages": [], "tools": tools})
    parameters = {"type": "object", "properties": {}}
    assert body["tools"] == [
        {"type": "function", "strict": False, "name": "ping", "description": "Pong.", "parameters": parameters}
    ]


def test_items_keep_the_order_in_which_they_were_written() -> None:
    """Reasoning stands before what it led to, between calls too, and a trailing one is left out."""
    order = [
        *(reasoning("rs_1"), {"type": "message", "id": "msg_1", "phase": "commentary"}),
        *(reasoning("rs_2"), {"type": "function_call", "id": "fc_1"}),
        *(reasoning("rs_3"), {"type": "function_call", "id": "fc_2"}, reasoning("rs_4")),
    ]
    found = items(said("Let me see.", order))
    assert [item["id"] for item in found] == ["rs_1", "msg_1", "rs_2", "fc_1", "rs_3", "fc_2"]
    assert found[1]["phase"] == "commentary"
    assert [item["call_id"] for item in found if item["type"] == "function_call"] == ["c1", "c2"]


@pytest.mark.parametrize(
    "order",
    [
        [reasoning("rs_1"), {"type": "function_call", "id": "fc_1"}],
        [reasoning("rs_1"), {"type": "function_call"}, {"type": "function_call"}],
        [{"odd": 1}],
        [],
    ],
    ids=["a call more", "a text more", "odd", "nothing"],
)
def test_a_message_that_is_not_the_one_written(order: list[dict[str, Any]]) -> None:
    """What does not fit goes as plain items, without the ids that ask for reasoning."""
    found = items(said("Hi", order))
    assert [item["type"] for item in found] == ["message", "function_call", "function_call"]
    assert not any("id" in item for item in found)


def test_reasoning_alone_is_not_sent() -> None:
    """A reply without calls goes as its text."""
    message = {"role": "assistant", "content": "Hi", "reasoning_items": [reasoning("rs_1"), {"type": "message"}]}
    assert items(message) == [{"type": "message", "role": "assistant", "content": "Hi"}]
