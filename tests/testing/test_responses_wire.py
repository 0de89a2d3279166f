"""The fake Responses API writes what the true one writes, and reads its requests as chat."""

import json

import pytest

from carrel.messages import Usage
from carrel.models.chat.scripted import call, calls, say
from carrel.protocols import Reply
from carrel.testing.responses_wire import ResponsesWire
from carrel.testing.wire import delta

REPLY = Reply(calls(say("Let me see."), call("ping")), Usage(9, 3, 5), "tool_calls", "Hm.")


def test_a_request_is_read_as_chat() -> None:
    """The calls of one reply are one message; reasoning is left out."""
    wire = ResponsesWire()
    thought, *written = wire.whole(REPLY, {})["output"]
    made = [{name: value for name, value in item.items() if name != "status"} for item in written]
    output = {"type": "function_call_output", "call_id": made[1]["call_id"], "output": "pong"}
    question = {"role": "user", "content": "Ping."}
    body = {"model": "m", "stream": True, "input": [question, thought, *made, output], "max_output_tokens": 20}
    function = {"name": "ping", "arguments": "{}"}
    assert wire.read(body) == {
        "model": "m",
        "stream": True,
        "messages": [
            question,
            {"role": "assistant", "content": "Let me see."},
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [{"id": made[1]["call_id"], "type": "function", "function": function}],
            },
            {"role": "tool", "tool_call_id": made[1]["call_id"], "content": "pong"},
        ],
        "max_tokens": 20,
    }
    with pytest.raises(ValueError, match="without its required 'reasoning' item"):
        wire.read({**body, "input": [question, *made, output]})


def test_a_reply_is_streamed_as_events() -> None:
    """Numbered events with their names, the last of which holds the whole response."""
    events = ResponsesWire().events(REPLY, {})
    names = [event.partition("\n")[0].removeprefix("event: ") for event in events]
    data = [json.loads(event.partition("\ndata: ")[2]) for event in events]
    assert [each["type"] for each in data] == names
    assert [each["sequence_number"] for each in data] == list(range(len(events)))
    assert (names[0], names[-1]) == ("response.created", "response.completed")
    assert data[-1]["response"]["usage"]["input_tokens_details"] == {"cached_tokens": 5}
    assert [item["type"] for item in data[-1]["response"]["output"]] == ["reasoning", "message", "function_call"]


def test_a_malformed_stream_says_the_same_here() -> None:
    """What chunks of Chat Completions say is said by events."""
    chunks = [delta({"content": "Half"}), {"error": {"message": "No."}}, delta({}, "length")]
    names = [event.partition("\n")[0] for event in ResponsesWire().events_of_chunks(chunks)]
    assert names == ["event: response.output_text.delta", "event: error", "event: response.incomplete"]
    assert ResponsesWire().whole_of_chunks(chunks)["output"][0]["content"][0]["text"] == "Half"
