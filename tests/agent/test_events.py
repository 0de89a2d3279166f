"""What happens in a turn, as values that programs read."""

from carrel.agent.events import Answer, TextDelta, ToolCalled, ToolReturned
from carrel.messages import Usage


def test_the_calls_of_a_turn_are_among_its_events() -> None:
    """In order, without what else happened."""
    first, second = ToolCalled(1, "archival_insert", "{}"), ToolCalled(2, "recall_search", "{}")
    answer = Answer(
        text="好的。",
        turn="t-1",
        session="s-1",
        steps=3,
        events=(first, ToolReturned(1, "archival_insert", "Stored.", ok=True), second, TextDelta("好的。")),
    )
    assert answer.tool_calls == (first, second)


def test_an_answer_as_json() -> None:
    """Exactly the keys that `carrel ask --json` prints."""
    answer = Answer(
        text="Hi.", turn="t-1", session="s-1", steps=1, events=(ToolCalled(1, "ping", "{}"),), usage=Usage(9, 2, 3, 1)
    )
    assert answer.to_json() == {
        "text": "Hi.",
        "turn": "t-1",
        "session": "s-1",
        "steps": 1,
        "tool_calls": [{"step": 1, "name": "ping", "arguments": "{}"}],
        "memory": [],
        "retrieved": [],
        "usage": {"prompt": 9, "completion": 2, "cached": 3, "calls": 1},
        "finish": "stop",
        "stopped": None,
    }
