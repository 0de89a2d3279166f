"""The adapter to Chat Completions, through the true SDK, against a server on this machine."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from carrel.messages import (
    AssistantMessage,
    SystemMessage,
    ToolCall,
    ToolResult,
    ToolSchema,
    Usage,
    UserMessage,
    to_json,
)
from carrel.models.chat.scripted import Script, call, calls, say
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.models.chat.server.request.payload import build_payload
from carrel.protocols import Reply, Request, TextPiece
from carrel.testing.fake_server import FakeServer, Fault
from tests.clocks import InstantClock

HELLO = Request((UserMessage("Hello"),))


@contextmanager
def talking(script: Script) -> Iterator[tuple[OpenAIChat, FakeServer]]:
    """Open a server that plays the script, and a model that talks to it and never waits."""
    with FakeServer(script) as server, OpenAIChat("m", server.url, "key", 5, clock=InstantClock()) as model:
        yield model, server


def ask(model: OpenAIChat, request: Request = HELLO) -> tuple[list[str], Reply]:
    """Return the pieces of text and the one Reply at the end."""
    *texts, reply = model.stream(request)
    assert isinstance(reply, Reply)
    return [piece.text for piece in texts if isinstance(piece, TextPiece)], reply


def stream_of(*chunks: object, done: bool = True) -> Fault:
    """Return an answer that streams these chunks as they stand."""
    events = [*map(json.dumps, chunks), *(["[DONE]"] if done else [])]
    return Fault(200, "".join(f"data: {event}\n\n" for event in events), {"Content-Type": "text/event-stream"})


def delta(content: object = None, finish: str | None = None, **fields: Any) -> dict[str, Any]:
    """Return a chunk with one choice."""
    return {"choices": [{"index": 0, "delta": {"content": content, **fields}, "finish_reason": finish}]}


def fragment(index: object, call_id: object, name: object, arguments: object) -> dict[str, Any]:
    """Return a chunk with a piece of a tool call."""
    return delta(tool_calls=[{"index": index, "id": call_id, "function": {"name": name, "arguments": arguments}}])


def replied(*chunks: object, request: Request = HELLO) -> Reply:
    """Return the Reply that these chunks come to."""
    with talking([stream_of(*chunks)]) as (model, _):
        pieces, reply = ask(model, request)
    assert "".join(pieces) == reply.message.text
    return reply


def called(*chunks: object, request: Request = HELLO) -> tuple[ToolCall, ...]:
    """Return the calls that these chunks come to."""
    return replied(*chunks, delta(finish="tool_calls"), request=request).message.calls


@pytest.mark.network
def test_text_streams_in_pieces_and_ends_in_one_reply() -> None:
    """The pieces come one by one and add up to the message of the only Reply."""
    with talking([Reply(say("A book is a garden."), Usage(30, 8, 20))]) as (model, _):
        pieces, reply = ask(model)
    assert pieces[0] != "A book is a garden."
    assert "".join(pieces) == "A book is a garden."
    assert reply == Reply(say("A book is a garden."), Usage(30, 8, 20, calls=1), "stop")


@pytest.mark.network
def test_request_is_sent_whole() -> None:
    """The server gets every message and tool, the key, the limit, and the wish for usage."""
    history = (
        SystemMessage("Be kind."),
        UserMessage("Where was I?"),
        AssistantMessage("I look.", (ToolCall("D681PevKs", "recall_search", '{"query": "Ada"}'),)),
        ToolResult("D681PevKs", "recall_search", "Paris"),
    )
    tool = ToolSchema("recall_search", "Search.", {"type": "object", "properties": {"query": {"type": "string"}}})
    with talking([say("Paris.")]) as (model, server):
        ask(model, Request(history, (tool,), max_tokens=99))
    assert server.requests == [
        {
            "model": "m",
            "messages": [to_json(message) for message in history],
            "tools": [tool.to_json()],
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": 99,
        }
    ]
    assert server.headers[0]["authorization"] == "Bearer key"


@pytest.mark.network
def test_no_tools_means_no_tools_field() -> None:
    """OpenAI refuses an empty list of tools, so none is sent."""
    with talking([say("Hi.")]) as (model, server):
        ask(model)
    assert server.requests[0].keys() == {"model", "messages", "stream", "stream_options"}


@pytest.mark.parametrize(
    ("base_url", "field"),
    [
        ("", "max_completion_tokens"),
        ("https://api.openai.com/v1", "max_completion_tokens"),
        ("https://carrel.openai.azure.com/openai/v1", "max_completion_tokens"),
        ("http://localhost:11434/v1", "max_tokens"),
        ("https://notopenai.company/v1", "max_tokens"),
    ],
)
def test_limit_goes_by_the_name_that_the_server_knows(base_url: str, field: str) -> None:
    """OpenAI's own hosts want the long name, all others the short one."""
    model = OpenAIChat("m", base_url)
    payload = build_payload(Request((), max_tokens=7), "m", model.capabilities, model.long_limit)
    assert {name: value for name, value in payload.items() if name.startswith("max")} == {field: 7}


