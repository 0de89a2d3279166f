"""A model learns what its server can do from what it refuses; a server that can do little still chats."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.errors import DoesNotFit, ModelFailed
from carrel.messages import AssistantMessage, SystemMessage, ToolCall, ToolResult, ToolSchema, UserMessage
from carrel.models.chat.scripted import call, say
from carrel.models.chat.server.capabilities import WINDOW_DAYS, Capabilities
from carrel.models.chat.server.openai_chat import MAX_LESSONS, OpenAIChat
from carrel.models.chat.server.request.history import accepted_id
from carrel.protocols import Reply, Request
from carrel.testing.fake_server import FakeServer, Fault
from carrel.testing.wire import delta
from tests.learning import connect

pytestmark = pytest.mark.network

HELLO = Request((UserMessage("Hello"),), (ToolSchema("post", "Post.", {"type": "object", "properties": {}}),), 50)


def test_a_server_that_can_nothing_is_asked_for_less(home: Path) -> None:
    """Each refusal costs one request, once; then the server is asked for what it can do and no more."""
    with FakeServer(["One.", "Two."], lacks=["tools", "stream", "stream_options", "max_tokens"]) as server:
        model, learned = connect(server)
        with model:
            texts = [item.message.text for _ in range(2) for item in model.stream(HELLO) if isinstance(item, Reply)]
        requests = server.requests
    assert texts == ["One.", "Two."]
    assert len(requests) == 5
    assert requests[-1].keys() == {"model", "messages", "stream", "max_completion_tokens"}
    assert requests[-1] == requests[-2]
    facts = {name: value for fact in learned for name, value in fact.items()}
    assert facts == {"tools": False, "streaming": False, "long_limit": True, "usage": True}


RICH = ToolSchema(
    "count", "Count.", {"type": "object", "properties": {"by": {"type": "object", "additionalProperties": {}}}}
)
EMPTY = ToolSchema("ping", "Ping.", {"type": "object", "properties": {}})


def signed(name: str, call_id: str) -> Fault:
    """Return an answer that calls a tool, with fields that only its server understands."""
    made = {"index": 0, "id": call_id, "function": {"name": name, "arguments": "{}"}}
    chunk = {"reasoning_content": "Let me look.", "tool_calls": [made | {"extra_content": {"google": {"s": "x"}}}]}
    return Fault(200, chunks=[delta(chunk), delta({}, "tool_calls")])


def test_a_model_without_a_system_role_is_told_in_the_first_message() -> None:
    """The refusal costs one request, once; the instructions are not lost."""
    request = Request((SystemMessage("Be brief."), UserMessage("Hi")))
    with FakeServer(["One.", "Two."], lacks=["system"]) as server:
        model, learned = connect(server)
        with model:
            for _ in range(2):
                list(model.stream(request))
        assert [len(sent["messages"]) for sent in server.requests] == [2, 1, 1]
        assert server.requests[1]["messages"] == [{"role": "user", "content": "Be brief.\n\nHi"}]
    assert learned[0] == {"system_role": False}


def test_schemas_that_are_refused_are_made_plain() -> None:
    """An object of any keys becomes a text where the server knows no such thing."""
    with FakeServer(["One."], lacks=["schemas"]) as server:
        model, learned = connect(server)
        with model:
            list(model.stream(Request((UserMessage("Hi"),), (RICH,))))
        by = server.requests[-1]["tools"][0]["function"]["parameters"]["properties"]["by"]
    assert (by["type"], learned[0]) == ("string", {"full_schemas": False})


def test_a_tool_without_parameters_is_sent_without_them() -> None:
    """Gemini refuses an empty object; a server that wants one is sent one from then on."""
    request = Request((UserMessage("Hi"),), (EMPTY,))
    with FakeServer(["One.", "Two.", "Three."]) as lenient, FakeServer(["One."], lacks=["no_parameters"]) as strict:
        for server in (lenient, strict):
            model, _ = connect(server)
            with model:
                list(model.stream(request))
        assert [sent["tools"][0]["function"].get("parameters") for sent in (*lenient.requests, *strict.requests)] == [
            None,
            None,
            {"type": "object", "properties": {}},
        ]


def test_opaque_fields_go_back_to_their_server_and_model_alone() -> None:
    """Exactly as they came, with the message and the call; to nobody else; and not where they are refused."""
    with FakeServer([signed("ping", "a"), "Done."]) as server, FakeServer(["Hm."]) as other:
        model, _ = connect(server)
        reply = next(item for item in model.stream(HELLO) if isinstance(item, Reply))
        request = Request((*HELLO.messages, reply.message, ToolResult("a", "ping", "Pong.")), HELLO.tools)
        list(model.stream(request))
        stranger, _ = connect(other)
        list(stranger.stream(request))
        own, foreign = server.requests[-1]["messages"][1], other.requests[-1]["messages"][1]
        model.close()
        stranger.close()
    assert (own["reasoning_content"], own["tool_calls"][0]["extra_content"]) == ("Let me look.", {"google": {"s": "x"}})
    assert (own["tool_calls"][0]["id"], foreign.keys()) == (accepted_id("a"), {"role", "content", "tool_calls"})
    assert foreign["tool_calls"][0].keys() == {"id", "type", "function"}


def test_opaque_fields_that_are_refused_are_left_out() -> None:
    """A server that does not take its own fields back is sent none from then on."""
    with FakeServer([signed("ping", "a"), "Done.", "Again."], lacks=["opaque_fields"]) as server:
        model, learned = connect(server)
        with model:
            reply = next(item for item in model.stream(HELLO) if isinstance(item, Reply))
            request = Request((*HELLO.messages, reply.message, ToolResult("a", "ping", "Pong.")), HELLO.tools)
            for _ in range(2):
                list(model.stream(request))
        assert len(server.requests) == 4
    assert {"opaque_fields": False} in learned


def test_calls_of_another_model_are_told_where_unsigned_ones_are_refused() -> None:
    """A history of another model does not keep a server that wants its fields from answering."""
    calling = AssistantMessage("", (ToolCall("call_1", "ping", "{}"),))
    messages = (UserMessage("Hi"), calling, ToolResult("call_1", "ping", "Pong."), UserMessage("And?"))
    request = Request(messages, HELLO.tools)
    with FakeServer(["One.", "Two."], lacks=["unsigned_calls"]) as server:
        model, learned = connect(server)
        with model:
            for _ in range(2):
                list(model.stream(request))
        assert [message["role"] for message in server.requests[-1]["messages"]] == ["user", "assistant", "user"]
        assert len(server.requests) == 3
    assert learned[0] == {"signed_calls": True}


def test_a_window_that_was_stated_lapses(clock: FrozenClock) -> None:
    """A week later the server may have been started with another; a figure without a date does not count at all."""
    long = Request((UserMessage("The kettle sings. " * 1000),))
    learned: list[Mapping[str, Any]] = []
    with (
        FakeServer([], window=2000) as server,
        OpenAIChat("m", server.url, clock=clock, learned=learned.append) as model,
    ):
        with pytest.raises(DoesNotFit) as raised:
            list(model.stream(long))
        before = model.context_window
        clock.advance(days=WINDOW_DAYS)
        after = model.context_window
    assert (raised.value.limit, before, after) == (2000, 2000, None)
    assert learned[0]["window"] == 2000
    assert OpenAIChat("m", clock=clock, capabilities=Capabilities(window=2013)).context_window is None
    assert OpenAIChat("m", clock=clock, capabilities=Capabilities(window=4096), fixed=["window"]).context_window == 4096


def test_a_code_is_not_a_window() -> None:
    """A number in an error that stands beside no tokens is forgotten with the error."""
    with FakeServer([Fault(400, {"error": "context window exceeds limit (2013)"})]) as server:
        model, learned = connect(server)
        with model, pytest.raises(DoesNotFit) as raised:
            list(model.stream(Request((UserMessage("The kettle sings. " * 1000),))))
    assert (raised.value.limit, learned) == (None, [])


def test_what_the_user_has_set_is_never_unlearned() -> None:
    """A server that refuses what it was said to do is an error, not a lesson."""
    with FakeServer(["One."], lacks=["tools"]) as server:
        model, learned = connect(server, tools=True)
        with model, pytest.raises(ModelFailed, match="does not support tools"):
            list(model.stream(HELLO))
        assert (len(server.requests), learned) == (1, [])
        model, _ = connect(server, tools=False)
        with model:
            list(model.stream(HELLO))
        assert "tools" not in server.requests[-1]


def test_a_server_that_contradicts_itself_is_given_up() -> None:
    """Lessons that take turns come to an end."""
    refusals = [
        Fault(400, {"error": f"Unsupported parameter: '{name}'"}) for name in ("max_tokens", "max_completion_tokens")
    ]
    with FakeServer(refusals * 9) as server:
        model, _ = connect(server)
        with model, pytest.raises(ModelFailed):
            list(model.stream(HELLO))
        assert len(server.requests) == MAX_LESSONS + 1


def test_a_server_without_tools_still_chats_and_recalls(home: Path) -> None:
    """Page-in works without calls; what was called before is told in words; the next start asks for no tools."""
    native = {"model": "any", "contract": "native"}
    script = [call("archival_insert", text="The cat is called Tofu."), say("Noted.")]
    with FakeServer(script) as server:
        with Carrel.open(home, embedder="none", flags={**native, "base_url": server.url}) as carrel:
            carrel.agent("ada").session().send("My cat is called Tofu.")
        kept = json.loads((home / "capabilities.json").read_text(encoding="utf-8"))
        assert kept == {f"{server.url} any": {"argument_streaming": True, "tools": True, "usage": True}}
    with FakeServer(["It is Tofu.", "Indeed."], lacks=["tools"]) as server:
        for answer in ("It is Tofu.", "Indeed."):
            with Carrel.open(home, embedder="none", flags={**native, "base_url": server.url}) as carrel:
                assert carrel.agent("ada").session("last").send("What is the cat called?").text == answer
        sent = server.requests[-1]["messages"]
        assert [message["role"] for message in sent[:5]] == "system user assistant user assistant".split()
        assert ["tools" in request for request in server.requests] == [True, False, False]
        assert '(called archival_insert {"text": "The cat is called Tofu."})' in sent[2]["content"]
        assert "Recalled for this message:" in server.requests[1]["messages"][-1]["content"]


def test_settings_override_what_was_learned(home: Path) -> None:
    """As a text in a variable and as a table in config.toml, and neither is written into what was learned."""
    home.mkdir()
    (home / "config.toml").write_text('model = "any"\n[capabilities]\ntools = false\nwindow = 3000\n', encoding="utf-8")
    with FakeServer(["Hi."]) as server:
        with Carrel.open(home, embedder="none", flags={"base_url": server.url}) as carrel:
            carrel.agent("ada").session().send("Hello")
        assert "tools" not in server.requests[0]
    assert json.loads((home / "capabilities.json").read_text(encoding="utf-8")) == {
        f"{server.url} any": {"usage": True, "contract": "none", "contract_evidence": "found by probing"}
    }


def test_calls_in_the_text_are_read_unless_that_is_set() -> None:
    """Markup becomes calls and is not shown, and that is learned; with text_calls=no it stays text."""
    said = 'Let me. <tool_call>{"name": "post", "arguments": {"text": "<b>"}}</tool_call>'
    request = replace(HELLO, tools=(ToolSchema("post", ""),))
    cases: tuple[tuple[dict[str, bool], AssistantMessage], ...] = (
        ({}, AssistantMessage("Let me.", (ToolCall("call_1", "post", '{"text": "<b>"}'),))),
        ({"text_calls": False}, say(said)),
    )
    with FakeServer([said, said]) as server:
        for known, reply in cases:
            model, learned = connect(server, **known)
            with model:
                assert [item.message for item in model.stream(request) if isinstance(item, Reply)] == [reply]
            assert ("text_calls" in str(learned)) is (not known)
