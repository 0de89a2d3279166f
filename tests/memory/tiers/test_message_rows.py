"""Messages as rows, as values, and as the model sees them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from carrel.memory.store import Memory
from carrel.memory.tiers.message_rows import SELECT_MESSAGES, as_message, read_message
from carrel.memory.values import NewMessage, StoredMessage
from carrel.messages import AssistantMessage, Message, ToolCall, ToolResult, UserMessage

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
STORED = StoredMessage(1, "m-1", "user", "你好", AT, "s-1", 2)
CALL = ToolCall("c1", "post", '{"a":1}')


def test_a_row_is_read_as_the_value_that_was_stored(memory: Memory) -> None:
    """In UTC, or in the zone that is asked for."""
    memory.recall.load([NewMessage("user", "你好", AT, "Ada", "s", "D1")])
    with memory.scope.read() as connection:
        row = connection.execute(SELECT_MESSAGES).one()
    (expected,) = memory.recall.latest(1)
    assert read_message(row) == replace(expected, at=AT)
    assert read_message(row, memory.local).at == memory.local(AT)
    assert (expected.speaker, expected.source, expected.ok, expected.calls) == ("Ada", "D1", True, ())


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        (STORED, UserMessage("你好")),
        (replace(STORED, role="assistant", calls=(CALL,)), AssistantMessage("你好", (CALL,))),
        (replace(STORED, role="tool", call_id="c1", tool="post", ok=False), ToolResult("c1", "post", "你好", ok=False)),
    ],
)
def test_a_stored_message_as_the_model_sees_it(stored: StoredMessage, message: Message) -> None:
    """Without its identity, its time and its speaker."""
    assert as_message(stored) == message