@pytest.mark.network
def test_streamed_calls_are_put_together() -> None:
    """Calls that come in fragments, after some text, arrive whole and in order."""
    asked = calls(
        say("Let me look."), call("recall_search", query="Ada – Lovelace"), call("archival_insert", content="x")
    )
    with talking([asked]) as (model, _):
        _, reply = ask(model)
    first = ToolCall("call_1", "recall_search", '{"query": "Ada – Lovelace"}')
    second = ToolCall("call_2", "archival_insert", '{"content": "x"}')
    assert reply.message == AssistantMessage("Let me look.", (first, second))
    assert reply.finish == "tool_calls"


WHOLE = ToolCall("a", "f", '{"x": 1}')


@pytest.mark.network
@pytest.mark.parametrize(
    "chunks",
    [
        [fragment(0, "a", "f", '{"x": 1}')],
        [fragment(0, "a", "f", ""), fragment(0, None, None, '{"x"'), fragment(0, None, None, ": 1}")],
        [fragment(0, "a", "f", '{"x"'), fragment(0, "a", "f", ": 1}")],
        [fragment(None, "a", "f", '{"x"'), fragment(None, "a", None, ": 1}")],
        [fragment(None, "a", "f", '{"x"'), fragment(None, None, None, ": 1}")],
        [fragment(0, "a", "f", {"x": 1})],
        [fragment(0, "a", "f", '{"x"'), fragment(0, "a", "f", '{"x": 1}')],
    ],
    ids=["whole", "fragments", "repeated name", "by id", "by neither", "object", "cumulative"],
)
def test_every_dialect_of_calls_is_understood(chunks: Sequence[object]) -> None:
    """However a server cuts a call, the same call comes out."""
    assert called(*chunks) == (WHOLE,)


@pytest.mark.network
@pytest.mark.parametrize("arguments", ["", None, "  "])
def test_empty_arguments_are_an_empty_object(arguments: str | None) -> None:
    """A call without arguments has the arguments {}."""
    assert called(fragment(0, "a", "f", arguments)) == (ToolCall("a", "f", "{}"),)


@pytest.mark.network
def test_calls_that_share_an_index_stay_apart() -> None:
    """Servers that give each whole call the index 0 do not have their calls glued together."""
    with_ids = called(fragment(0, "a", "f", '{"x": 1}'), fragment(0, "b", "g", '{"y": 2}'))
    without = called(fragment(0, None, "f", '{"x": 1}'), fragment(0, None, "g", '{"y": 2}'))
    assert with_ids == (WHOLE, ToolCall("b", "g", '{"y": 2}'))
    assert without == (ToolCall("call_1", "f", '{"x": 1}'), ToolCall("call_2", "g", '{"y": 2}'))


@pytest.mark.network
def test_ids_are_made_unique_and_stay_the_same() -> None:
    """Missing ids, doubled ids and ids that the context already shows are replaced, the same way every time."""
    shown = Request((AssistantMessage("", (ToolCall("call_1", "f", "{}"), ToolCall("old", "f", "{}"))),))
    chunks = [fragment(0, None, "f", "{}"), fragment(1, "a", "f", "{}"), fragment(2, "a", "g", "{}")]
    chunks.append(fragment(3, "old", "f", "{}"))
    expected = tuple(
        ToolCall(*fields, "{}") for fields in [("call_2", "f"), ("a", "f"), ("call_3", "g"), ("call_4", "f")]
    )
    assert called(*chunks, request=shown) == called(*chunks, request=shown) == expected


