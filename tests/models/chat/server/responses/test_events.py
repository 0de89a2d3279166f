"""Events of the Responses API read as chunks, whatever their order and shape."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.messages import ToolCall, Usage
from carrel.models.chat.server.assembly import Assembly
from carrel.models.chat.server.responses.events import EventReader, error_of
from carrel.protocols import Reply

MESSAGE = {"type": "message", "id": "msg_1", "content": [{"type": "output_text", "text": "Hello."}]}
CALL = {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "post", "arguments": '{"text": "Hi"}'}
THOUGHT = {
    "type": "reasoning",
    "id": "rs_1",
    "summary": [{"type": "summary_text", "text": "I think."}],
    "encrypted_content": "gAAA",
}


def read(*events: dict[str, Any]) -> Reply:
    """Return the reply that events amount to."""
    reader, assembly = EventReader(), Assembly()
    for event in events:
        for chunk in reader.chunks(event):
            assembly.add(chunk)
    assembly.end()
    return assembly.reply()


def done(item: dict[str, Any], place: int = 0) -> dict[str, Any]:
    """Return the event of an item that is complete."""
    return {"type": "response.output_item.done", "output_index": place, "item": item}


def piece(kind: str, text: str, place: int = 0, **more: Any) -> dict[str, Any]:
    """Return the event of a piece of an item."""
    return {"type": f"response.{kind}.delta", "output_index": place, "delta": text, **more}


def completed(*output: dict[str, Any]) -> dict[str, Any]:
    """Return the last event."""
    usage = {"input_tokens": 9, "output_tokens": 3, "input_tokens_details": {"cached_tokens": 5}}
    return {"type": "response.completed", "response": {"status": "completed", "output": list(output), "usage": usage}}


WAYS: dict[str, list[dict[str, Any]]] = {
    "in pieces": [
        piece("reasoning_summary_text", "I "),
        piece("reasoning_summary_text", "think."),
        done(THOUGHT),
        piece("output_text", "Hel", 1),
        piece("output_text", "lo.", 1),
        done(MESSAGE, 1),
        {"type": "response.output_item.added", "output_index": 2, "item": {**CALL, "arguments": ""}},
        piece("function_call_arguments", '{"text"', 2),
        piece("function_call_arguments", ': "Hi"}', 2),
        done(CALL, 2),
        completed(THOUGHT, MESSAGE, CALL),
    ],
    "item by item": [
        done(THOUGHT),
        done(MESSAGE, 1),
        {"type": "response.output_item.added", "output_index": 2, "item": {**CALL, "arguments": ""}},
        done(CALL, 2),
        completed(),
    ],
    "at once": [completed(THOUGHT, MESSAGE, CALL)],
}


@pytest.mark.parametrize("way", WAYS)
def test_a_reply_is_the_same_however_it_arrives(way: str) -> None:
    """Streamed in pieces, item by item or whole at the end, nothing is lost and nothing is said twice."""
    reply = read(*WAYS[way])
    assert (reply.message.text, reply.thought, reply.finish) == ("Hello.", "I think.", "tool_calls")
    assert reply.message.calls == (ToolCall("c1", "post", '{"text": "Hi"}'),)
    assert reply.usage == Usage(9, 3, 5, calls=1)
    assert reply.message.opaque is not None
    assert reply.message.opaque.message == (
        '{"reasoning_items":[{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"I think."}],'
        '"encrypted_content":"gAAA"},{"type":"message","id":"msg_1"},{"type":"function_call","id":"fc_1"}]}'
    )


def test_reasoning_without_its_encrypted_content_is_not_kept() -> None:
    """The server would look for it and has not stored it; and reasoning without a call is not wanted back."""
    plain = {name: value for name, value in THOUGHT.items() if name != "encrypted_content"}
    assert read(done(plain), done(CALL, 1), completed()).message.opaque is None
    assert read(done(THOUGHT), done(MESSAGE, 1), completed()).message.opaque is None


def test_a_refusal_is_text_and_paragraphs_of_thought_stay_apart() -> None:
    """What the model refuses to say is its answer; parts of a summary are paragraphs."""
    part = {"type": "response.reasoning_summary_part.added", "output_index": 0, "summary_index": 1}
    thought = [piece("reasoning_summary_text", "One."), part, piece("reasoning_summary_text", "Two.")]
    reply = read(*thought, piece("refusal", "I won't.", 1), completed())
    assert (reply.message.text, reply.thought) == ("I won't.", "One.\n\nTwo.")


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({"type": "error", "code": "server_error", "message": "No."}, {"code": "server_error", "message": "No."}),
        ({"type": "response.failed", "response": {"error": {"message": "No."}}}, {"message": "No."}),
        ({"type": "response.failed"}, {"message": "the response failed"}),
        ({"type": "response.created"}, None),
    ],
)
def test_what_an_event_says_of_an_error(event: dict[str, Any], error: object) -> None:
    """Errors come as an event of their own, or in a response that failed."""
    assert error_of(event) == error


JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.lists(st.integers() | st.none(), max_size=2)
FIELDS = st.sampled_from(
    "type output_index delta item response output status usage summary id call_id name arguments content text".split()
)
OBJECTS = st.dictionaries(FIELDS, JSON | st.dictionaries(FIELDS, JSON, max_size=2), max_size=4)
EVENTS = st.dictionaries(FIELDS, JSON | OBJECTS | st.lists(OBJECTS, max_size=2), max_size=3)
KINDS = st.sampled_from([event["type"] for way in WAYS.values() for event in way])


@given(st.lists(st.tuples(KINDS, EVENTS), max_size=4))
def test_events_of_any_shape_are_read(events: list[tuple[str, dict[str, Any]]]) -> None:
    """A server that sends nonsense gives a reply whose calls can be answered by id, and raises nothing."""
    message = read(*({**event, "type": kind} for kind, event in events)).message
    assert isinstance(message.text, str)
    assert all(call.id for call in message.calls)


def test_items_without_a_number_are_read_once() -> None:
    """Some servers leave `output_index` out; the whole response repeats what its events told."""
    events: list[dict[str, Any]] = [
        {"type": "response.output_text.delta", "delta": "Hello."},
        {"type": "response.output_item.done", "item": MESSAGE},
        {"type": "response.completed", "response": {"status": "completed", "output": [MESSAGE]}},
    ]
    assert read(*events).message.text == "Hello."
