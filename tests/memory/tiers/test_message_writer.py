"""A message is written whole and clean, with its words and its place."""

from carrel.clock import FrozenClock
from carrel.memory.store import Memory
from carrel.memory.tiers.message_rows import as_message
from carrel.memory.values import NewMessage, StoredMessage
from carrel.messages import AssistantMessage, Message, ToolCall, ToolResult, UserMessage


def test_unclean_text(memory: Memory) -> None:
    """Each text of an import is made clean before it is stored, whatever field it stands in."""
    dirty = "a\x00\ud800\r\nb"
    memory.recall.load([NewMessage("user", dirty, None, dirty, dirty, dirty)])
    [stored] = memory.recall.latest(1)
    [info] = memory.sessions.all()
    assert (stored.text, stored.speaker, stored.source, info.name) == ("a\ufffd\nb",) * 4


def test_stored_whole(memory: Memory, clock: FrozenClock) -> None:
    """A message of a turn comes back as it was given, its calls and its result's standing included."""
    session = memory.sessions.start()
    call = ToolCall("c1", "look", '{"a": 1}')
    said: list[Message] = [
        UserMessage("Hello"),
        AssistantMessage("", (call,)),
        ToolResult("c1", "look", "No.", ok=False),
    ]
    stored = [memory.recall.add(session, one) for one in said]
    assert [as_message(one) for one in stored] == said
    assert memory.recall.of_session(session) == stored
    assert stored[2] == StoredMessage(
        stored[2].n, stored[2].id, "tool", "No.", clock.now(), session, 0, call_id="c1", tool="look", ok=False
    )


def test_call_and_result_keep_one_id(memory: Memory) -> None:
    """A call and its result bear the same id also where the model's own is not clean."""
    session = memory.sessions.start()
    call = ToolCall("c\x00\ud800", "look", "{}")
    asked = memory.recall.add(session, AssistantMessage("", (call,)))
    told = memory.recall.add(session, ToolResult(call.id, call.name, "done"))
    assert told.call_id == asked.calls[0].id