@pytest.mark.network
def test_odd_chunks_are_passed_over() -> None:
    """Chunks without choices, without content or of no known shape do no harm."""
    odd = [{"choices": []}, {"choices": None}, {"choices": [None]}, {}, [1], "ping", delta(None), delta(5), {"x": 1}]
    odd.append({"choices": [{"delta": None}]})
    odd.append(delta(tool_calls=[None]))
    reply = replied(*odd, delta("Hi"), delta([{"type": "text", "text": "!"}]), delta(finish="stop"), *odd)
    assert reply == Reply(say("Hi!"), None, "stop")


@pytest.mark.network
def test_thoughts_are_kept_out() -> None:
    """No form of reasoning reaches the text."""
    reply = replied(
        delta(reasoning="hm"),
        delta(reasoning_content="hm"),
        *map(delta, ("<thi", "nk>secret</thi", "nk>\n\nHi", " <think>more</think>there")),
        delta(finish="stop"),
    )
    assert reply.message.text == "Hi there"


@pytest.mark.network
def test_pieces_are_clean() -> None:
    """Control characters leak neither into a piece nor into the reply, not even cut in two."""
    reply = replied(delta("a\x1b[31m\r"), delta("\nb\x00"), delta("e"), delta("\u0301"), delta(finish="stop"))
    assert reply.message.text == "a[31m\nb\u00e9"
    assert replied(fragment(0, "a\x07", "f\x1b", '{"x": 1}\x00'), delta(finish="stop")).message.calls == (WHOLE,)


@pytest.mark.network
@pytest.mark.parametrize(
    ("said", "finish"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("content_filter", "content_filter"),
        ("tool_calls", "tool_calls"),
        ("function_call", "tool_calls"),
        ("eos", "stop"),
    ],
)
def test_finish_is_one_that_we_know(said: str, finish: str) -> None:
    """Whatever word a server ends with, the Reply has one of ours."""
    assert replied(delta("x"), delta(finish=said)) == Reply(say("x"), None, finish)  # type: ignore[arg-type]


@pytest.mark.network
def test_calls_that_end_in_stop_are_still_calls() -> None:
    """A server that says 'stop' after a call is understood; one that says 'length' is taken at its word."""
    assert replied(fragment(0, "a", "f", "{}"), delta(finish="stop")).finish == "tool_calls"
    assert replied(fragment(0, "a", "f", "{"), delta(finish="length")).finish == "length"


@pytest.mark.network
def test_refusal_is_shown() -> None:
    """What a model says in refusing is its text."""
    assert replied(delta(refusal="I can't."), delta(finish="stop")).message == say("I can't.")


@pytest.mark.network
@pytest.mark.parametrize(
    ("reported", "usage"),
    [
        ({"prompt_tokens": 5, "completion_tokens": 2}, Usage(5, 2, 0, 1)),
        ({"prompt_tokens": 5, "completion_tokens": 2, "prompt_cache_hit_tokens": 4}, Usage(5, 2, 4, 1)),
        ({"prompt_tokens": "5", "completion_tokens": -2}, None),
        ({"prompt_tokens": 0, "completion_tokens": 0}, None),
        (None, None),
    ],
)
def test_usage_is_what_the_server_reports(reported: object, usage: Usage | None) -> None:
    """Sound figures are kept, also in a last chunk without choices; others count as no report."""
    assert replied(delta("x"), delta(finish="stop"), {"choices": [], "usage": reported}).usage == usage


@pytest.mark.network
def test_closing_midway_ends_the_request() -> None:
    """A consumer that stops listening leaves no connection open and no Reply behind."""
    with talking([say("A long answer, in pieces.")]) as (model, server):
        stream = model.stream(HELLO)
        assert isinstance(next(stream), TextPiece)
        stream.close()  # type: ignore[attr-defined]
        assert len(server.requests) == 1


@pytest.mark.process
def test_sdk_is_imported_at_the_first_request() -> None:
    """Importing and making the adapter costs next to nothing."""
    code = "import sys, carrel.models.chat.server.openai_chat as a; a.OpenAIChat('m'); print('openai' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
